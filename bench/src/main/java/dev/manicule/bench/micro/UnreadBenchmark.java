package dev.manicule.bench.micro;

import dev.manicule.server.command.DeleteMessages;
import dev.manicule.server.command.MarkRead;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Publish;
import dev.manicule.server.json.Json;
import dev.manicule.server.ledger.LedgerReader.Unread;
import dev.manicule.server.ledger.Transaction;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Range;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** What a user has not read on a hundred channels. */
public class UnreadBenchmark extends OwnLedger {
    private static final int CHANNELS = 100;
    private static final int ONE_IN = 10;
    private static final Json PAYLOAD = new Json("\"hello\"".getBytes(StandardCharsets.UTF_8));

    /** How many messages each channel has. */
    @Param({"100", "10000"})
    private int messages;
    /** Whether one in ten of them is deleted, each by itself. */
    @Param({"false", "true"})
    private boolean deletes;

    private final List<Channel> channels = IntStream.range(0, CHANNELS)
            .mapToObj(i -> new Channel("demo", "bench" + i))
            .toList();

    /** Of the messages of each channel, the first one is read. */
    @Override
    void fill() {
        for (Channel channel : channels) {
            Transaction transaction = ledger.transaction();
            long first = timetoken;
            for (int i = 0; i < messages; i++) {
                apply(new Publish(channel, PAYLOAD, null, "ann", null, null, null, Publish.Delivery.STORED),
                        Publish.Published.class, transaction);
            }
            apply(new MarkRead(channel, "bob", first, 1), MarkRead.Marked.class, transaction);
            for (int i = 1; deletes && i < messages; i += ONE_IN) {
                Outcome _ = apply(new DeleteMessages(channel, new Range(first + i, first + i, false)), transaction);
            }
            ledger.commit(transaction);
            while (ledger.hasRowsToRemove()) {
                boolean _ = ledger.removeRows();
            }
        }
        ledger.flush();
    }

    /** The marks and the counts. */
    @Benchmark
    public List<Unread> unread() {
        List<Unread> unread = ledger.reads().unread(channels, "bob", 0);
        int left = messages - 1 - (deletes ? messages / ONE_IN : 0);
        if (unread.getLast().count() != left) {
            throw new IllegalStateException("not the count");
        }
        return unread;
    }
}
