package dev.manicule.server.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.StoredFeed;
import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.DeleteMessages;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.RemoveAction;
import dev.manicule.server.files.Folders;
import dev.manicule.server.filter.Filter;
import dev.manicule.server.filter.FilterException;
import dev.manicule.server.journal.CommitListener.Commit;
import dev.manicule.server.journal.CommitListener.NodeChanges;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.Transaction;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Workers;
import dev.manicule.server.model.ActionSummary;
import dev.manicule.server.model.ActionSummary.Tally;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Range;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/**
 * Subscribers of summaries over a real ledger and two nodes, whose threads, clocks and commits move at random. They move
 * from node to node, hang up in the midst of polls, and change their channels.
 */
@SuppressWarnings("NullAway") // what events hold is known
class SummaryStreamTest {
    private static final List<Channel> CHANNELS = List.of(new Channel("demo", "a.x"), new Channel("demo", "a.y"),
            new Channel("demo", "b"));
    private static final SummaryPeriod PERIOD = SummaryPeriod.QUARTER_SECOND;
    private static final long STEPS = 2_500_000;
    private static final int MESSAGES = 3;

    @Property(tries = 25)
    void summariesAreThoseOfTheEventsAfterAnyCut(@ForAll long seed) throws Exception {
        World world = run(seed, false);
        List<List<Object>> expected = world.model();
        for (Subscriber subscriber : world.subscribers) {
            for (Received received : subscriber.received) {
                assertThat(received.events).as("after %d up to %d", received.after, received.upTo)
                        .isEqualTo(expected.stream().filter(received::isExpected).toList());
            }
        }
    }

    @Property(tries = 25)
    void subscribersOfSummariesAreNeverOff(@ForAll long seed) throws Exception {
        run(seed, false).subscribers.forEach(subscriber -> assertThat(subscriber.counts).isEqualTo(subscriber.truth));
    }

    @Property(tries = 25)
    void deletedMessagesHaveNoSummaryAndOthersAreNeverOff(@ForAll long seed) throws Exception {
        for (Subscriber subscriber : run(seed, true).subscribers) {
            subscriber.counts.keySet().removeIf(key -> !key.get(1).equals((long) MESSAGES));
            subscriber.truth.keySet().removeIf(key -> !key.get(1).equals((long) MESSAGES));
            assertThat(subscriber.counts).isEqualTo(subscriber.truth);
            Set<List<Object>> once = new HashSet<>();
            for (Received received : subscriber.received) {
                long before = received.after;
                for (List<Object> event : received.events) {
                    assertThat((long) event.get(0)).isBetween(before, received.upTo);
                    before = (long) event.get(0);
                    if (event.get(2) instanceof Map<?, ?> data) {
                        assertThat(once.add(List.of(event.get(1), data.get("messageTimetoken"),
                                Long.parseLong((String) data.get("asOf")) / STEPS))).isTrue();
                    }
                }
            }
        }
    }

    private static World run(long seed, boolean deletes) throws Exception {
        Path folder = Files.createTempDirectory("manicule-summaries");
        try (Ledger ledger = Ledger.open(folder)) {
            World world = new World(seed, ledger, deletes);
            for (int step = 0; step < 1_500; step++) {
                world.step();
            }
            world.settle();
            return world;
        } finally {
            Folders.delete(folder);
        }
    }

    /** The response to a poll: each event as its timetoken, its channel, and a summary's data or a message's number. */
    private record Received(Set<Channel> channels, boolean filters, long after, long upTo,
            List<List<Object>> events) {
        boolean isExpected(List<Object> event) {
            long timetoken = (long) event.get(0);
            return channels.stream().anyMatch(channel -> channel.name().equals(event.get(1))) && timetoken > after
                    && timetoken <= upTo && !(filters && event.get(2).equals(0.0));
        }
    }

    /** The number in a message. */
    private static Object number(Map<?, ?> told) {
        return ((Map<?, ?>) told.get("d")).get("n");
    }

    private static Map<?, ?> told(Event event) {
        return (Map<?, ?>) JsonReader.tree(JsonWriter.closed(event.envelope()));
    }

