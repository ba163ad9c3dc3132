package dev.manicule.server;

import dev.manicule.server.files.Folders;
import dev.manicule.server.files.FreeSpace;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A folder of a server for tests, which does not outlive it: its data, and copies of its tables. Any thread may use it. */
final class DevFolder implements AutoCloseable {
    private static final String TABLES = "tables";
    private static final String REACHED = "reached";
    private static final String NAME = "manicule-";
    /** Other folders are not ours, such as those of a running simulation. */
    private static final Pattern OURS = Pattern.compile(NAME + "\\d+");
    private static final long ROOM_BYTES = 512L << 20;
    /** A server locks its folder as soon as it has made it. */
    private static final Duration SURELY_LOCKED_BY_THEN = Duration.ofMinutes(1);
    private static final Duration KEPT = Duration.ofDays(1);
    private static final AtomicBoolean HAS_LOOKED = new AtomicBoolean();

    private final Path path;

    /**
     * Makes one.
     *
     * @throws StartException when that can't be done
     */
    DevFolder(DevServer.Storage storage) throws StartException {
        try {
            path = storage == DevServer.Storage.MEMORY ? inMemory() : Files.createTempDirectory(NAME);
        } catch (IOException e) {
            throw new StartException("Can't make a temporary folder: " + e.getMessage() + ".", e);
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

    /** Deletes the folders of servers for tests that were killed: they take memory until a process deletes them. */
    private static void deleteLeftOvers(Path shared) throws IOException {
        if (!HAS_LOOKED.compareAndSet(false, true)) {
            return; // once is enough; and a check of the lock of a server in this very process would release it
        }
        Instant longAgo = Instant.now().minus(SURELY_LOCKED_BY_THEN);
        try (Stream<Path> all = Files.list(shared)) {
            for (Path folder : all.filter(DevFolder::isOurs).toList()) {
                if (Files.getLastModifiedTime(folder).toInstant().isBefore(longAgo) && isAbandoned(folder)) {
                    delete(folder);
                }
            }
        } catch (NoSuchFileException e) {
            // another process has just deleted it
        }
    }

    private static boolean isOurs(Path folder) {
        return OURS.matcher(String.valueOf(folder.getFileName())).matches();
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

    /** Keeps other processes from deleting it as a leftover while no server has it open, for a day. */
    void keep() {
        try {
            Files.setLastModifiedTime(path, FileTime.from(Instant.now().plus(KEPT)));
        } catch (IOException e) {
            // then it is kept for a minute
        }
    }

    /** The server's data folder. */
    Path data() {
        return path.resolve("data");
    }

    /** The place of a new copy of tables, which does not exist yet. */
    Path newCopy() {
        return path.resolve("copy-" + System.nanoTime());
    }

    /** Replaces the tables of a data folder that no server has open by a copy. */
    static void replaceTables(Path data, Path tables) throws IOException {
        delete(data.resolve(TABLES));
        Files.deleteIfExists(data.resolve(REACHED));
        copy(tables, data.resolve(TABLES));
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
    static void delete(Path folder) {
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            // the operating system deletes it one day
        }
    }

    /** Deletes it. */
    @Override
    public void close() {
        delete(path);
    }
}
