package dev.manicule.server.simulation;

import dev.manicule.server.journal.DataStore;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.log.LocalLogOptions;
import dev.manicule.server.log.LogException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One to four nodes over one log under their clients, while the log's brokers fail, and nodes are killed, paused and cut off. */
final class ClusterSimulation extends Simulation {
    private static final long LOG_ID = 17;
    private static final int FIRST_NODE = 11;
    private static final long QUIET_NANOS = 30 * SECOND;
    /** After it, all nodes have what was written before. */
    private static final long SETTLING_NANOS = 3 * SECOND;

    private final SimulatedKafka kafka;
    private final List<Node> nodes = new ArrayList<>();
    /** Processes that go on although others have their place. */
    private final List<SimulatedServer> replaced = new ArrayList<>();
    /** What goes wrong in this run; a run in which all does hides what takes a while. */
    private final List<Fault> faults = new ArrayList<>(List.of(Fault.NONE));
    private final PriorityQueue<Plan> plans = new PriorityQueue<>(
            Comparator.comparingLong(Plan::time).thenComparingLong(Plan::number));
    private final int size;
    private long lastPlan;

    /** What will happen, between two steps. */
    private record Plan(long time, long number, PlannedStep step) {}

    private enum Fault {
        KILL, STOP, PAUSE, CUT, ELECTION, FLUSH, SWEEP, LAG, TWIN, NONE
    }

    @FunctionalInterface
    private interface PlannedStep {
        void run() throws Exception;
    }

    ClusterSimulation(long seed, Path folder) {
        super(seed, folder, true);
        kafka = new SimulatedKafka(world);
        SplittableRandom choice = new SplittableRandom(seed); // the first bits of a Random are much the same for seeds in a row
        for (Fault each : Fault.values()) {
            if (choice.nextBoolean()) {
                faults.add(each);
            }
        }
        size = 1 + Math.min(choice.nextInt(5), 3);
    }

    /** A node of the cluster, over all of its starts. */
    private final class Node implements SimulatedServer.Home {
        private final int number;
        private final String name;
        private final SimulatedKafka.Link link;
        private @Nullable SimulatedServer server;
        private long pausedAt;
        private boolean isPaused;

        Node(int number, String name) {
            this.number = number;
            this.name = name;
            link = kafka.link(name);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public long node() {
            return number;
        }

        @Override
        public SimulatedServer.Opened open(LocalLogOptions options) throws DataFolderException, LogException {
            DataStore data = DataStore.openShared(folder.resolve(name), link.open(this::hear), LOG_ID,
                    new DataStore.ListenedTo());
            return new SimulatedServer.Opened(data.ledger(), data.log());
        }

        private void hear() {
            SimulatedServer running = server;
            if (running != null) {
                running.wakeReplica();
            }
        }

        @Override
        public long stall() {
            return link.stall();
        }

        @Override
        public boolean isOff() {
            return false;
        }

        /** Starts it, or tries to again while no broker answers. */
        void start() throws Exception {
            history.note(name, "starts");
            try {
                SimulatedServer started = new SimulatedServer(world, this, ++starts);
                server = started;
                world.servers.add(started);
            } catch (DataFolderException | LogException e) {
                if (link.reachesLeader()) {
                    throw e;
                }
                history.note(name, "can't start: %s", e);
                after(SECOND, this::start);
            }
        }

        void kill(SimulatedServer running) {
            resume();
            running.kill();
            gone(running, false);
        }

        void stop(SimulatedServer running) throws InterruptedException {
            resume();
            history.note(name, "is to stop");
            running.stop();
            gone(running, true);
        }

        private void gone(SimulatedServer running, boolean isStop) {
            history.ended(running.start(), isStop);
            world.servers.remove(running);
            server = null;
        }

        void pause(SimulatedServer running, long nanos) {
            if (!isPaused) {
                history.note(name, "is paused for %d ms", nanos / 1_000_000);
                isPaused = true;
                pausedAt = world.scheduler.nanoTime();
                running.pause(true);
                after(nanos, () -> {
                    if (server == running) {
                        resume();
                    }
                });
            }
        }

        void resume() {
            SimulatedServer running = server;
            if (isPaused && running != null) {
                history.note(name, "goes on");
                isPaused = false;
                running.pause(false);
                running.start().pauses.add(new History.Pause(pausedAt, world.scheduler.nanoTime()));
            }
        }
    }

    private void after(long nanos, PlannedStep step) {
        lastPlan++;
        plans.add(new Plan(world.scheduler.nanoTime() + nanos, lastPlan, step));
    }

    @Override
    void runUntil(long time) throws Exception {
        while (history.violation() == null && world.scheduler.nanoTime() < time) {
            Plan next = plans.peek();
            long until = next == null ? time : Math.min(time, Math.max(next.time, world.scheduler.nanoTime()));
            while (history.violation() == null && world.scheduler.step(until)) {
                // until there is nothing left to do
            }
            if (next != null && next.time <= world.scheduler.nanoTime() && history.violation() == null) {
                plans.remove(next);
                next.step.run();
            }
        }
    }

