package dev.manicule.server.simulation;

import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.journal.SteppedJournal;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.LedgerInTests;
import dev.manicule.server.log.LocalLogOptions;
import dev.manicule.server.log.LogException;
import dev.manicule.server.log.SimulatedDisk.PowerCut;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A server under its clients, while the disk fails, the power goes and the process is killed. */
final class ServerSimulation extends Simulation {
    private static final int MOST_STARTS = 20;

    private final Alone alone = new Alone();
    private @Nullable SimulatedServer server;
    private long healsAt = Long.MAX_VALUE;

    ServerSimulation(long seed, Path folder) {
        super(seed, folder, false);
    }

    /** A server that has a log of its own, on the disk. */
    private final class Alone implements SimulatedServer.Home {
        @Override
        public String name() {
            return "server";
        }

        @Override
        public long node() {
            return ChangePresence.ONLY_NODE;
        }

        @Override
        public SimulatedServer.Opened open(LocalLogOptions options)
                throws DataFolderException, LogException, IOException, InterruptedException {
            Ledger ledger = Ledger.open(folder.resolve("data"));
            boolean isOpen = false;
            try {
                WitnessedLog log = new WitnessedLog(SteppedJournal.openLog(ledger, world.disk, options), history,
                        world.scheduler);
                SteppedJournal.catchUp(ledger, log);
                isOpen = true;
                return new SimulatedServer.Opened(ledger, log);
            } finally {
                if (!isOpen) {
                    LedgerInTests.kill(ledger);
                }
            }
        }

        @Override
        public long stall() {
            return 0;
        }

        @Override
        public boolean isOff() {
            return world.disk.isOff();
        }
    }

    private SimulatedServer start() throws DataFolderException, LogException, IOException, InterruptedException {
        SimulatedServer started = new SimulatedServer(world, alone, ++starts);
        server = started;
        world.servers.add(started);
        return started;
    }

    private void gone(SimulatedServer ended, boolean isStop) {
        history.ended(ended.start(), isStop);
        world.servers.remove(ended);
        server = null;
    }

    @Override
    void live() throws Exception {
        SimulatedServer _ = start();
        makeClients();
        long end = (6 + world.random.nextInt(14)) * SECOND;
        while (history.violation() == null && world.scheduler.nanoTime() < end) {
            long next = world.scheduler.nanoTime() + world.random.nextInt(3) * SECOND / 2
                    + world.random.nextInt((int) SECOND);
            runUntil(Math.min(next, end));
            strike();
        }
        heal();
        world.isQuiet = true;
        runUntil(world.scheduler.nanoTime() + 4 * SimulatedServer.PATIENCE.toNanos());
        if (history.violation() == null) {
            finish();
        }
    }

    @Override
    void runUntil(long time) throws Exception {
        while (history.violation() == null && world.scheduler.step(time)) {
            if (world.disk.isOff()) {
                die("The power goes in the midst of a step of the disk", world.random.nextBoolean());
            }
            if (world.scheduler.nanoTime() >= healsAt) {
                heal();
            }
        }
        if (world.disk.isOff() && history.violation() == null) {
            die("The power goes in the midst of a step of the disk", world.random.nextBoolean());
        }
    }

    /** Something goes wrong, or nothing does. */
    private void strike() throws Exception {
        SimulatedServer struck = server;
        if (struck == null || history.violation() != null) {
            return;
        }
        switch (world.random.nextInt(16)) {
            case 0 -> die("The process is killed", false);
            case 1 -> die("The power is cut", true);
            case 2, 3 -> {
                int steps = world.random.nextInt(60);
                history.note("disk", "the power will go in %d steps", steps);
                world.disk.cutAfter(steps);
            }
            case 4, 5 -> {
                history.note("disk", "fails now and then");
                world.disk.failWith(0.1 + 0.8 * world.random.nextDouble());
                healsAt = world.scheduler.nanoTime() + world.random.nextInt(4) * SECOND;
            }
            case 6 -> {
                history.note("disk", "is full");
                world.disk.fill(true);
                healsAt = world.scheduler.nanoTime() + world.random.nextInt(4) * SECOND;
            }
            case 7 -> restart(struck);
            case 8, 9, 10 -> {
                history.note("tables", "are to be written out");
                struck.flush();
            }
            case 11, 12 -> world.setClock((world.random.nextInt(4_000) - 2_000) * 1_000_000L);
            case 13 -> {
                history.note("tables", "are to be swept");
                struck.ledger.sweep();
            }
            default -> {
                // nothing
            }
        }
    }

    private void heal() {
        world.disk.failWith(0);
        world.disk.fill(false);
        world.disk.cutAfter(Long.MAX_VALUE);
        healsAt = Long.MAX_VALUE;
        history.note("disk", "is sound");
    }

    private void restart(SimulatedServer running) throws Exception {
        history.note("server", "is to stop");
        running.stop();
        boolean hasPower = !world.disk.isOff();
        gone(running, hasPower);
        if (hasPower) {
            world.disk.kill();
        } else {
            world.disk.powerCut();
        }
        startAgain();
    }

    private void die(String how, boolean losesPower) throws Exception {
        history.note("fault", "%s%s", how, losesPower ? ", and what was not synced may be lost" : "");
        SimulatedServer running = server;
        if (running != null) {
            running.kill();
            gone(running, false);
        }
        if (losesPower) {
            world.disk.powerCut();
        } else {
            world.disk.kill();
        }
        startAgain();
    }

    private void startAgain() throws Exception {
        healsAt = Long.MAX_VALUE;
        if (world.random.nextBoolean()) {
            runUntil(world.scheduler.nanoTime() + world.random.nextInt((int) SECOND));
        }
        world.mendClock();
        for (int attempt = 0; server == null && history.violation() == null; attempt++) {
            boolean isUnlucky = attempt < MOST_STARTS && world.happens(5);
            if (isUnlucky) {
                world.disk.cutAfter(world.random.nextInt(40));
                world.disk.failWith(world.happens(4) ? 0.05 : 0);
            }
            try {
                history.note("server", "starts");
                SimulatedServer _ = start();
                world.disk.cutAfter(Long.MAX_VALUE);
                world.disk.failWith(0);
            } catch (PowerCut e) {
                history.note("fault", "The power goes during the start");
                world.disk.powerCut();
            } catch (LogException | IOException e) {
                if (!isUnlucky) {
                    throw e;
                }
                history.note("server", "can't start: %s", e);
                world.disk.kill();
            }
        }
    }

    /** After a quiet time all is there, for each subscriber, after a stop and a start, and for a replica that reads the log. */
    private void finish() throws Exception {
        SimulatedServer running = server;
        if (running == null) {
            throw new IllegalStateException("a server is running in the end");
        }
        String fault = running.journal.fault();
        if (fault != null) {
            history.broken("The disk works, nothing was written for a while, and the server says: " + fault);
        }
        readAll(running, "at the end");
        callTheRoll();
        running.stop();
        gone(running, true);
        world.disk.kill();
        SimulatedServer last = start();
        readAll(last, "after a stop");
        if (last.ledger.applied() != history.log.size()) {
            history.broken("The tables have applied " + last.ledger.applied() + " entries of " + history.log.size()
                    + ".");
        }
        compareWithReplica("the server", last.rows(), replicaRows(last.ledger.logId().orElseThrow(), false));
    }
}
