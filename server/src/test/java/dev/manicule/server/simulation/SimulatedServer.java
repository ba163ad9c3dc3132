package dev.manicule.server.simulation;

import dev.manicule.server.StoredFeed;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Tick;
import dev.manicule.server.hub.Groups;
import dev.manicule.server.hub.Hub;
import dev.manicule.server.hub.PresenceInterest;
import dev.manicule.server.journal.CommitListener.Commit;
import dev.manicule.server.journal.SteppedJournal;
import dev.manicule.server.journal.Timeline;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.ledger.Draft;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.LedgerInTests;
import dev.manicule.server.ledger.LedgerReads;
import dev.manicule.server.ledger.StorageException;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Resource;
import dev.manicule.server.limits.Workers;
import dev.manicule.server.log.LocalLogOptions;
import dev.manicule.server.log.LogException;
import dev.manicule.server.log.LogListener;
import dev.manicule.server.log.SimulatedDisk.PowerCut;
import dev.manicule.server.presence.SteppedPresence;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A server from a start to its end, put together as {@code Core} does it, with actors of the simulation for its threads. */
final class SimulatedServer {
    static final Duration PATIENCE = Duration.ofSeconds(4);

    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long ATTENDANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int SEGMENT_BYTES = 4 << 10;
    private static final int RECENT_BYTES = 1 << 10;
    private static final int LOOPS = 2;
    private static final int WORKERS = 2;

    final Ledger ledger;
    final SteppedJournal journal;
    final Hub hub;
    final SteppedPresence presence;
    final List<SimulatedLoop> loops = new ArrayList<>();
    private final World world;
    private final WitnessedLog log;
    private final Timeline timeline;
    private final Limits limits = new Limits();
    private final Budget budget = new Budget(limits);
    private final List<Scheduler.Actor> actors = new ArrayList<>();
    private final List<Scheduler.Actor> workers = new ArrayList<>();
    private final Scheduler.Actor appender;
    private final Scheduler.Actor replica;
    private final Scheduler.Actor background;
    private final Scheduler.Actor retention;
    private final Scheduler.Actor attendant;
    private boolean isAppending;
    private boolean isReplicating;
    private boolean isTicking;
    private boolean isOver;

    /**
     * Starts a server on what a folder and a disk hold.
     *
     * @param node another number than that of any server before
     */
    SimulatedServer(World world, Path folder, long node)
            throws DataFolderException, LogException, IOException, InterruptedException {
        this.world = world;
        background = actor();
        appender = actor();
        replica = actor();
        retention = actor();
        attendant = actor();
        for (int i = 0; i < LOOPS; i++) {
            loops.add(new SimulatedLoop(actor()));
        }
        for (int i = 0; i < WORKERS; i++) {
            workers.add(actor());
        }
        ledger = Ledger.open(folder);
        boolean isOpen = false;
        try {
            log = new WitnessedLog(SteppedJournal.openLog(ledger, world.disk, options()), world.history,
                    world.scheduler);
            SteppedJournal.catchUp(ledger, log);
            isOpen = true;
        } finally {
            if (!isOpen) {
                endActors();
                LedgerInTests.kill(ledger);
            }
        }
        timeline = new Timeline(world::now, ledger.lastTimetoken());
        Groups groups = new Groups(ledger.reads().groups(), budget);
        hub = new Hub(loops, workers(), new StoredFeed(ledger.reads()), groups,
                new PresenceInterest(ledger.lastTimetoken() > 0, groups, world.scheduler::nanoTime), timeline::now,
                world.scheduler::nanoTime, PATIENCE,
                timeline.now());
        journal = new SteppedJournal(log, ledger, timeline, this::committed, budget, node, this::inBackground,
                world.scheduler::nanoTime, this::wakeAppender);
        hub.begin(journal::position);
        presence = new SteppedPresence(journal, hub.interest()::isListenedTo, groups::isIn, world.scheduler::nanoTime,
                limits);
        ledger.reads().leases(SteppedPresence.NODE, presence.work().restoring(budget::keyset));
        groups.listen((group, removed, added) -> {
            presence.work().groupChanged(budget.keyset(group.keyset()), group, removed, added);
            wakePresence();
        });
        world.history.note("server", "is ready");
        appender.post(this::appendAfterRest);
        replica.post(this::replicateAfterRest);
        retention.postAfter(REST_NANOS, this::retain);
        attendant.post(this::attendAfterRest);
    }

    private Scheduler.Actor actor() {
        Scheduler.Actor actor = world.scheduler.actor();
        actors.add(actor);
        return actor;
    }

    private LocalLogOptions options() {
        return new LocalLogOptions(SEGMENT_BYTES, RECENT_BYTES, world::now, world.scheduler::nanoTime,
                world.random::nextLong, this::inBackground, LogListener.NONE);
    }

    private void inBackground(Runnable task) {
        background.post(() -> {
            try {
                task.run();
            } catch (PowerCut e) {
                world.history.note("power", "goes in the midst of a task of the background");
            }
        });
    }

