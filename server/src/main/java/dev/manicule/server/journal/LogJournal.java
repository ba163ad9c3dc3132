package dev.manicule.server.journal;

import dev.manicule.server.command.Command;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Client;
import dev.manicule.server.log.Log;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A journal over a log: {@link Submissions} on the way in, a {@link Replica} on the way out, and a thread for each.
 * Where few commands wait, the appending thread applies too: then a second thread gains nothing, and to wake it costs
 * as much as an add. Of a shared log, the replica's thread waits for what any node appends.
 */
public final class LogJournal implements Journal {
    private static final long REST_MILLIS = 1_000;
    /** How long the replica waits at a time for an entry of a shared log. */
    private static final long SHARED_WAIT_MILLIS = 200;
    /** How long the end waits for entries to be applied; those that are not applied stay in the shared log. */
    private static final long SHARED_END_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** With fewer commands waiting, the next append can wait until the last one is applied. */
    private static final int FEW = 64;

    private final Submissions submissions;
    private final Replica replica;
    private final Present present;
    private final boolean isLinearizable;
    private final Log<Entry> log;
    private final Budget budget;
    private final Thread appender = Thread.ofPlatform().name("manicule-log").daemon().unstarted(this::append);
    private final Thread applier = Thread.ofPlatform().name("manicule-replica").daemon().unstarted(this::apply);
    /** The offset at which to end. */
    private volatile long end = Long.MAX_VALUE;
    /** The time by which to reach it, by the clock that does not step, once {@link #end} is known. */
    private volatile long deadline;

    /**
     * Starts it. The log is the caller's to close, after the journal, and then the ledger.
     *
     * @param log the log, all of which the ledger has applied
     * @param node stands for this start of the process in operation ids: a number that no other has
     * @param background runs work that no write should wait for
     * @param isLinearizable whether {@link #isPresent} has this node catch up with the others, where the log is shared
     */
    public LogJournal(Log<Entry> log, Ledger ledger, TimetokenClock timeline, CommitListener listener, Budget budget,
            long node, Executor background, boolean isLinearizable) {
        this.log = log;
        this.isLinearizable = isLinearizable && log.isShared();
        this.budget = budget;
        submissions = new Submissions(log, timeline, budget, node, System::nanoTime);
        replica = new Replica(log, ledger, submissions, listener, background, System::nanoTime);
        present = new Present(this);
        applier.start();
        appender.start();
    }

    private void append() {
        while (submissions.appendNext(REST_MILLIS)) {
            if (!log.isShared() && (submissions.waiting() >= FEW || !replica.applyNow())) {
                LockSupport.unpark(applier);
            }
        }
    }

    private void apply() {
        long wait = log.isShared() ? SHARED_WAIT_MILLIS : 0;
        while (!isAtEnd()) {
            boolean isMore = replica.step(wait);
            boolean hasWaited = wait > 0 && !replica.isFailing();
            if (!isMore && !hasWaited && !isAtEnd()) { // the step may have been the last one, for which it was woken
                LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(REST_MILLIS));
            }
        }
        replica.close();
    }

    private boolean isAtEnd() {
        return end != Long.MAX_VALUE
                && (replica.hasReached(end) || (log.isShared() && System.nanoTime() - deadline >= 0));
    }

    @Override
    public boolean isPresent(Consumer<@Nullable Unavailable> action) {
        if (isLinearizable) {
            present.when(action);
        }
        return !isLinearizable;
    }

    @Override
    public <O extends Outcome> void submit(Command<O> command, Consumer<? super O> whenDecided) {
        submissions.submit(budget.server(), command, whenDecided);
    }

    @Override
    public <O extends Outcome> void submit(Client client, Command<O> command, Consumer<? super O> whenDecided) {
        submissions.submit(client, command, whenDecided);
    }

    @Override
    public int waiting() {
        return submissions.waiting();
    }

    @Override
    public @Nullable String fault() {
        return submissions.fault();
    }

    @Override
    public void refuse(String reason) {
        submissions.refuse(reason);
    }

    /**
     * Retries at once what a failing log otherwise retries each second: the next command is appended if that is
     * possible again.
     */
    public void retry() {
        submissions.retry();
    }

    @Override
    public void askFor(int rules) {
        submissions.askFor(rules);
    }

    @Override
    public boolean isAlive() {
        return appender.isAlive() && applier.isAlive();
    }

    @Override
    public long position() {
        return submissions.position();
    }

    @Override
    public void close() {
        submissions.close();
        joinUninterruptibly(appender);
        deadline = System.nanoTime() + SHARED_END_NANOS;
        end = log.end();
        LockSupport.unpark(applier);
        joinUninterruptibly(applier);
    }

    private static void joinUninterruptibly(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true; // half a shutdown would lose what waits: finish, then say so
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
