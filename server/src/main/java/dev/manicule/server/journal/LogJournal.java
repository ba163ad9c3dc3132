package dev.manicule.server.journal;

import dev.manicule.server.command.Command;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.Outcome;
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
 * A journal over a log: {@link Submissions} on the way in, a {@link Replica} on the way out, and a thread for each. Where few
 * commands wait, the thread that has appended applies too: then nothing is gained by a second one, and its waking costs as much as
 * an add.
 */
public final class LogJournal implements Journal {
    private static final long REST_MILLIS = 1_000;
    /** With fewer commands waiting, the next append can wait until the last one is applied. */
    private static final int FEW = 64;

    private final Submissions submissions;
    private final Replica replica;
    private final Log<Entry> log;
    private final Budget budget;
    private final Thread appender = Thread.ofPlatform().name("manicule-log").daemon().unstarted(this::append);
    private final Thread applier = Thread.ofPlatform().name("manicule-replica").daemon().unstarted(this::apply);
    /** Where to end. */
    private volatile long end = Long.MAX_VALUE;

    /**
     * Starts it. The log is the caller's to close, after the journal, and then the ledger.
     *
     * @param log what the ledger has applied all of
     * @param node stands for this start of the process in operation ids: a number that no other has
     * @param background runs what no write should wait for
     */
    public LogJournal(Log<Entry> log, Ledger ledger, Timeline timeline, CommitListener listener, Budget budget,
            long node, Executor background) {
        this.log = log;
        this.budget = budget;
        submissions = new Submissions(log, timeline, budget, node, System::nanoTime);
        replica = new Replica(log, ledger, submissions, listener, background, System::nanoTime);
        applier.start();
        appender.start();
    }

    private void append() {
        while (submissions.appendNext(REST_MILLIS)) {
            if (submissions.waiting() >= FEW || !replica.applyNow()) {
                LockSupport.unpark(applier);
            }
        }
    }

    private void apply() {
        while (!isAtEnd()) {
            if (!replica.step() && !isAtEnd()) { // the step may have been the last one, for which it was woken
                LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(REST_MILLIS));
            }
        }
        replica.close();
    }

    private boolean isAtEnd() {
        return end != Long.MAX_VALUE && replica.hasReached(end);
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
