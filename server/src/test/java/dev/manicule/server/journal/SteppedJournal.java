package dev.manicule.server.journal;

import dev.manicule.server.command.Command;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Client;
import dev.manicule.server.log.LocalLog;
import dev.manicule.server.log.LocalLogOptions;
import dev.manicule.server.log.Log;
import dev.manicule.server.log.LogException;
import dev.manicule.server.log.LogFiles;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A {@link LogJournal} whose two threads are steps that a test takes, one at a time. */
public final class SteppedJournal implements Journal {
    private final Log<Entry> log;
    private final Budget budget;
    private final Submissions submissions;
    private final Replica replica;
    private final Present present;
    private final Runnable whenSubmitted;
    private boolean isApplying;

    /**
     * As {@link LogJournal}.
     *
     * @param whenSubmitted called after a command was submitted: {@link #append} has something to do
     */
    public SteppedJournal(Log<Entry> log, Ledger ledger, TimetokenClock timeline, CommitListener listener,
            Budget budget,
            long node, Executor background, LongSupplier nanoTime, Runnable whenSubmitted) {
        this.log = log;
        this.budget = budget;
        this.whenSubmitted = whenSubmitted;
        submissions = new Submissions(log, timeline, budget, node, nanoTime);
        replica = new Replica(log, ledger, submissions, listener, background, nanoTime);
        present = new Present(this);
    }

    /** The log of a ledger, in some files, as {@link DataStore} opens it. */
    public static Log<Entry> openLog(Ledger ledger, LogFiles files, LocalLogOptions options)
            throws LogException, IOException, DataFolderException {
        LocalLog<Entry> log = DataStore.openLog(ledger, files, options);
        log.cut();
        return log;
    }

    /** Applies what the tables lack, as {@link DataStore} does. */
    public static void catchUp(Ledger ledger, Log<Entry> log) throws LogException, DataFolderException {
        DataStore.catchUp(ledger, log);
    }

    /** Appends what was submitted. */
    public void append() {
        boolean _ = submissions.appendNext(0);
    }

    /** Applies what is durable, if that is all there is to do; false when {@link #apply} has something to do. */
    public boolean applyNow() {
        return !isApplying && applying(replica::applyNow);
    }

    /** Applies some of what is durable, unless that is being done already; gives whether there may be more. */
    public boolean apply() {
        return isApplying || applying(() -> replica.step(log.isShared() ? 1 : 0)); // one that is shared is asked what others have appended
    }

    private boolean applying(BooleanSupplier step) {
        isApplying = true;
        try {
            return step.getAsBoolean();
        } finally {
            isApplying = false;
        }
    }

    @Override
    public <O extends Outcome> void submit(Command<O> command, Consumer<? super O> whenDecided) {
        submit(budget.server(), command, whenDecided);
    }

    @Override
    public <O extends Outcome> void submit(Client client, Command<O> command, Consumer<? super O> whenDecided) {
        submissions.submit(client, command, whenDecided);
        whenSubmitted.run();
    }

    @Override
    public boolean isPresent(Consumer<@Nullable Unavailable> action) {
        if (log.isShared()) {
            present.when(action);
        }
        return !log.isShared();
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
    public void askFor(int rules) {
        submissions.askFor(rules);
    }

    @Override
    public void refuse(String reason) {
        submissions.refuse(reason);
    }

    @Override
    public boolean isAlive() {
        return true;
    }

    @Override
    public long position() {
        return submissions.position();
    }

    @Override
    public void close() {
        close(() -> false);
    }

    /** Closes it, unless the process ends meanwhile. */
    public void close(BooleanSupplier hasEnded) {
        submissions.close();
        while (!hasEnded.getAsBoolean() && submissions.appendNext(0)) {
            // until all is appended
        }
        long end = log.end();
        while (!hasEnded.getAsBoolean() && !replica.hasReached(end)) {
            boolean _ = replica.step(0);
        }
        replica.close();
    }
}
