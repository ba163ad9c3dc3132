package dev.manicule.server.log;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The link between a node and a {@link SharedMemoryLog}: whole, slow or cut. It lasts longer than a run of the node.
 * Any thread may use it.
 */
public final class MemoryLink {
    private static final Duration MOST = Duration.ofDays(365);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Of appends, so that none that is under way comes after a cut. */
    private final ReentrantLock sending = new ReentrantLock();
    private volatile boolean isCut;
    private volatile boolean isHurried;
    private volatile long delayNanos;
    /** Of the next append. */
    private volatile Failure next = Failure.NONE;

    /** The fate of an append. */
    enum Failure {
        NONE, REFUSED, UNACKNOWLEDGED
    }

    /** A link that is whole. */
    public MemoryLink() {}

    /**
     * Cuts it. Appends of the node are in doubt from now on (they do not come through), and it gets no entries. An
     * append that is under way comes through first.
     */
    public void cut() {
        sending.lock();
        try {
            isCut = true;
        } finally {
            sending.unlock();
        }
        wake();
    }

    /** Ends a cut: the node gets what it missed. */
    public void join() {
        isCut = false;
        wake();
    }

    /** Whether it is cut. */
    public boolean isCut() {
        return isCut;
    }

    /**
     * Delays the entries that the node gets, its own too.
     *
     * @param delay zero for at once; not negative, and a year at most
     */
    public void slowDown(Duration delay) {
        if (delay.isNegative() || delay.compareTo(MOST) > 0) {
            throw new IllegalArgumentException(
                    "An entry comes at once, or up to a year later, and not " + delay + " later.");
        }
        delayNanos = delay.toNanos();
        wake();
    }

    /** Whether the node gets entries later than they are appended. */
    public boolean isSlow() {
        return delayNanos > 0;
    }

    /** Has the next append of the node fail. An append in doubt has come through. */
    public void failNext(boolean inDoubt) {
        next = inDoubt ? Failure.UNACKNOWLEDGED : Failure.REFUSED;
    }

    /** Has readers wait for entries for a millisecond at most, so that a node that stops need not wait for its reader. Until the node starts again. */
    public void hurry() {
        isHurried = true;
        wake();
    }

    void open() {
        isHurried = false;
    }

    boolean isHurried() {
        return isHurried;
    }

    long delayNanos() {
        return delayNanos;
    }

    /** The failure of this append; the next append has none. */
    Failure takeFailure() {
        Failure taken = next;
        next = Failure.NONE;
        return taken;
    }

    ReentrantLock sending() {
        return sending;
    }

    ReentrantLock lock() {
        return lock;
    }

    /** Of {@link #lock}: there are entries, or what the link is like is another. */
    Condition changed() {
        return changed;
    }

    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
