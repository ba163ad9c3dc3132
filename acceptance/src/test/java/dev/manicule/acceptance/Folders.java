package dev.manicule.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Folders for tests, and the checkout that they test. */
final class Folders {
    private Folders() {}

    static Path temporary() throws IOException {
        return Files.createTempDirectory("manicule-acceptance");
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** The root of the checkout. */
    static Path checkout() {
        String property = System.getProperty("manicule.checkout");
        return Path.of(property == null ? ".." : property).toAbsolutePath().normalize();
    }
}
