package dev.manicule.server;

import dev.manicule.server.log.MemoryLink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The beats of nodes in one process, each second of a clock that may leap. In each beat every node has its turn, and
 * the next beat begins when all effects of this one are decided. So when many beats are due after a leap, no live node
 * falls behind the others, which would take it for dead.
 */
final class ClusterBeats implements AutoCloseable {
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    /** After so many beats without one of its own, a node has been removed. */
    private static final long MOST_OWED = 13;
    /** A node that takes longer is as good as dead. */
    private static final long PATIENCE_SECONDS = 10;
    private static final Logger LOG = LoggerFactory.getLogger(ClusterBeats.class);

    private final LongSupplier nanoTime;
    private final List<Member> members = new CopyOnWriteArrayList<>();
    private final Thread thread = Thread.ofPlatform().name("manicule-nodes").daemon().unstarted(this::run);
    private volatile boolean hasNew;
    private volatile boolean isClosed;

    /**
     * Begins.
     *
     * @param nanoTime nanoseconds since some moment, never stepping back
     */
    ClusterBeats(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        thread.start();
    }

    /** The beats of a node. They do not wait for a slow one. */
    Beats of(MemoryLink link) {
        return work -> {
            Member member = new Member(link, work);
            members.add(member);
            hasNew = true;
            LockSupport.unpark(thread);
            return member;
        };
    }

    private final class Member implements Beats.Beat {
        private final MemoryLink link;
        private final Supplier<? extends Future<?>> work;
        private boolean hasEnded;

        Member(MemoryLink link, Supplier<? extends Future<?>> work) {
            this.link = link;
            this.work = work;
        }

        synchronized @Nullable Future<?> begin() {
            Future<?> begun = hasEnded ? null : work.get();
            return link.isSlow() ? null : begun;
        }

        @Override
        public void close() {
            synchronized (this) {
                hasEnded = true;
            }
            members.remove(this);
        }
    }

    private void run() {
        long next = nanoTime.getAsLong();
        while (!isClosed) {
            long now = nanoTime.getAsLong();
            long owed = hasNew ? 1 : 0;
            hasNew = false;
            if (now - next >= 0) {
                owed = Math.min(1 + (now - next) / SECOND_NANOS, MOST_OWED);
                next = now + SECOND_NANOS;
            }
            for (; owed > 0; owed--) {
                beat();
            }
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
    }

    private void beat() {
        List<Future<?>> begun = new ArrayList<>();
        for (Member member : members) {
            Future<?> one = member.begin();
            if (one != null) {
                begun.add(one);
            }
        }
        for (Future<?> each : begun) {
            try {
                each.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                LOG.debug("A node's beat is late", e);
            } catch (InterruptedException e) {
                return; // closed
            }
        }
    }

    /** Ends them. */
    @Override
    public void close() {
        isClosed = true;
        thread.interrupt();
    }
}
