package dev.manicule.server.simulation;

import dev.manicule.server.command.Entry;
import dev.manicule.server.journal.EntryBytes;
import dev.manicule.server.log.AppendFailure;
import dev.manicule.server.log.Batch;
import dev.manicule.server.log.Log;
import dev.manicule.server.log.LogException;
import dev.manicule.server.log.LogReader;
import dev.manicule.server.model.Timetoken;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A partition of a topic and its brokers, as {@code KafkaLog} shows them to the nodes of a cluster: what was acknowledged is never lost. All
 * else may be: acknowledgements, so that what is in doubt is in the log, comes there later and in another order, in part, or never; the leader, for a
 * while, whose successor has another clock; a node's way to the brokers. Each node hears of entries in its own time, in batches of its own.
 *
 * <p>The entries are those of the {@link History}: an entry that is there is noted.
 */
final class SimulatedKafka {
    private static final EntryBytes BYTES = new EntryBytes();
    /** For how long nodes wait for brokers before they give up, in nanoseconds. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final int MOST_LATE_NANOS = (int) TimeUnit.SECONDS.toNanos(2);
    private static final int MOST_AT_ONCE = 8;
    /** One append in so many is refused for certain, as without the right to write. */
    private static final int REFUSED_ONCE_IN = 300;

    private final World world;
    private final History history;
    private final Scheduler.Actor brokers;
    /** One acknowledgement in so many is lost. */
    private final int lostOnceIn;
    private final List<Link> links = new ArrayList<>();
    /** When there is a leader again. */
    private long leaderAt;
    /** How far the clock of the leader is ahead, in nanoseconds. */
    private long ahead;
    private long furthestAhead;
    private boolean isSound;

    SimulatedKafka(World world) {
        this.world = world;
        history = world.history;
        brokers = world.scheduler.actor();
        lostOnceIn = 6 + world.random.nextInt(60);
    }

    /** The leader ends, and after a while another one is elected, whose clock shows something else. */
    void changeLeader(long nanos, long aheadNanos) {
        history.note("brokers", "have no leader for %d ms; the clock of the next one is ahead by %d ms",
                TimeUnit.NANOSECONDS.toMillis(nanos), TimeUnit.NANOSECONDS.toMillis(aheadNanos));
        leaderAt = world.scheduler.nanoTime() + nanos;
        ahead = aheadNanos;
        furthestAhead = Math.max(furthestAhead, ahead);
    }

    /** From now on there is a leader, all nodes reach it, each append is acknowledged, and the log's time goes on. */
    void heal() {
        isSound = true;
        ahead = furthestAhead;
        leaderAt = 0;
        links.forEach(link -> link.reachesAt = 0);
        links.forEach(link -> link.lag = 0);
    }

    /** A way from a node to the brokers. */
    Link link(String node) {
        Link link = new Link(node);
        links.add(link);
        return link;
    }

    /** A node's way to the brokers, over all of its starts. */
    final class Link {
        private final String node;
        /** When the node reaches the brokers again. */
        private long reachesAt;
        /** How much later than others the node hears of entries at most, in nanoseconds. */
        private int lag;
        private @Nullable NodeLog open;

        private Link(String node) {
            this.node = node;
        }

        /** Nothing comes through for a while. */
        void cut(long nanos) {
            history.note(node, "is cut off from the brokers for %d ms", TimeUnit.NANOSECONDS.toMillis(nanos));
            reachesAt = world.scheduler.nanoTime() + nanos;
        }

        /** The node hears of entries later than others. */
        void lag(int nanos) {
            history.note(node, "hears of entries up to %d ms late", TimeUnit.NANOSECONDS.toMillis(nanos));
            lag = nanos;
        }

        /** For how long the node does not reach the leader, in nanoseconds. */
        private long unreachableFor() {
            return Math.max(leaderAt, reachesAt) - world.scheduler.nanoTime();
        }

        boolean reachesLeader() {
            return unreachableFor() <= 0;
        }

        /** For how long an append waits before it is made, or given up. */
        long stall() {
            return reachesLeader() || world.happens(3) ? 0 : Math.min(unreachableFor(), PATIENCE_NANOS);
        }

        /**
         * The log, for a start of the node.
         *
         * @param whenReadable called when an entry has come that can be read
         */
        Log<Entry> open(Runnable whenReadable) throws LogException {
            if (!reachesLeader()) {
                throw new LogException("no broker answers");
            }
            NodeLog log = new NodeLog(this, whenReadable);
            open = log;
            return log;
        }
    }

    private void land(List<Entry> entries) {
        long time = Timetoken
                .of(Instant.ofEpochMilli(world.now().toEpochMilli() + TimeUnit.NANOSECONDS.toMillis(ahead)));
        for (Entry entry : entries) {
            long offset = history.log.size();
            int step = history.note("log", "has entry %d, of operation %s", offset, entry.operation());
            history.log.add(new History.LogEntry(offset, time, entry, ByteBuffer.wrap(BYTES.encode(entry)), step));
        }
        long end = history.log.size();
        for (Link link : links) {
            NodeLog log = link.open;
            if (log != null) {
                long lag = link.lag == 0 ? 0 : world.random.nextInt(link.lag);
                brokers.postAfter(world.latency() + lag, () -> log.hear(end));
            }
        }
    }

