package dev.manicule.bench.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Manicule as {@code ./manicule serve} starts it. */
public final class ManiculeProcess {
    private ManiculeProcess() {}

    /** Starts one on a new folder, with no settings but the port. */
    public static PeerProcess start(Machine machine) throws IOException, InterruptedException {
        return start(machine, WorkFolders.make("manicule"));
    }

    /** Starts one on a folder that has held one before. */
    public static PeerProcess start(Machine machine, Path folder) throws IOException, InterruptedException {
        int port = PeerProcess.freePort();
        return PeerProcess.start("Manicule", machine, folder, port, Map.of(), List.of(launcher().toString(), "serve",
                "--port", "" + port, "--data", folder.resolve("data").toString()));
    }

    /**
     * Starts one with a configuration.
     *
     * @param folder its own, where it stores
     * @param port where the configuration has it listen
     */
    public static PeerProcess start(Machine machine, Path folder, int port, Path configuration)
            throws IOException, InterruptedException {
        return start(machine, folder, port, configuration, "");
    }

    /**
     * Starts one with a configuration and options.
     *
     * @param folder its own, where it stores
     * @param port where the configuration has it listen
     * @param options for its Java, beside those of the launcher
     */
    public static PeerProcess start(Machine machine, Path folder, int port, Path configuration, String options)
            throws IOException, InterruptedException {
        return PeerProcess.start("Manicule", machine, folder, port, Map.of("MANICULE_JAVA_OPTS", options),
                List.of(launcher().toString(), "serve", "--config", configuration.toString()));
    }

    /** Runs another command to its end. */
    public static void run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(launcher().toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + said);
        }
    }

    /** The checkout that this runs from. */
    public static Path checkout() {
        return Path.of(System.getProperty("manicule.checkout", ".")).toAbsolutePath();
    }

    private static Path launcher() throws IOException {
        Path launcher = checkout().resolve("manicule");
        if (!Files.isExecutable(launcher)) {
            throw new IOException("No launcher at " + launcher);
        }
        return launcher;
    }
}
