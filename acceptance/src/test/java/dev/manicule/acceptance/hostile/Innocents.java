package dev.manicule.acceptance.hostile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Clients that do nothing wrong. Each sends its requests at fixed times, whether or not the server keeps up, and each
 * latency counts from that time. Beside them, two listeners on each channel poll.
 */
final class Innocents {
    static final String KEYSET = "innocent";
    private static final int CHANNEL_COUNT = 5;
    /** The names of their channels, separated by commas. */
    static final String CHANNELS = IntStream.range(0, CHANNEL_COUNT)
            .mapToObj(i -> "innocent-" + i)
            .collect(Collectors.joining(","));
    private static final int LISTENERS = 2;
    private static final long INTERVAL_NANOS = 100_000_000;
    private static final int ATTEMPT_MILLIS = 10_000;
    private static final long LAST_WAIT_NANOS = 15_000_000_000L;
    private static final int MOST_FAILURES = 50;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final int port;
    private final boolean tls;
    private final int clients;
    /** For clients that the proxy in front of the server names; null for clients of the same address as the attack. */
    private final @Nullable String forwardedFor;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final Latencies requests = new Latencies();
    private final Latencies deliveries = new Latencies();
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    /** By channel, what was published with a 200. */
    private final Map<String, Set<String>> published = new ConcurrentHashMap<>();
    private final AtomicInteger ready = new AtomicInteger();
    /** What is due before then is still sent. */
    private volatile long stop = Long.MAX_VALUE;
    private volatile boolean closing;

    /**
     * Innocents that do nothing yet.
     *
     * @param rate requests a second, of all together
     */
    Innocents(int port, boolean tls, int rate, @Nullable String forwardedFor) {
        this.port = port;
        this.tls = tls;
        this.forwardedFor = forwardedFor;
        clients = (int) Math.max(1, rate * INTERVAL_NANOS / 1_000_000_000L);
    }

    Latencies requests() {
        return requests;
    }

    /** From the time at which a publish was due until a listener had the message. */
    Latencies deliveries() {
        return deliveries;
    }

    /** Requests that were refused, that failed, or whose answer was wrong. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Begins, and returns when every listener has its first cursor. */
    void start() throws InterruptedException {
        for (int i = 0; i < CHANNEL_COUNT * LISTENERS; i++) {
            Listener listener = new Listener("innocent-" + i % CHANNEL_COUNT, "listener" + i);
            listeners.add(listener);
            threads.add(Thread.ofPlatform().daemon().start(listener));
        }
        long patience = System.nanoTime() + LAST_WAIT_NANOS;
        while (ready.get() < listeners.size()) {
            if (System.nanoTime() > patience) {
                throw new AssertionError("the listeners have no cursor: " + failures);
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        long start = System.nanoTime() + INTERVAL_NANOS;
        for (int i = 0; i < clients; i++) {
            threads.add(Thread.ofPlatform().daemon().start(new Client(i, start + i * INTERVAL_NANOS / clients)));
        }
    }

    /** Has the clients end, waits until the listeners have everything, and tells what has been lost or came twice. */
    List<String> end() throws InterruptedException {
        stop = System.nanoTime();
        long patience = System.nanoTime() + LAST_WAIT_NANOS;
        for (Thread thread : threads.subList(listeners.size(), threads.size())) {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(patience - System.nanoTime())));
            if (thread.isAlive()) {
                failures.add("a client still waits for its answers");
            }
        }
        while (listeners.stream().anyMatch(Listener::isBehind) && System.nanoTime() < patience
                && failures.size() < MOST_FAILURES) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        closing = true;
        List<String> wrong = new ArrayList<>();
        for (Listener listener : listeners) {
            wrong.addAll(listener.wrong());
            listener.close();
        }
        return wrong;
    }

