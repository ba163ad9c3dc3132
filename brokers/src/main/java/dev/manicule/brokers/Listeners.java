package dev.manicule.brokers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Where brokers listen, and what they say where that is. Anybody without a door, and the tests themselves, take a listener {@code PLAINTEXT}.
 *
 * <p>With doors, there is a listener more for each client, whose address is that of a gate. Between brokers there are gates too, one for
 * each pair and direction: a broker is known to the others by a name, which each looks up in a file of its own
 * ({@code jdk.net.hosts.file}). There it finds an address of loopback that only it uses, with the port that the broker has on 127.0.0.1.
 */
final class Listeners {
    static final String HOST = "127.0.0.1";
    private static final String CLIENTS = "PLAINTEXT";
    private static final String CONTROLLERS = "CONTROLLER";
    private static final String BROKERS = "BROKERS";

    private final int count;
    private final List<String> clients;
    /** Of each broker, by the name of a listener. */
    private final List<Map<String, Integer>> ports;
    /** Of each client, the port of its gate to each broker. */
    private final List<List<Integer>> gates;

    /** Finds ports for them. */
    Listeners(int count, List<String> clients) throws IOException {
        this.count = count;
        this.clients = List.copyOf(clients);
        List<String> names = new ArrayList<>(List.of(CLIENTS, CONTROLLERS));
        if (hasDoors()) {
            names.add(BROKERS);
            IntStream.range(0, clients.size()).forEach(client -> names.add(door(client)));
        }
        List<Integer> free = new ArrayList<>(Ports.free(count * (names.size() + clients.size())));
        ports = IntStream.range(0, count)
                .mapToObj(broker -> names.stream()
                        .collect(Collectors.toMap(name -> name, name -> free.removeLast(), (one, other) -> one,
                                LinkedHashMap<String, Integer>::new)))
                .map(Map::copyOf)
                .toList();
        gates = clients.stream()
                .map(client -> IntStream.range(0, count).mapToObj(broker -> free.removeLast()).toList())
                .toList();
    }

    private static String door(int client) {
        return "DOOR" + client;
    }

    private boolean hasDoors() {
        return !clients.isEmpty();
    }

    private static String name(int broker) {
        return "broker-" + broker;
    }

    /** Where a broker takes those who have no door. */
    int port(int broker) {
        return port(broker, CLIENTS);
    }

    private int port(int broker, String listener) {
        Integer port = ports.get(broker).get(listener);
        if (port == null) {
            throw new IllegalArgumentException("no listener " + listener);
        }
        return port;
    }

    /** A broker's settings about all this. */
    Map<String, String> settings(int broker) {
        Map<String, Integer> own = ports.get(broker);
        String host = hasDoors() ? name(broker) : HOST;
        return Map.of("listeners", addresses(own, HOST),
                "advertised.listeners",
                own.keySet()
                        .stream()
                        .map(listener -> advertised(broker, listener, host))
                        .collect(
                                Collectors.joining(",")),
                "listener.security.protocol.map",
                own.keySet().stream().map(listener -> listener + ":PLAINTEXT").collect(Collectors.joining(",")),
                "inter.broker.listener.name", hasDoors() ? BROKERS : CLIENTS,
                "controller.listener.names", CONTROLLERS,
                "controller.quorum.voters",
                IntStream.range(0, count)
                        .mapToObj(id -> "%d@%s:%d".formatted(id, hasDoors() ? name(id) : HOST, port(id, CONTROLLERS)))
                        .collect(Collectors.joining(",")));
    }

    private static String addresses(Map<String, Integer> own, String host) {
        return own.entrySet()
                .stream()
                .map(each -> "%s://%s:%d".formatted(each.getKey(), host, each.getValue()))
                .collect(Collectors.joining(","));
    }

    private String advertised(int broker, String listener, String nameOrHost) {
        int port = port(broker, listener);
        for (int client = 0; client < clients.size(); client++) {
            if (listener.equals(door(client))) {
                return "%s://%s:%d".formatted(listener, HOST, gates.get(client).get(broker));
            }
        }
        return "%s://%s:%d".formatted(listener, listener.equals(CLIENTS) ? HOST : nameOrHost, port);
    }

    /** The options of a broker's virtual machine; what they need is put into its folder. */
    List<String> options(int broker, Path folder) throws IOException {
        if (!hasDoors()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>(List.of(HOST + " localhost " + InetAddress.getLocalHost().getHostName()));
        for (int other = 0; other < count; other++) {
            lines.add((other == broker ? HOST : address(broker, other)) + " " + name(other));
        }
        return List.of("-Djdk.net.hosts.file=" + Files.write(folder.resolve("hosts"), lines));
    }

    /** Where one broker finds another. */
    private static String address(int from, int to) {
        return "127.1.%d.%d".formatted(from + 1, to + 1);
    }

    /** Opens the gates of a client, one to each broker. */
    List<Gate> gatesOf(int client) throws IOException {
        List<Gate> made = new ArrayList<>();
        for (int broker = 0; broker < count; broker++) {
            made.add(gate(HOST, gates.get(client).get(broker), port(broker, door(client))));
        }
        return made;
    }

    /** Opens the gates through which one broker finds another, none without doors. */
    List<Gate> gatesBetween(int from, int to) throws IOException {
        return hasDoors()
                ? List.of(gate(address(from, to), port(to, BROKERS), port(to, BROKERS)),
                        gate(address(from, to), port(to, CONTROLLERS), port(to, CONTROLLERS)))
                : List.of();
    }

    private static Gate gate(String host, int near, int far) throws IOException {
        return new Gate(new InetSocketAddress(InetAddress.ofLiteral(host), near),
                new InetSocketAddress(InetAddress.ofLiteral(HOST), far));
    }

    /** Where a client finds the brokers. */
    String bootstrapServers(int client) {
        return gates.get(client).stream().map(port -> HOST + ":" + port).collect(Collectors.joining(","));
    }
}
