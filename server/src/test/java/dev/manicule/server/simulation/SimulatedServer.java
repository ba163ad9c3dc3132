package dev.manicule.server.simulation;

import dev.manicule.server.SteppedNodeWatch;
import dev.manicule.server.StoredFeed;
import dev.manicule.server.access.Revocations;
import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.ExpireActions;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Tick;
import dev.manicule.server.hub.Groups;
import dev.manicule.server.hub.Hub;
import dev.manicule.server.hub.PresenceInterest;
import dev.manicule.server.journal.CommitListener.Commit;
import dev.manicule.server.journal.SteppedJournal;
import dev.manicule.server.journal.TimetokenClock;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.LedgerInTests;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.ledger.StorageException;
import dev.manicule.server.ledger.Transaction;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Resource;
import dev.manicule.server.limits.Workers;
import dev.manicule.server.log.LocalLogOptions;
import dev.manicule.server.log.Log;
import dev.manicule.server.log.LogException;
import dev.manicule.server.log.LogListener;
import dev.manicule.server.log.SimulatedDisk.PowerCut;
import dev.manicule.server.presence.SteppedPresence;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
    private final Home home;
    private final String name;
    private final History.Start start;
    private final Log<Entry> log;
    private final Revocations revocations;
    private final @Nullable SteppedNodeWatch watch;
    private final TimetokenClock timeline;
    private final Limits limits = new Limits();
    private final Budget budget = new Budget(limits);
    private final List<Scheduler.Actor> actors = new ArrayList<>();
    private final List<Scheduler.Actor> workers = new ArrayList<>();
    private final Scheduler.Actor appender;
    private final Scheduler.Actor replica;
    private final Scheduler.Actor background;
    private final Scheduler.Actor retention;
    private final Scheduler.Actor attendant;
    private final Scheduler.Actor watcher;
    private boolean isAppending;
    private boolean isReplicating;
    private boolean isTicking;
    /** Presence has been handed what entries below it mean for it, and what those below the other one mean it has done. */
    private long handedToPresence;
    private long doneByPresence;
    private boolean isOver;

    /** Where a server is: what it finds at its start, and what is around it. */
    interface Home {
        /** Its name, in words. */
        String name();

        /** Its number among the nodes of a cluster; {@link ChangePresence#ONLY_NODE} of a server alone. */
        long node();

        /** Opens its tables, and its log, all of which they have applied. */
        Opened open(LocalLogOptions options)
                throws DataFolderException, LogException, IOException, InterruptedException;

        /** For how long what is to be appended waits for the log, in nanoseconds. */
        long stall();

        /** Whether all that it does is lost. */
        boolean isOff();
    }

    /** What a start has opened. */
    record Opened(Ledger ledger, Log<Entry> log) {}

    /**
     * Starts a server.
     *
     * @param incarnation another number than that of any start before
     */
    SimulatedServer(World world, Home home, long incarnation)
            throws DataFolderException, LogException, IOException, InterruptedException {
        this.world = world;
        this.home = home;
        name = home.name();
        background = actor();
        appender = actor();
        replica = actor();
        retention = actor();
        attendant = actor();
        watcher = actor();
        for (int i = 0; i < LOOPS; i++) {
            loops.add(new SimulatedLoop(actor()));
        }
        for (int i = 0; i < WORKERS; i++) {
            workers.add(actor());
        }
        Opened opened = null;
        try {
            opened = home.open(options());
        } finally {
            if (opened == null) {
                endActors();
            }
        }
        ledger = opened.ledger();
        log = opened.log();
        start = world.history.started(name, ledger.applied());
        handedToPresence = start.applied;
        doneByPresence = start.applied;
        boolean isShared = log.isShared();
        timeline = isShared
                ? TimetokenClock.ofLog(ledger.lastTimetoken())
                : new TimetokenClock(world::now, ledger.lastTimetoken());
        Groups groups = new Groups(ledger.reads().groups(), budget);
        hub = new Hub(loops, workers(), new StoredFeed(ledger.reads()), groups,
                new PresenceInterest(ledger.lastTimetoken() > 0, groups, world.scheduler::nanoTime), timeline::now,
                world.scheduler::nanoTime, PATIENCE,
                timeline.now());
        revocations = new Revocations(ledger.reads().revocations());
        journal = new SteppedJournal(log, ledger, timeline, this::committed, budget, incarnation, this::inBackground,
                world.scheduler::nanoTime, this::wakeAppender);
        hub.begin(journal::position);
        presence = new SteppedPresence(journal, home.node(),
                isShared ? channel -> true : hub.interest()::isListenedTo, groups::isIn, world.scheduler::nanoTime,
                limits);
        ledger.reads().leases(home.node(), presence.work().restoring(budget::keyset));
        groups.listen((group, removed, added) -> {
            presence.work().groupChanged(budget.keyset(group.keyset()), group, removed, added);
            wakePresence();
        });
        watch = isShared
                ? new SteppedNodeWatch(ledger, journal, home.node(), name, incarnation, reason -> {
                    throw new AssertionError(name + " takes its tables for others than they should be: " + reason);
                }, world.scheduler::nanoTime)
                : null;
        appender.post(this::appendAfterRest);
        replica.post(this::replicateAfterRest);
        retention.postAfter(REST_NANOS, this::retain);
        attendant.post(this::attendAfterRest);
        if (watch != null) {
            watcher.post(this::watchAfterRest);
        }
    }

    /** Its start, which is noted with all that it says. */
    History.Start start() {
        return start;
    }

    String name() {
        return name;
    }

    /** What entries of the log below it mean for presence, presence has done. */
    long doneByPresence() {
        return doneByPresence;
    }

    /** Which node of a cluster it is. */
    long node() {
        return home.node();
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
            if (ledger.isClosedToReaders()) { // a reader waits until the tables are there again
                worker.postAfter(REST_NANOS / 100, () -> work(worker, task));
            } else if (task.run()) {
                work(worker, task);
            }
        });
    }

    /** Reads something when that is all that any server has answered; not at all when the log can't be asked. */
    void read(Consumer<LedgerReader> reading) {
        if (journal.isPresent(fault -> {
            if (fault == null) {
                readHere(reading);
            }
        })) {
            readHere(reading);
        }
    }

    /** Reads something, on a worker. */
    private void readHere(Consumer<LedgerReader> reading) {
        work(world.any(workers), () -> {
            if (!isDead()) {
                reading.accept(ledger.reads());
            }
            return false;
        });
    }

    private void committed(Commit commit) {
        world.scheduler.meanwhile();
        world.history.published(start, commit.lastTimetoken(), commit.events().size());
        commit.revocations().forEach(revocations::add);
        hub.committed(commit);
        SteppedNodeWatch watching = watch;
        if (watching != null) {
            commit.ofNodes().reports().forEach(watching::heard);
        }
        if (commit.ofNodes().removed().contains(home.node())) {
            world.history.note(name, "was taken for dead");
            presence.work().reportAgain(budget.server());
        }
        presence.work().heard(commit.ofNodes().notices(), budget::keyset);
        handedToPresence = ledger.applied();
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
        long stall = home.stall();
        if (stall > 0) {
            appender.postAfter(stall, this::append);
            return;
        }
        isAppending = false;
        journal.append();
        if (log.isShared()) { // its entries come to the replica as those of others do
            if (journal.waiting() > 0) {
                wakeAppender();
            }
            return;
        }
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

    /** Has the replica look for entries. */
    void wakeReplica() {
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
        long handed = handedToPresence;
        while (presence.step()) {
            // until nothing is to be done
        }
        doneByPresence = handed;
    }

    private void attendAfterRest() {
        attendant.postAfter(ATTENDANCE_NANOS, this::attendAfterRest);
        attend();
    }

    private void watchAfterRest() {
        watcher.postAfter(REST_NANOS, this::watchAfterRest);
        SteppedNodeWatch watching = watch;
        if (watching != null && !world.isOver) {
            watching.look();
        }
    }

    private void retain() {
        retention.postAfter(REST_NANOS, this::retain);
        try {
            ledger.mark(timeline.now());
            if (isTicking || world.isOver) {
                return;
            }
            if (ledger.actionsDue() <= timeline.now()) {
                tick(new ExpireActions(3));
            } else if (ledger.due() <= timeline.now()) {
                tick(new Tick());
            }
        } catch (StorageException e) {
            world.history.note("retention", "%s", e);
        }
    }

    private <O extends Outcome> void tick(Command<O> command) {
        isTicking = true;
        journal.submit(command, outcome -> isTicking = false);
    }

    /** A client with a connection of its own. */
    Client connect() {
        return budget.connection(null).of(World.KEYSET);
    }

    /** Submits a command, on an event loop; its outcome is noted, and then told. */
    <O extends Outcome> void submit(Client client, String sender, Command<O> command, Consumer<Outcome> whenTold) {
        world.any(loops).execute(() -> {
            if (isDead()) {
                return;
            }
            History.Submission submission = world.history.submitted(start, sender, command);
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
        return isOver || home.isOff();
    }

    /** Writes the tables out, in the background. */
    void flush() {
        inBackground(() -> {
            if (!ledger.isClosedToReaders()) {
                log.release(ledger.flush());
            }
        });
    }

    /** Does nothing, or goes on, while time goes by. */
    void pause(boolean isToRest) {
        actors.forEach(actor -> actor.pause(isToRest));
    }

    private void endActors() {
        isOver = true;
        actors.forEach(Scheduler.Actor::end);
    }

    /** Ends it as a kill does. */
    void kill() {
        endActors();
        LedgerInTests.kill(ledger);
        if (log.isShared()) {
            log.close();
        }
    }

    /** Ends it as a stop does. */
    void stop() throws InterruptedException {
        loops.forEach(SimulatedLoop::runInline);
        hub.drain();
        journal.close(home::isOff);
        if (!home.isOff() && budget.used(Resource.WRITES) + budget.used(Resource.WRITE_BYTES) > 0) {
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
            Transaction transaction = fresh.transaction();
            Outcome _ = fresh.apply(entry, each.offset(), each.time(), transaction);
            fresh.commit(transaction);
        }
    }
}
