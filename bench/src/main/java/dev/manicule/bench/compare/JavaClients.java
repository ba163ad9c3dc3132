package dev.manicule.bench.compare;

import dev.manicule.bench.load.ClosedLoop;
import dev.manicule.bench.load.Template;
import dev.manicule.bench.peer.ManiculeProcess;
import dev.manicule.bench.peer.PeerProcess;
import dev.manicule.client.ClientConfig;
import dev.manicule.client.ManiculeClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** The Java client beside the Java SDK of the protocol, each in a process of its own on the cores of the load. */
final class JavaClients implements Scenario {
    private static final String SDK = "Java SDK 6.3.6";
    private static final Measure CPU = Measure.cost("CPU per add, compiled", "µs");
    private static final Measure GARBAGE = Measure.cost("allocated per add", "bytes");
    private static final Measure EVENTS = Measure.gain("events received", "/s");
    private static final Measure EVENTS_COMPILED = Measure.gain("events received, compiled", "/s of CPU");
    /** The events to receive for each second of a measurement. */
    private static final int EVENTS_PER_SECOND = 100_000;

    @Override
    public String name() {
        return "java-client";
    }

    @Override
    public String title() {
        return "The Java client: adds one after the other on 8 threads, and events taken in";
    }

    @Override
    public List<Goal> goals() {
        return List.of(new Goal.Beside(CPU, SDK, 0.5), new Goal.Beside(GARBAGE, SDK, 0.5),
                new Goal.Beside(EVENTS, SDK, 3));
    }

    @Override
    public List<Subject> subjects(Environment environment) throws Exception {
        PeerProcess server = ManiculeProcess.start(environment.machine());
        int events = (int) Math.max(EVENTS_PER_SECOND * environment.runSize().time().toMillis() / 1000, 1_000);
        long before;
        try (ManiculeClient client = ManiculeClient
                .of(ClientConfig.forUser("filler").origin("127.0.0.1:" + server.port()).build())) {
            before = Objects.requireNonNull(client.publish("events", "the first").sync().result()).timetoken();
        }
        ClosedLoop.Result _ = ClosedLoop.httpCount(server.port(), AddActions.MANY, events, Template
                .post("/publish/demo/demo/0/events?uuid=filler", """
                        {"text":"an event"}""")::put);
        Path clients = ManiculeProcess.checkout().resolve("bench/src/clients");
        List<String> times = List.of("" + server.port(), "" + environment.runSize().warmUp().dividedBy(2).toMillis(),
                "" + environment.runSize().time().toMillis(), "" + before, "" + events);
        List<Subject> all = new ArrayList<>();
        all.add(new Program(Subject.MANICULE, server, System.getProperty("java.class.path"),
                clients.resolve("ManiculeProgram.java"), times));
        Path jars = ManiculeProcess.checkout().resolve("bench/target/sdks/java");
        if (environment.hasPeers() && Files.isDirectory(jars)) { // a build with -DskipSdks has none
            all.add(new Program(SDK, server, jars + "/*", clients.resolve("SdkProgram.java"), times));
        }
        return all;
    }

    /** A program that measures a client by itself. */
    private record Program(String name, PeerProcess server, String classPath, Path source,
            List<String> arguments) implements Subject {
        @Override
        public Map<Measure, Double> measure() throws Exception {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
                    "-XX:-UseDynamicNumberOfCompilerThreads", "-cp",
                    classPath, source.toString()));
            command.addAll(arguments);
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException(source + " failed:\n" + said);
            }
            List<Double> measures = List.of(said.strip().lines().toList().getLast().split(" ", -1))
                    .stream()
                    .map(Double::valueOf)
                    .toList();
            return Map.of(CPU, measures.get(0), GARBAGE, measures.get(1), EVENTS, measures.get(2), EVENTS_COMPILED,
                    measures.get(3));
        }

        @Override
        public void close() {
            server.close();
        }
    }
}
