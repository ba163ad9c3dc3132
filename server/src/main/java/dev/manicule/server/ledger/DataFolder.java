package dev.manicule.server.ledger;

import dev.manicule.server.model.Timetoken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder on disk that one server at a time calls its own. It holds {@code lock} (who uses it), {@code FORMAT}
 * (which layout the tables have; written last when the folder is made, so that it vouches for tables that exist),
 * {@code reached} (how far the tables have come) and {@code tables}.
 */
final class DataFolder implements AutoCloseable {
    /** The layout of keys and rows that this code reads and writes. */
    static final int FORMAT = 7;
    private static final long SPARE_BYTES = 4 << 20;
    private static final String REACHED = "reached";
    private static final int PROBE_BYTES = 64 << 10;
    private static final String FORMAT_WORDS = "manicule data format ";

    private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);

    private final Path path;
    private final FileChannel lockFile;
    private final int format;

    private DataFolder(Path path, FileChannel lockFile, int format) {
        this.path = path;
        this.lockFile = lockFile;
        this.format = format;
    }

    /** Takes the folder, making it where there is none. */
    static DataFolder take(Path folder) throws DataFolderException {
        Path path = folder.toAbsolutePath().normalize();
        try {
            OwnerOnly.makeFolder(path);
            if (path.getParent() != null && !Files.exists(path.resolve("FORMAT"))) {
                syncIfListed(path.getParent()); // so that a folder just made is there after a power cut
            }
        } catch (IOException e) {
            throw new DataFolderException(
                    "Can't make the data folder " + path + " (" + FileFault.reason(e) + "): " + remedy(e),
                    e);
        }
        refuseStrangers(path);
        FileChannel lockFile = lock(path);
        try {
            deleteSnapshots(path);
            closeToOthers(path);
            return new DataFolder(path, lockFile, format(path));
        } catch (DataFolderException e) {
            close(lockFile);
            throw e;
        }
    }

    /** A folder that was there before, or that an earlier version has made, may be open to all. */
    private static void closeToOthers(Path path) {
        Path tables = path.resolve("tables");
        try {
            OwnerOnly.refuseOthers(path);
            if (Files.exists(tables)) {
                OwnerOnly.restrictFolder(tables);
            }
        } catch (IOException e) {
            LOG.warn("Others may be able to read {}: its permissions can't be changed ({}).", path,
                    FileFault.reason(e));
        }
    }

    /** Copies of the tables that an export or a check has left, because it was killed, keep the disk from being freed. */
    private static void deleteSnapshots(Path path) throws DataFolderException {
        try (Stream<Path> entries = Files.list(path)) {
            for (Path entry : entries.filter(each -> String.valueOf(each.getFileName()).startsWith("snapshot-"))
                    .toList()) {
                Backup.deleteTree(entry);
            }
        } catch (IOException e) {
            throw new DataFolderException("Can't clean up the data folder " + path + ": " + FileFault.reason(e) + ".",
                    e);
        }
    }

    /** What its disk has left for us, in bytes. */
    double freeBytes() {
        return FreeSpace.of(path);
    }

    /** Where the log is. */
    Path log() {
        return path.resolve(Ledger.LOG_FOLDER);
    }

    /** Where the tables are. */
    Path tables() {
        return path.resolve("tables");
    }

    /**
     * Which format its tables have, {@link #FORMAT} or an earlier one; 0 when nothing was ever acknowledged out of this
     * folder, so that tables may be made.
     */
    int format() {
        return format;
    }

    /**
     * Finds out whether the disk can be written, and has the room that opening the tables takes: what their logs hold is
     * written out then.
     *
     * @throws DataFolderException when it can't or has not
     */
    void probe() throws DataFolderException {
        Path probe = path.resolve("probe");
        try (Stream<Path> files = Files.list(tables())) {
            long needed = SPARE_BYTES;
            for (Path file : files.toList()) {
                needed += file.toString().endsWith(".log") ? Files.size(file) : 0;
            }
            if (FreeSpace.of(path) < needed) {
                throw new DataFolderException("the disk of " + path + " is full: " + (needed >> 20)
                        + " MiB must be free.");
            }
            try (FileChannel file = OwnerOnly.open(probe, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.allocate(PROBE_BYTES));
                file.force(true);
            }
            Files.delete(probe);
        } catch (IOException e) {
            throw new DataFolderException("the disk of " + path + " can't be written: " + FileFault.reason(e) + ".", e);
        }
    }

    /**
     * Notes how far the tables have come, and what time it is. It is not synced, so after a power cut it may say less than
     * is true, but never more.
     */
    void mark(long lastTimetoken, long now) throws IOException {
        try (FileChannel file = OwnerOnly.open(path.resolve(REACHED), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE)) {
            file.write(ByteBuffer
                    .wrap("%019d %019d\n".formatted(lastTimetoken, now).getBytes(StandardCharsets.US_ASCII)));
        }
    }

    /** What was noted last: how far the tables had come, and what time it was; zeros when nothing was, or is readable. */
    long[] marked() {
        try {
            String[] words = Files.readString(path.resolve(REACHED), StandardCharsets.ISO_8859_1).strip().split(" ", 2);
            if (words.length == 2) {
                return new long[]{Math.max(Timetoken.parse(words[0]), 0), Math.max(Timetoken.parse(words[1]), 0)};
            }
        } catch (IOException e) {
            // nothing was noted
        }
        return new long[]{0, 0};
    }

    /**
     * Holds what the tables have against how far they had come.
     *
     * @throws DataFolderException when something is missing at their end
     */
    void checkReached(long lastTimetoken) throws DataFolderException {
        long reached = marked()[0];
        if (reached > lastTimetoken) {
            throw new DataFolderException("The tables in " + path + " end at " + lastTimetoken
                    + ", but had come as far as "
                    + reached + ": a file of them has lost its end. Nothing was changed. Restore a backup; or delete "
                    + path.resolve(REACHED) + " to go on with what there is.");
        }
    }

    /** Says that the tables are there now, in this format, durably. */
    void markMade(int made) throws DataFolderException {
        Path marker = path.resolve("FORMAT");
        Path draft = path.resolve("FORMAT.new");
        try (FileChannel file = OwnerOnly.open(draft, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            file.write(ByteBuffer.wrap((FORMAT_WORDS + made + "\n").getBytes(StandardCharsets.UTF_8)));
            file.force(true);
            Files.move(draft, marker, StandardCopyOption.ATOMIC_MOVE);
            sync(path);
        } catch (IOException e) {
            throw new DataFolderException("Can't write " + marker + ": " + FileFault.reason(e) + ".", e);
        }
    }

    @Override
    public void close() {
        close(lockFile);
    }

    private static void refuseStrangers(Path path) throws DataFolderException {
        List<String> own = List.of("lock", "FORMAT", "FORMAT.new", "tables", REACHED, "probe", "control",
                Ledger.LOG_FOLDER);
        try (Stream<Path> entries = Files.list(path)) {
            Path stranger = entries.filter(entry -> !own.contains(String.valueOf(entry.getFileName())))
                    .findFirst()
                    .orElse(null);
            if (stranger != null && !Files.exists(path.resolve("FORMAT"))) {
                throw new DataFolderException("The folder " + path + " is not a data folder of Manicule and not empty"
                        + " (it holds " + stranger.getFileName() + "): choose another with --data.");
            }
        } catch (IOException e) {
            throw new DataFolderException("Can't read the data folder " + path + ": " + FileFault.reason(e) + ".", e);
        }
    }

    /** The format that a folder says it has, 0 when it says none. */
    static int format(Path path) throws DataFolderException {
        Path marker = path.resolve("FORMAT");
        if (!Files.exists(marker)) {
            return 0;
        }
        String words;
        try {
            words = Files.readString(marker, StandardCharsets.ISO_8859_1).strip(); // whatever it holds
        } catch (IOException e) {
            throw new DataFolderException("Can't read " + marker + ": " + FileFault.reason(e) + ".", e);
        }
        for (int format = 1; format <= FORMAT; format++) {
            if (words.equals(FORMAT_WORDS + format)) {
                return format;
            }
        }
        throw new DataFolderException("The data folder " + path + " has another format (\"" + words
                + "\") than this server reads (\"" + FORMAT_WORDS + FORMAT
                + "\" and earlier ones): use the version of Manicule that made it, or choose another folder with --data.");
    }

    private static FileChannel lock(Path path) throws DataFolderException {
        Path file = path.resolve("lock");
        @Nullable FileChannel channel = null;
        try {
            channel = OwnerOnly.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock != null) {
                channel.truncate(0);
                channel.write(ByteBuffer
                        .wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // a second server in this very process: said below
        } catch (IOException e) {
            close(channel);
            throw new DataFolderException(
                    "Can't write in the data folder " + path + " (" + FileFault.reason(e) + "): " + remedy(e),
                    e);
        }
        close(channel);
        throw new DataFolderException("The data folder " + path + " is in use by another Manicule" + holder(file)
                + ": stop that one, or choose another folder with --data.");
    }

    /** Whether a process has the folder now; false also where that can't be known. */
    static boolean isInUse(Path folder) {
        try (FileChannel channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null;
        } catch (OverlappingFileLockException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String holder(Path file) {
        try {
            String pid = Files.readString(file).strip();
            return pid.isEmpty() ? "" : " (process " + pid + ")";
        } catch (IOException e) {
            return "";
        }
    }

    /** The same of a folder that this process may enter, and perhaps not list: then it can't be synced. */
    private static void syncIfListed(Path folder) throws IOException {
        try {
            sync(folder);
        } catch (AccessDeniedException e) {
            LOG.debug("{} may not be listed, and can't be synced", folder, e);
        }
    }

    /** Has a folder, or a file, be on the disk when it returns. */
    static void sync(Path folder) throws IOException {
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static void close(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // the lock goes with the process at the latest
        }
    }

    private static String remedy(IOException e) {
        return isFull(e)
                ? "free some of it and start again. Nothing was lost."
                : "choose another with --data, or fix its permissions.";
    }

    /** Whether something failed because there is no room. */
    static boolean isFull(Exception e) {
        String words = String.valueOf(e.getMessage());
        return words.contains("No space left on device") || words.contains("Disk quota exceeded");
    }
}