    private static final class World {
        final Random random;
        final Ledger ledger;
        final boolean deletes;
        final Client client = new Budget(new Limits()).connection(null);
        final List<Event> events = new ArrayList<>();
        final List<Commit> commits = new ArrayList<>();
        final TreeMap<Long, MessageAction> actions = new TreeMap<>();
        final Map<Long, Channel> channels = new HashMap<>();
        /** In steps of 100 ns: the time, which no later command has. */
        long now = 1_000 * STEPS;
        boolean failed;
        final List<Node> nodes;
        final List<Subscriber> subscribers = new ArrayList<>();

        World(long seed, Ledger ledger, boolean deletes) {
            random = new Random(seed);
            this.ledger = ledger;
            this.deletes = deletes;
            nodes = List.of(new Node(this, SummaryStream.MOST_BYTES), new Node(this, 4_000)); // one has too little room
        }

        void step() {
            assertThat(failed).as("a subscriber could not be served").isFalse();
            Node node = nodes.get(random.nextInt(nodes.size()));
            int what = random.nextInt(20);
            if (what < 3) {
                write();
            } else if (what < 7) {
                node.hear();
            } else if (what < 15) {
                node.work();
            } else if (what == 15 && subscribers.size() < 12) {
                subscribers.add(new Subscriber(this, node));
            } else if (what < 19 && !subscribers.isEmpty()) {
                subscribers.get(random.nextInt(subscribers.size())).act(node);
            } else {
                now += random.nextInt(800_000);
            }
        }

        void write() {
            Transaction transaction = ledger.transaction();
            int most = random.nextInt(20) == 0 ? 130 : random.nextInt(6);
            boolean isBurst = random.nextInt(3) == 0;
            int what = most == 130 ? random.nextInt(2) : -1;
            Channel of = CHANNELS.get(random.nextInt(CHANNELS.size()));
            for (int i = 0; i <= most; i++) {
                now += isBurst || what >= 0 ? 1 : 1 + random.nextInt(200_000);
                Channel channel = what >= 0 ? of : CHANNELS.get(random.nextInt(CHANNELS.size()));
                int kind = what >= 0 ? what : random.nextInt(10);
                if (kind == 0) {
                    publish(channel, transaction);
                } else if (kind == 8 && !actions.isEmpty()) { // where a summary has its place
                    now = Math.max(now, PERIOD.place(actions.lastKey()));
                    publish(channel, transaction);
                } else if (kind == 9 && deletes) {
                    long message = 1L + random.nextInt(MESSAGES - 1);
                    apply(new DeleteMessages(channel, new Range(message, message, false)), transaction);
                    actions.values()
                            .removeIf(action -> action.messageTimetoken() == message
                                    && channel.equals(channels.get(action.actionTimetoken())));
                } else if (kind < 7 || actions.isEmpty()) {
                    long message = what >= 0 ? 100L + i : 1L + random.nextInt(MESSAGES);
                    if (apply(new AddAction(channel, message, "r", "v" + random.nextInt(3), "u" + random.nextInt(5)),
                            transaction) instanceof AddAction.Added added) {
                        actions.put(now, added.action());
                        channels.put(now, channel);
                    }
                } else {
                    MessageAction action = actions.remove(
                            actions.keySet().stream().skip(random.nextInt(actions.size())).findFirst().orElseThrow());
                    apply(new RemoveAction(channels.get(action.actionTimetoken()), action.messageTimetoken(),
                            action.actionTimetoken(), action.uuid()), transaction);
                }
            }
            ledger.commit(transaction);
            events.addAll(transaction.events());
            commits.add(new Commit(List.copyOf(transaction.events()), List.of(), List.of(), NodeChanges.NONE, now,
                    transaction.erases()));
        }

        /** Filters accept some; the large ones are not filtered on an event loop. */
        private void publish(Channel channel, Transaction transaction) {
            String text = random.nextInt(4) == 0 ? "x".repeat(5_000) : "";
            String payload = "{\"n\":" + random.nextInt(2) + ",\"text\":\"" + text + "\"}";
            apply(new Publish(channel, new Json(payload.getBytes(StandardCharsets.UTF_8)), null, "ann", null, null,
                    null,
                    Publish.Delivery.STORED), transaction);
        }

        private Object apply(dev.manicule.server.command.Command<?> command, Transaction transaction) {
            return Objects.requireNonNull(ledger.apply(command, now, transaction));
        }

