package dev.manicule.server.ledger;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/** RocksDB's native library, which comes in its jar and would be unpacked at every start into a temporary folder. */
public final class NativeLibrary {
    private NativeLibrary() {}

    /** Unpacks it into a folder, where RocksDB finds it if the virtual machine's {@code java.library.path} names that. */
    public static void unpack(Path folder) throws IOException {
        String name = Environment.getJniLibraryFileName("rocksdb");
        Files.createDirectories(folder);
        try (InputStream library = RocksDB.class.getClassLoader().getResourceAsStream(name)) {
            if (library == null) {
                throw new FileNotFoundException("RocksDB has no " + name);
            }
            Files.copy(library, folder.resolve(System.mapLibraryName(Environment.getSharedLibraryName("rocksdb"))),
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