    /** What is missing in history, or stands there twice. */
    List<String> wrongInHistory() {
        List<String> wrong = new ArrayList<>();
        published.forEach((channel, expected) -> {
            List<String> stored = new ArrayList<>();
            try (Http1 http = connect()) {
                String start = "";
                JsonNode page;
                do {
                    page = json(http.get("/v3/history/sub-key/" + KEYSET + "/channel/" + channel + "?max=100" + start,
                            headers())).at("/channels").path(channel);
                    page.forEach(message -> stored.add(message.at("/message/n").asText()));
                    start = page.isEmpty() ? "" : "&start=" + page.get(0).get("timetoken").asText();
                } while (!page.isEmpty());
            } catch (IOException e) {
                wrong.add("history of " + channel + " can't be read: " + e);
                return;
            }
            Set<String> missing = new TreeSet<>(expected);
            stored.forEach(missing::remove);
            if (!missing.isEmpty()) {
                wrong.add("not in history of " + channel + ": " + missing.size() + " messages, " + missing);
            }
            if (stored.size() > Set.copyOf(stored).size()) {
                wrong.add("twice in history of " + channel);
            }
        });
        return wrong;
    }

    /** Whether a member that comes now is counted. */
    List<String> wrongInPresence() {
        String presence = "/v2/presence/sub-key/" + KEYSET + "/channel/innocent-0";
        try (Http1 http = connect()) {
            var _ = json(http.get(presence + "/heartbeat?uuid=newcomer", headers()));
            String here = http.get(presence, headers()).text();
            return here.contains("\"newcomer\"") ? List.of() : List.of("a member that comes is not there: " + here);
        } catch (IOException e) {
            return List.of("presence is not there: " + e);
        }
    }

    private static JsonNode json(Http1.Reply reply) throws IOException {
        if (reply.status() != 200) {
            throw new IOException(reply.status() + " " + reply.text());
        }
        return JSON.readTree(reply.body());
    }

    private String[] headers() {
        return forwardedFor == null ? new String[0] : new String[]{"X-Forwarded-For: " + forwardedFor};
    }

