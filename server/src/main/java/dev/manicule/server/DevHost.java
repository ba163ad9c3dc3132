package dev.manicule.server;

import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Secret;
import dev.manicule.server.api.Sandbox;
import dev.manicule.server.config.ClusterSettings;
import dev.manicule.server.config.ConfigException;
import dev.manicule.server.config.ConfigFile;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.routing.Fault;
import dev.manicule.server.routing.Faults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Servers and clusters for tests, controlled by commands that are lists of words: the id of the subject, the verb, its
 * arguments. The testkit, which is compiled for Java 17, sends them to an instance in its own virtual machine where
 * that is new enough, else to a {@link DevHostProcess}. Any thread may use it.
 *
 * <pre>{@code
 * host start-server MEMORY "" "" ""        returns the id of the server, and its port: "1 40123"
 * 1 stand-at 2026-01-01T00:00:00Z          returns an empty text
 * 1 close
 * }</pre>
 */
public final class DevHost implements Function<List<String>, String>, AutoCloseable {
    /** The keys of a server for tests. */
    private static final String KEY = "demo";

    private final AtomicInteger lastId = new AtomicInteger();
    /** Servers, clusters, nodes and faults, by their ids. That of a node or a fault begins with that of its server. */
    private final Map<String, Subject> subjects = new ConcurrentHashMap<>();
    /** Servers and clusters, by their ids. */
    private final Map<String, AutoCloseable> running = new ConcurrentHashMap<>();

    /** A host without servers. */
    public DevHost() {
        subjects.put("host", this::start);
    }

    /** Anything that takes commands. */
    private interface Subject {
        String run(String verb, List<String> arguments) throws IOException;
    }

