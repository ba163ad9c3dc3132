package dev.manicule.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Counts that clients keep of the actions in a cluster: by a summary of any node, and by the events that come after its
 * {@code asOf} from any other one. They are exact at each event, whatever the writers of all nodes do at the same time,
 * whichever polls are cut off, and while a node dies. {@code -Dcounts.rounds=20} does it at length, {@code -Dcounts.seed=1}
 * has its clients choose from the seed that a run has printed.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class ActionCountsOfAClusterTest {
    private static final int ROUNDS = Integer.getInteger("counts.rounds", 1);
    private static final long SEED = Long.getLong("counts.seed", System.nanoTime());
    private static final int NODES = 3;
    private static final int WRITERS = 4;
    private static final int READERS = 6;
    private static final int CHANGES = 120;
    private static final int MESSAGES = 3;
    private static final List<String> USERS = List.of("ann", "bob", "cem", "dan");
    private static final List<String> VALUES = List.of("wave", "heart", "smile");
    private static final String LAST = "last";
    /** A user has one value of a status: another one replaces it, with two events. */
    private static final String CONFIGURATION = """
            keysets:
              - subscribeKey: demo
                publishKey: demo
                accessManager: false
                actions:
                  - type: status
                    rule: one
            """;
    private static Cluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.start(1, NODES, CONFIGURATION);
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
    }

    /** Type and value of actions on a message. */
    private record Kind(long message, String type, String value) implements Comparable<Kind> {
        static Kind of(JsonNode action) {
            return new Kind(action.get("messageTimetoken").asLong(), action.get("type").asText(),
                    action.get("value").asText());
        }

        @Override
        public int compareTo(Kind other) {
            return toString().compareTo(other.toString());
        }
    }

    /** How many actions there are of each kind, and those of one user. */
    private record Counts(Map<Kind, Long> all, Map<Kind, Long> mine) {
        static Counts none() {
            return new Counts(new TreeMap<>(), new TreeMap<>());
        }

        /** Adds or removes an action; gives the count of its kind. */
        long apply(Kind kind, long actionTimetoken, boolean isAdded, boolean isMine) {
            long count = all.getOrDefault(kind, 0L) + (isAdded ? 1 : -1);
            put(all, kind, count);
            if (isMine) {
                put(mine, kind, isAdded ? actionTimetoken : 0);
            }
            return count;
        }

        private static void put(Map<Kind, Long> map, Kind kind, long number) {
            map.put(kind, number);
            boolean _ = map.values().remove(0L);
        }

        void add(Counts other) {
            all.putAll(other.all);
            mine.putAll(other.mine);
        }
    }

    /** The summary of a message. */
    private record Summary(long asOf, Counts counts) {
        static Summary of(long message, JsonNode json) {
            Counts counts = Counts.none();
            assertThat(json.has("more")).isFalse();
            json.get("actions").properties().forEach(type -> type.getValue().properties().forEach(value -> {
                Kind kind = new Kind(message, type.getKey(), value.getKey());
                counts.all.put(kind, value.getValue().get("count").asLong());
                if (value.getValue().has("mine")) {
                    counts.mine.put(kind, value.getValue().get("mine").asLong());
                }
            }));
            return new Summary(json.get("asOf").asLong(), counts);
        }
    }

    /** A message as a reader knows it. */
    private static final class View {
        private Summary summary;
        private final boolean isLocal;
        private long seen;
        /** Summaries to compare with, as soon as all events that they count have come. */
        private final Deque<Summary> others = new ArrayDeque<>();

        View(Summary summary, boolean isLocal) {
            this.summary = summary;
            this.isLocal = isLocal;
            seen = summary.asOf;
        }

        /** No node gives a summary from before an event or a summary that any node has given; local reads may. */
        private boolean isNoOlder(Summary newer) {
            long before = others.isEmpty() ? seen : Math.max(seen, others.getLast().asOf);
            assertThat(isLocal || newer.asOf >= before).as("a summary as of %d after %d", newer.asOf, before).isTrue();
            return newer.asOf >= before;
        }

        void compareLater(Summary other) {
            if (isNoOlder(other)) {
                others.add(other);
            }
        }

        void replace(Summary newer) {
            if (isNoOlder(newer)) {
                boolean _ = others.removeIf(other -> other.asOf < newer.asOf);
                summary = newer;
                seen = newer.asOf;
            }
        }

        /** The reader has had all events before a timetoken, and none from there on; gives how many summaries fit. */
        int compareBefore(long timetoken) {
            int compared = 0;
            for (; !others.isEmpty() && others.getFirst().asOf < timetoken; compared++) {
                Summary other = others.removeFirst();
                assertThat(summary.counts).as("counts as of " + other.asOf).isEqualTo(other.counts);
            }
            return compared;
        }

        /** Takes an event, unless the summary counts it; gives whether it did. */
        boolean apply(JsonNode event, long timetoken, String reader) {
            if (timetoken <= summary.asOf) {
                return false;
            }
            JsonNode data = event.at("/d/data");
            long count = summary.counts.apply(Kind.of(data), data.get("actionTimetoken").asLong(), isAdded(event),
                    reader.equals(event.get("i").asText()));
            assertThat(event.at("/d/count").asLong()).as("count after " + event).isEqualTo(count);
            seen = timetoken;
            return true;
        }
    }

    private static boolean isAdded(JsonNode event) {
        return event.at("/d/event").asText().equals("added");
    }

    private static long timetoken(JsonNode event) {
        return event.at("/p/t").asLong();
    }

    private static boolean isOfAction(JsonNode event) {
        return event.path("e").asInt() == 3;
    }

    /** Messages of a channel, and what their clients have to know of each other. */
    private static final class Room {
        final Cluster cluster;
        final boolean isLocal;
        final String channel;
        final long begin;
        final List<Long> messages;
        final CountDownLatch isWellUnderWay = new CountDownLatch(WRITERS * CHANGES / 4);
        final AtomicBoolean isStruck = new AtomicBoolean();
        final AtomicBoolean isEnding = new AtomicBoolean();
        final AtomicInteger changes = new AtomicInteger();
        final Set<Way> ways = ConcurrentHashMap.newKeySet();

        Room(Cluster cluster, boolean isLocal, String channel, MovingWire nodes) {
            this.cluster = cluster;
            this.isLocal = isLocal;
            this.channel = channel;
            begin = publish(nodes, "begin");
            messages = IntStream.range(0, MESSAGES).mapToObj(i -> publish(nodes, "message " + i)).toList();
        }

        long publish(MovingWire nodes, String text) {
            Wire.Answer answer = nodes.send("POST", "/publish/demo/demo/0/" + channel + "/0?uuid=zoe",
                    '"' + text + '"', "Idempotency-Key: " + channel + " " + text);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            return answer.json().get(2).asLong();
        }

        String actions() {
            return "/v1/message-actions/demo/channel/" + channel;
        }

        String summaries(String reader) {
            return actions() + "/summary?uuid=" + reader + "&messages="
                    + messages.stream().map(String::valueOf).collect(Collectors.joining(","));
        }

        Map<Long, Summary> summaries(Wire.Answer answer) {
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            Map<Long, Summary> summaries = new TreeMap<>();
            messages.forEach(message -> summaries.put(message,
                    Summary.of(message, answer.json().at("/data/" + message))));
            return summaries;
        }

        String poll(long cursor) {
            return "/v2/subscribe/demo/" + channel + "/0?uuid=zoe&tt=" + cursor;
        }
    }

    private static Counts sum(Collection<Counts> ofMessages) {
        Counts sum = Counts.none();
        ofMessages.forEach(sum::add);
        return sum;
    }

    /** A client that keeps counts. */
    private static final class Reader {
        final String uuid;
        private final Room room;
        private final Random random;
        private final MovingWire nodes;
        private final Map<Long, View> views = new TreeMap<>();
        private long cursor;
        private boolean isOver;
        private int applied;
        private int dropped;
        private int compared;

        Reader(Room room, Random random, String uuid) {
            this.room = room;
            this.random = random;
            this.uuid = uuid;
            nodes = new MovingWire(room.cluster.ports(), random);
        }

        Reader run() {
            begin();
            while (!isOver) {
                switch (random.nextInt(12)) {
                    case 0 -> begin();
                    case 1 -> summaries().forEach((message, summary) -> view(message).replace(summary));
                    case 2, 3 -> summaries().forEach((message, summary) -> view(message).compareLater(summary));
                    case 4, 5 -> nodes.hangUp(room.poll(cursor));
                    default -> {}
                }
                poll();
            }
            return this;
        }

        private Map<Long, Summary> summaries() {
            return room.summaries(nodes.get(room.summaries(uuid)));
        }

        private View view(long message) {
            return Objects.requireNonNull(views.get(message));
        }

        /** Forgets everything: a subscription and then a summary, or a summary and the events after it, or all events. */
        private void begin() {
            boolean isSubscribedFirst = !room.isLocal && random.nextBoolean();
            long present = isSubscribedFirst ? events(0).at("/t/t").asLong() : 0;
            views.clear();
            summaries().forEach((message, summary) -> views.put(message, new View(summary, room.isLocal)));
            if (!isSubscribedFirst) {
                present = views.values().stream().mapToLong(view -> view.summary.asOf).min().orElseThrow();
            }
            // from a cursor behind the last message no poll would return
            cursor = room.isEnding.get() || random.nextInt(3) == 0 ? room.begin : present;
        }

        private JsonNode events(long after) {
            Wire.Answer answer = nodes.get(room.poll(after));
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            return answer.json();
        }

        private void poll() {
            JsonNode page = events(cursor);
            page.get("m").forEach(this::receive);
            cursor = page.at("/t/t").asLong();
            compareBefore(isOver ? Long.MAX_VALUE : cursor + 1);
        }

        private void receive(JsonNode event) {
            long timetoken = timetoken(event);
            compareBefore(timetoken);
            if (isOfAction(event)) {
                boolean isNews = view(event.at("/d/data/messageTimetoken").asLong()).apply(event, timetoken, uuid);
                applied += isNews ? 1 : 0;
                dropped += isNews ? 0 : 1;
            }
            isOver |= event.get("d").asText().equals(LAST);
        }

        private void compareBefore(long timetoken) {
            views.values().forEach(view -> compared += view.compareBefore(timetoken));
        }

        Counts counts() {
            return sum(views.values().stream().map(view -> view.summary.counts).toList());
        }
    }

    /** What a change does. */
    private enum Way {
        ADD, EXPIRE, TOGGLE, REMOVE, SET, CLEAR, BATCH
    }

    /** A client that changes actions. */
    private static final class Writer {
        private final Room room;
        private final Random random;
        private final MovingWire nodes;

        Writer(Room room, Random random) {
            this.room = room;
            this.random = random;
            nodes = new MovingWire(room.cluster.ports(), random);
        }

        /** Makes so many changes, and more until the fault is over. */
        Writer run() {
            for (int change = 0; change < CHANGES || !room.isStruck.get(); change++) {
                change(any(List.of(Way.values())), any(USERS));
                room.isWellUnderWay.countDown();
            }
            return this;
        }

        private <T> T any(List<T> list) {
            return list.get(random.nextInt(list.size()));
        }

        private String time() {
            return random.nextInt(4) == 0 ? ",\"ttlSeconds\":1" : "";
        }

        private static String action(String type, String value, String time) {
            return "\"type\":\"" + type + "\",\"value\":\"" + value + '"' + time;
        }

        private void change(Way way, String user) {
            String of = "?uuid=" + user;
            String type = any(List.of("reaction", "tag", "status"));
            String value = any(VALUES);
            String message = room.actions() + "/message/" + any(room.messages);
            switch (way) {
                case ADD -> send(way, "POST", message + of, "{" + action(type, value, "") + "}");
                case EXPIRE -> send(way, "POST", message + of, "{" + action(type, value, ",\"ttlSeconds\":1") + "}");
                case TOGGLE -> send(way, "POST", message + of + "&toggle=true",
                        "{" + action(type, value, time()) + "}");
                case REMOVE -> send(way, "DELETE", message + of + "&type=" + type + "&value=" + value, null);
                case SET -> send(way, "PUT", message + "/actions" + of + "&type=tag",
                        VALUES.stream()
                                .filter(each -> random.nextBoolean())
                                .map(each -> '"' + each + '"')
                                .collect(Collectors.joining(",", "{\"values\":[", "]" + time() + "}")));
                case CLEAR -> send(way, "DELETE", message + "/actions" + of + "&type=" + type, null);
                case BATCH -> send(way, "POST", room.actions() + "/batch" + of,
                        IntStream.range(0, 1 + random.nextInt(4))
                                .mapToObj(i -> changeOfABatch())
                                .collect(Collectors.joining(",",
                                        "{\"atomic\":" + random.nextBoolean() + ",\"changes\":[", "]}")));
            }
        }

        private String changeOfABatch() {
            String change = any(List.of("add", "remove", "toggle"));
            return "{\"change\":\"" + change + "\",\"messageTimetoken\":\"" + any(room.messages) + "\","
                    + action(any(List.of("reaction", "status")), any(VALUES), change.equals("remove") ? "" : time())
                    + "}";
        }

        private void send(Way way, String method, String path, @Nullable String body) {
            Wire.Answer answer = nodes.send(method, path, body,
                    "Idempotency-Key: " + room.channel + " " + room.changes.incrementAndGet());
            assertThat(answer.status()).as(answer.body()).isIn(200, 400, 409);
            if (answer.status() == 200) {
                boolean _ = room.ways.add(way);
            }
        }
    }

    /** All events of a room, from its begin on: the actions that they leave. */
    private static final class Replay {
        private final Room room;
        private final MovingWire nodes;
        private final Map<Long, JsonNode> actions = new TreeMap<>();
        private final Map<Kind, Long> counts = new TreeMap<>();
        private long cursor;
        private int events;
        private int expired;

        Replay(Room room, MovingWire nodes) {
            this.room = room;
            this.nodes = nodes;
            cursor = room.begin;
        }

        void readUpTo(long timetoken) {
            while (cursor < timetoken) {
                read();
            }
        }

        void read() {
            Wire.Answer answer = nodes.get(room.poll(cursor));
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            answer.json().get("m").forEach(this::receive);
            cursor = answer.json().at("/t/t").asLong();
        }

        private void receive(JsonNode event) {
            assertThat(timetoken(event)).isGreaterThan(cursor);
            cursor = timetoken(event);
            if (isOfAction(event)) {
                JsonNode data = event.at("/d/data");
                long action = data.get("actionTimetoken").asLong();
                JsonNode before = isAdded(event) ? actions.put(action, event) : actions.remove(action);
                assertThat(before == null).as("added: " + event).isEqualTo(isAdded(event));
                long count = counts.merge(Kind.of(data), isAdded(event) ? 1L : -1L, Long::sum);
                assertThat(event.at("/d/count").asLong()).as("count after " + event).isEqualTo(count);
                events++;
                expired += event.at("/d/expired").asBoolean() ? 1 : 0;
            }
        }

        boolean hasExpiring() {
            return actions.values().stream().anyMatch(event -> event.at("/d/data").has("expires"));
        }

        List<String> actions() {
            return actions.values().stream().map(event -> line(event.at("/d/data"), event.get("i"))).toList();
        }

        Counts counts(String reader) {
            Counts found = Counts.none();
            actions.forEach((timetoken, event) -> {
                long _ = found.apply(Kind.of(event.at("/d/data")), timetoken, true,
                        reader.equals(event.get("i").asText()));
            });
            return found;
        }

        static String line(JsonNode action, JsonNode uuid) {
            return action.get("actionTimetoken").asText() + " " + Kind.of(action) + " " + uuid.asText();
        }
    }

    @Test
    void countsOfReadersAreThoseOfEachNode() throws Exception {
        rounds(cluster, false, "moving", (all, random) -> {});
    }

    @Test
    void countsOfReadersAreThoseOfEachNodeWhenOneIsKilled() throws Exception {
        rounds(cluster, false, "killed", new ClusterFault.KillNode());
    }

    /** A summary may then be older than the cursor of another node: readers subscribe from its {@code asOf}. */
    @Test
    void countsFromASummaryOnAreExactWithLocalReads() throws Exception {
        try (Cluster local = Cluster.start(1, 2, "  reads: local\n" + CONFIGURATION)) {
            rounds(local, true, "local", (all, random) -> {});
        }
    }

    private static void rounds(Cluster cluster, boolean isLocal, String name, ClusterFault fault) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String channel = "counts-" + name + "-" + round;
            long seed = SEED + round;
            System.out.printf("Counts of a cluster: %s, -Dcounts.seed=%d%n", channel, seed);
            cluster.awaitWrites();
            Random random = new Random(seed);
            MovingWire nodes = new MovingWire(cluster.ports(), new Random(random.nextLong()));
            try {
                round(new Room(cluster, isLocal, channel, nodes), nodes, random, fault);
            } catch (Exception | AssertionError e) {
                throw new AssertionError(channel + ", -Dcounts.seed=" + seed + ": " + e + cluster.words(), e);
            }
        }
    }

    private static void round(Room room, MovingWire nodes, Random random, ClusterFault fault) throws Exception {
        long start = System.nanoTime();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                List<Future<Reader>> readers = new ArrayList<>();
                for (int i = 0; i < READERS; i++) {
                    Reader reader = new Reader(room, new Random(random.nextLong()), USERS.get(i % USERS.size()));
                    readers.add(clients.submit(reader::run));
                }
                List<Future<Writer>> writers = new ArrayList<>();
                for (int i = 0; i < WRITERS; i++) {
                    Writer writer = new Writer(room, new Random(random.nextLong()));
                    writers.add(clients.submit(writer::run));
                }
                assertThat(room.isWellUnderWay.await(1, TimeUnit.MINUTES)).as("some changes are done").isTrue();
                fault.strike(room.cluster, random);
                room.isStruck.set(true);
                for (Future<Writer> writer : writers) {
                    Writer _ = writer.get();
                }
                Replay replay = new Replay(room, nodes);
                replay.readUpTo(room.publish(nodes, "written"));
                while (replay.hasExpiring()) {
                    replay.read();
                }
                room.isEnding.set(true);
                long last = room.publish(nodes, LAST);
                replay.readUpTo(last);
                for (int node = 0; room.isLocal && node < room.cluster.size(); node++) {
                    JsonNode page = room.cluster.wire(node).get(room.poll(last - 1)).json(); // when it has all before
                    assertThat(page.at("/m/0/d").asText()).isEqualTo(LAST);
                }
                compare(room, replay, readers);
            } finally {
                List<Runnable> _ = clients.shutdownNow(); // what is left of a round that has failed
            }
        }
        System.out.printf(" in %.1f s%n", (System.nanoTime() - start) / 1e9);
    }

    private static void compare(Room room, Replay replay, List<Future<Reader>> readers) throws Exception {
        int applied = 0;
        int dropped = 0;
        int compared = 0;
        for (Future<Reader> future : readers) {
            Reader reader = future.get();
            Counts counts = reader.counts();
            assertThat(counts).as("counts of a reader").isEqualTo(replay.counts(reader.uuid));
            for (int node = 0; node < room.cluster.size(); node++) {
                Map<Long, Summary> summaries = room.summaries(room.cluster.wire(node).get(room.summaries(reader.uuid)));
                assertThat(sum(summaries.values().stream().map(Summary::counts).toList())).as("node " + node)
                        .isEqualTo(counts);
            }
            applied += reader.applied;
            dropped += reader.dropped;
            compared += reader.compared;
        }
        for (int node = 0; node < room.cluster.size(); node++) {
            List<String> actions = new ArrayList<>();
            room.cluster.wire(node)
                    .get(room.actions() + "?limit=1000")
                    .json()
                    .get("data")
                    .forEach(action -> actions.add(Replay.line(action, action.get("uuid"))));
            assertThat(actions).as("node " + node).isEqualTo(replay.actions());
        }
        assertThat(room.ways).containsExactlyInAnyOrder(Way.values());
        assertThat(List.of(applied, dropped, compared, replay.expired)).doesNotContain(0);
        System.out.printf(
                "%d changes, %d events, %d of them ends; readers applied %d, dropped %d, compared %d summaries",
                room.changes.get(), replay.events, replay.expired, applied, dropped, compared);
    }
}
