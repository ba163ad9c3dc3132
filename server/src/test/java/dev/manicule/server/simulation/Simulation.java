package dev.manicule.server.simulation;

import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.LedgerInTests;
import dev.manicule.server.ledger.LedgerReads.UserPlace;
import dev.manicule.server.log.LogException;
import dev.manicule.server.log.SimulatedDisk.PowerCut;
import dev.manicule.server.model.Channel;
import dev.manicule.server.presence.SteppedPresence;
import dev.manicule.server.simulation.History.Interest;
import dev.manicule.server.simulation.History.Violation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One run: a server under its clients, while the disk fails, the power goes and the process is killed. */
final class Simulation {
    private static final long SECOND = 1_000_000_000L;
    private static final int STORY = 100;
    private static final int MOST_STARTS = 20;

    private final long seed;
    private final Path folder;
    private final World world;
    private final History history;
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final List<PresentUser> users = new ArrayList<>();
    private long starts;
    private long healsAt = Long.MAX_VALUE;

    /** A run of a seed, in a folder that it may make and deletes. */
    Simulation(long seed, Path folder) {
        this.seed = seed;
        this.folder = folder;
        world = new World(seed);
        history = world.history;
    }

    /** Runs it, and tells what went wrong; null when nothing did. */
    @Nullable
    String run() throws Exception {
        @Nullable Violation violation;
        try {
            live();
            violation = Checker.judge(history);
        } catch (DataFolderException | LogException | RuntimeException | Error e) {
            violation = new Violation("Thrown out of the server: " + e, history.steps() - 1);
            history.note("VIOLATION", "%s", stackOf(e));
        } finally {
            SimulatedServer server = world.server;
            if (server != null) {
                server.kill();
            }
            delete();
        }
        return violation == null
                ? null
                : "Seed " + seed + ": " + violation.rule() + "\n" + history.story(
                        violation.rule().startsWith("Thrown") ? history.steps() : violation.step(), STORY);
    }

    /** All that happened, step by step. */
    String story() {
        return history.story(history.steps(), history.steps());
    }

    private static String stackOf(Throwable e) {
        StringBuilder lines = new StringBuilder(e.toString());
        for (StackTraceElement each : e.getStackTrace()) {
            lines.append("\n    ").append(each);
        }
        return lines.toString();
    }

