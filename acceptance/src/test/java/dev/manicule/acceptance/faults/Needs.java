package dev.manicule.acceptance.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;

/**
 * What some faults take of the machine. Where it is missing they are skipped, and say so; but not where
 * {@code MANICULE_CI} is set, where everything must be there.
 */
public final class Needs {
    private Needs() {}

    /** Takes a program. */
    public static void program(String name) {
        check(Arrays.stream(String.valueOf(System.getenv("PATH")).split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name))), "needs the program " + name);
    }

    /** Takes to be root. */
    public static void root() {
        check("root".equals(System.getProperty("user.name")), "needs to be root");
    }

    /** Runs a command; where the machine forbids it, as some containers do to root, the test is skipped. */
    public static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            Assumptions.assumeFalse(said.contains("not permitted") || said.contains("denied"),
                    String.join(" ", command) + ": " + said);
            throw new IOException(String.join(" ", command) + ": " + said);
        }
    }

    private static void check(boolean holds, String words) {
        if (System.getenv("MANICULE_CI") != null && !holds) {
            throw new AssertionError(words);
        }
        Assumptions.assumeTrue(holds, words);
    }
}
