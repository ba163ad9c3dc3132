package dev.manicule.server;

import dev.manicule.server.api.Faults;
import dev.manicule.server.api.Sandbox;
import dev.manicule.server.files.Folders;
import dev.manicule.server.files.FreeSpace;
import dev.manicule.server.model.Timetoken;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * A real server for tests, whose time, data and faults are in the hands of whoever starts it: by this class, and over HTTP
 * under {@code /dev}. It listens on loopback only, and what it stores does not outlive it. Any thread may use it.
 */
public final class DevServer implements Sandbox, AutoCloseable {
    private static final String TABLES = "tables";
    private static final String REACHED = "reached";
    private static final String NAME = "manicule-";
    private static final long ROOM_BYTES = 512L << 20;
    /** A server locks its folder as soon as it has made it. */
    private static final Duration SURELY_LOCKED_BY_THEN = Duration.ofMinutes(1);
    private static final AtomicBoolean HAS_LOOKED = new AtomicBoolean();

    private final Path folder;
    private final VirtualClock clock;
    private final Faults faults = new Faults();
    private final Map<String, Kept> snapshots = new ConcurrentHashMap<>();
    private final Manicule server;

    /**
     * What a snapshot holds.
     *
     * @param tables a folder with a copy of the tables
     * @param time how the clock went
     */
    private record Kept(Path tables, VirtualClock.State time) {}

    /** Where a server for tests stores. */
    public enum Storage {
        /** In a file system in memory where there is one, else where the operating system keeps what is temporary; nothing is synced. */
        MEMORY,
        /** In a temporary folder, and synced, as a server does that is not for tests. */
        DISK
    }

    private DevServer(ManiculeConfig config, Storage storage, VirtualClock clock) throws StartException {
        this.clock = clock;
        try {
            folder = storage == Storage.MEMORY ? inMemory() : Files.createTempDirectory(NAME);
        } catch (IOException e) {
            throw new StartException("Can't make a temporary folder: " + e.getMessage() + ".", e);
        }
        try {
            server = Manicule.start(config.withData(folder.resolve("data")), clock.clocks(), storage == Storage.DISK,
                    this);
        } catch (StartException e) {
            delete(folder);
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
        if (!isLoopback(config.host())) {
            throw new StartException("A server for development listens to this machine only, since everybody may do "
                    + "everything with it: " + config.host() + " is no loopback address. Leave out --host, or --dev.");
        }
        return new DevServer(config, storage, clock);
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

    private static Path inMemory() throws IOException {
        Path shared = Path.of("/dev/shm");
        if (Files.isWritable(shared)) {
            deleteLeftOvers(shared);
            if (FreeSpace.of(shared) > ROOM_BYTES) {
                return Files.createTempDirectory(shared, NAME);
            }
        }
        return Files.createTempDirectory(NAME);
    }

    /** What servers for tests have left that were killed takes memory until somebody deletes it. */
    private static void deleteLeftOvers(Path shared) throws IOException {
        if (!HAS_LOOKED.compareAndSet(false, true)) {
            return; // once is enough; and who looks at the lock of a server in this very process would take it away
        }
        Instant longAgo = Instant.now().minus(SURELY_LOCKED_BY_THEN);
        try (Stream<Path> all = Files.list(shared)) {
            for (Path folder : all.filter(each -> String.valueOf(each.getFileName()).startsWith(NAME)).toList()) {
                if (Files.getLastModifiedTime(folder).toInstant().isBefore(longAgo) && isAbandoned(folder)) {
                    delete(folder);
                }
            }
        } catch (NoSuchFileException e) {
            // somebody else has just deleted it
        }
    }

    private static boolean isAbandoned(Path folder) {
        Path lock = folder.resolve("data/lock");
        if (!Files.isWritable(lock)) {
            return !Files.exists(lock) && Files.isWritable(folder);
        }
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                FileLock taken = channel.tryLock()) {
            return taken != null;
        } catch (IOException e) {
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
        Path tables = folder.resolve("before-" + System.nanoTime()); // a stop stores the time so far, which is taken back
        server.ledger().copyTables(tables);
        clock.set(moment);
        beginAnew(data -> replaceTables(data, tables));
        delete(tables);
    }

    private static void replaceTables(Path data, Path tables) throws IOException {
        delete(data.resolve(TABLES));
        Files.deleteIfExists(data.resolve(REACHED));
        copy(tables, data.resolve(TABLES));
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
        Path tables = folder.resolve("snapshot-" + snapshots.size() + "-" + System.nanoTime());
        server.ledger().copyTables(tables);
        Kept before = snapshots.put(name, new Kept(tables, clock.state()));
        if (before != null) {
            delete(before.tables());
        }
    }

    @Override
    public synchronized void restore(String name) throws IOException {
        Kept kept = snapshots.get(name);
        if (kept == null) {
            throw new IllegalArgumentException("there is no snapshot \"" + name + "\", only " + snapshots());
        }
        clock.set(kept.time());
        beginAnew(data -> replaceTables(data, kept.tables()));
    }

    @Override
    public synchronized void reset() throws IOException {
        faults.clear();
        clock.reset();
        beginAnew(DevServer::delete);
    }

    private void beginAnew(Manicule.DataChange change) throws IOException {
        try {
            server.beginAnew(change);
        } catch (StartException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Stops it, and deletes what it has stored. A second call does nothing. */
    @Override
    public void close() {
        server.close();
        delete(folder);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var files = Files.list(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(String.valueOf(file.getFileName())));
            }
        }
    }

    /** Deletes a folder with all that is in it, as far as that can be done: it is temporary. */
    private static void delete(Path folder) {
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            // the operating system clears it away one day
        }
    }
}