    private void landLater(List<Entry> entries) {
        brokers.postAfter(world.random.nextInt(MOST_LATE_NANOS) + Math.max(0, leaderAt - world.scheduler.nanoTime()),
                () -> {
                    if (world.scheduler.nanoTime() < leaderAt) {
                        landLater(entries);
                    } else {
                        land(entries);
                    }
                });
    }

    /** The log as a start of a node has it. */
    private final class NodeLog implements Log<Entry> {
        private final Link link;
        private final Runnable whenReadable;
        /** Entries below it are durable, as far as the node knows. */
        private long end;
        /** The node has been sent the entries below it. */
        private long heard;
        private boolean isInDoubt;
        private boolean isClosed;

        NodeLog(Link link, Runnable whenReadable) {
            this.link = link;
            this.whenReadable = whenReadable;
            end = history.log.size();
            heard = end;
        }

        private void hear(long upTo) {
            if (isClosed) {
                return;
            }
            if (link.reachesLeader()) {
                heard = Math.max(heard, upTo);
                whenReadable.run();
            } else {
                brokers.postAfter(link.unreachableFor() + world.latency(), () -> hear(upTo));
            }
        }

        @Override
        public boolean isShared() {
            return true;
        }

        @Override
        public void append(List<Entry> entries, AppendFailure onFailure) {
            if (isClosed || isInDoubt) {
                fail(onFailure, isClosed ? "the log is closed" : "an earlier append is in doubt", false);
                return;
            }
            entries.forEach(history::appending);
            world.scheduler.meanwhile();
            if (!isSound && world.happens(REFUSED_ONCE_IN)) {
                fail(onFailure, "the brokers refuse it", false);
            } else if (link.reachesLeader() && (isSound || !world.happens(lostOnceIn))) {
                land(entries);
                end = history.log.size();
            } else {
                isInDoubt = true;
                lose(entries);
                world.scheduler.meanwhile();
                fail(onFailure, "no broker answers", true);
            }
            world.scheduler.meanwhile();
        }

        private void fail(AppendFailure onFailure, String reason, boolean inDoubt) {
            history.note(link.node, "has an append fail%s: %s", inDoubt ? " in doubt" : "", reason);
            history.failing.add(link.node);
            AppendFailure.report(onFailure, reason, inDoubt);
        }

        /** No acknowledgement comes: what of it is there, is there now or will be later is not known. */
        private void lose(List<Entry> entries) {
            boolean isSent = link.reachesLeader();
            switch (world.random.nextInt(4)) {
                case 0 -> history.note("brokers", "never get it");
                case 1 -> landLater(entries);
                case 2 -> {
                    if (isSent) {
                        land(entries);
                    }
                }
                default -> {
                    for (Entry entry : entries) {
                        switch (world.random.nextInt(3)) {
                            case 0 -> landLater(List.of(entry));
                            case 1 -> {
                                if (isSent) {
                                    land(List.of(entry));
                                }
                            }
                            default -> history.note("brokers", "never get operation %s", entry.operation());
                        }
                    }
                }
            }
        }

        @Override
        public boolean resolveDoubt() {
            if (isInDoubt && !isClosed && link.reachesLeader()) {
                end = history.log.size();
                isInDoubt = false;
            }
            world.scheduler.meanwhile();
            return !isInDoubt;
        }

        @Override
        public LogReader<Entry> reader(long from) throws LogException {
            if (from > end) {
                throw new LogException("Offset " + from + " is not in the log, which ends at " + end + ".");
            }
            return new Reading(this, from);
        }

        @Override
        public long begin() {
            return 0;
        }

        @Override
        public long end() {
            return end;
        }

        @Override
        public void release(long below) {
            // others may need it
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }

    /** A consumer: what it has not been sent yet it has to ask for. */
    private final class Reading implements LogReader<Entry> {
        private final NodeLog log;
        private long next;

        Reading(NodeLog log, long from) {
            this.log = log;
            next = from;
        }

        @Override
        public @Nullable Batch<Entry> next(long millis) throws LogException {
            if (log.isClosed) {
                throw new LogException("the log is closed");
            }
            long readable = log.link.reachesLeader() ? Math.max(log.heard, log.end) : log.heard;
            if (next < readable) {
                return batch(Math.min(readable, next + 1 + world.random.nextInt(MOST_AT_ONCE)));
            }
            if (next < log.end) {
                throw new LogException("No broker sends offset " + next + ".");
            }
            return null;
        }

        private Batch<Entry> batch(long most) {
            long first = next;
            long time = history.log.get((int) first).time();
            List<Entry> entries = new ArrayList<>();
            while (next < most && history.log.get((int) next).time() == time) {
                entries.add(BYTES.decode(history.log.get((int) next).bytes().duplicate()));
                next++;
            }
            log.end = Math.max(log.end, next);
            return new Batch<>(first, time, entries);
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