    /**
     * Executes a command.
     *
     * @param words the id of the subject, the verb, its arguments
     * @return the result; empty where there is none
     * @throws IllegalArgumentException when an argument is invalid; the message says which, and what is expected
     * @throws IllegalStateException when the server does not start, or the state of the subject forbids the command
     * @throws UncheckedIOException when the disk fails
     */
    @Override
    public String apply(List<String> words) {
        Subject subject = subjects.get(words.getFirst());
        if (subject == null && words.get(1).equals("close")) {
            return ""; // as a second close of anything
        }
        if (subject == null) {
            throw new IllegalStateException("It is closed: nothing here has the id " + words.getFirst() + ".");
        }
        try {
            return subject.run(words.get(1), words.subList(2, words.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String start(String verb, List<String> arguments) throws IOException {
        String id = String.valueOf(lastId.incrementAndGet());
        String settings = arguments.getLast();
        ManiculeConfig config = config(arguments.get(arguments.size() - 2), settings);
        String at = arguments.get(arguments.size() - 3);
        VirtualClock clock = at.isEmpty() ? VirtualClock.running() : VirtualClock.standingAt(Instant.parse(at));
        return switch (verb) {
            case "start-server" -> {
                DevServer server = started("The server",
                        () -> DevServer.start(config, DevServer.Storage.valueOf(arguments.getFirst()), clock));
                running.put(id, server);
                subjects.put(id, (what, with) -> ofServer(id, server, what, with));
                yield id + " " + server.port();
            }
            case "start-cluster" -> startCluster(id, started("The cluster", () -> DevCluster.start(config,
                    ClusterSettings.Reads.valueOf(arguments.get(1)), Integer.parseInt(arguments.getFirst()), clock)));
            default -> throw unknown(verb);
        };
    }

    /** Something that a test starts. */
    private interface Start<T> {
        T start() throws StartException;
    }

    private static <T> T started(String what, Start<T> start) {
        try {
            return start.start();
        } catch (StartException e) {
            throw new IllegalStateException(what + " did not start: " + e.getMessage(), e);
        }
    }

    private String startCluster(String id, DevCluster cluster) throws IOException {
        DevBalancer balancer;
        try {
            balancer = new DevBalancer(cluster.nodes());
        } catch (IOException e) {
            cluster.close();
            throw e;
        }
        running.put(id, () -> {
            balancer.close();
            cluster.close();
        });
        for (int i = 0; i < cluster.nodes().size(); i++) {
            String nodeId = id + "." + i;
            DevNode node = cluster.nodes().get(i);
            subjects.put(nodeId, (verb, arguments) -> ofNode(nodeId, node, verb, arguments));
        }
        subjects.put(id, (verb, arguments) -> ofCluster(id, cluster, balancer, verb, arguments));
        return id + " " + balancer.port() + cluster.nodes()
                .stream()
                .map(node -> " " + node.name() + ":" + node.port())
                .collect(Collectors.joining());
    }

    /**
     * The configuration of a server on a free port.
     *
     * @param secretKey empty where every client may do everything
     * @param settings the rest, in the format of a configuration file
     */
    private static ManiculeConfig config(String secretKey, String settings) {
        ManiculeConfig plain = ManiculeConfig.DEFAULT.withPort(0);
        try {
            return ConfigFile.parse(settings, secretKey.isEmpty()
                    ? plain
                    : plain.withKeysets(List.of(Keyset.of(KEY, KEY).guarded(new Secret(secretKey)))));
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private String ofServer(String id, DevServer server, String verb, List<String> arguments) throws IOException {
        return switch (verb) {
            case "clock-stand-at" -> done(() -> server.clock().standAt(Instant.parse(arguments.getFirst())));
            case "close" -> close(id);
            default -> ofSandbox(id, server, verb, arguments);
        };
    }

    private String ofCluster(String id, DevCluster cluster, DevBalancer balancer, String verb, List<String> arguments)
            throws IOException {
        return switch (verb) {
            case "move-clients" -> done(balancer::cut);
            case "close" -> close(id);
            default -> ofSandbox(id, cluster.nodes().getFirst(), verb, arguments);
        };
    }

    private String ofNode(String id, DevNode node, String verb, List<String> arguments)
            throws IOException {
        switch (verb) {
            case "is-running" -> {
                return String.valueOf(node.isRunning());
            }
            case "start" -> started("The node " + node.name(), () -> {
                node.start();
                return node;
            });
            case "stop" -> node.stop();
            case "cut-off" -> node.cutOff();
            case "join" -> node.join();
            case "slow-down" -> node.slowDown(Duration.parse(arguments.getFirst()));
            default -> {
                return ofSandbox(id, node, verb, arguments);
            }
        }
        return "";
    }

    private String ofSandbox(String id, Sandbox sandbox, String verb, List<String> arguments) throws IOException {
        switch (verb) {
            case "now" -> {
                return sandbox.now().toString();
            }
            case "is-standing" -> {
                return String.valueOf(sandbox.isStanding());
            }
            case "inject" -> {
                return inject(id, sandbox.faults().inject(fault(arguments)));
            }
            case "advance" -> sandbox.advance(Duration.parse(arguments.getFirst()));
            case "stand-at", "clock-stand-at" -> sandbox.standAt(Instant.parse(arguments.getFirst()));
            case "run" -> sandbox.runClock();
            case "clear-faults" -> sandbox.faults().clear();
            case "snapshot" -> sandbox.snapshot(arguments.getFirst());
            case "restore" -> sandbox.restore(arguments.getFirst());
            case "reset" -> sandbox.reset();
            default -> throw unknown(verb);
        }
        return "";
    }

    private static Fault fault(List<String> words) {
        return new Fault(Fault.Kind.valueOf(words.getFirst()), Integer.parseInt(words.get(1)),
                Duration.parse(words.get(2)), words.get(3), words.get(4), words.get(5), Integer.parseInt(words.get(6)));
    }

    private String inject(String sandbox, Faults.Injected fault) {
        String id = sandbox + "/" + lastId.incrementAndGet();
        subjects.put(id, (verb, arguments) -> switch (verb) {
            case "hits" -> String.valueOf(fault.hits());
            case "remove" -> done(fault::remove);
            default -> throw unknown(verb);
        });
        return id;
    }

    private static String done(Runnable work) {
        work.run();
        return "";
    }

    private static IllegalArgumentException unknown(String verb) {
        return new IllegalArgumentException("There is no command `" + verb
                + "` here: are manicule-testkit and manicule-server of the same version?");
    }

    private String close(String id) {
        AutoCloseable closed = running.remove(id);
        if (closed != null) {
            subjects.keySet()
                    .removeIf(each -> each.equals(id) || each.startsWith(id + ".") || each.startsWith(id + "/"));
            close(closed);
        }
        return "";
    }

    private static void close(AutoCloseable server) {
        try {
            server.close();
        } catch (Exception e) {
            throw new IllegalStateException("The server did not stop: " + e.getMessage(), e);
        }
    }

    /** Stops all servers and deletes their data. */
    @Override
    public void close() {
        List.copyOf(running.keySet()).forEach(this::close);
    }
}