    private Http1 connect() throws IOException {
        Socket plain = new Socket();
        plain.setTcpNoDelay(true);
        plain.setSoTimeout(ATTEMPT_MILLIS);
        plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ATTEMPT_MILLIS);
        return new Http1(tls ? Target.secured(plain, port, "http/1.1") : plain);
    }

    /** Publishes, reads, acts, and says that it is there. */
    private final class Client implements Runnable {
        private final int number;
        private final String channel;
        private final String uuid;
        private final long start;
        private @Nullable Http1 http;
        private String last = "";

        Client(int number, long start) {
            this.number = number;
            this.start = start;
            channel = "innocent-" + number % CHANNEL_COUNT;
            uuid = "client" + number;
        }

        @Override
        public void run() {
            long due = start;
            for (int turn = 0; due < stop && failures.size() < MOST_FAILURES; turn++) {
                try {
                    long early = due - System.nanoTime();
                    if (early > 0) {
                        TimeUnit.NANOSECONDS.sleep(early);
                    }
                    if (http == null) {
                        http = connect();
                    }
                    turn(http, turn, due);
                } catch (IOException | AssertionError e) {
                    failures.add(kind(turn) + " of " + uuid + ": " + e);
                    close();
                } catch (InterruptedException e) {
                    return;
                }
                requests.add(due, System.nanoTime() - due);
                due += INTERVAL_NANOS;
            }
            close();
        }

        private void close() {
            if (http != null) {
                try {
                    http.close();
                } catch (IOException e) {
                    // closed
                }
                http = null;
            }
        }

        private String kind(int turn) {
            return List.of("publish", "history", "publish", "add", "publish", "actions", "publish", "history",
                    "heartbeat", "here-now").get(Math.floorMod(turn, 10));
        }

        private void turn(Http1 server, int turn, long due) throws IOException {
            String actions = "/v1/message-actions/" + KEYSET + "/channel/" + channel;
            String presence = "/v2/presence/sub-key/" + KEYSET + "/channel/" + channel;
            switch (kind(turn)) {
                case "publish" -> {
                    String name = number + "-" + turn;
                    JsonNode sent = json(server.post(
                            "/publish/" + KEYSET + "/" + KEYSET + "/0/" + channel + "/0?uuid=" + uuid,
                            "{\"n\":\"" + name + "\",\"due\":" + due + "}", headers()));
                    last = sent.get(2).asText();
                    published.computeIfAbsent(channel, absent -> ConcurrentHashMap.newKeySet()).add(name);
                }
                case "history" -> {
                    JsonNode page = json(server.get("/v3/history/sub-key/" + KEYSET + "/channel/" + channel + "?max=25",
                            headers())).at("/channels").path(channel);
                    check(last.isEmpty() || page.size() > 0, "no history");
                }
                case "add" -> {
                    JsonNode added = json(server.post(actions + "/message/" + last + "?uuid=" + uuid,
                            "{\"type\":\"reaction\",\"value\":\"v" + turn + "\"}", headers()));
                    check(added.at("/data/messageTimetoken").asText().equals(last), "another action");
                }
                case "actions" -> {
                    JsonNode page = json(server.get(actions + "?limit=25", headers()));
                    check(page.at("/data").size() > 0, "no actions");
                }
                case "heartbeat" -> {
                    var _ = json(server.get(presence + "/heartbeat?heartbeat=300&uuid=" + uuid, headers()));
                }
                default -> {
                    JsonNode here = json(server.get(presence, headers()));
                    boolean found = false;
                    for (JsonNode each : here.path("uuids")) {
                        found |= each.asText().equals(uuid);
                    }
                    check(found, "not here");
                }
            }
        }

        private static void check(boolean holds, String otherwise) {
            if (!holds) {
                throw new AssertionError(otherwise);
            }
        }
    }

    /** Listens to a channel by long polls. */
    private final class Listener implements Runnable {
        private final String channel;
        private final String uuid;
        private final Map<String, Integer> received = new ConcurrentHashMap<>();
        private volatile @Nullable Http1 http;

        Listener(String channel, String uuid) {
            this.channel = channel;
            this.uuid = uuid;
        }

        @Override
        public void run() {
            String cursor = "0";
            while (!closing && failures.size() < MOST_FAILURES) {
                try {
                    Http1 server = http == null ? connect() : present(http);
                    http = server;
                    JsonNode answer = json(server.get(
                            "/v2/subscribe/" + KEYSET + "/" + channel + "/0?uuid=" + uuid + "&tt=" + cursor,
                            headers()));
                    long now = System.nanoTime();
                    for (JsonNode envelope : answer.get("m")) {
                        JsonNode data = envelope.get("d");
                        if (data.has("n")) {
                            var _ = received.merge(data.get("n").asText(), 1, Integer::sum);
                            deliveries.add(data.get("due").asLong(), now - data.get("due").asLong());
                        }
                    }
                    if (cursor.equals("0")) {
                        ready.incrementAndGet();
                    }
                    cursor = answer.at("/t/t").asText();
                } catch (SocketTimeoutException e) {
                    close(); // a poll may wait for longer when nothing is published; it comes back with its cursor
                } catch (IOException e) {
                    if (!closing) {
                        failures.add("poll of " + uuid + ": " + e);
                    }
                    close();
                }
            }
        }

        private Http1 present(@Nullable Http1 connection) throws IOException {
            if (connection == null) {
                throw new IOException("closed");
            }
            return connection;
        }

        void close() {
            Http1 open = http;
            http = null;
            if (open != null) {
                try {
                    open.close();
                } catch (IOException e) {
                    // closed
                }
            }
        }

        private Set<String> missing() {
            Set<String> missing = new TreeSet<>(published.getOrDefault(channel, Set.of()));
            missing.removeAll(received.keySet());
            return missing;
        }

        boolean isBehind() {
            return !missing().isEmpty();
        }

        List<String> wrong() {
            List<String> wrong = new ArrayList<>();
            Set<String> missing = missing();
            if (!missing.isEmpty()) {
                wrong.add(uuid + " was not sent " + missing.size() + " messages, such as " + missing.iterator().next());
            }
            Map<String, Integer> twice = new TreeMap<>(received);
            twice.values().removeIf(times -> times == 1);
            if (!twice.isEmpty()) {
                wrong.add(uuid + " was sent more than once " + twice);
            }
            return wrong;
        }
    }
}