    @Override
    void live() throws Exception {
        for (int i = 0; i < size; i++) {
            Node node = new Node(FIRST_NODE + i, "node" + i);
            nodes.add(node);
            node.start();
        }
        makeClients();
        long end = (12 + world.random.nextInt(30)) * SECOND;
        while (history.violation() == null && world.scheduler.nanoTime() < end) {
            runUntil(Math.min(end, world.scheduler.nanoTime() + upTo(2_000)));
            if (history.violation() == null) {
                strike(world.any(nodes));
            }
        }
        if (history.violation() == null) {
            heal();
            world.isQuiet = true;
            runUntil(world.scheduler.nanoTime() + QUIET_NANOS);
        }
        if (history.violation() == null) {
            finish();
        }
    }

    /** Up to so many milliseconds, in nanoseconds. */
    private long upTo(int millis) {
        return world.random.nextInt(millis) * 1_000_000L;
    }

    /** Something goes wrong, or nothing does. */
    private void strike(Node node) throws Exception {
        SimulatedServer server = node.server;
        if (server == null) {
            return;
        }
        switch (world.any(faults)) {
            case KILL -> {
                history.note("fault", "%s is killed", node.name);
                node.kill(server);
                after(outage(), node::start);
            }
            case STOP -> {
                node.stop(server);
                after(outage(), node::start);
            }
            case PAUSE -> node.pause(server, outage());
            case CUT -> node.link.cut(upTo(6_000));
            case ELECTION -> kafka.changeLeader(upTo(world.happens(3) ? 6_000 : 500),
                    world.happens(5) ? upTo(60_000) : upTo(6_000) - 3 * SECOND);
            case FLUSH -> {
                history.note(node.name, "is to write its tables out");
                server.flush();
            }
            case SWEEP -> {
                history.note(node.name, "is to be swept");
                server.ledger.sweep();
            }
            case LAG -> node.link.lag((int) upTo(2_000));
            case TWIN -> {
                if (!hasUsers() && !node.isPaused && world.happens(4)) {
                    startTwin(node, server);
                }
            }
            case NONE -> history.note("all", "goes well");
        }
    }

    /** So long that other nodes take one for dead, or so short that they don't. */
    private long outage() {
        return world.random.nextBoolean() ? 12 * SECOND + upTo(6_000) : upTo(2_000);
    }

    /**
     * Another process of the same name, on data of its own, begins to run. Clients get to it from now on. Only where no users come and go: what the
     * older process reports of them until it knows that it was replaced stays for ever, a fault that is known.
     */
    private void startTwin(Node node, SimulatedServer server) throws Exception {
        history.note("fault", "%s has a twin", node.name);
        world.servers.remove(server);
        replaced.add(server);
        Node twin = new Node(node.number, node.name + "'");
        nodes.set(nodes.indexOf(node), twin);
        twin.start();
    }

    /** Brokers and networks work, no node is paused, and some nodes that are down stay so: not a twin, which might never have run. */
    private void heal() throws Exception {
        history.note("all", "is sound");
        plans.clear();
        kafka.heal();
        for (Node node : nodes) {
            node.resume();
            boolean isTwin = replaced.stream().anyMatch(old -> old.node() == node.number);
            if (node.server == null && (isTwin || world.servers.isEmpty() || world.random.nextBoolean())) {
                node.start();
            }
        }
    }

    /** After a quiet time all is there, at each node and for each subscriber, and all have the tables that the log makes. */
    private void finish() throws Exception {
        for (SimulatedServer server : world.servers) {
            String fault = server.journal.fault();
            if (fault != null) {
                history.broken("All works, nothing was written for a while, and " + server.name() + " says: " + fault);
            }
            readAll(server, "at the end");
        }
        for (SimulatedServer old : replaced) {
            if (old.journal.fault() == null) {
                history.broken("Another process is " + old.name() + " by now, and this one takes writes.");
            }
            history.ended(old.start(), false);
            old.kill();
        }
        replaced.clear();
        callTheRoll();
        world.isOver = true;
        runUntil(world.scheduler.nanoTime() + SETTLING_NANOS);
        List<String> replica = replicaRows(LOG_ID, true);
        for (Node node : nodes) {
            SimulatedServer running = node.server;
            if (running == null) {
                node.start();
            } else if (world.happens(3)) {
                node.stop(running);
                node.start();
            }
            SimulatedServer last = node.server;
            if (last != null && history.violation() == null) {
                compare(last, replica);
            }
        }
        for (Node node : nodes) {
            SimulatedServer running = node.server;
            if (running != null) {
                node.stop(running);
            }
        }
    }

    @Override
    void end() {
        super.end();
        replaced.forEach(SimulatedServer::kill);
    }

    private void compare(SimulatedServer server, List<String> replica) throws Exception {
        long applied = server.ledger.applied();
        if (applied != history.log.size()) {
            history.broken(server.name() + " has applied " + applied + " entries of " + history.log.size() + ".");
        }
        compareWithReplica(server.name(), server.rows(), replica);
    }
}
