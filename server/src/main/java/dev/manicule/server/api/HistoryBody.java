package dev.manicule.server.api;

import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.ledger.LedgerReader.MessageExtent;
import dev.manicule.server.ledger.LedgerReader.WithActions;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Message;
import dev.manicule.server.model.Range;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A page of history that is too large to be held for a client: its messages are read part by part, within bounds that
 * were determined before. For one thread at a time.
 */
final class HistoryBody implements Supplier<byte @Nullable []> {
    /** About how large a part is, unless a single message is larger. */
    private static final int PART = 64 << 10;

    private final LedgerReader ledger;
    private final WithActions with;
    private final HistoryFormat format;
    private final Iterator<Section> sections;
    private final Consumer<JsonWriter> end;
    private final JsonWriter json = new JsonWriter(PART + PART / 4);
    private boolean isEnded;
    private @Nullable Section section;
    private long next;

    /** The messages of one channel. */
    record Section(Channel channel, MessageExtent extent) {}

    /**
     * A body of these sections.
     *
     * @param end writes what follows the last section, to the end of the value
     */
    HistoryBody(LedgerReader ledger, WithActions with, HistoryFormat format, List<Section> sections,
            Consumer<JsonWriter> end) {
        this.ledger = ledger;
        this.with = with;
        this.format = format;
        this.sections = sections.iterator();
        this.end = end;
        format.begin(json);
    }

    @Override
    public byte @Nullable [] get() {
        while (!isEnded && json.length() < PART) {
            Section present = section;
            if (present != null) {
                if (!isRead(present)) {
                    json.end();
                    section = null;
                }
            } else if (sections.hasNext()) {
                present = sections.next();
                format.beginChannel(present.channel(), json);
                section = present;
                next = present.extent().lowest();
            } else {
                end.accept(json);
                isEnded = true;
            }
        }
        return json.length() == 0 ? null : json.takeBytes();
    }

    /** Writes some messages of a section; false when there are no more. */
    private boolean isRead(Section present) {
        List<Message> messages = next > present.extent().highest()
                ? List.of()
                : ledger.messages(present.channel(), new Range(next, present.extent().highest(), false),
                        Integer.MAX_VALUE, with, PART).messages();
        for (Message message : messages) {
            format.write(message, json);
            next = message.timetoken() + 1;
        }
        return !messages.isEmpty();
    }
}