        /** All threads and subscribers go on, and nothing more is written, until all events have been received. */
        void settle() {
            long end = now + 3 * STEPS;
            for (int round = 0; subscribers.stream().anyMatch(each -> each.cursor < end); round++) {
                assertThat(failed || round == 5_000).as("a subscriber is not served").isFalse();
                nodes.forEach(node -> {
                    node.hear();
                    node.work();
                });
                subscribers.forEach(each -> each.poll(nodes.get(random.nextInt(2))));
                now += 20_000;
            }
            subscribers.forEach(Subscriber::readTruth);
        }

        /** The counts of all messages, by channel, message and value. */
        Map<List<Object>, Long> counts(Map<List<Object>, Long> asOf) {
            Map<List<Object>, Long> counts = new HashMap<>();
            for (Channel channel : CHANNELS) {
                for (long message = 1; message <= MESSAGES; message++) {
                    ActionSummary summary = ledger.reads()
                            .summaries(channel, List.of(message), null, 1)
                            .summaries()
                            .getFirst();
                    asOf.put(List.of(channel.name(), message), summary.asOf());
                    for (Tally tally : summary.tallies()) {
                        counts.put(List.of(channel.name(), message, tally.value()), tally.count());
                    }
                }
            }
            return counts;
        }

        /** What subscribers of summaries receive of all events, made in another way. */
        List<List<Object>> model() {
            List<List<Object>> expected = new ArrayList<>();
            Map<List<Object>, List<Event>> byPeriod = new LinkedHashMap<>();
            for (Event event : events) {
                if (event.isOfAction() && told(event).get("d") instanceof Map<?, ?> d) {
                    byPeriod.computeIfAbsent(List.of(event.channel().name(), event.timetoken() / STEPS,
                            ((Map<?, ?>) d.get("data")).get("messageTimetoken")), absent -> new ArrayList<>())
                            .add(event);
                } else {
                    expected.add(List.of(event.timetoken(), event.channel().name(), number(told(event))));
                }
            }
            byPeriod.forEach((key, ofPeriod) -> {
                long asOf = ofPeriod.getLast().timetoken();
                Map<Object, Object> counts = new HashMap<>();
                for (Event event : ofPeriod) {
                    Map<?, ?> d = (Map<?, ?>) told(event).get("d");
                    counts.put(((Map<?, ?>) d.get("data")).get("value"), d.get("count"));
                }
                expected.add(List.of((asOf / STEPS + 1) * STEPS + asOf % STEPS / 64, key.get(0),
                        Map.of("messageTimetoken", key.get(2), "asOf", String.valueOf(asOf), "counts",
                                Map.of("r", counts))));
            });
            Comparator<List<Object>> order = Comparator.comparingLong(event -> (long) event.get(0));
            expected.sort(order.thenComparing(event -> !(event.get(2) instanceof Map<?, ?>))
                    .thenComparing(event -> (String) event.get(1))
                    .thenComparing(event -> event.get(2) instanceof Map<?, ?> data
                            ? (String) data.get("messageTimetoken")
                            : ""));
            return expected;
        }
    }

    /** A node: a stream with one event loop, and how many commits it has heard of. */
    private static final class Node {
        private final World world;
        private final Queue<Runnable> loop = new ArrayDeque<>();
        private final Queue<Runnable> workers = new ArrayDeque<>();
        private final PriorityQueue<Timed> thread = new PriorityQueue<>(
                Comparator.comparingLong(Timed::at).thenComparingLong(Timed::order));
        private final Executor executor = loop::add;
        private final SummaryStream stream;
        private int heard;
        private long order;

        private record Timed(long at, long order, Runnable work) {}

        Node(World world, long mostBytes) {
            this.world = world;
            Events events = new Events(new StoredFeed(world.ledger.reads()), new Groups(List.of()), PERIOD,
                    () -> world.now, world.now);
            HubMetrics metrics = new HubMetrics();
            Shard shard = new Shard(executor, this::submit, events, metrics, () -> world.now * 100,
                    Duration.ofMillis(400));
            stream = new SummaryStream(PERIOD, Map.of(executor, shard),
                    (work, millis) -> thread.add(new Timed(world.now + millis * 10_000, order++, work)), metrics,
                    () -> world.now, () -> world.now * 100, world.now, mostBytes);
            stream.begin(this::position);
        }

        /** The present; a later command has a higher timetoken. */
        long position() {
            return heard == world.commits.size()
                    ? world.now
                    : heard == 0
                            ? 0
                            : world.commits.get(heard - 1)
                                    .lastTimetoken();
        }

        private void submit(Client client, Workers.Task task) {
            workers.add(() -> {
                if (task.run()) {
                    submit(client, task);
                }
            });
        }

