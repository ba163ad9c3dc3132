package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Fetches what tests use of other languages, pinned by hashes, once. */
public final class Installation {
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

    /**
     * Installs Python packages, each held against its hash, into an environment of its own.
     *
     * @param wanted the file that says which
     * @param steps what pip is told, one after the other
     */
    @SafeVarargs
    public static void python(Path wanted, Path folder, List<String>... steps) throws Exception {
        need("Python 3.11 or newer", "python3", "-c",
                "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))");
        if (!isInstalled(folder, wanted)) {
            Files.createDirectories(folder);
            run(folder, "python3", "-m", "venv", "--clear", ".");
            for (List<String> step : steps) {
                List<String> command = new ArrayList<>(List.of(folder.resolve("bin/python").toString(), "-m", "pip",
                        "install", "--quiet", "--disable-pip-version-check", "--require-hashes"));
                command.addAll(step);
                run(folder, command.toArray(String[]::new));
            }
            markInstalled(folder, wanted);
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
