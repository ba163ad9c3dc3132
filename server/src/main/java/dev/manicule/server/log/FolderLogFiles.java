package dev.manicule.server.log;

import dev.manicule.server.files.Folders;
import dev.manicule.server.files.FreeSpace;
import dev.manicule.server.files.OwnerOnly;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** The folder of a log in a file system. Its files are for their owner alone. */
public final class FolderLogFiles implements LogFiles {
    private final Path folder;

    private FolderLogFiles(Path folder) {
        this.folder = folder;
    }

    /** A folder, which is made when it is missing, along with those above it. */
    public static FolderLogFiles in(Path folder) throws IOException {
        Path path = folder.toAbsolutePath().normalize();
        OwnerOnly.makeFolder(path);
        OwnerOnly.restrictFolder(path);
        Path parent = path.getParent();
        if (parent != null) {
            Folders.sync(parent);
        }
        return new FolderLogFiles(path);
    }

    @Override
    public List<String> list() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    @Override
    public LogFile create(String name, long bytes) throws IOException {
        Path file = folder.resolve(name);
        if (FreeSpace.of(folder) < bytes) {
            throw new FileSystemException(file.toString(), null, "No space left on device");
        }
        OwnerOnly.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE).close();
        return open(name);
    }

    @Override
    public LogFile open(String name) throws IOException {
        return new ChannelLogFile(folder.resolve(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Path _ = Files.move(folder.resolve(from), folder.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.delete(folder.resolve(name));
    }

    @Override
    public void sync() throws IOException {
        Folders.sync(folder);
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
