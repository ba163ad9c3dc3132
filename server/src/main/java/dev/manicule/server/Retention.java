package dev.manicule.server;

import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Keysets;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.ExpireActions;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Retain;
import dev.manicule.server.command.Tick;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.model.Timetoken;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets time pass for stored data, on a thread of its own. It writes changes of the keysets' configured retention to the
 * journal. When something is due and nothing else is written, it writes a tick; when actions are due to leave, a command
 * for them. Every ten minutes it removes the rows of expired data. Each second it notes the progress of the tables.
 */
final class Retention implements AutoCloseable {
    private static final Duration SWEEP = Duration.ofMinutes(10);
    private static final Duration LOOK = Duration.ofMillis(100);
    /** How many actions leave with one command: about a millisecond of work. */
    private static final int MOST_EXPIRED = 100;
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final Ledger ledger;
    private final Journal journal;
    private final Keysets keysets;
    private final LongSupplier now;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("manicule-retention").daemon().unstarted(task));
    private final AtomicBoolean isUnderWay = new AtomicBoolean();

    /**
     * Begins soon.
     *
     * @param now returns the present timetoken
     */
    Retention(Ledger ledger, Journal journal, Keysets keysets, LongSupplier now) {
        this.ledger = ledger;
        this.journal = journal;
        this.keysets = keysets;
        this.now = now;
        var _ = thread.scheduleWithFixedDelay(this::tick, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
        var _ = thread.scheduleWithFixedDelay(this::retain, 0, 1, TimeUnit.SECONDS);
        var _ = thread.scheduleWithFixedDelay(this::mark, 1, 1, TimeUnit.SECONDS);
        var _ = thread.scheduleWithFixedDelay(ledger::sweep, 1, SWEEP.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        thread.close();
    }

    private void mark() {
        try {
            ledger.mark(now.getAsLong());
        } catch (RuntimeException e) {
            LOG.debug("{}", e.getMessage()); // the journal reports a failing disk
        }
    }

    private void tick() {
        try {
            if (ledger.actionsDue() <= now.getAsLong()) {
                submit(new ExpireActions(MOST_EXPIRED));
            } else if (ledger.due() <= now.getAsLong()) {
                submit(new Tick());
            }
        } catch (RuntimeException e) {
            LOG.debug("{}", e.getMessage());
        }
    }

    /**
     * One at a time: the next check sees its changes. That check follows at once while more may be due than one tick
     * does.
     */
    private <O extends Outcome> void submit(Command<O> command) {
        if (isUnderWay.compareAndSet(false, true)) {
            journal.submit(command, outcome -> {
                isUnderWay.set(false);
                if (outcome instanceof Tick.Ticked || outcome instanceof ExpireActions.ActionsExpired) {
                    tickSoon();
                }
            });
        }
    }

    private void tickSoon() {
        try {
            thread.execute(this::tick);
        } catch (RejectedExecutionException e) {
            LOG.debug("The server stops", e);
        }
    }

    /** The ledger keeps the last retention that it received; the configuration may have another one now. */
    private void retain() {
        try {
            for (Keyset keyset : keysets.all()) {
                Duration time = keyset.policy().retention();
                long steps = time == null ? Retain.FOREVER : Timetoken.steps(time);
                if (ledger.retention(keyset.subscribeKey()) != steps) {
                    submit(new Retain(keyset.subscribeKey(), steps));
                }
            }
        } catch (RuntimeException e) {
            LOG.debug("{}", e.getMessage());
        }
    }
}
