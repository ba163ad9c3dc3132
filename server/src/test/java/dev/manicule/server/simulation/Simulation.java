package dev.manicule.server.simulation;

import dev.manicule.server.files.Folders;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.LedgerInTests;
import dev.manicule.server.ledger.LedgerReader.UserPlace;
import dev.manicule.server.log.LogException;
import dev.manicule.server.model.Channel;
import dev.manicule.server.simulation.History.Interest;
import dev.manicule.server.simulation.History.Violation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One run: servers under their clients, while things go wrong. */
abstract class Simulation {
    static final long SECOND = 1_000_000_000L;
    private static final int STORY = 100;

    final Path folder;
    final World world;
    final History history;
    /** How often a server was started. */
    long starts;
    private final long seed;
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final List<PresentUser> users = new ArrayList<>();

    /**
     * A run of a seed, in a folder that it may make and deletes.
     *
     * @param isCluster whether several servers share the log
     */
    Simulation(long seed, Path folder, boolean isCluster) {
        this.seed = seed;
        this.folder = folder;
        world = new World(seed, isCluster);
        history = world.history;
    }

    /** What is simulated. */
    enum Kind {
        /** One server, and its disk. */
        SERVER,
        /** Nodes that share a log. */
        CLUSTER;

        Simulation of(long seed, Path folder) {
            return switch (this) {
                case SERVER -> new ServerSimulation(seed, folder);
                case CLUSTER -> new ClusterSimulation(seed, folder);
            };
        }
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
            end();
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

    /** Servers start, things go wrong, and after a quiet time all is there; until a promise is broken. */
    abstract void live() throws Exception;

    /** Kills what is left. */
    void end() {
        world.servers.forEach(SimulatedServer::kill);
    }

    /** Has time pass. */
    abstract void runUntil(long time) throws Exception;

    final void makeClients() {
        for (int i = 1 + world.random.nextInt(4); i > 0; i--) {
            Writer _ = new Writer(world, "writer" + i);
        }
        Reader _ = new Reader(world, "reader");
        List<Interest> interests = List.of(new Interest(Set.of("a"), Set.of(), Set.of()),
                new Interest(Set.of("a", "b", new Channel(World.KEYSET, "b").readMarks().name()), Set.of(), Set.of()),
                new Interest(Set.of(), Set.of("c.*"), Set.of()),
                new Interest(Set.of("b"), Set.of("c.*"), Set.of("g")),
                new Interest(Set.of(), Set.of(), Set.of("g", "h")));
        for (int i = 1 + world.random.nextInt(4); i > 0; i--) {
            subscribers.add(new Subscriber(world, "subscriber" + i, world.any(interests)));
        }
        for (int i = world.random.nextInt(history.isShared ? 5 : 3); i > 0; i--) {
            users.add(new PresentUser(world, "user" + i));
        }
        if (!users.isEmpty()) {
            subscribers.add(new Subscriber(world, "attendant",
                    new Interest(Set.of(PresentUser.ROOM.presence().name()), Set.of(), Set.of())));
        }
    }

    /** Whether there are users who come and go. */
    final boolean hasUsers() {
        return !users.isEmpty();
    }

    /** What is read of each channel is judged as what a client reads. */
    final void readAll(SimulatedServer server, String when) {
        for (String name : World.CHANNELS) {
            Channel channel = new Channel(World.KEYSET, name);
            history.read(server.start(), when, channel, Reader.stored(server.ledger.reads(), channel),
                    history.steps());
        }
    }

    /** After a quiet time each server finds those present who are, and leases say the same; subscribers have all there is. */
    final void callTheRoll() {
        for (SimulatedServer server : world.servers) {
            Set<String> present = present(server);
            for (PresentUser user : users) {
                if (user.mustBeThere() && !present.contains(user.name())) {
                    history.broken(user.name() + " should be there, at " + server.name() + ".");
                } else if (!user.isThere() && present.contains(user.name())) {
                    history.broken(user.name() + " should not be there, at " + server.name() + ".");
                }
            }
            Set<String> leased = new HashSet<>();
            world.servers.forEach(node -> server.ledger.reads().leases(node.node(), lease -> leased.add(lease.uuid())));
            if (!leased.equals(present)) {
                history.broken("There are " + present + ", and leases say " + leased + ", at " + server.name() + ".");
            }
            checkLeases(server);
            history.present = present;
        }
        subscribers.forEach(each -> history.cursors.add(new History.Cursor(each.interest(), each.cursor())));
    }

    /** Of those whom a node takes to be present it has leases, and of nobody else. */
    private void checkLeases(SimulatedServer server) {
        Set<String> leased = new HashSet<>();
        server.ledger.reads().leases(server.node(), lease -> leased.add(lease.uuid()));
        boolean _ = server.presence.work().submit(server.connect(), 1, (who, now) -> {
            for (PresentUser user : users) {
                boolean isPresent = who.isPresent(World.KEYSET, user.name(), PresentUser.ROOM.name());
                if (isPresent != leased.contains(user.name())) {
                    history.broken(server.name() + (isPresent ? " takes " : " does not take ") + user.name()
                            + " to be there, and has leases of " + leased + ".");
                }
            }
            return false;
        });
        while (server.presence.step()) {
            // until the question is answered
        }
    }

    private Set<String> present(SimulatedServer server) {
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
        return present;
    }

    /** Rows that the log makes, applied entry by entry. */
    final List<String> replicaRows(long logId, boolean isOfACluster) throws DataFolderException {
        try (Ledger fresh = Ledger.open(folder.resolve("replica"))) {
            fresh.followLog(logId);
            if (isOfACluster) {
                fresh.keepDigests(true);
            }
            SimulatedServer.applyAll(history.log, fresh);
            return LedgerInTests.rows(fresh);
        }
    }

    /** Has tables be those that the log makes. */
    final void compareWithReplica(String name, List<String> rows, List<String> replica) {
        if (!replica.equals(rows)) {
            List<String> missing = new ArrayList<>(replica);
            missing.removeAll(rows);
            List<String> more = new ArrayList<>(rows);
            more.removeAll(replica);
            history.broken("The tables of " + name + " are not what the log makes of them: " + missing
                    + " are missing, " + more + " are too much.");
        }
    }

    private void delete() {
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
