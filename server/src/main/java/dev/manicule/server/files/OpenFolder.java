package dev.manicule.server.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/**
 * An open folder, under a path that every interface accepts: Linux has a short ASCII one for open files of a process.
 * The path of a socket may have 107 bytes. RocksDB receives paths in Java's own form of UTF-8, in which characters
 * beyond the first 65,536, such as emoji, are other bytes. The path is valid until this is closed.
 */
public final class OpenFolder implements AutoCloseable {
    private static final Path OPEN = Path.of("/proc/self/fd");

    private final FileChannel channel;
    private final Path path;

    private OpenFolder(FileChannel channel, Path path) {
        this.channel = channel;
        this.path = path;
    }

    /**
     * Opens a folder.
     *
     * @throws IOException when it can't be opened, or this operating system has no such paths
     */
    public static OpenFolder of(Path folder) throws IOException {
        Path real = folder.toRealPath();
        Set<Path> before = names(real);
        FileChannel channel = FileChannel.open(real, StandardOpenOption.READ);
        try {
            for (Path name : names(real)) {
                if (!before.contains(name)) {
                    return new OpenFolder(channel, name);
                }
            }
            throw new IOException("this operating system has no other name for it");
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Whether RocksDB accepts a path as it is. */
    public static boolean isPlain(Path path) {
        return path.toString().chars().noneMatch(c -> Character.isSurrogate((char) c));
    }

    /** The other path. */
    public Path path() {
        return path;
    }

    private static Set<Path> names(Path real) throws IOException {
        Set<Path> names = new HashSet<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(OPEN)) {
            for (Path name : all) {
                try {
                    if (Files.readSymbolicLink(name).equals(real)) {
                        names.add(name);
                    }
                } catch (NoSuchFileException e) {
                    // it has been closed since
                }
            }
        } catch (NoSuchFileException e) {
            // there are no such paths here
        }
        return names;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // nothing was written through it
        }
    }
}
