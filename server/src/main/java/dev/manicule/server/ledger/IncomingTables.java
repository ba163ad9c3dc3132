package dev.manicule.server.ledger;

import dev.manicule.server.files.FileFault;
import dev.manicule.server.files.Folders;
import dev.manicule.server.files.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * A data folder that no server uses, and the tables that it gets from another node, file by file. When all files are
 * there, each row is checked, and the new tables replace the old ones, if any; until then the old ones stay. Received
 * files survive an end of the process. For one thread.
 */
public final class IncomingTables implements AutoCloseable {
    /** The format of the tables that this version writes, and the newest that it reads. */
    public static final int FORMAT = DataFolder.FORMAT;
    private static final String TABLES = "tables";
    private static final String NOTE = "CHECKPOINT";

    private final DataFolder folder;

    private IncomingTables(DataFolder folder) {
        this.folder = folder;
    }

    /**
     * Takes a data folder, making it where there is none, and keeps servers away meanwhile.
     *
     * @throws DataFolderException when a server has it, it holds something else, or can't be read or written
     */
    public static IncomingTables into(Path data) throws DataFolderException {
        return new IncomingTables(DataFolder.takeToFetch(data));
    }

    /**
     * The place in a data folder of something that is needed no longer than a process lives: the next start deletes it.
     */
    public static Path passing(Path data, String name) {
        return DataFolder.passing(data, name);
    }

    /** The files that make up some tables, in order. */
    public static List<Path> files(Path tables) throws IOException {
        return Backup.list(tables);
    }

    /** Whether there are tables in the folder now, other than those that come. */
    public boolean hasTables() throws DataFolderException {
        return folder.hasTables();
    }

    /** Whether those tables were found to be other than those of other nodes. */
    public boolean areDiffering() {
        return Files.exists(DataFolder.differing(folder.path()));
    }

    /**
     * How far those tables have come; {@link TablesPlace#NOTHING}.
     *
     * @throws DataFolderException when they can't be read
     */
    public TablesPlace place() throws DataFolderException {
        return folder.hasTables() ? place(folder.tables()) : TablesPlace.NOTHING;
    }

    private static TablesPlace place(Path tables) throws DataFolderException {
        try {
            return Tables.place(tables);
        } catch (RocksDBException | IOException e) {
            throw Tables.cannotOpen(tables, e);
        }
    }

    /** The note on the incoming tables; null when none are coming. */
    public byte @Nullable [] note() {
        try {
            return Files.readAllBytes(folder.fetching().resolve(NOTE));
        } catch (IOException e) {
            return null; // none was noted
        }
    }

    /** Where the files go. */
    public Path files() {
        return folder.fetching().resolve(TABLES);
    }

    /** The free space on the disk for them, in bytes. */
    public long freeBytes() {
        return (long) folder.freeBytes();
    }

    /**
     * Deletes the received files, and prepares for others.
     *
     * @param note which those are; it is on the disk when this returns
     */
    public void begin(byte[] note) throws IOException {
        discard();
        OwnerOnly.makeFolder(files());
        Path draft = folder.fetching().resolve(NOTE + ".new");
        try (FileChannel file = OwnerOnly.make(draft)) {
            for (ByteBuffer left = ByteBuffer.wrap(note); left.hasRemaining();) {
                int _ = file.write(left);
            }
            file.force(true);
        }
        Path _ = Files.move(draft, folder.fetching().resolve(NOTE), StandardCopyOption.ATOMIC_MOVE);
        Folders.sync(folder.fetching());
    }

    /** Deletes the received files. */
    public void discard() throws IOException {
        Folders.delete(folder.fetching());
    }

    /**
     * Makes the received tables those of the folder. Each row is checked first, if they are of the present format.
     *
     * @param format of the tables
     * @param least how far they have to have come: which log they follow, and up to where
     * @throws DamagedException when they are damaged, or not those; the tables of before are there still
     * @throws DataFolderException when the disk fails
     */
    public void finish(int format, TablesPlace least, Progress progress) throws DamagedException, DataFolderException {
        Path tables = files();
        try {
            TablesPlace come = inspected(tables, format, progress);
            if (!come.logId().equals(least.logId()) || come.applied() < least.applied()) {
                throw new DamagedException("the tables are others than was said", null);
            }
            Backup.restrict(tables);
            for (Path file : files(tables)) {
                Folders.sync(file);
            }
            folder.replaceTables(tables, format);
        } catch (IOException e) {
            throw new DataFolderException("The tables that were fetched can't take their place: " + FileFault.reason(e)
                    + ".", e);
        }
    }

    private static TablesPlace inspected(Path tables, int format, Progress progress) throws DamagedException {
        try {
            if (format == FORMAT) {
                long _ = Backup.inspect(tables, "a row is damaged", progress);
            }
            return place(tables);
        } catch (DataFolderException | StorageException e) {
            throw new DamagedException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The received files can't be the tables of the folder. */
    public static final class DamagedException extends Exception {
        private static final long serialVersionUID = 1;

        DamagedException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** Releases the folder for servers. */
    @Override
    public void close() {
        folder.close();
    }
}
