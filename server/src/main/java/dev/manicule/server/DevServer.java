package dev.manicule.server;

import dev.manicule.server.api.Sandbox;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.routing.Faults;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A real server for tests, whose time, data and faults the test controls: by this class, and over HTTP under
 * {@code /dev}. It listens on loopback only, and its data does not outlive it. Any thread may use it.
 */
public final class DevServer implements Sandbox, AutoCloseable {
    private final DevFolder folder;
    private final VirtualClock clock;
    private final Faults faults = new Faults();
    private final Map<String, Kept> snapshots = new ConcurrentHashMap<>();
    private final Manicule server;

    /**
     * The content of a snapshot.
     *
     * @param tables a folder with a copy of the tables
     * @param time the state of the clock
     */
    private record Kept(Path tables, VirtualClock.State time) {}

    /** The storage of a server for tests. */
    public enum Storage {
        /**
         * In a file system in memory where there is one, else in the operating system's temporary folder; nothing is
         * synced.
         */
        MEMORY,
        /** In a temporary folder, and synced, as by a server that is not for tests. */
        DISK
    }

    private DevServer(ManiculeConfig config, Storage storage, VirtualClock clock) throws StartException {
        this.clock = clock;
        folder = new DevFolder(storage);
        try {
            server = Manicule.start(config.withData(folder.data()), clock.clocks(),
                    storage == Storage.DISK ? DataSource.CONFIGURED : DataSource.TRANSIENT, this);
        } catch (StartException e) {
            folder.close();
            throw e;
        }
    }

    /**
     * Starts one; it takes requests when this returns.
     *
     * @param config where it listens, and all else but the data folder
     * @throws StartException when it would listen to other machines, or can't listen
     */
    public static DevServer start(ManiculeConfig config, Storage storage, VirtualClock clock) throws StartException {
        requireLoopback(config.http().host());
        return new DevServer(config, storage, clock);
    }

    /** Every client may do everything with a server for tests. */
    static void requireLoopback(String host) throws StartException {
        if (!isLoopback(host)) {
            throw new StartException("A server for development listens to this machine only, since every client may do "
                    + "everything with it: " + host + " is no loopback address. Leave out --host, or --dev.");
        }
    }

    private static boolean isLoopback(String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The port it listens on. */
    public int port() {
        return server.port();
    }

    /** The server itself, whose configuration may be changed like any other's. */
    public Manicule manicule() {
        return server;
    }

    /** Its time. */
    public VirtualClock clock() {
        return clock;
    }

    @Override
    public Faults faults() {
        return faults;
    }

    @Override
    public Instant now() {
        return clock.now();
    }

    @Override
    public long timetoken() {
        return server.timetoken();
    }

    @Override
    public boolean isStanding() {
        return clock.isStanding();
    }

    @Override
    public void advance(Duration time) {
        clock.advance(time);
    }

    @Override
    public synchronized void standAt(Instant moment) throws IOException {
        boolean isBack = VirtualClock.inRange(moment).isBefore(clock.now());
        if (isBack && server.ledger().lastTimetoken() > Timetoken.of(moment)) {
            throw new IllegalArgumentException("what is stored is later than " + moment
                    + ", and timetokens always rise: go back before anything is stored, or after POST /dev/reset");
        }
        if (!isBack) {
            clock.set(moment);
            return;
        }
        Path tables = folder.newCopy(); // a stop stores the time so far, which is taken back
        server.ledger().copyTables(tables);
        clock.set(moment);
        restart(data -> DevFolder.replaceTables(data, tables));
        DevFolder.delete(tables);
    }

    @Override
    public void runClock() {
        clock.run();
    }

    @Override
    public Set<String> snapshots() {
        return new TreeSet<>(snapshots.keySet());
    }

    @Override
    public synchronized void snapshot(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a snapshot has a name, such as POST /dev/snapshots/before");
        }
        Path tables = folder.newCopy();
        server.ledger().copyTables(tables);
        Kept before = snapshots.put(name, new Kept(tables, clock.state()));
        if (before != null) {
            DevFolder.delete(before.tables());
        }
    }

    @Override
    public synchronized void restore(String name) throws IOException {
        Kept kept = snapshots.get(name);
        if (kept == null) {
            throw new IllegalArgumentException("there is no snapshot \"" + name + "\", only " + snapshots());
        }
        clock.set(kept.time());
        restart(data -> DevFolder.replaceTables(data, kept.tables()));
    }

    @Override
    public synchronized void reset() throws IOException {
        faults.clear();
        clock.reset();
        restart(DevFolder::delete);
    }

    private void restart(Manicule.DataChange change) throws IOException {
        try {
            server.restart(change);
        } catch (StartException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Stops it, and deletes its data. A second call does nothing. */
    @Override
    public void close() {
        server.close();
        folder.close();
    }
}
