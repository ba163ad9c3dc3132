package dev.manicule.bench.sizing;

import dev.manicule.bench.peer.Machine;
import dev.manicule.client.ClientConfig;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.Permission;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The memory that a parked subscriber takes, by the kind of its connection. */
final class HeldSubscribers {
    static final String SECRET = "9f1c0b6de4f24a7c8b35d0a1e6723f48";
    static final String KEYSET = """
            keysets:
              - {subscribeKey: demo, publishKey: demo, secretKey: %s, accessManager: true}
            """.formatted(SECRET);
    private static final int MANY_CHANNELS = 50;
    private static final int SEED = 9;
    private static final String EVENTS = "Accept: text/event-stream\r\n";
    private static final String WEBSOCKET = "Connection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    private final Machine machine;
    private final SizingRun run;
    private final Consumer<String> progress;
    private final SampleText text = new SampleText(SEED);

    HeldSubscribers(Machine machine, SizingRun run, Consumer<String> progress) {
        this.machine = machine;
        this.run = run;
        this.progress = progress;
    }

    /** A kind of subscriber. */
    private record Kind(String name, boolean tls, boolean tokens, IntFunction<String> request) {
        /** The same for kinds that one server can serve. */
        List<Boolean> server() {
            return List.of(tls, tokens);
        }
    }

    private static String poll(String channels, String parameters) {
        return Http.get("/v2/subscribe/demo/" + channels + "/0?tt=1&uuid=" + parameters, "");
    }

    private List<Kind> kinds() {
        IntFunction<String> poll = number -> poll(text.channel(number), uuid());
        IntFunction<String> events = number -> Http.get(stream(number), EVENTS);
        IntFunction<String> webSocket = number -> Http.get(stream(number), WEBSOCKET);
        return List.of(new Kind("long poll", false, false, poll),
                new Kind("long poll of %d channels".formatted(MANY_CHANNELS), false, false,
                        number -> poll(IntStream.range(number, number + MANY_CHANNELS)
                                .mapToObj(text::channel)
                                .collect(Collectors.joining(",")), uuid())),
                new Kind("long poll with a token of its own", false, true, poll),
                new Kind("server-sent events", false, false, events),
                new Kind("WebSocket", false, false, webSocket),
                new Kind("long poll, TLS", true, false, poll),
                new Kind("server-sent events, TLS", true, false, events),
                new Kind("WebSocket, TLS", true, false, webSocket));
    }

    private String stream(int number) {
        return "/v2/stream/demo/" + text.channel(number) + "?uuid=" + uuid();
    }

    private String uuid() {
        return text.hex(8) + '-' + text.hex(4) + '-' + text.hex(4) + '-' + text.hex(4) + '-' + text.hex(12);
    }

    /** Measures all of them. */
    List<SizingTable> tables() throws IOException, InterruptedException {
        Collection<List<Kind>> servers = run.sharesServers()
                ? kinds().stream()
                        .collect(Collectors.groupingBy(Kind::server, LinkedHashMap::new, Collectors.toList()))
                        .values()
                : kinds().stream().map(List::of).toList();
        List<List<String>> rows = new ArrayList<>();
        for (List<Kind> kinds : servers) {
            measure(kinds, rows);
        }
        return List.of(new SizingTable("Memory, in bytes for each parked subscriber of one channel:",
                List.of("subscriber", "how many", "heap", "outside the heap", "kernel"), rows));
    }

    private void measure(List<Kind> kinds, List<List<String>> rows) throws IOException, InterruptedException {
        Kind first = kinds.getFirst();
        try (MeasuredServer server = MeasuredServer.start(machine, run, first.tls(), first.tokens() ? KEYSET : "");
                ManiculeClient admin = admin(server)) {
            for (Kind kind : kinds) {
                progress.accept("%,d times: %s".formatted(run.connections(), kind.name()));
                measure(kind, server, kind.tokens() ? withTokens(admin) : kind.request(), rows);
            }
        }
    }

    private void measure(Kind kind, MeasuredServer server, IntFunction<String> request, List<List<String>> rows)
            throws IOException, InterruptedException {
        int most = run.connections();
        try (OpenRequests warm = new OpenRequests(server)) { // buffers and code that do not depend on the number
            warm.open(Math.min(most / 10, 100), request);
        }
        awaitAlone(server);
        ProcessSize before = server.size();
        try (OpenRequests connections = new OpenRequests(server)) {
            for (int count : run.steps(most)) {
                connections.open(count, request);
                ProcessSize after = server.size();
                rows.add(List.of(kind.name(), "%,d".formatted(count),
                        SizingTable.number((double) (after.heap() - before.heap()) / count),
                        SizingTable.number((double) (after.outside() - before.outside()) / count),
                        SizingTable.number((after.kernel() - before.kernel()) / 2.0 / count)));
            }
        }
    }

    static ManiculeClient admin(MeasuredServer server) {
        return ManiculeClient.of(ClientConfig.forUser("admin")
                .origin("127.0.0.1:" + server.port())
                .subscribeKey("demo")
                .publishKey("demo")
                .secretKey(SECRET)
                .build());
    }

    private IntFunction<String> withTokens(ManiculeClient admin) {
        return number -> {
            String channel = text.channel(number);
            String uuid = uuid();
            String token = admin.grantToken(60)
                    .channel(channel, Permission.READ, Permission.WRITE)
                    .authorizedUuid(uuid)
                    .sync()
                    .orThrow()
                    .token();
            return poll(channel, uuid + "&auth=" + token);
        };
    }

    private static void awaitAlone(MeasuredServer server) throws IOException, InterruptedException {
        for (int attempt = 0; server.metric("manicule_polls_parked") > 0; attempt++) {
            if (attempt > 600) {
                throw new IOException("polls of closed connections stay parked");
            }
            Thread.sleep(100);
        }
    }
}
