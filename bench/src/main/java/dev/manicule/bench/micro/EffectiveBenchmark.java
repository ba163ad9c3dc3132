package dev.manicule.bench.micro;

import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.Publish;
import dev.manicule.server.json.Json;
import dev.manicule.server.ledger.LedgerReader.MessagePage;
import dev.manicule.server.ledger.LedgerReader.WithActions;
import dev.manicule.server.ledger.Transaction;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Revision;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** A page of a hundred messages with a thousand actions each, as published and as they are now. */
public class EffectiveBenchmark extends OwnLedger {
    private static final int MESSAGES = 100;
    private static final int ACTIONS = 1_000;

    /** How many edits of its publisher each message has. */
    @Param({"0", "1", "10"})
    private int edits;

    private final Channel channel = new Channel("demo", "bench");

    @Override
    void fill() {
        Json payload = new Json("{\"type\":\"text\",\"text\":\"See you on Munday\"}".getBytes(StandardCharsets.UTF_8));
        Transaction transaction = ledger.transaction();
        for (int message = 0; message < MESSAGES; message++) {
            apply(new Publish(channel, payload, null, "publisher", null, null, null, Publish.Delivery.STORED),
                    Publish.Published.class, transaction);
        }
        ledger.commit(transaction);
        for (int action = 0; action < ACTIONS; action++) {
            transaction = ledger.transaction();
            for (long message = FIRST; message < FIRST + MESSAGES; message++) {
                boolean isEdit = action < edits;
                apply(new AddAction(channel, message, isEdit ? "edit" : "reaction", "value" + (isEdit ? action : 0),
                        isEdit ? "publisher" : "user" + action), AddAction.Added.class, transaction);
            }
            ledger.commit(transaction);
        }
        ledger.flush();
    }

    private MessagePage read(Revision.@Nullable Authority revisedBy) {
        MessagePage page = ledger.reads()
                .messages(channel, Range.ALL, MESSAGES, new WithActions(false, false, null, revisedBy),
                        Integer.MAX_VALUE);
        if (page.messages().size() != MESSAGES
                || (page.messages().getFirst().on().revision() != null) != (revisedBy != null && edits > 0)) {
            throw new IllegalStateException("not the page");
        }
        return page;
    }

    /** The messages alone. */
    @Benchmark
    public MessagePage asPublished() {
        return read(null);
    }

    /** With the edits of their publisher. */
    @Benchmark
    public MessagePage asTheyAreNow() {
        return read(new Revision.Authority(false, false));
    }
}
