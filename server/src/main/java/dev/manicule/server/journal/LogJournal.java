package dev.manicule.server.journal;

import dev.manicule.server.command.Command;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Client;
import dev.manicule.server.log.Log;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A journal over a log: {@link Submissions} on the way in, a {@link Replica} on the way out. */
public final class LogJournal implements Journal {
    private final Submissions submissions;
    private final Replica replica;
    private final Budget budget;

    /**
     * Starts it. The log is the caller's to close, after the journal, and then the ledger.
     *
     * @param log what the ledger has applied all of
     * @param node stands for this start of the process in operation ids: a number that no other has
     * @param background runs what no write should wait for
     */
    public LogJournal(Log<Entry> log, Ledger ledger, Timeline timeline, CommitListener listener, Budget budget,
            long node, Executor background) {
        this.budget = budget;
        submissions = new Submissions(log, timeline, budget, node);
        replica = new Replica(log, ledger, submissions, listener, background);
        replica.start();
        submissions.start();
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
        return submissions.isAlive() && replica.isAlive();
    }

    @Override
    public long position() {
        return submissions.position();
    }

    @Override
    public void close() {
        replica.prepareToClose();
        submissions.close();
        replica.close();
    }
}
