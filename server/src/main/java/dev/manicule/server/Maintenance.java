package dev.manicule.server;

import dev.manicule.server.files.FileFault;
import dev.manicule.server.files.FileFolder;
import dev.manicule.server.files.Folders;
import dev.manicule.server.files.OwnerOnly;
import dev.manicule.server.ledger.Backup;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.ledger.Export;
import dev.manicule.server.ledger.Import;
import dev.manicule.server.ledger.ImportLimits;
import dev.manicule.server.ledger.IntegrityCheck;
import dev.manicule.server.journal.DataStore;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.Progress;
import dev.manicule.server.ledger.Snapshot;
import dev.manicule.server.ledger.StorageException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.SocketException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Operations on data as a whole: backup, restore, export, import, check. A server may be running on the folder, except
 * for restore and import.
 */
public final class Maintenance {
    private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);

    /** The folder of the bytes of files, in a data folder and in a backup. */
    static final String FILES = "files";
    private static final String STANDARD_INPUT = "the standard input";

    private Maintenance() {}

    /**
     * Makes a backup of a data folder, and checks it.
     *
     * @param data of a server, running or not
     * @param to where to make it; does not exist yet
     * @throws StartException when it could not be made, in words for people
     */
    public static Backup backup(Path data, Path to, Progress progress) throws StartException {
        try {
            return Backup.make(tables -> {
                copy(data, tables, progress);
                FileFolder.copy(data.resolve(FILES), tables.resolveSibling(FILES)); // after the rows that name them
            }, to, progress);
        } catch (DataFolderException | StorageException e) {
            throw failed(e);
        }
    }

    /** Makes a data folder of a backup, and checks it. */
    public static Backup restore(Path from, Path data, Progress progress) throws StartException {
        try {
            Backup backup = Backup.read(from);
            backup.restore(data, progress);
            FileFolder.copy(from.resolve(FILES), data.resolve(FILES));
            OwnerOnly.giveToOwner(data);
            return backup;
        } catch (DataFolderException | StorageException | IOException e) {
            throw failed(e);
        }
    }

    /** Checks every row of a data folder or a backup. */
    public static IntegrityCheck.Report check(Path folder, Progress progress) throws StartException {
        return withSnapshot(folder, snapshot -> IntegrityCheck.of(snapshot,
                place -> FileFolder.has(folder.resolve(FILES), place), progress));
    }

    /** Writes the content of a data folder or a backup as lines of JSON; returns their number. */
    public static long export(Path folder, OutputStream out, Progress progress) throws StartException {
        return withSnapshot(folder, snapshot -> Export.write(snapshot, out, null, progress));
    }

    /**
     * Writes the content of a data folder or a backup to a file. Until it is whole its name ends in {@code .partial};
     * where there is such a file, the export continues after its last whole line.
     */
    public static long export(Path folder, Path file, Progress progress) throws StartException {
        Path draft = file.resolveSibling(file.getFileName() + ".partial");
        return withSnapshot(folder, snapshot -> {
            try {
                Export.Done done = Files.exists(draft) ? done(draft) : null;
                long lines;
                try (FileChannel channel = OwnerOnly.open(draft, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND);
                        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel),
                                1 << 20)) {
                    lines = Export.write(snapshot, out, done, progress);
                    out.flush();
                    channel.force(true);
                }
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
                return lines;
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("Can't go on with " + draft + ": " + e.getMessage(), e);
            } catch (IOException e) {
                throw new IOException("Can't write " + draft + ": " + writing(e)
                        + ". Once that is mended, the same command goes on.", e);
            }
        });
    }

    private static String writing(IOException e) {
        return e instanceof NoSuchFileException ? "there is no such folder" : FileFault.reason(e);
    }

    /** The first and the last whole line of a file, which is truncated after it; null when there is none. */
    private static Export.@Nullable Done done(Path draft) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(draft.toFile(), "rw")) {
            long end = lineEnd(file, file.length());
            file.setLength(end);
            if (end == 0) {
                return null;
            }
            long begin = lineEnd(file, end - 1);
            byte[] last = new byte[(int) (end - 1 - begin)];
            file.seek(begin);
            file.readFully(last);
            file.seek(0);
            byte[] start = new byte[(int) Math.min(4096, end)];
            file.readFully(start);
            int length = 0;
            while (start[length] != '\n') {
                length++;
            }
            return new Export.Done(Arrays.copyOf(start, length), last, lines(draft));
        }
    }

    private static long lines(Path file) throws IOException {
        long lines = 0;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] block = new byte[1 << 16];
            for (int size = in.read(block); size >= 0; size = in.read(block)) {
                for (int i = 0; i < size; i++) {
                    lines += block[i] == '\n' ? 1 : 0;
                }
            }
        }
        return lines;
    }

    /** The position after the last line break before a position, 0 when there is none. */
    private static long lineEnd(RandomAccessFile file, long before) throws IOException {
        byte[] block = new byte[8192];
        for (long at = before; at > 0;) {
            int size = (int) Math.min(block.length, at);
            at -= size;
            file.seek(at);
            file.readFully(block, 0, size);
            for (int i = size - 1; i >= 0; i--) {
                if (block[i] == '\n') {
                    return at + i + 1;
                }
            }
        }
        return 0;
    }

    /**
     * Imports the lines of an export into a data folder on which no server runs, which is made where there is none. An
     * interrupted import continues where it was.
     *
     * @param limits the limits for the lines
     */
    public static Import.Report importFile(Path file, Path data, ImportLimits limits, Progress progress)
            throws StartException {
        return importLines(file.toString(), data, () -> {
            long size = Files.size(file);
            String version = size + "/" + Files.getLastModifiedTime(file).toMillis();
            return Import.begin(
                    new Import.Source(Files.newInputStream(file), String.valueOf(file.getFileName()), version, size),
                    Instant.now(), limits, progress);
        });
    }

    /**
     * Does the same with lines that are read as they come. Data that is there already stays when its lines come again.
     */
    public static Import.Report importLines(InputStream lines, Path data, ImportLimits limits,
            Progress progress) throws StartException {
        return importLines(STANDARD_INPUT, data,
                () -> Import.begin(new Import.Source(lines, STANDARD_INPUT, null, 0), Instant.now(), limits, progress));
    }

    /** Begins an import. */
    private interface Beginning {
        Import begin() throws IOException;
    }

    /** A file that is no export is rejected before anything is made in the data folder. */
    private static Import.Report importLines(String from, Path data, Beginning beginning) throws StartException {
        try (Import lines = beginning.begin()) {
            try (DataStore store = DataStore.openToImport(data, lines, InstantSource.system())) {
                return lines.into(store.ledger());
            } finally {
                OwnerOnly.giveToOwner(data);
            }
        } catch (DataFolderException | StorageException e) {
            throw failed(e);
        } catch (IllegalArgumentException e) {
            throw new StartException(from + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new StartException("Can't read " + from + ": " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException ? "there is no such file" : String.valueOf(e.getMessage());
    }

    /**
     * Begins a new log where the one of a data folder is damaged or missing, and the tables certainly have all that was in it.
     */
    public static void newLog(Path data) throws StartException {
        try {
            refuseNoData(data);
            Ledger.refuseEarlierFormat(data);
            DataStore.beginNewLog(data, InstantSource.system());
            OwnerOnly.giveToOwner(data);
        } catch (DataFolderException | IOException e) {
            throw failed(e);
        }
    }

    /** Has the tables have what their own log has, and warns of what they may lack or have otherwise. */
    private static void applyLog(Path data) throws IOException, DataFolderException {
        Ledger.refuseEarlierFormat(data);
        try {
            DataStore.LogState state = DataStore.applyOwnLog(data, InstantSource.system());
            if (!state.hasOwnLog() && !state.isWhole()) {
                LOG.warn(
                        "{} is that of a node of a cluster, and of no clean stop: it may lack what the log has, which is with"
                                + " brokers; after a kill, what the node applied in the last minute or two. The node has that once it"
                                + " was started again.",
                        data);
            }
            warnOfDiffering(data);
        } finally {
            OwnerOnly.giveToOwner(data);
        }
    }

    private static void warnOfDiffering(Path data) {
        try {
            Ledger.refuseDiffering(data);
        } catch (DataFolderException e) {
            LOG.warn("{}", e.getMessage());
        }
    }

    /** An operation on tables that no process writes. */
    private interface Use<T> {
        T with(Snapshot snapshot) throws IOException;
    }

    private static <T> T withSnapshot(Path folder, Use<T> use) throws StartException {
        try {
            if (Backup.isOne(folder)) {
                return with(Backup.read(folder).snapshot(), use);
            }
            Path copy = ControlSocket.snapshot(folder);
            if (!isCopied(folder, copy)) {
                applyLog(folder);
                return with(Snapshot.openData(folder), use);
            }
            try {
                return with(Snapshot.open(copy), use);
            } finally {
                Folders.delete(copy);
            }
        } catch (DataFolderException | StorageException e) {
            throw failed(e);
        } catch (IllegalArgumentException | IOException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    private static <T> T with(Snapshot snapshot, Use<T> use) throws IOException {
        try (snapshot) {
            return use.with(snapshot);
        }
    }

    /**
     * Copies the tables of a data folder. The server that runs on it copies them where it may write, and shares its
     * files; elsewhere it sends them. Where none runs, this process copies them.
     */
    private static void copy(Path data, Path target, Progress progress) throws IOException, DataFolderException {
        try {
            if (isCopied(data, target)) {
                if (!Files.exists(target)) { // the server sees other folders than this process
                    ControlSocket.receive(data, target, progress);
                }
                return;
            }
        } catch (ControlSocket.RefusedException e) {
            Folders.delete(target);
            ControlSocket.receive(data, target, progress);
            return;
        }
        Ledger.refuseDiffering(data); // a copy does not say so
        applyLog(data);
        try (Ledger ledger = Ledger.open(data)) {
            ledger.copyTables(target);
        } finally {
            OwnerOnly.giveToOwner(data);
        }
    }

    /** Lets the server that runs on a data folder copy its tables; false when none runs. */
    private static boolean isCopied(Path data, Path target) throws IOException, DataFolderException {
        Path folder = data.toAbsolutePath().normalize();
        if (Files.isDirectory(folder) && !Files.isReadable(folder)) {
            throw new IOException(folder + " is not readable for this user: be the user of its server, or root");
        }
        refuseNoData(folder);
        try {
            ControlSocket.copy(data, target);
            return true;
        } catch (NoSuchFileException | SocketException e) { // there is no server, or none that can be reached
            if (Ledger.isInUse(folder)) {
                throw new IOException("a server runs on " + folder + ", and its socket " + folder.resolve("control")
                        + " can't be reached (" + e.getMessage() + "): be its user, or root; or stop it first", e);
            }
            return false;
        }
    }

    /** Refuses a folder that holds no data. */
    static void refuseNoData(Path data) throws IOException {
        Path folder = data.toAbsolutePath().normalize();
        if (!Files.exists(folder.resolve("FORMAT"))) {
            throw new IOException("there is no data of Manicule in " + folder + ": name the folder with --data");
        }
    }

    private static StartException failed(Exception e) {
        return new StartException(String.valueOf(e.getMessage()), e);
    }
}
