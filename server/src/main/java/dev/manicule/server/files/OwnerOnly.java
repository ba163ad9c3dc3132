package dev.manicule.server.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Folders and files that their owner alone may read, whatever the umask: stored data is not encrypted. Where there are
 * no such permissions, as on Windows, the folder's own rules hold. The files of RocksDB have the permissions of the
 * umask, in such a folder.
 */
public final class OwnerOnly {
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OF_OTHERS = EnumSet.of(PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_EXECUTE);

    private OwnerOnly() {}

    /** Makes a folder, and missing ones above it; an existing one stays as it is. */
    public static void makeFolder(Path folder) throws IOException {
        Files.createDirectories(folder, attributes(folder, FOLDER));
    }

    /** Opens a file, which is for its owner alone if it is made now. */
    public static FileChannel open(Path file, OpenOption... options) throws IOException {
        return FileChannel.open(file, new HashSet<>(List.of(options)), attributes(file, FILE));
    }

    /** Makes a file, or empties it, to be written. */
    public static FileChannel make(Path file) throws IOException {
        FileChannel channel = open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
        restrict(file, FILE);
        return channel;
    }

    /** Restricts an existing folder to its owner. */
    public static void restrictFolder(Path folder) throws IOException {
        restrict(folder, FOLDER);
    }

    /** Restricts an existing file to its owner. */
    public static void restrictFile(Path file) throws IOException {
        restrict(file, FILE);
    }

    /** Restricts an existing folder to its owner and its group; the operator may have chosen the group. */
    public static void refuseOthers(Path folder) throws IOException {
        if (hasPermissions(folder)) {
            Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(folder));
            if (permissions.removeAll(OF_OTHERS)) {
                Files.setPosixFilePermissions(folder, permissions);
            }
        }
    }

    /**
     * Gives all files in a folder to the folder's owner and group. A server that runs as another user could otherwise
     * not read the files that root writes for it. Users other than root own their files anyway.
     */
    public static void giveToOwner(Path folder) throws IOException {
        if (!hasPermissions(folder) || !Files.exists(folder)) {
            return;
        }
        PosixFileAttributes owner = Files.readAttributes(folder, PosixFileAttributes.class);
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                PosixFileAttributeView view = Files.getFileAttributeView(each, PosixFileAttributeView.class,
                        LinkOption.NOFOLLOW_LINKS);
                if (!view.getOwner().equals(owner.owner())) {
                    view.setOwner(owner.owner());
                    view.setGroup(owner.group());
                }
            }
        }
    }

    private static void restrict(Path path, Set<PosixFilePermission> permissions) throws IOException {
        if (hasPermissions(path)) {
            Files.setPosixFilePermissions(path, permissions);
        }
    }

    private static FileAttribute<?>[] attributes(Path path, Set<PosixFilePermission> permissions) {
        return hasPermissions(path)
                ? new FileAttribute<?>[]{PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }

    private static boolean hasPermissions(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
