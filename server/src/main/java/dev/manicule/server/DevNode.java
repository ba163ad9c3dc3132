package dev.manicule.server;

import dev.manicule.server.api.Sandbox;
import dev.manicule.server.config.ClusterSettings;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.journal.DataStore;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.log.MemoryLink;
import dev.manicule.server.routing.Faults;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A node of a {@link DevCluster}, which can be stopped, cut off from the log and slowed down. Requests over HTTP under
 * {@code /dev} about time and data apply to the whole cluster; faults are its own. Any thread may use it.
 */
public final class DevNode implements Sandbox {
    private static final String IN_MEMORY = "memory";
    private static final long A_MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final DevCluster cluster;
    private final String name;
    private final DevFolder folder;
    private final MemoryLink link = new MemoryLink();
    private final Faults faults = new Faults();
    private final ManiculeConfig config;
    private volatile int port;
    /** Null while it is stopped. */
    private volatile @Nullable Manicule server;

    /** A stopped node. */
    DevNode(DevCluster cluster, String name, ManiculeConfig config, ClusterSettings.Reads reads) throws StartException {
        this.cluster = cluster;
        this.name = name;
        folder = new DevFolder(DevServer.Storage.MEMORY);
        this.config = config.withData(folder.data())
                .withCluster(new ClusterSettings(name, IN_MEMORY, IN_MEMORY, reads, null, null, Map.of()));
    }

    /** Its name in the cluster. */
    public String name() {
        return name;
    }

    /** The port it listens on: always the same. */
    public int port() {
        return port;
    }

    /** Whether it runs. */
    public boolean isRunning() {
        return server != null;
    }

    /** Whether it is cut off from the log. */
    public boolean isCutOff() {
        return link.isCut();
    }

    /**
     * Starts it where it is stopped: with the data that it had, and the log since then. It takes requests when this returns, and is neither cut off nor slow.
     *
     * @throws StartException when it can't listen on its port any more
     */
    public void start() throws StartException {
        synchronized (cluster) {
            if (server == null) {
                link.join();
                link.slowDown(Duration.ZERO);
                Manicule started = Manicule.start(config.withPort(port),
                        cluster.clock().clocks(cluster.beats().of(link)), this::open, this);
                port = started.port();
                server = started;
            }
        }
    }

    private DataStore open(ManiculeConfig present, Clocks clocks) throws DataFolderException {
        return DataStore.openShared(present.data(), cluster.log().open(link), cluster.logId(),
                new DataStore.ListenedTo());
    }

    /**
     * Ends it as by {@code kill -9}: connections end without an answer, the other nodes receive no message, and its
     * port is closed. Where it is stopped, nothing happens.
     */
    public void stop() {
        synchronized (cluster) {
            Manicule last = server;
            if (last != null) {
                server = null;
                link.cut();
                link.hurry();
                last.die();
                folder.keep();
            }
        }
    }

    /**
     * Cuts it off from the log, and not from its clients: it answers writes and linearizable reads with {@code 503}, and polls wait.
     *
     * @throws IllegalStateException when it is stopped
     */
    public void cutOff() {
        synchronized (cluster) {
            Manicule _ = running();
            link.cut();
        }
    }

    /**
     * Delays the entries of the log for this node, its own too, by so much of the cluster's time: its polls lag behind,
     * and its writes and linearizable reads take that long. Slow answers are a {@linkplain #faults fault}.
     *
     * @param time from zero, for no longer, to a year
     * @throws IllegalStateException when it is stopped
     */
    public void slowDown(Duration time) {
        synchronized (cluster) {
            Manicule _ = running();
            link.slowDown(time);
        }
    }

    /**
     * Ends a cut or a delay. It takes writes again when this returns, and has the missed entries at the next read from
     * it.
     *
     * @throws IllegalStateException when it is stopped, or takes no writes
     */
    public void join() {
        synchronized (cluster) {
            Manicule joining = running();
            link.slowDown(Duration.ZERO);
            link.join();
            long start = System.nanoTime();
            while (!takesWrites(joining)) {
                if (System.nanoTime() - start > PATIENCE_NANOS) {
                    throw new IllegalStateException("The node " + name + " takes no writes although it has joined.");
                }
                LockSupport.parkNanos(A_MOMENT_NANOS);
            }
        }
    }

    private static boolean takesWrites(Manicule node) {
        CompletableFuture<Boolean> taken = node.tryLog();
        try {
            return taken.get(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Joining was interrupted.", e);
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    private Manicule running() {
        Manicule present = server;
        if (present == null) {
            throw new IllegalStateException("The node " + name + " is stopped. Start it first.");
        }
        return present;
    }

    MemoryLink link() {
        return link;
    }

    Path data() {
        return folder.data();
    }

    /** A copy of its tables, when they have the log up to an offset. */
    Path copy(long offset) {
        Ledger ledger = running().ledger();
        long start = System.nanoTime();
        while (ledger.applied() < offset) {
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new IllegalStateException("The node " + name + " does not apply the log.");
            }
            LockSupport.parkNanos(A_MOMENT_NANOS);
        }
        Path copy = folder.newCopy();
        ledger.copyTables(copy);
        return copy;
    }

    void restart(Manicule.DataChange change) throws IOException, StartException {
        link.hurry();
        running().restart(change);
    }

    void close() {
        Manicule last = server;
        if (last != null) {
            server = null;
            link.hurry();
            last.close();
        }
        folder.close();
    }

    @Override
    public Faults faults() {
        return faults;
    }

    @Override
    public Instant now() {
        return cluster.clock().now();
    }

    @Override
    public long timetoken() {
        return running().timetoken();
    }

    @Override
    public boolean isStanding() {
        return cluster.clock().isStanding();
    }

    @Override
    public void advance(Duration time) {
        cluster.clock().advance(time);
    }

    /**
     * The time of a cluster only goes forward: its nodes report that they live, so there is always data that is stored
     * now.
     */
    @Override
    public void standAt(Instant moment) {
        cluster.clock().standAt(moment);
    }

    @Override
    public void runClock() {
        cluster.clock().run();
    }

    @Override
    public Set<String> snapshots() {
        return cluster.snapshots();
    }

    @Override
    public void snapshot(String snapshot) {
        cluster.snapshot(snapshot);
    }

    @Override
    public void restore(String snapshot) throws IOException {
        cluster.restore(snapshot);
    }

    @Override
    public void reset() throws IOException {
        cluster.reset();
    }
}
