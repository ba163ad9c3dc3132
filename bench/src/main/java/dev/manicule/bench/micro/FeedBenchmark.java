package dev.manicule.bench.micro;

import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.json.Json;
import dev.manicule.server.ledger.GlobalFeed;
import dev.manicule.server.ledger.Transaction;
import dev.manicule.server.model.Channel;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** The feed of all channels: publishes, each with its row there, and pages of it from an offset on. */
public class FeedBenchmark extends OwnLedger {
    private static final int STORED = 100_000;
    private static final int CHANNELS = 1_000;

    /** How many events a commit has, or a page. */
    @Param({"1", "64", "256"})
    private int batch;

    private final Json payload = new Json(("\"" + "x".repeat(100) + "\"").getBytes(StandardCharsets.UTF_8));
    private long offset = FIRST;

    @Override
    void fill() {
        for (int i = 0; i < STORED / 1000; i++) {
            publish(1000, Delivery.STORED);
        }
        long _ = ledger.flush();
    }

    private void publish(int count, Delivery delivery) {
        Transaction transaction = ledger.transaction();
        for (int i = 0; i < count; i++) {
            Channel channel = new Channel("demo", "room-" + timetoken % CHANNELS);
            apply(new Publish(channel, payload, null, "u" + timetoken, null, null, null, delivery),
                    Publish.Published.class, transaction);
        }
        ledger.commit(transaction);
    }

    /** A batch of messages that are stored: applied, committed. */
    @Benchmark
    public void publishes() {
        publish(batch, Delivery.STORED);
    }

    /** A batch of transient events, in the feed for a while. */
    @Benchmark
    public void signals() {
        publish(batch, Delivery.SIGNAL);
    }

    /** The next page of all that is kept; from the beginning again after the last one. */
    @Benchmark
    public GlobalFeed.ReadResult page() {
        GlobalFeed.ReadResult answer = ledger.reads().eventsAfter(offset, GlobalFeed.Scope.KEPT, batch, 1 << 20);
        if (!(answer instanceof GlobalFeed.Page page) || page.events().isEmpty()) {
            throw new IllegalStateException("no page: " + answer);
        }
        offset = page.more() ? page.next() : FIRST;
        return answer;
    }
}
