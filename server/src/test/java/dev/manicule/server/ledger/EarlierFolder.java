package dev.manicule.server.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Data folders that earlier versions of the server wrote. {@code format-1.zip} is that of a server of an earlier commit (e73bd6b) that
 * was killed with writes in its log only; {@code format-2.zip} is the same, upgraded by the last commit that wrote format 2 (2a28a55);
 * {@code format-4.zip} is format 3, upgraded by the last commit that wrote format 4 (a38f02b); {@code format-6.zip} is format 4, upgraded by the
 * last one that wrote format 6 (c8ebe47), and killed with writes of its own in the log only; {@code format-7.zip} is format 6, upgraded by the last one
 * that wrote format 7 (0df01ca), with users on channels, and killed with some of them in the log only; {@code format-8.zip} is format 7,
 * upgraded by the last one that wrote format 8 (0da2d19), with actions, one of them in the log only; {@code format-9.zip} is format 8,
 * upgraded by the last one that wrote format 9 (12310a32), with read marks, two of them in the log only.
 */
public final class EarlierFolder {
    private EarlierFolder() {}

    /** Puts the folder of a format into another one; gives the data folder. */
    public static Path unpack(int format, Path into) throws IOException {
        try (InputStream in = EarlierFolder.class.getResourceAsStream("format-" + format + ".zip");
                ZipInputStream zip = new ZipInputStream(Objects.requireNonNull(in))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = into.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else {
                    Files.copy(zip, file);
                }
            }
        }
        return into.resolve("data");
    }
}
