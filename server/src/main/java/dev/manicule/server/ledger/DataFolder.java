package dev.manicule.server.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder on disk that one server at a time calls its own. It holds {@code lock} (who uses it), {@code FORMAT}
 * (which layout the tables have; written last when the folder is made, so that it vouches for tables that exist) and
 * {@code tables}.
 */
final class DataFolder implements AutoCloseable {
    /** The layout of keys and rows that this code reads and writes. */
    static final int FORMAT = 2;
    private static final String FORMAT_WORDS = "manicule data format ";

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
            Files.createDirectories(path);
            if (path.getParent() != null) {
                sync(path.getParent()); // so that a folder just made is there after a power cut
            }
        } catch (IOException e) {
            throw new DataFolderException("Can't make the data folder " + path + " (" + reason(e)
                    + "): choose another with --data, or mend its permissions.", e);
        }
        refuseStrangers(path);
        FileChannel lockFile = lock(path);
        try {
            return new DataFolder(path, lockFile, format(path));
        } catch (DataFolderException e) {
            close(lockFile);
            throw e;
        }
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

    /** Says that the tables are there now, in the present format, durably. */
    void markMade() throws DataFolderException {
        Path marker = path.resolve("FORMAT");
        Path draft = path.resolve("FORMAT.new");
        try (FileChannel file = FileChannel.open(draft, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            file.write(ByteBuffer.wrap((FORMAT_WORDS + FORMAT + "\n").getBytes(StandardCharsets.UTF_8)));
            file.force(true);
            Files.move(draft, marker, StandardCopyOption.ATOMIC_MOVE);
            sync(path);
        } catch (IOException e) {
            throw new DataFolderException("Can't write " + marker + ": " + reason(e) + ".", e);
        }
    }

    @Override
    public void close() {
        close(lockFile);
    }

    private static void refuseStrangers(Path path) throws DataFolderException {
        List<String> own = List.of("lock", "FORMAT", "FORMAT.new", "tables");
        try (Stream<Path> entries = Files.list(path)) {
            Path stranger = entries.filter(entry -> !own.contains(String.valueOf(entry.getFileName())))
                    .findFirst()
                    .orElse(null);
            if (stranger != null && !Files.exists(path.resolve("FORMAT"))) {
                throw new DataFolderException("The folder " + path + " is not a data folder of Manicule and not empty"
                        + " (it holds " + stranger.getFileName() + "): choose another with --data.");
            }
        } catch (IOException e) {
            throw new DataFolderException("Can't read the data folder " + path + ": " + reason(e) + ".", e);
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
            words = Files.readString(marker).strip();
        } catch (IOException e) {
            throw new DataFolderException("Can't read " + marker + ": " + reason(e) + ".", e);
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
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
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
            throw new DataFolderException("Can't write in the data folder " + path + " (" + reason(e)
                    + "): choose another with --data, or mend its permissions.", e);
        }
        close(channel);
        throw new DataFolderException("The data folder " + path + " is in use by another Manicule" + holder(file)
                + ": stop that one, or choose another folder with --data.");
    }

    private static String holder(Path file) {
        try {
            String pid = Files.readString(file).strip();
            return pid.isEmpty() ? "" : " (process " + pid + ")";
        } catch (IOException e) {
            return "";
        }
    }

    private static void sync(Path folder) throws IOException {
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

    private static String reason(IOException e) {
        return switch (e) {
            case java.nio.file.AccessDeniedException denied -> "permission denied";
            case java.nio.file.FileAlreadyExistsException exists -> exists.getFile() + " is a file";
            case java.nio.file.FileSystemException failed when failed.getReason() != null -> failed.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }
}
