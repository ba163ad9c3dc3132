package dev.manicule.bench.peer;

import dev.manicule.server.files.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Folders for the time of a measurement, all on one file system. */
public final class WorkFolders {
    private WorkFolders() {}

    /** A new one, which other users may enter (a server may have to run as one). */
    public static Path make(String name) throws IOException {
        Path folder = Files.createTempDirectory("manicule-bench-" + name);
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Deletes one and all in it, if it is there. */
    public static void delete(Path folder) {
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("deleting " + folder, e);
        }
    }
}
