package dev.manicule.server.presence;

import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.PresenceChange.Join;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.limits.Charge;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.RedactedThrowable;
import dev.manicule.server.limits.Resource;
import dev.manicule.server.limits.TimeShares;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.PresenceNotice;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that {@link Presence} belongs to. Clients get equal shares of it, by address and keyset, whatever their requests
 * cost; what one address does in one keyset stays in order, over all of its connections.
 *
 * <p>Changes are reported through the journal like everything else, so that their announcements have a place in the
 * order, and a subscriber that was away for a moment catches up with them. When the journal is busy the thread waits
 * for it, and clients wait for the thread.
 */
public final class PresenceService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PresenceService.class);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /**
     * Reports take up to eight megabytes a second of the disk: a state of some kilobytes on hundreds of channels is a
     * small request and would be megabytes of events.
     */
    private static final long NANOS_BY_BYTE = TimeUnit.SECONDS.toNanos(1) / (8 << 20);
    private static final long GATHERING_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Presence presence;
    private final long node;
    private final PresenceReports reports;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition change = lock.newCondition();
    /** Guarded by the lock. */
    private final TimeShares<Job> jobs = new TimeShares<>();
    /** Guarded by the lock. */
    private ChangePresence.@Nullable Outcome decided;
    private final Thread thread;
    private long nextTick;
    private long nextSubmit;
    /** Whether the request of the last slice has more slices: its announcements should be one command. */
    private boolean isAmidRequest;
    private volatile boolean closing;
    private volatile int members;

    /** Something to do on the thread, in slices of at most a millisecond. */
    @FunctionalInterface
    public interface PresenceTask {
        /**
         * Does a slice of it.
         *
         * @param now nanoseconds, as {@link Presence} wants them
         * @return whether there is more to do
         */
        boolean on(Presence presence, long now);
    }

    /** Something short to do on the thread. */
    @FunctionalInterface
    public interface LastWork {
        /**
         * Does it.
         *
         * @param now nanoseconds, as {@link Presence} wants them
         */
        void on(Presence presence, long now);
    }

    private record Job(Client client, PresenceTask task, @Nullable Charge charge) {}

    /**
     * A service that does nothing yet.
     *
     * @param node which node this is
     * @param isListenedTo whether announcements on a presence channel reach a subscriber
     * @param isIn whether a channel is in a group now
     * @param nanoTime a clock that does not step back, in nanoseconds
     */
    public PresenceService(Journal journal, long node, Predicate<Channel> isListenedTo,
            BiPredicate<ChannelGroup, String> isIn, LongSupplier nanoTime, PresenceSettings settings, Limits limits) {
        this.nanoTime = nanoTime;
        nextTick = nanoTime.getAsLong();
        nextSubmit = nextTick;
        this.node = node;
        reports = new PresenceReports(journal, node, isListenedTo, this::decided);
        presence = new Presence(reports, isIn::test, limits, settings.intervalAbove(),
                settings.interval().toNanos());
        thread = Thread.ofPlatform().name("manicule-presence").daemon().unstarted(this::run);
    }

    /**
     * Takes the leases of this node from before its start, one after the other; the user of each is present then. To be
     * used before {@link #start}, on the thread that makes this.
     *
     * @param clients the client, by keyset, whose memory the leases take
     */
    public Consumer<Join> restoring(Function<String, Client> clients) {
        Map<String, Holder> holders = new HashMap<>();
        return lease -> {
            Holder holder = holders.computeIfAbsent(lease.channel().keyset(),
                    keyset -> Holder.of(clients.apply(keyset)));
            presence.restore(holder, lease, nanoTime.getAsLong());
            members = presence.members();
        };
    }

    /** Starts the thread. Without it, the caller takes the {@link #step}s. */
    public void start() {
        thread.start();
    }

    /**
     * Submits work, to be done after all that was submitted for the same address and keyset before. When the server
     * stops, it is dropped.
     *
     * @param weight the number of tasks that it counts as while it waits: one, and one more for each kilobyte that it
     *         holds
     * @return false when too much work of this client waits; then it is not done
     */
    public boolean submit(Client client, int weight, PresenceTask task) {
        Charge charge = client.charge(Resource.TASKS, weight);
        if (charge == null) {
            return false;
        }
        add(new Job(client.withoutConnection(), task, charge));
        return true;
    }

    /**
     * Runs an action when readers of the tables see all that was submitted for the same address and keyset before, and
     * all else that presence has accepted until then; at once, when the journal rejects that. When the server stops,
     * the action is dropped.
     *
     * @param weight as of {@link #submit}, until it is done
     * @param action is done on the thread of presence; it must be short
     * @return false when too much work of this client waits; then it is not done
     */
    public boolean whenReported(Client client, int weight, Runnable action) {
        Charge charge = client.charge(Resource.TASKS, weight);
        if (charge == null) {
            return false;
        }
        submitEnd(client, (who, now) -> who.whenReported(() -> {
            charge.release();
            try {
                action.run();
            } catch (RuntimeException | Error e) { // reads of other clients wait behind it
                LOG.error("A read of presence failed", RedactedThrowable.of(e));
            }
        }));
        return true;
    }

    /** Submits work that has to be done, because earlier work of the same client needs an end. */
    public void submitEnd(Client client, LastWork work) {
        add(new Job(client.withoutConnection(), (who, now) -> {
            work.on(who, now);
            return false;
        }, null));
    }

    /** Submits work that has to be done, in slices. */
    public void submitAnyway(Client client, PresenceTask task) {
        add(new Job(client.withoutConnection(), task, null));
    }

    /**
     * A group was changed: its subscribers are on the channels that were put in, and no longer on those that were taken
     * out.
     *
     * @param client the client whose share of time it takes
     */
    public void groupChanged(Client client, ChannelGroup group, Collection<String> removed, Collection<String> added) {
        submitAnyway(client, new GroupWork(group, removed, added, channel -> presence.isIn(group, channel)));
    }

    /**
     * Other nodes have taken this one for dead, and have ended its leases: this reports all present users again.
     *
     * @param client the client whose share of time it takes
     */
    public void reportAgain(Client client) {
        submitEnd(client, Presence::reportAgain);
    }

    /**
     * Notices of requests to some nodes for other nodes have come through the log; some of them are for this node.
     *
     * @param clients the client, by keyset, whose share of time and of memory it takes
     */
    public void heard(List<PresenceNotice> notices, Function<String, Client> clients) {
        for (PresenceNotice notice : notices) {
            if (notice.isFor(node)) {
                Client client = clients.apply(notice.channel().keyset());
                submitEnd(client, (who, now) -> who.heard(Holder.of(client), notice, now));
            }
        }
    }

    /** How many members there are on all channels together. */
    public int members() {
        return members;
    }

    /** Ends the thread, and reports what it has not yet. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the thread ends, and reports, all the same
        }
    }

    private void add(Job job) {
        lock.lock();
        try {
            jobs.add(job.client(), job);
            if (jobs.size() == 1) {
                change.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** On a thread of the journal's, or that of presence. */
    private void decided(ChangePresence.Outcome outcome) {
        lock.lock();
        try {
            decided = outcome;
            change.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        while (!closing) {
            try {
                boolean _ = step(true);
            } catch (InterruptedException e) {
                // stopping
            } catch (Throwable e) { // the one thread must survive anything that a client's work throws
                LOG.error("Presence failed", RedactedThrowable.of(e));
            }
        }
        takeDecision(); // changes that were rejected meanwhile are to be submitted again
        presence.finish(nanoTime.getAsLong());
        reports.submitLast();
    }

    /**
     * Does a part of a job, if there is one, and what is due.
     *
     * @param waits whether to wait when there is no job
     * @return whether there was one
     */
    boolean step(boolean waits) throws InterruptedException {
        TimeShares.Next<Job> next = reports.isFull() ? null : take();
        isAmidRequest = next != null && doSlice(next);
        submitReports();
        if (next == null && waits) {
            await();
        }
        takeDecision();
        if (nanoTime.getAsLong() - nextTick >= 0) {
            tick();
        }
        return next != null;
    }

    private TimeShares.@Nullable Next<Job> take() {
        lock.lock();
        try {
            return jobs.poll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is something to do. */
    private void await() throws InterruptedException {
        boolean isFull = reports.isFull();
        lock.lock();
        try {
            boolean isIdle = !isFull && jobs.size() == 0;
            long left = isFull ? TICK_NANOS : nextTick - nanoTime.getAsLong();
            if (reports.isReady() && !reports.isFailing()) {
                left = Math.min(left, nextSubmit - nanoTime.getAsLong());
            }
            while (left > 0 && decided == null && (isFull || jobs.size() == 0)) {
                left = change.awaitNanos(left);
            }
            long gathering = isIdle ? GATHERING_NANOS : 0;
            while (gathering > 0 && decided == null && jobs.size() > 0) {
                gathering = change.awaitNanos(gathering); // jobs come in bursts, and a wake-up for each costs much
            }
        } finally {
            lock.unlock();
        }
    }

    /** Does a part of a job; true when there is more of it, which then waits until its client has a share left. */
    private boolean doSlice(TimeShares.Next<Job> next) {
        Job job = next.item();
        long bytes = reports.bytes() + presence.postponedBytes();
        long begin = nanoTime.getAsLong();
        boolean hasMore = false;
        try {
            hasMore = job.task().on(presence, nanoTime.getAsLong());
        } finally {
            long reported = reports.bytes() + presence.postponedBytes() - bytes;
            long nanos = nanoTime.getAsLong() - begin + reported * NANOS_BY_BYTE;
            used(next, nanos, hasMore);
            if (!hasMore && job.charge() != null) {
                job.charge().release();
            }
        }
        members = presence.members();
        return hasMore;
    }

    private void used(TimeShares.Next<Job> next, long nanos, boolean hasMore) {
        lock.lock();
        try {
            jobs.used(next, nanos);
            if (hasMore) {
                jobs.putBack(next.item().client(), next.item());
            }
        } finally {
            lock.unlock();
        }
    }

    private void submitReports() {
        if (!isAmidRequest && !reports.isFailing()) { // else with the next tick
            submitIfDue();
        }
    }

    private void submitIfDue() {
        long now = nanoTime.getAsLong();
        if (now - nextSubmit >= 0) {
            nextSubmit = now + reports.submit() * NANOS_BY_BYTE;
        }
    }

    private void takeDecision() {
        ChangePresence.Outcome outcome;
        lock.lock();
        try {
            outcome = decided;
            decided = null;
        } finally {
            lock.unlock();
        }
        if (outcome != null) {
            reports.decided(outcome);
        }
    }

    private void tick() {
        boolean hasMore = presence.tick(nanoTime.getAsLong());
        members = presence.members();
        if (!isAmidRequest || reports.isFailing()) {
            submitIfDue();
        }
        nextTick = nanoTime.getAsLong() + (hasMore ? 0 : TICK_NANOS);
    }
}
