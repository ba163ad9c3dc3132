package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Fetches what tests use of other languages, pinned by hashes, once. */
final class Installation {
    private Installation() {}

    /** Installs what a folder with a lock file wants, into another. */
    static void npm(Path wanted, Path folder) throws Exception {
        need("Node.js 18 or newer", "node", "-e", "process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)");
        need("npm", "npm", "--version");
        Path lock = wanted.resolve("package-lock.json");
        if (!isInstalled(folder, lock)) {
            Files.createDirectories(folder);
            for (String file : List.of("package.json", "package-lock.json")) {
                Files.copy(wanted.resolve(file), folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
            run(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
            markInstalled(folder, lock);
        }
    }

    static boolean isInstalled(Path folder, Path wanted) throws IOException {
        Path mark = folder.resolve("installed");
        return Files.exists(mark) && Files.mismatch(mark, wanted) < 0;
    }

    static void markInstalled(Path folder, Path wanted) throws IOException {
        Files.copy(wanted, folder.resolve("installed"), StandardCopyOption.REPLACE_EXISTING);
    }

    static void need(String what, String... command) throws Exception {
        String missing = "The runs with SDKs and the lint need " + what + " (" + command[0]
                + "). Install it, or leave these runs out with -DskipSdks.";
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(missing + " " + said).isZero();
        } catch (IOException e) {
            throw new AssertionError(missing, e);
        }
    }

    static void run(Path folder, String... command) throws Exception {
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command) + "\n" + said).isZero();
    }
}
