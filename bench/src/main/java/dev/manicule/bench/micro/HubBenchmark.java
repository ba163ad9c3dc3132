package dev.manicule.bench.micro;

import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.hub.Delivery;
import dev.manicule.server.hub.FeedReader;
import dev.manicule.server.hub.Groups;
import dev.manicule.server.hub.Hub;
import dev.manicule.server.hub.PresenceInterest;
import dev.manicule.server.hub.Poll;
import dev.manicule.server.hub.Shard;
import dev.manicule.server.hub.Subscription;
import dev.manicule.server.journal.CommitListener.Commit;
import dev.manicule.server.journal.CommitListener.NodeChanges;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One event to ten thousand parked polls, each of which is parked again: the time of the hub for each, without any
 * network.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"})
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class HubBenchmark {
    private static final int POLLS = 10_000;
    private static final byte[] ENVELOPE = "{\"d\":\"hello\"".getBytes(StandardCharsets.UTF_8);

    private final Channel channel = new Channel("demo", "bench");
    private final Subscription subscription = Subscription.to("demo", Set.of("bench"));
    private ScheduledExecutorService loop;
    private Hub hub;
    private Shard shard;
    private long timetoken = 1;

    /** Parks the polls. */
    @Setup
    public void open() throws Exception {
        loop = Executors.newSingleThreadScheduledExecutor();
        FeedReader nothing = new FeedReader() {
            @Override
            public List<Event> events(Channel of, long after, long upTo, long now, int limit, long bytes) {
                return List.of();
            }

            @Override
            public Page channels(String keyset, String beginning, long after, @Nullable Channel from, int rows) {
                return new Page(List.of(), null);
            }
        };
        Groups groups = new Groups(List.of());
        hub = new Hub(List.of(loop), (of, task) -> loop.execute(task::run), nothing, groups,
                new PresenceInterest(false, groups, System::nanoTime),
                () -> timetoken, System::nanoTime,
                Duration.ofHours(1),
                timetoken);
        shard = hub.shard(loop);
        loop.submit(() -> {
            for (int i = 0; i < POLLS; i++) {
                park(timetoken);
            }
        }).get();
    }

    /** Ends the loop. */
    @TearDown
    public void close() {
        loop.shutdownNow();
    }

    private final Client client = new Budget(new Limits()).connection(null);

    private void park(long cursor) {
        var _ = shard.poll(subscription, cursor, client, new Poll.Waiter() {
            @Override
            public void deliver(Delivery delivery) {
                park(delivery.cursor());
            }

            @Override
            public void fail() {
                throw new IllegalStateException("nothing fails here");
            }
        });
    }

    /** Delivers to all of them. */
    @Benchmark
    @OperationsPerInvocation(POLLS)
    public int deliver() throws Exception {
        timetoken++;
        hub.committed(
                new Commit(List.of(new Event(channel, timetoken, true, ENVELOPE)), List.of(), List.of(),
                        NodeChanges.NONE,
                        timetoken, false));
        return loop.submit(shard::parked).get();
    }
}
