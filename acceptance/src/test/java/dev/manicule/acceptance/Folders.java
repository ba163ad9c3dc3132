package dev.manicule.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Folders for tests, and the checkout that they test. */
public final class Folders {
    private Folders() {}

    /** A new one. */
    public static Path temporary() throws IOException {
        return Files.createTempDirectory("manicule-acceptance");
    }

    /** Deletes one with all that is in it. */
    public static void delete(Path folder) throws IOException {
        dev.manicule.server.files.Folders.delete(folder);
    }

    /** The files below a folder whose names end so, sorted. */
    static List<Path> files(Path folder, int depth, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(folder, depth)) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        }
    }

    /** The root of the checkout. */
    public static Path checkout() {
        String property = System.getProperty("manicule.checkout");
        return Path.of(property == null ? ".." : property).toAbsolutePath().normalize();
    }
}
