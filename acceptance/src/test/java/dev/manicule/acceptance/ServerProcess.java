package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own, which can be killed. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern LISTENS = Pattern.compile("listens on https?://[^ ]*:(\\d+)");

    private final Process process;
    private final int port;
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    private ServerProcess(Process process, CompletableFuture<Integer> port) throws Exception {
        this.process = process;
        Thread.ofVirtual().start(() -> {
            try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    lines.add(line);
                    Matcher matcher = LISTENS.matcher(line);
                    if (matcher.find()) {
                        port.complete(Integer.valueOf(matcher.group(1)));
                    }
                }
            } catch (IOException e) {
                // the process is gone
            }
            port.completeExceptionally(new IllegalStateException("the server did not start: " + lines));
        });
        this.port = port.get(30, TimeUnit.SECONDS);
    }

    static ServerProcess start(Path data, int port) throws Exception {
        return serve("--port", "" + port, "--data", data.toString());
    }

    static ServerProcess serve(String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("serve"));
        arguments.addAll(List.of(options));
        return new ServerProcess(command(arguments.toArray(String[]::new)), new CompletableFuture<>());
    }

    /** Sends it a SIGHUP. */
    void hangUp() throws Exception {
        assertThat(new ProcessBuilder("kill", "-HUP", "" + process.pid()).start().waitFor()).isZero();
    }

    /** Runs the command line in a process, its output and errors in one stream. */
    static Process command(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                java(),
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8", "-cp",
                System.getProperty("java.class.path"), "dev.manicule.cli.Main"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** The java that runs the tests. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    int port() {
        return port;
    }

    Wire wire() {
        return new Wire(port);
    }

    /** What it has printed. */
    List<String> lines() {
        return List.copyOf(lines);
    }

    /** Ends it as {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Ends it as SIGTERM does, and gives its exit code. */
    int terminate() throws InterruptedException {
        process.toHandle().destroy(); // and not Process.destroy, which would close its output as well
        assertThat(process.waitFor(15, TimeUnit.SECONDS)).as("it ends").isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
