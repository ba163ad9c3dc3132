package dev.manicule.server.ledger;

import dev.manicule.server.files.FileFault;
import dev.manicule.server.files.Folders;
import dev.manicule.server.files.OwnerOnly;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.Timetoken;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder with a copy of the tables. Its file {@code BACKUP} has the last timetoken of the tables and a digest of each
 * file. That file is written last, and the folder gets its name last, so a backup is either complete or not a backup.
 */
public final class Backup {
    private static final Logger LOG = LoggerFactory.getLogger(Backup.class);
    private static final String TABLES = "tables";
    private static final String MANIFEST = "BACKUP";
    private static final String FORMAT_WORDS = "manicule backup of data format ";

    private final Path folder;
    private final int format;
    private final long lastTimetoken;
    private final List<Entry> files;

    /** A file of the tables. */
    private record Entry(String name, long size, String sha256) {}

    private Backup(Path folder, int format, long lastTimetoken, List<Entry> files) {
        this.folder = folder;
        this.format = format;
        this.lastTimetoken = lastTimetoken;
        this.files = files;
    }

    /** Whether a folder is a backup. */
    public static boolean isOne(Path folder) {
        return Files.exists(folder.resolve(MANIFEST));
    }

    /** Where the tables of a backup are. */
    private static Path tables(Path folder) {
        return folder.resolve(TABLES);
    }

    /** All that was committed up to it is in the backup. */
    public long lastTimetoken() {
        return lastTimetoken;
    }

    /** How large it is, in bytes. */
    public long size() {
        return files.stream().mapToLong(Entry::size).sum();
    }

    /** Copies the tables to a folder that does not exist yet. */
    public interface Copying {
        /** Copies them. */
        void to(Path tables) throws IOException, DataFolderException;
    }

    /**
     * Makes a backup, and checks every row and every byte of it.
     *
     * @param to the folder; it must not exist
     * @throws DataFolderException when it could not be made, or what was copied is damaged; then there is none
     */
    public static Backup make(Copying copying, Path to, Progress progress) throws DataFolderException {
        Path folder = to.toAbsolutePath().normalize();
        Path draft = folder.resolveSibling(folder.getFileName() + ".partial");
        if (Files.exists(folder)) {
            throw new DataFolderException(folder + " is there already: choose another place for the backup.");
        }
        boolean isMade = false;
        try {
            Folders.delete(draft);
            OwnerOnly.makeFolder(draft);
            copying.to(draft.resolve(TABLES));
            long last = inspect(draft.resolve(TABLES), "the data is damaged, so no backup was made", progress);
            List<Entry> entries = new ArrayList<>();
            List<Path> files = list(draft.resolve(TABLES));
            progress.begins("digests", sizeOf(files));
            OwnerOnly.restrictFolder(draft.resolve(TABLES));
            for (Path file : files) {
                OwnerOnly.restrictFile(file); // also where it is taken out of the folder
                entries.add(new Entry(String.valueOf(file.getFileName()), Files.size(file),
                        copy(file, OutputStream.nullOutputStream(), progress)));
            }
            Backup backup = new Backup(folder, DataFolder.FORMAT, last, List.copyOf(entries));
            try (FileChannel manifest = OwnerOnly.open(draft.resolve(MANIFEST), StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE)) {
                manifest.write(ByteBuffer.wrap(backup.manifest()));
                manifest.force(true);
            }
            Folders.sync(draft.resolve(TABLES));
            Folders.sync(draft);
            Files.move(draft, folder, StandardCopyOption.ATOMIC_MOVE);
            isMade = true;
            Folders.sync(Objects.requireNonNull(folder.getParent(), "it is not the root"));
            return backup;
        } catch (IOException e) {
            throw new DataFolderException(
                    "The backup in " + folder + " could not be made: " + FileFault.reason(e) + ".",
                    e);
        } finally {
            if (!isMade) {
                deleteQuietly(draft);
            }
        }
    }

    /** The next attempt deletes what can't be deleted now. */
    private static void deleteQuietly(Path draft) {
        try {
            Folders.delete(draft);
        } catch (IOException e) {
            LOG.debug("Deleting what there is of a backup", e);
        }
    }

    /** Reads the description of a backup. */
    public static Backup read(Path path) throws DataFolderException {
        Path folder = path.toAbsolutePath().normalize();
        try {
            if (JsonReader.tree(Files.readAllBytes(folder.resolve(MANIFEST))) instanceof Map<?, ?> said
                    && said.get("files") instanceof List<?> files
                    && said.get("lastTimetoken") instanceof String last
                    && said.get("what") instanceof String what) {
                int format = format(what);
                if (format == 0) {
                    throw new DataFolderException("The backup " + folder + " is of another format (\"" + what
                            + "\"): restore it with the version of Manicule that made it.");
                }
                List<Entry> entries = new ArrayList<>();
                for (Object file : files) {
                    if (file instanceof Map<?, ?> each && each.get("size") instanceof Double size) {
                        entries.add(new Entry(String.valueOf(each.get("name")), size.longValue(),
                                String.valueOf(each.get("sha256"))));
                    }
                }
                return new Backup(folder, format, Timetoken.parse(last), entries);
            }
        } catch (IOException e) {
            throw new DataFolderException(folder + " is no backup: it has no readable file " + MANIFEST + ".", e);
        }
        throw new DataFolderException("The backup " + folder + " is damaged: " + MANIFEST + " can't be understood.");
    }

