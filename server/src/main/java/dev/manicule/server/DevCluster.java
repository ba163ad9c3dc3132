package dev.manicule.server;

import dev.manicule.server.command.Entry;
import dev.manicule.server.config.ClusterSettings;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.log.SharedMemoryLog;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The nodes of a cluster for tests, in one process: each is a real server with tables, presence and subscribers of its
 * own. They share a log in memory, where other clusters share one in Apache Kafka, and a clock. They listen on loopback
 * only, and their data does not outlive them. Any thread may use it.
 */
public final class DevCluster implements AutoCloseable {
    /** So many nodes at most. */
    public static final int MOST_NODES = 9;
    private static final long PATIENCE_SECONDS = 30;

    private final VirtualClock clock;
    private final ClusterBeats beats;
    private final long logId = new SecureRandom().nextLong();
    private final List<DevNode> nodes = new ArrayList<>();
    private final Map<String, Kept> snapshots = new ConcurrentHashMap<>();
    private volatile SharedMemoryLog<Entry> log;

    /**
     * The content of a snapshot.
     *
     * @param tables a folder with a copy of the tables of a node
     * @param end the offset up to which they have the log
     * @param time the state of the clock
     */
    private record Kept(Path tables, long end, VirtualClock.State time) {}

    private DevCluster(ManiculeConfig config, ClusterSettings.Reads reads, int count, VirtualClock clock)
            throws StartException {
        this.clock = clock;
        beats = new ClusterBeats(clock::nanoTime);
        boolean isStarted = false;
        try {
            for (int i = 0; i < count; i++) {
                nodes.add(new DevNode(this, "node-" + i, config, reads));
            }
            log = newLog(0);
            for (DevNode node : nodes) {
                node.start();
            }
            isStarted = true;
        } finally {
            if (!isStarted) {
                close();
            }
        }
    }

    /**
     * Starts one; its nodes take requests when this returns.
     *
     * @param config the configuration of each node, except data folder, port and cluster
     * @param reads the data that a read sees
     * @param nodes how many there are, from 1 to {@value #MOST_NODES}
     * @param clock the time of all of them
     * @throws StartException when they would listen to other machines, or can't listen
     */
    public static DevCluster start(ManiculeConfig config, ClusterSettings.Reads reads, int nodes, VirtualClock clock)
            throws StartException {
        if (nodes < 1 || nodes > MOST_NODES) {
            throw new IllegalArgumentException(
                    "A cluster in one process has 1 to " + MOST_NODES + " nodes, and not " + nodes + ".");
        }
        DevServer.requireLoopback(config.http().host());
        return new DevCluster(config, reads, nodes, clock);
    }

    private SharedMemoryLog<Entry> newLog(long firstOffset) {
        return new SharedMemoryLog<>(firstOffset, clock::now, clock::nanoTime,
                nodes.stream().map(DevNode::link).toList());
    }

    /** The nodes: always the same, also those that are stopped. */
    public List<DevNode> nodes() {
        return List.copyOf(nodes);
    }

    /** Their time. */
    public VirtualClock clock() {
        return clock;
    }

    ClusterBeats beats() {
        return beats;
    }

    /** The log that there is now. */
    SharedMemoryLog<Entry> log() {
        return log;
    }

    /**
     * The id of the log that the tables of the nodes follow. It stays the same when the log restarts, as its entries up
     * to there do.
     */
    long logId() {
        return logId;
    }

    /** The names of the snapshots there are. */
    public Set<String> snapshots() {
        return new TreeSet<>(snapshots.keySet());
    }

    /**
     * Saves all that is stored now, and the state of the clock, under a name; replaces an earlier snapshot of that
     * name.
     *
     * @throws IllegalArgumentException when the name is blank
     * @throws IllegalStateException when no node has all that is stored: each is stopped, cut off or slow
     */
    public synchronized void snapshot(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a snapshot has a name, such as POST /dev/snapshots/before");
        }
        DevNode node = nodes.stream()
                .filter(each -> each.isRunning() && !each.link().isCut() && !each.link().isSlow())
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("Each node is stopped, cut off or slow, so none has all that"
                                + " is stored. Start one, or have one join, first."));
        Kept before;
        try (SharedMemoryLog<Entry>.Pause pause = log.pause()) {
            before = snapshots.put(name, new Kept(node.copy(pause.end()), pause.end(), clock.state()));
        }
        if (before != null) {
            DevFolder.delete(before.tables());
        }
    }

    /**
     * Restarts all nodes with the content of a snapshot and the state of its clock. Connections stay open, polls are
     * answered with their cursor. Stopped nodes stay stopped, and cuts stay.
     *
     * @throws IllegalArgumentException when there is none of this name
     */
    public synchronized void restore(String name) throws IOException {
        Kept kept = snapshots.get(name);
        if (kept == null) {
            throw new IllegalArgumentException("there is no snapshot \"" + name + "\", only " + snapshots());
        }
        restart(data -> DevFolder.replaceTables(data, kept.tables()), () -> {
            log = newLog(kept.end());
            clock.set(kept.time());
        });
    }

    /** Starts or restarts all nodes with nothing stored, the time of the beginning, and no faults. */
    public synchronized void reset() throws IOException {
        for (DevNode node : nodes) {
            node.faults().clear();
            node.link().join();
            node.link().slowDown(Duration.ZERO);
        }
        restart(DevFolder::delete, () -> {
            log = newLog(0);
            clock.reset();
        });
        try {
            for (DevNode node : nodes) {
                node.start();
            }
        } catch (StartException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Changes the data of all nodes while none has it open, and restarts all running nodes with it.
     *
     * @param meanwhile runs before, when the last one has closed its data
     */
    private void restart(Manicule.DataChange change, Runnable meanwhile) throws IOException {
        List<DevNode> running = nodes.stream().filter(DevNode::isRunning).toList();
        if (running.isEmpty()) {
            meanwhile.run();
        }
        CyclicBarrier closed = new CyclicBarrier(Math.max(running.size(), 1), meanwhile);
        List<Future<?>> beginning = new ArrayList<>();
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().name("manicule-sandbox").daemon().factory())) {
            for (DevNode node : running) {
                beginning.add(threads.submit(() -> {
                    node.restart(data -> {
                        await(closed);
                        change.to(data);
                    });
                    return null;
                }));
            }
            for (Future<?> each : beginning) {
                await(each);
            }
        }
        for (DevNode node : nodes) {
            if (!node.isRunning()) {
                change.to(node.data());
            }
        }
    }

    private static void await(CyclicBarrier closed) throws IOException {
        try {
            int _ = closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IOException("A node did not close its data.", e);
        }
    }

    private static void await(Future<?> beginning) throws IOException {
        try {
            beginning.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Beginning anew was interrupted.", e);
        } catch (ExecutionException e) {
            throw new IOException("A node did not begin anew: " + e.getMessage(), e);
        }
    }

    /** Stops all nodes, and deletes their data. A second call does nothing. */
    @Override
    public synchronized void close() {
        nodes.forEach(DevNode::close);
        beats.close();
    }
}
