package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own, which can be killed. */
public final class ServerProcess implements AutoCloseable {
    private static final Pattern LISTENS = Pattern.compile("listens on https?://[^ ]*:(\\d+)");

    private final Process process;
    private final int port;
    private final List<String> lines;

    private ServerProcess(Process process, int port, List<String> lines) {
        this.process = process;
        this.port = port;
        this.lines = lines;
    }

    private static final List<String> HANGING_UP_COUNTS = hangingUpCounts();

    /**
     * How a process is started.
     *
     * @param before what stands before the command: another command that runs it, mostly none
     * @param java options of the virtual machine
     * @param environment variables besides those there are
     */
    public record Launch(List<String> before, List<String> java, Map<String, String> environment) {
        /** Just so. */
        public static final Launch PLAIN = new Launch(List.of(), List.of(), Map.of());
        /** With the log that users see: that of a process of the tests is shorter. */
        public static final Launch LOGGING = new Launch(List.of(), List.of("-Dlogback.configurationFile="
                + Folders.checkout().resolve("cli/src/main/resources/logback.xml")), Map.of());

        /** Copies the collections. */
        public Launch {
            before = List.copyOf(before);
            java = List.copyOf(java);
            environment = Map.copyOf(environment);
        }

        /** Runs the command line in a process, its output and errors in one stream. */
        public Process command(String... arguments) throws IOException {
            ProcessBuilder builder = new ProcessBuilder(line(arguments)).redirectErrorStream(true);
            builder.environment().putAll(environment);
            return builder.start();
        }

        /** What that process runs. */
        List<String> line(String... arguments) {
            List<String> command = new ArrayList<>(HANGING_UP_COUNTS);
            command.addAll(before);
            command.addAll(List.of(ServerProcess.java(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                    "-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8"));
            command.addAll(java);
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.manicule.cli.Main"));
            command.addAll(List.of(arguments));
            return command;
        }

        /** Starts a server. */
        public ServerProcess serve(String... options) throws Exception {
            List<String> arguments = new ArrayList<>(List.of("serve"));
            arguments.addAll(List.of(options));
            return started(command(arguments.toArray(String[]::new)));
        }
    }

    private static ServerProcess started(Process process) throws Exception {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<Integer> port = new CompletableFuture<>();
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
        return new ServerProcess(process, port.get(60, TimeUnit.SECONDS), lines);
    }

    /** Under nohup, processes would inherit that a SIGHUP is ignored. */
    private static List<String> hangingUpCounts() {
        List<String> prefix = List.of("env", "--default-signal=HUP");
        try {
            List<String> trial = new ArrayList<>(prefix);
            trial.add("true");
            return new ProcessBuilder(trial).start().waitFor() == 0 ? prefix : List.of();
        } catch (IOException e) {
            return List.of(); // no such program
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    static ServerProcess start(Path data, int port) throws Exception {
        return serve("--port", "" + port, "--data", data.toString());
    }

    static ServerProcess serve(String... options) throws Exception {
        return Launch.PLAIN.serve(options);
    }

    /** Sends it a SIGHUP. */
    void hangUp() throws Exception {
        assertThat(new ProcessBuilder("kill", "-HUP", "" + process.pid()).start().waitFor()).isZero();
    }

    /** Runs the command line in a process, its output and errors in one stream. */
    public static Process command(String... arguments) throws IOException {
        return Launch.PLAIN.command(arguments);
    }

    /**
     * The end of a command.
     *
     * @param words its output and errors
     */
    public record Ended(int code, String words) {
        /** Waits for it. */
        public static Ended of(Process process) throws IOException, InterruptedException {
            String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), words);
        }
    }

    /** A port of this machine that no process listens on. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The java that runs the tests. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The port that it listens on. */
    public int port() {
        return port;
    }

    /** Which process it is. */
    public long pid() {
        return process.pid();
    }

    /** A client of it. */
    public Wire wire() {
        return new Wire(port);
    }

    /** Whether it still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it has printed. */
    public List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** Ends it as {@code kill -9} does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Waits until it has ended by itself, for a minute; gives its exit code. */
    public int awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("ended by itself: %s", lines).isTrue();
        return process.exitValue();
    }

    /** Ends it as SIGTERM does, and gives its exit code. */
    public int terminate() throws InterruptedException {
        process.toHandle().destroy(); // and not Process.destroy, which would close its output as well
        assertThat(process.waitFor(15, TimeUnit.SECONDS)).as("it ends").isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