    /**
     * Makes a data folder of it, whose log is to begin. Each file is compared with its digest while it is copied.
     *
     * @param data the folder; it must be empty, or not exist
     * @throws DataFolderException when it could not be done; then there is no data folder
     */
    public void restore(Path data, Progress progress) throws DataFolderException {
        try {
            try (DataFolder folder = DataFolder.takeToRestore(data)) {
                boolean isRestored = false;
                try {
                    copyTo(folder.restoring(), progress);
                    if (format == DataFolder.FORMAT) {
                        Tables.leaveLog(folder.restoring());
                        restrict(folder.restoring());
                    }
                    folder.finishRestore(format);
                    isRestored = true;
                } finally {
                    if (!isRestored) {
                        folder.deleteRestored();
                    }
                }
            }
        } catch (IOException e) {
            throw new DataFolderException("The backup could not be restored: " + FileFault.reason(e) + ".", e);
        }
    }

    /** Restricts the files of some tables to their owner. */
    static void restrict(Path tables) throws IOException {
        try (Stream<Path> files = Files.list(tables)) {
            for (Path file : files.toList()) {
                OwnerOnly.restrictFile(file);
            }
        }
    }

    /** Copies the tables, and checks that they are as they were when the backup was made. */
    private void copyTo(Path target, Progress progress) throws IOException, DataFolderException {
        OwnerOnly.makeFolder(target);
        progress.begins("files", size());
        for (Entry file : files) {
            Path source = tables(folder).resolve(file.name());
            Path copy = target.resolve(file.name());
            String digest;
            try (OutputStream out = Channels.newOutputStream(OwnerOnly.make(copy))) {
                digest = copy(source, out, progress);
            }
            if (!digest.equals(file.sha256()) || Files.size(copy) != file.size()) {
                throw new DataFolderException("The backup is damaged: " + source
                        + " is not what it was when the backup was made. Nothing was restored.");
            }
            Folders.sync(copy);
        }
        Folders.sync(target);
        long last = format == DataFolder.FORMAT
                ? inspect(target, "the backup is damaged", progress)
                : lastTimetoken(target);
        if (last != lastTimetoken) {
            throw new DataFolderException("The backup is damaged: it ends at " + last + " and not at "
                    + lastTimetoken + ".");
        }
    }

    /** The format that a manifest names, 0 when this version does not know it. */
    private static int format(String what) {
        for (int format = 1; format <= DataFolder.FORMAT; format++) {
            if (what.equals(FORMAT_WORDS + format)) {
                return format;
            }
        }
        return 0;
    }

    /**
     * The content of the backup.
     *
     * @throws DataFolderException when it can't be read, or is of an earlier format: that can be restored, and a server
     *         upgrades it then
     */
    public Snapshot snapshot() throws DataFolderException {
        if (format != DataFolder.FORMAT) {
            throw new DataFolderException("The backup " + folder
                    + " is of an earlier format: restore it, and start a server on the data, which upgrades it.");
        }
        return Snapshot.open(tables(folder));
    }

    private static long lastTimetoken(Path tables) throws DataFolderException {
        try {
            return Tables.lastTimetoken(tables);
        } catch (RocksDBException | IOException e) {
            throw Tables.cannotOpen(tables, e);
        }
    }

    /**
     * Checks every row; returns the last timetoken.
     *
     * @param otherwise how the message begins when something is wrong; what is wrong follows
     */
    static long inspect(Path tables, String otherwise, Progress progress) throws DataFolderException {
        try (Snapshot snapshot = Snapshot.open(tables)) {
            IntegrityCheck.Report report = IntegrityCheck.of(snapshot, progress);
            if (!report.findings().isEmpty()) {
                throw new DataFolderException(otherwise + ": " + report.findings().getFirst());
            }
            return report.lastTimetoken();
        }
    }

    private byte[] manifest() {
        JsonWriter json = new JsonWriter().object()
                .member("what", FORMAT_WORDS + format)
                .quoted("lastTimetoken", lastTimetoken)
                .array("files");
        for (Entry file : files) {
            json.objectOnNewLine()
                    .member("name", file.name())
                    .member("size", file.size())
                    .member("sha256", file.sha256())
                    .end();
        }
        return json.end().end().toLine();
    }

    /** The files that make up tables: those that only say what RocksDB did are left out. */
    static List<Path> list(Path tables) throws IOException {
        try (Stream<Path> files = Files.list(tables)) {
            return files.filter(file -> !String.valueOf(file.getFileName()).matches("LOG.*|LOCK")).sorted().toList();
        }
    }

    private static long sizeOf(List<Path> files) throws IOException {
        long size = 0;
        for (Path file : files) {
            size += Files.size(file);
        }
        return size;
    }

    /** Copies a file; gives its SHA-256. */
    private static String copy(Path from, OutputStream to, Progress progress) throws IOException {
        byte[] buffer = new byte[1 << 20];
        try (InputStream in = Files.newInputStream(from)) {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sha.update(buffer, 0, n);
                to.write(buffer, 0, n);
                progress.goesOn(n);
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
