package dev.manicule.bench.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The least that a durable write takes: a short program in C ({@code src/main/c/durable.c}), compiled when it is needed. */
public final class DurableProgram {
    private DurableProgram() {}

    /** Whether there is a compiler. */
    public static boolean canBeMade() {
        return Stream.of(Objects.requireNonNullElse(System.getenv("PATH"), "").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "cc")));
    }

    /**
     * Compiles and starts one. It responds to any request of HTTP/1.1 with a success, once the request is in a file and
     * synced.
     */
    public static PeerProcess start(Machine machine) throws IOException, InterruptedException {
        Path folder = WorkFolders.make("durable");
        Path program = folder.resolve("durable");
        compile(ManiculeProcess.checkout().resolve("bench/src/main/c/durable.c"), program);
        int port = PeerProcess.freePort();
        return PeerProcess.start("The program in C", machine, folder, port, Map.of(),
                List.of(program.toString(), "" + port, folder.resolve("file").toString()));
    }

    private static void compile(Path source, Path program) throws IOException, InterruptedException {
        Process compiler = new ProcessBuilder("cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", program.toString(),
                source.toString()).redirectErrorStream(true).start();
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (compiler.waitFor() != 0) {
            throw new IOException("cc: " + said);
        }
    }
}
