package dev.manicule.server.simulation;

import dev.manicule.server.log.SimulatedDisk;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.MessageAction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a simulation is made of, besides the server: chance, time, the disk, what clients know. All of it follows from the seed. */
final class World {
    static final String KEYSET = "demo";
    static final List<String> CHANNELS = List.of("a", "b", "c.x", "c.y");
    static final List<String> GROUPS = List.of("g", "h");
    static final List<String> UUIDS = List.of("alice", "bob", "carol");

    private static final Instant BEGINNING = Instant.parse("2026-11-26T10:00:00Z");
    private static final int MOST_MINUTES_LATER = 20;

    final Random random;
    final Scheduler scheduler;
    final History history;
    final SimulatedDisk disk;
    /** Messages, the latest last, and actions: what clients have learned from each other. */
    final List<Known> messages = new ArrayList<>();
    final List<KnownAction> actions = new ArrayList<>();
    /** The servers that clients can reach. */
    final List<SimulatedServer> servers = new ArrayList<>();
    /** Whether clients are to end what they do. */
    boolean isQuiet;
    /** Whether servers write nothing more of their own. */
    boolean isOver;
    private final Instant beginning;
    private long offset;
    private long latest;

    record Known(Channel channel, long timetoken) {}

    record KnownAction(Channel channel, MessageAction action) {}

    /** @param isCluster whether several servers share the log */
    World(long seed, boolean isCluster) {
        random = new Random(seed);
        scheduler = new Scheduler(random);
        history = new History(isCluster, scheduler::nanoTime);
        disk = new SimulatedDisk(random.nextLong(), 1 << 20);
        beginning = BEGINNING.plusSeconds(random.nextInt(MOST_MINUTES_LATER * 60));
    }

    /** What the clock on the wall shows, which is set now and then. */
    Instant now() {
        long now = scheduler.nanoTime() + offset;
        latest = Math.max(latest, now);
        return beginning.plusNanos(now);
    }

    /** Sets the clock on the wall. */
    void setClock(long difference) {
        offset += difference;
        history.note("clock", "is set by %d ms", TimeUnit.NANOSECONDS.toMillis(difference));
    }

    /** Sets the clock on the wall so that it does not show less than it has shown. */
    void mendClock() {
        offset = Math.max(offset, latest - scheduler.nanoTime());
    }

    /** A time of some microseconds or milliseconds, in nanoseconds, as a network or a thread takes. */
    long latency() {
        return random.nextInt(4) == 0 ? random.nextInt(20_000_000) : random.nextInt(300_000);
    }

    /** Whether something happens that does so once in so many times. */
    boolean happens(int once) {
        return random.nextInt(once) == 0;
    }

    <T> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** A server, wherever a client's next request may go; null when there is none. */
    @Nullable
    SimulatedServer anyServer() {
        return switch (servers.size()) {
            case 0 -> null;
            case 1 -> servers.getFirst();
            default -> any(servers);
        };
    }

    Channel channel() {
        return new Channel(KEYSET, any(CHANNELS));
    }
}
