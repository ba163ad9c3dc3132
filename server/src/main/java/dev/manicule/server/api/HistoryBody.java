package dev.manicule.server.api;

import dev.manicule.server.json.JsonText;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.ledger.LedgerReader.MessageExtent;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Message;
import dev.manicule.server.model.Range;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;
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
    private final boolean withActions;
    private final BiConsumer<Message, JsonText> writer;
    private final Iterator<Section> sections;
    private @Nullable Section section;
    private String comma = "";
    private long next;

    /**
     * The messages of one channel.
     *
     * @param before the JSON before them
     * @param after the JSON after them
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Section(Channel channel, MessageExtent extent, byte[] before, byte[] after) {}

    /**
     * A body of these sections.
     *
     * @param writer writes one message, without a comma
     */
    HistoryBody(LedgerReader ledger, boolean withActions, BiConsumer<Message, JsonText> writer,
            List<Section> sections) {
        this.ledger = ledger;
        this.withActions = withActions;
        this.writer = writer;
        this.sections = sections.iterator();
    }

    @Override
    public byte @Nullable [] get() {
        JsonText json = new JsonText(PART + PART / 4);
        while (json.length() < PART) {
            Section present = section;
            if (present == null) {
                if (!sections.hasNext()) {
                    break;
                }
                present = sections.next();
                json.raw(present.before());
                section = present;
                next = present.extent().lowest();
                comma = "";
            }
            if (!isRead(present, json)) {
                json.raw(present.after());
                section = null;
            }
        }
        return json.length() == 0 ? null : json.toBytes();
    }

    /** Writes some messages of a section; false when there are no more. */
    private boolean isRead(Section present, JsonText json) {
        List<Message> messages = next > present.extent().highest()
                ? List.of()
                : ledger.messages(present.channel(), new Range(next, present.extent().highest(), false),
                        Integer.MAX_VALUE, withActions, PART).messages();
        for (Message message : messages) {
            writer.accept(message, json.raw(comma));
            comma = ",";
            next = message.timetoken() + 1;
        }
        return !messages.isEmpty();
    }
}