    private Workers workers() {
        return (client, task) -> {
            if (world.happens(40)) {
                throw new RejectedExecutionException("too much waits, by the simulation");
            }
            work(world.any(workers), task);
        };
    }

    private void work(Scheduler.Actor worker, Workers.Task task) {
        worker.post(() -> {
            if (journal.isClosedToReaders()) { // a reader waits until the tables are there again
                worker.postAfter(REST_NANOS / 100, () -> work(worker, task));
            } else if (task.run()) {
                work(worker, task);
            }
        });
    }

    /** Reads something, on a worker. */
    void read(Consumer<LedgerReads> reading) {
        work(world.any(workers), () -> {
            if (!isDead()) {
                reading.accept(ledger.reads());
            }
            return false;
        });
    }

    private void committed(Commit commit) {
        world.scheduler.meanwhile();
        world.history.published(commit.lastTimetoken(), commit.events().size());
        hub.committed(commit);
        world.scheduler.meanwhile();
    }

    private void wakeAppender() {
        if (!isAppending) {
            isAppending = true;
            appender.postAfter(world.latency(), this::append);
        }
    }

    /** What the thread of the log does each time that it is woken, or has rested. */
    private void append() {
        isAppending = false;
        journal.append();
        boolean isAlone = world.happens(2);
        if (isAlone || !journal.applyNow()) {
            wakeReplica();
        }
        if (journal.waiting() > 0) {
            wakeAppender();
        }
    }

    private void appendAfterRest() {
        appender.postAfter(REST_NANOS, this::appendAfterRest);
        wakeAppender();
    }

    private void wakeReplica() {
        if (!isReplicating) {
            isReplicating = true;
            replica.postAfter(world.latency(), this::replicate);
        }
    }

    private void replicate() {
        isReplicating = false;
        if (journal.apply()) {
            wakeReplica();
        }
    }

    private void replicateAfterRest() {
        replica.postAfter(REST_NANOS, this::replicateAfterRest);
        wakeReplica();
    }

    /** Has presence do what it was asked to. */
    void wakePresence() {
        attendant.postAfter(world.latency(), this::attend);
    }

    private void attend() {
        while (presence.step()) {
            // until nothing is to be done
        }
    }

    private void attendAfterRest() {
        attendant.postAfter(ATTENDANCE_NANOS, this::attendAfterRest);
        attend();
    }

    private void retain() {
        retention.postAfter(REST_NANOS, this::retain);
        try {
            ledger.mark(timeline.now());
            if (ledger.due() <= timeline.now() && !isTicking) {
                isTicking = true;
                journal.submit(new Tick(), outcome -> isTicking = false);
            }
        } catch (StorageException e) {
            world.history.note("retention", "%s", e);
        }
    }

    /** A client with a connection of its own. */
    Client connect() {
        return budget.connection(null).of(World.KEYSET);
    }

    /** Submits a command, on an event loop; its outcome is noted, and then told. */
    <O extends Outcome> void submit(Client client, String name, Command<O> command, Consumer<Outcome> whenTold) {
        world.any(loops).execute(() -> {
            if (isDead()) {
                return;
            }
            History.Submission submission = world.history.submitted(name, command);
            journal.submit(client, command, outcome -> {
                if (!isDead()) {
                    world.history.told(submission, outcome);
                    whenTold.accept(outcome);
                }
            });
        });
    }

    /** Whether nothing that it says is heard any more. */
    boolean isDead() {
        return isOver || world.disk.isOff();
    }

    /** Writes the tables out, in the background. */
    void flush() {
        inBackground(() -> {
            if (!journal.isClosedToReaders()) {
                log.release(ledger.flush());
            }
        });
    }

    private void endActors() {
        isOver = true;
        actors.forEach(Scheduler.Actor::end);
    }

    /** Ends it as a kill does. */
    void kill() {
        endActors();
        LedgerInTests.kill(ledger);
    }

    /** Ends it as a stop does. */
    void stop() throws InterruptedException {
        loops.forEach(SimulatedLoop::runInline);
        hub.drain();
        journal.close(world.disk::isOff);
        if (!world.disk.isOff() && budget.used(Resource.WRITES) + budget.used(Resource.WRITE_BYTES) > 0) {
            world.history.broken("All writes have their outcome, and some are still charged to their clients.");
        }
        workers.forEach(Scheduler.Actor::drain);
        hub.close();
        isOver = true;
        try {
            log.release(ledger.flush());
        } catch (StorageException e) {
            world.history.note("stop", "%s", e);
        }
        log.close();
        endActors();
        ledger.close();
    }

    /** All rows, once the hidden ones are removed. */
    List<String> rows() {
        return LedgerInTests.rows(ledger);
    }

    /** Applies the entries of a log to the tables of a replica. */
    static void applyAll(Iterable<History.LogEntry> entries, Ledger fresh) {
        for (History.LogEntry each : entries) {
            Entry entry = each.entry();
            Draft draft = fresh.draft();
            Outcome _ = fresh.apply(entry, each.offset(), each.time(), draft);
            fresh.commit(draft);
        }
    }
}