        void hear() {
            if (heard < world.commits.size()) {
                heard++;
                stream.committed(world.commits.get(heard - 1));
            }
        }

        void work() {
            for (int i = world.random.nextInt(6); i >= 0; i--) {
                switch (world.random.nextInt(3)) {
                    case 0 -> runNext(loop);
                    case 1 -> runNext(workers);
                    default -> {
                        if (!thread.isEmpty() && thread.peek().at() <= world.now) {
                            thread.remove().work().run();
                        }
                    }
                }
            }
        }

        private static void runNext(Queue<Runnable> queue) {
            Runnable next = queue.poll();
            if (next != null) {
                next.run();
            }
        }
    }

    /** A client that polls, and keeps counts of the actions on messages. */
    private static final class Subscriber implements Poll.Waiter {
        private final World world;
        private final Map<List<Object>, Long> asOf = new HashMap<>();
        private final boolean filters;
        private final boolean changes;
        private final Map<List<Object>, Long> counts;
        private Map<List<Object>, Long> truth = Map.of();
        private long cursor;
        private Set<Channel> channels = Set.copyOf(CHANNELS);
        private final List<Received> received = new ArrayList<>();
        @Nullable
        private Poll poll;

        Subscriber(World world, Node node) {
            this.world = world;
            filters = world.random.nextBoolean();
            changes = world.random.nextBoolean();
            cursor = Math.max(node.position(), 1);
            counts = world.counts(asOf);
        }

        void act(Node node) {
            if (poll != null && world.random.nextInt(4) == 0) {
                Poll open = poll; // it hangs up, and what was on the way to it is lost
                poll = null;
                open.cancel();
            }
            poll(node);
        }

        void poll(Node node) {
            if (poll != null) {
                return;
            }
            if (changes) {
                channels = world.random.ints(2, 0, CHANNELS.size()).mapToObj(CHANNELS::get).collect(Collectors.toSet());
            }
            boolean isWild = channels.size() == CHANNELS.size();
            try {
                Filter filter = filters ? Filter.parse("data.n == 1", 100) : null;
                Subscription subscription = new Subscription("demo", isWild
                        ? Set.of("b")
                        : channels.stream().map(Channel::name).collect(Collectors.toSet()),
                        isWild ? Set.of("a.*") : Set.of(), Set.of(), filter);
                Shard shard = node.stream.shard(node.executor);
                poll = shard.stream(subscription, cursor, world.client, this);
                poll.next();
            } catch (FilterException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void deliver(Delivery delivery) {
            List<List<Object>> events = new ArrayList<>();
            for (Delivery.Match match : delivery.matches()) {
                Map<?, ?> told = told(match.event());
                boolean isSummary = told.get("d") instanceof Map<?, ?> d && "summary".equals(d.get("event"));
                events.add(List.of(match.event().timetoken(), match.event().channel().name(),
                        isSummary ? ((Map<?, ?>) told.get("d")).get("data") : number(told)));
                assertThat(isSummary).isEqualTo(match.event().isOfAction());
                if (isSummary) {
                    count(match.event().channel().name(), (Map<?, ?>) ((Map<?, ?>) told.get("d")).get("data"));
                }
            }
            assertThat(events).hasSizeLessThanOrEqualTo(Hub.MOST_EVENTS + 64);
            received.add(new Received(channels, filters, cursor, delivery.cursor(), events));
            cursor = delivery.cursor();
            if (poll != null) {
                poll.cancel();
                poll = null;
            }
        }

        private void count(String channel, Map<?, ?> data) {
            long message = Long.parseLong((String) data.get("messageTimetoken"));
            List<Object> key = List.of(channel, message);
            if (Long.parseLong((String) data.get("asOf")) > asOf.getOrDefault(key, Long.MAX_VALUE)) {
                ((Map<?, ?>) ((Map<?, ?>) data.get("counts")).get("r")).forEach((value, count) -> {
                    if (((Number) count).longValue() == 0) {
                        counts.remove(List.of(channel, message, value));
                    } else {
                        counts.put(List.of(channel, message, value), ((Number) count).longValue());
                    }
                });
            }
        }

        /** Clients that listen to some channels now and others then are off, as they are with single events. */
        void readTruth() {
            truth = changes ? counts : world.counts(new HashMap<>());
        }

        @Override
        public void fail() {
            world.failed = true;
        }
    }
}
