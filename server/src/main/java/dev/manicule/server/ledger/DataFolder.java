package dev.manicule.server.ledger;

import dev.manicule.server.files.FileFault;
import dev.manicule.server.files.Folders;
import dev.manicule.server.files.FreeSpace;
import dev.manicule.server.files.OwnerOnly;
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
 * The folder on disk that one server at a time uses. It holds {@code lock} (the process that uses it), {@code FORMAT}
 * (the layout of the tables; before they exist, that they are being made), {@code reached} (the last timetoken of the
 * tables), {@code stopped} (that they have all of the log, after a clean stop), {@code differs} (how they differ from
 * those of other nodes) and {@code tables}. While a backup is restored into it, the tables are called
 * {@code restoring}; they get their name last, so that they are complete or do not exist. Tables from another node are
 * in {@code fetching}; once they are complete, they are renamed to {@code fetched-} and their format.
 */
final class DataFolder implements AutoCloseable {
    /** The layout of keys and rows that this code reads and writes. */
    static final int FORMAT = 11;
    private static final long SPARE_BYTES = 4 << 20;
    private static final String REACHED = "reached";
    private static final int PROBE_BYTES = 64 << 10;
    private static final String FORMAT_WORDS = "manicule data format ";
    private static final String MAKING_WORDS = "manicule data folder that is being made";
    private static final String MARKER = "FORMAT";
    private static final String MARKER_DRAFT = "FORMAT.new";
    private static final String TABLES = "tables";
    private static final String RESTORING = "restoring";
    /** Tables from another node, until they are complete. */
    private static final String FETCHING = "fetching";
    /** Complete tables from another node that are to replace the present ones; their format follows. */
    private static final String FETCHED = "fetched-";
    /** Files that are needed no longer than a process lives. */
    private static final String PASSING = "snapshot-";
    private static final String STOPPED = "stopped";
    private static final String DIFFERING = "differs";

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
        return take(folder, false);
    }

    private static DataFolder take(Path folder, boolean isToFetch) throws DataFolderException {
        Path path = make(folder);
        refuseStrangers(path);
        FileChannel lockFile = lock(path);
        try {
            finishFetch(path);
            refuseHalfMade(path);
            if (!isToFetch && Files.exists(path.resolve(FETCHING)) && !Files.exists(path.resolve(TABLES))) {
                throw new DataFolderException("A checkpoint of another node was being fetched into " + path
                        + ", and that was cut short: start the node of the cluster again, or run"
                        + " \"manicule cluster checkpoint\".");
            }
            deleteSnapshots(path);
            closeToOthers(path);
            return new DataFolder(path, lockFile, format(path));
        } catch (DataFolderException e) {
            close(lockFile);
            throw e;
        }
    }

    /**
     * Takes a folder that may get the tables of another node, making it where there is none.
     *
     * @throws DataFolderException as of {@link #take}
     */
    static DataFolder takeToFetch(Path folder) throws DataFolderException {
        return take(folder, true);
    }

    /**
     * Takes a folder that is to get the tables of a backup, making it where there is none. The remains of an
     * interrupted restore are deleted.
     *
     * @throws DataFolderException when it holds anything else
     */
    static DataFolder takeToRestore(Path folder) throws DataFolderException {
        Path path = make(folder);
        refuseContent(path);
        FileChannel lockFile = lock(path);
        DataFolder taken = new DataFolder(path, lockFile, 0);
        try {
            refuseContent(path);
            taken.deleteRestored();
            closeToOthers(path);
            return taken;
        } catch (DataFolderException e) {
            taken.close();
            throw e;
        } catch (IOException e) {
            taken.close();
            throw new DataFolderException("Can't clean up the data folder " + path + ": " + FileFault.reason(e) + ".",
                    e);
        }
    }

    private static Path make(Path folder) throws DataFolderException {
        Path path = folder.toAbsolutePath().normalize();
        try {
            OwnerOnly.makeFolder(path);
            if (path.getParent() != null && !Files.exists(path.resolve(MARKER))) {
                syncIfListed(path.getParent()); // so that a new folder survives a power cut
            }
            return path;
        } catch (IOException e) {
            throw new DataFolderException(
                    "Can't make the data folder " + path + " (" + FileFault.reason(e) + "): " + remedy(e),
                    e);
        }
    }

    /** Refuses a folder that holds anything but the remains of a refused or interrupted restore. */
    private static void refuseContent(Path path) throws DataFolderException {
        List<String> left = isRestoreUnfinished(path)
                ? List.of("lock", RESTORING, MARKER, MARKER_DRAFT)
                : List.of("lock");
        try (Stream<Path> entries = Files.list(path)) {
            Path other = entries.filter(entry -> !left.contains(String.valueOf(entry.getFileName())))
                    .findFirst()
                    .orElse(null);
            if (other != null) {
                throw new DataFolderException("The folder " + path + " is not empty (it holds " + other.getFileName()
                        + "): choose another with --data, or move what is there away.");
            }
        } catch (IOException e) {
            throw new DataFolderException("Can't read the data folder " + path + ": " + FileFault.reason(e) + ".", e);
        }
    }

    private static boolean isRestoreUnfinished(Path path) {
        return Files.exists(path.resolve(RESTORING)) && !Files.exists(path.resolve(TABLES));
    }

    /** Refuses tables of an uncertain state: they would be taken for empty ones, or for those of the present format. */
    private static void refuseHalfMade(Path path) throws DataFolderException {
        if (isRestoreUnfinished(path)) {
            throw new DataFolderException("A backup was being restored into " + path
                    + ", and that was cut short: run the same \"manicule restore\" again.");
        }
        Path tables = path.resolve(TABLES);
        if (Files.exists(path.resolve(MARKER)) || !Files.exists(tables)) {
            return;
        }
        try (Stream<Path> files = Files.list(tables)) {
            if (files.findAny().isPresent()) {
                throw new DataFolderException("The data folder " + path + " holds tables, and no file " + MARKER
                        + " that says which format they have: a copy or a restore of the folder was cut short, or the file"
                        + " is lost. Nothing was changed. Copy the folder again as a whole, or restore a backup. If the"
                        + " folder was being made for the first time, delete it.");
            }
        } catch (IOException e) {
            throw new DataFolderException("Can't read " + tables + ": " + FileFault.reason(e) + ".", e);
        }
    }

    /** A folder that existed before, or that an earlier version made, may be open to all users. */
    private static void closeToOthers(Path path) {
        Path tables = path.resolve(TABLES);
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

    /** Copies of the tables that a killed export or check has left keep disk space from being freed. */
    private static void deleteSnapshots(Path path) throws DataFolderException {
        try (Stream<Path> entries = Files.list(path)) {
            for (Path entry : entries.filter(each -> String.valueOf(each.getFileName()).startsWith(PASSING))
                    .toList()) {
                Folders.delete(entry);
            }
        } catch (IOException e) {
            throw new DataFolderException("Can't clean up the data folder " + path + ": " + FileFault.reason(e) + ".",
                    e);
        }
    }

    /** The free space on its disk for this process, in bytes. */
    double freeBytes() {
        return FreeSpace.of(path);
    }

    /** Where the log is. */
    Path log() {
        return path.resolve(Ledger.LOG_FOLDER);
    }

    /** Where the tables are. */
    Path tables() {
        return path.resolve(TABLES);
    }

    /** Where the tables are as long as a restore is not finished. */
    Path restoring() {
        return path.resolve(RESTORING);
    }

    /** Gives restored tables of a format their name, durably. */
    void finishRestore(int made) throws IOException, DataFolderException {
        markMade(made);
        Path _ = Files.move(restoring(), tables(), StandardCopyOption.ATOMIC_MOVE);
        Folders.sync(path);
    }

    /** The place in a data folder of something that the next start deletes. */
    static Path passing(Path data, String name) {
        return data.resolve(PASSING + name);
    }

    /** Where the tables from another node are until they are complete. */
    Path fetching() {
        return path.resolve(FETCHING);
    }

    /** Whether there are tables now. */
    boolean hasTables() throws DataFolderException {
        return format(path) > 0 && Files.exists(tables());
    }

    /**
     * Replaces the present tables, if any, by tables from another node. After a kill at any moment the old tables are
     * there, or the next opening completes the replacement.
     *
     * @param whole complete tables, all on the disk, in this folder
     * @param made their format
     */
    void replaceTables(Path whole, int made) throws IOException, DataFolderException {
        Folders.sync(whole);
        Path _ = Files.move(whole, path.resolve(FETCHED + made), StandardCopyOption.ATOMIC_MOVE);
        Folders.sync(path);
        finishFetch(path);
        deleteSnapshots(path);
    }

    /** Gives complete tables from another node their name. Each step may have been done before. */
    private static void finishFetch(Path path) throws DataFolderException {
        try {
            Path fetched = fetched(path);
            if (fetched == null) {
                return;
            }
            Files.deleteIfExists(path.resolve(REACHED));
            Files.deleteIfExists(path.resolve(STOPPED));
            Files.deleteIfExists(path.resolve(DIFFERING));
            Path tables = path.resolve(TABLES);
            if (Files.exists(tables)) {
                Path replaced = passing(path, "replaced");
                Folders.delete(replaced);
                Path _ = Files.move(tables, replaced, StandardCopyOption.ATOMIC_MOVE);
            }
            markMade(path, Integer.parseInt(String.valueOf(fetched.getFileName()).substring(FETCHED.length())));
            Folders.delete(path.resolve(FETCHING));
            Path _ = Files.move(fetched, tables, StandardCopyOption.ATOMIC_MOVE); // last: it tells what the others are
            Folders.sync(path);
        } catch (IOException e) {
            throw new DataFolderException("The tables that were fetched into " + path + " can't take their place: "
                    + FileFault.reason(e) + ". Nothing was lost; mend that and start again.", e);
        }
    }

    private static @Nullable Path fetched(Path path) throws IOException {
        try (Stream<Path> entries = Files.list(path)) {
            return entries.filter(DataFolder::isFetched).findFirst().orElse(null);
        }
    }

    private static boolean isFetched(Path entry) {
        return String.valueOf(entry.getFileName()).matches(FETCHED + "[0-9]{1,4}");
    }

    /** Deletes the remains of an unfinished restore. */
    void deleteRestored() throws IOException {
        if (isRestoreUnfinished(path)) {
            Files.deleteIfExists(path.resolve(MARKER));
            Files.deleteIfExists(path.resolve(MARKER_DRAFT));
            Folders.delete(restoring()); // last: it tells what the others are
        }
    }

    /**
     * The format of its tables when it was taken, {@link #FORMAT} or an earlier one; 0 when no server ever acknowledged
     * anything from this folder, so that tables may be made.
     */
    int format() {
        return format;
    }

    /**
     * Finds out whether the disk can be written and has the space that opening the tables needs: opening writes out
     * what their logs hold.
     *
     * @throws DataFolderException when the disk can't be written or lacks the space
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
     * Notes the last timetoken of the tables, and the time. The note is not synced: after a power cut it may be too
     * low, but never too high.
     */
    void mark(long lastTimetoken, long now) throws IOException {
        try (FileChannel file = OwnerOnly.open(path.resolve(REACHED), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE)) {
            file.write(ByteBuffer
                    .wrap("%019d %019d\n".formatted(lastTimetoken, now).getBytes(StandardCharsets.US_ASCII)));
        }
    }

    /** Notes, durably, that the tables are not what they should be. */
    void markDiffering(String words) throws IOException {
        try (FileChannel file = OwnerOnly.open(differing(path), StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            file.write(ByteBuffer.wrap((words + "\n").getBytes(StandardCharsets.UTF_8)));
            file.force(true);
        }
        Folders.sync(path);
    }

    /** The folder. */
    Path path() {
        return path;
    }

    /** The file in a folder that says what is wrong with the tables, if it is there. */
    static Path differing(Path folder) {
        return folder.resolve(DIFFERING);
    }

    /** Notes, durably, that the tables have all of the log, which ends at an offset. */
    void markStopped(long end) throws IOException {
        try (FileChannel file = OwnerOnly.open(path.resolve(STOPPED), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            file.write(ByteBuffer.wrap("%019d\n".formatted(end).getBytes(StandardCharsets.US_ASCII)));
            file.force(true);
        }
        Folders.sync(path);
    }

    /** Deletes, durably, the note of {@link #markStopped}. */
    void markStarted() throws IOException {
        if (Files.deleteIfExists(path.resolve(STOPPED))) {
            Folders.sync(path);
        }
    }

    /**
     * The end of the log at a clean stop, when all of it was in the tables; negative without a clean stop since the
     * last start.
     */
    long stoppedAt() {
        try {
            String noted = Files.readString(path.resolve(STOPPED), StandardCharsets.ISO_8859_1);
            return noted.matches("[0-9]{19}\n") ? Long.parseLong(noted.strip()) : -1;
        } catch (IOException | NumberFormatException e) {
            return -1; // nothing was noted
        }
    }

    /**
     * The last note: the last timetoken of the tables, and the time; zeros when there is no note, or none that can be
     * read.
     */
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
     * Compares the tables with the noted last timetoken.
     *
     * @throws DataFolderException when something is missing at their end
     */
    void checkReached(long lastTimetoken) throws DataFolderException {
        long reached = marked()[0];
        if (reached > lastTimetoken) {
            throw new DataFolderException("The data in " + path + " ends at " + lastTimetoken
                    + ", but had come as far as " + reached
                    + ": the log, or a file of the tables, has lost its end. Nothing was changed. Restore a backup; or delete "
                    + path.resolve(REACHED) + " to go on with what there is.");
        }
    }

    /** Notes, durably, that the tables exist now, in this format. */
    void markMade(int made) throws DataFolderException {
        markMade(path, made);
    }

    private static void markMade(Path path, int made) throws DataFolderException {
        mark(path, FORMAT_WORDS + made);
    }

    /** Notes, durably, that the tables are about to be made: incomplete ones may be replaced then. */
    void markBeingMade() throws DataFolderException {
        mark(path, MAKING_WORDS);
    }

    private static void mark(Path path, String words) throws DataFolderException {
        Path marker = path.resolve(MARKER);
        Path draft = path.resolve(MARKER_DRAFT);
        try (FileChannel file = OwnerOnly.open(draft, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            file.write(ByteBuffer.wrap((words + "\n").getBytes(StandardCharsets.UTF_8)));
            file.force(true);
            Files.move(draft, marker, StandardCopyOption.ATOMIC_MOVE);
            Folders.sync(path);
        } catch (IOException e) {
            throw new DataFolderException("Can't write " + marker + ": " + FileFault.reason(e) + ".", e);
        }
    }

    @Override
    public void close() {
        close(lockFile);
    }

    private static void refuseStrangers(Path path) throws DataFolderException {
        List<String> own = List.of("lock", MARKER, MARKER_DRAFT, TABLES, RESTORING, FETCHING, REACHED, STOPPED,
                "probe", "control", Ledger.LOG_FOLDER);
        try (Stream<Path> entries = Files.list(path)) {
            Path stranger = entries.filter(entry -> !own.contains(String.valueOf(entry.getFileName())))
                    .filter(entry -> !isFetched(entry))
                    .findFirst()
                    .orElse(null);
            if (stranger != null && !Files.exists(path.resolve(MARKER))) {
                throw new DataFolderException("The folder " + path + " is not a data folder of Manicule and not empty"
                        + " (it holds " + stranger.getFileName() + "): choose another with --data.");
            }
        } catch (IOException e) {
            throw new DataFolderException("Can't read the data folder " + path + ": " + FileFault.reason(e) + ".", e);
        }
    }

    /** The format that a folder notes for its tables; 0 without a note, or while they are being made. */
    static int format(Path path) throws DataFolderException {
        Path marker = path.resolve(MARKER);
        if (!Files.exists(marker)) {
            return 0;
        }
        String words;
        try {
            words = Files.readString(marker, StandardCharsets.ISO_8859_1).strip(); // whatever it holds
        } catch (IOException e) {
            throw new DataFolderException("Can't read " + marker + ": " + FileFault.reason(e) + ".", e);
        }
        if (words.equals(MAKING_WORDS)) {
            return 0;
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

    /** Whether a process uses the folder now; false also where that can't be found out. */
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

    /** Syncs a folder, unless this process may not list it: then it can't be synced. */
    private static void syncIfListed(Path folder) throws IOException {
        try {
            Folders.sync(folder);
        } catch (AccessDeniedException e) {
            LOG.debug("{} may not be listed, and can't be synced", folder, e);
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
        return FileFault.isFull(e)
                ? "free some of it and start again. Nothing was lost."
                : "choose another with --data, or fix its permissions.";
    }
}