    private void live() throws Exception {
        world.server = new SimulatedServer(world, folder.resolve("data"), ++starts);
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

    private void makeClients() {
        for (int i = 1 + world.random.nextInt(4); i > 0; i--) {
            Writer _ = new Writer(world, "writer" + i);
        }
        Reader _ = new Reader(world, "reader");
        List<Interest> interests = List.of(new Interest(Set.of("a"), Set.of(), Set.of()),
                new Interest(Set.of("a", "b"), Set.of(), Set.of()),
                new Interest(Set.of(), Set.of("c.*"), Set.of()),
                new Interest(Set.of("b"), Set.of("c.*"), Set.of("g")),
                new Interest(Set.of(), Set.of(), Set.of("g", "h")));
        for (int i = 1 + world.random.nextInt(4); i > 0; i--) {
            subscribers.add(new Subscriber(world, "subscriber" + i, world.any(interests)));
        }
        for (int i = world.random.nextInt(3); i > 0; i--) {
            users.add(new PresentUser(world, "user" + i));
        }
        if (!users.isEmpty()) {
            subscribers.add(new Subscriber(world, "attendant",
                    new Interest(Set.of(PresentUser.ROOM.presence().name()), Set.of(), Set.of())));
        }
    }

    private void runUntil(long time) throws Exception {
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
        SimulatedServer server = world.server;
        if (server == null || history.violation() != null) {
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
            case 7 -> restart(server);
            case 8, 9, 10 -> {
                history.note("tables", "are to be written out");
                server.flush();
            }
            case 11, 12 -> world.setClock((world.random.nextInt(4_000) - 2_000) * 1_000_000L);
            case 13 -> {
                history.note("tables", "are to be swept");
                server.ledger.sweep();
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

    private void restart(SimulatedServer server) throws Exception {
        history.note("server", "is to stop");
        server.stop();
        if (world.disk.isOff()) {
            history.ended(false);
            world.server = null;
            world.disk.powerCut();
        } else {
            history.ended(true);
            world.server = null;
            world.disk.kill();
        }
        startAgain();
    }

    private void die(String how, boolean losesPower) throws Exception {
        history.note("fault", "%s%s", how, losesPower ? ", and what was not synced may be lost" : "");
        SimulatedServer server = world.server;
        world.server = null;
        if (server != null) {
            server.kill();
        }
        history.ended(false);
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
        for (int attempt = 0; world.server == null && history.violation() == null; attempt++) {
            boolean isUnlucky = attempt < MOST_STARTS && world.happens(5);
            if (isUnlucky) {
                world.disk.cutAfter(world.random.nextInt(40));
                world.disk.failWith(world.happens(4) ? 0.05 : 0);
            }
            try {
                history.note("server", "starts");
                SimulatedServer server = new SimulatedServer(world, folder.resolve("data"), ++starts);
                world.disk.cutAfter(Long.MAX_VALUE);
                world.disk.failWith(0);
                world.server = server;
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
        SimulatedServer server = world.server;
        if (server == null) {
            throw new IllegalStateException("a server is running in the end");
        }
        String fault = server.journal.fault();
        if (fault != null) {
            history.broken("The disk works, nothing was written for a while, and the server says: " + fault);
        }
        readAll(server, "at the end");
        callTheRoll(server);
        subscribers.forEach(each -> history.cursors.add(new History.Cursor(each.interest(), each.cursor())));
        server.stop();
        history.ended(true);
        world.server = null;
        world.disk.kill();
        SimulatedServer last = new SimulatedServer(world, folder.resolve("data"), ++starts);
        world.server = last;
        readAll(last, "after a stop");
        if (last.ledger.applied() != history.log.size()) {
            history.broken("The tables have applied " + last.ledger.applied() + " entries of " + history.log.size()
                    + ".");
        }
        compareWithReplica(last);
    }

    private void readAll(SimulatedServer server, String when) {
        for (String name : World.CHANNELS) {
            Channel channel = new Channel(World.KEYSET, name);
            history.read(when, channel, Reader.stored(server.ledger.reads(), channel));
        }
    }

    private void callTheRoll(SimulatedServer server) {
        Set<String> present = new HashSet<>();
        boolean _ = server.presence.work()
                .whenReported(server.connect(), 1,
                        () -> server.ledger.reads()
                                .users(PresentUser.ROOM, new UserPlace(null, 0), users.size() + 1, false)
                                .users()
                                .forEach(user -> present.add(user.uuid())));
        while (server.presence.step()) {
            // until the question is answered
        }
        for (PresentUser user : users) {
            if (user.isThere(server) != present.contains(user.name())) {
                history.broken(user.name() + (user.isThere(server) ? " should" : " should not") + " be there.");
            }
        }
        Set<String> leased = new HashSet<>();
        server.ledger.reads().leases(SteppedPresence.NODE, lease -> leased.add(lease.uuid()));
        if (!leased.equals(present)) {
            history.broken("There are " + present + ", and leases say " + leased + ".");
        }
        RollCall.check(history, present);
    }

    private void compareWithReplica(SimulatedServer server) throws DataFolderException {
        try (Ledger fresh = Ledger.open(folder.resolve("replica"))) {
            fresh.followLog(server.ledger.logId().orElseThrow());
            SimulatedServer.applyAll(history.log, fresh);
            List<String> replica = LedgerInTests.rows(fresh);
            List<String> rows = server.rows();
            if (!replica.equals(rows)) {
                List<String> missing = new ArrayList<>(replica);
                missing.removeAll(rows);
                List<String> more = new ArrayList<>(rows);
                more.removeAll(replica);
                history.broken("The tables are not what the log makes of them: " + missing + " are missing, " + more
                        + " are too much.");
            }
        }
    }

    private void delete() {
        try (Stream<Path> files = Files.exists(folder) ? Files.walk(folder) : Stream.empty()) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
