package dev.manicule.server.files;

import java.nio.file.Path;

/** How much room a disk has. */
public final class FreeSpace {
    private FreeSpace() {}

    /**
     * The free space for this process on the disk of a folder, in bytes; 0 also when it can't be read.
     * {@code FileStore} would look for the folder's mount first, which fails in a container without a list of mounts.
     */
    public static long of(Path folder) {
        return folder.toFile().getUsableSpace();
    }
}
