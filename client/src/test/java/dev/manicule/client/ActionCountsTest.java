package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.api.Test;

/** Counts that follow a server are never off from what it has, in whatever order summaries and events arrive. */
class ActionCountsTest {
    private static final String ME = "ann";
    private static final String ROOM = "room";
    private static final long MESSAGE = 1_000;
    private static final int SEEDS = 3_000;

    /** A server with one room: its log of events, and the state after each. */
    private static final class Server {
        private final List<MessageActionEvent> log = new ArrayList<>();
        /** The counts on the message after so many events. */
        private final List<Map<String, Map<String, ActionCounts.Count>>> states = new ArrayList<>();
        private final Map<List<String>, Map<String, Long>> actions = new TreeMap<>((one, other) -> one.toString()
                .compareTo(other.toString()));
        private final Random random;
        private long now = MESSAGE;

        Server(Random random, int events) {
            this.random = random;
            states.add(Map.of());
            for (int i = 0; i < events; i++) {
                log.add(happen());
                states.add(state());
            }
        }

        private MessageActionEvent happen() {
            now += 1 + random.nextInt(3);
            boolean isOther = random.nextInt(5) == 0;
            if (isOther) { // of another message, or another room
                boolean isSameRoom = random.nextBoolean();
                return new MessageActionEvent(isSameRoom ? ROOM : "hall", null, now, "added",
                        new MessageAction("reaction", "a", isSameRoom ? 7 : MESSAGE, ME, now), OptionalLong.of(99));
            }
            String type = random.nextBoolean() ? "reaction" : "receipt";
            String value = List.of("a", "b").get(random.nextInt(2));
            String user = List.of(ME, "bob", "cem").get(random.nextInt(3));
            Map<String, Long> users = actions.computeIfAbsent(List.of(type, value), absent -> new HashMap<>());
            boolean isAdded = !users.containsKey(user);
            @Nullable Long before = isAdded ? users.put(user, now) : users.remove(user);
            long at = before == null ? now : before;
            MessageAction action = new MessageAction(type, value, MESSAGE, user, at).withAmount(amount(at));
            return new MessageActionEvent(ROOM, null, now, isAdded ? "added" : "removed", action,
                    OptionalLong.of(count(users)));
        }

        private Map<String, Map<String, ActionCounts.Count>> state() {
            Map<String, Map<String, ActionCounts.Count>> state = new TreeMap<>();
            actions.forEach((key, users) -> {
                if (!users.isEmpty()) {
                    state.computeIfAbsent(key.get(0), absent -> new TreeMap<>())
                            .put(key.get(1), new ActionCounts.Count(count(users), mine(users)));
                }
            });
            return state;
        }

        private static long count(Map<String, Long> users) {
            return users.values().stream().mapToLong(Server::amount).sum();
        }

        /** Of an action that was added at a timetoken. */
        private static int amount(long timetoken) {
            return 1 + (int) (timetoken % 3);
        }

        /** For how many the reader's own action counts; 0 when there is none. */
        static int mineAmount(OptionalLong mine) {
            return mine.isPresent() ? amount(mine.getAsLong()) : 0;
        }

        private static OptionalLong mine(Map<String, Long> users) {
            return users.containsKey(ME) ? OptionalLong.of(users.get(ME)) : OptionalLong.empty();
        }

        int size() {
            return log.size();
        }

        /** The summary that it sends after so many events; its moment is that of the last of them on the message. */
        ActionSummary summary(int events) {
            long asOf = MESSAGE;
            for (MessageActionEvent event : log.subList(0, events)) {
                if (event.channel().equals(ROOM) && event.action().messageTimetoken() == MESSAGE) {
                    asOf = event.timetoken();
                }
            }
            if (states.get(events).isEmpty() && events > 0 && random.nextBoolean()) {
                asOf = log.get(events - 1).timetoken(); // where it knows of no event, it says the last of all
            }
            Map<String, Map<String, ActionTally>> tallies = new TreeMap<>();
            states.get(events)
                    .forEach((type, values) -> values.forEach((value, count) -> tallies
                            .computeIfAbsent(type, absent -> new TreeMap<>())
                            .put(value, new ActionTally(count.count(), 1, List.of(), count.mine(),
                                    mineAmount(count.mine())))));
            return new ActionSummary(ROOM, MESSAGE, ME, asOf, tallies, false);
        }
    }

    /**
     * A client subscribes, reads the summary any number of times, also from a cache, and gets events late, twice, and again
     * from an earlier one on. From the first summary on, its counts are those of the latest moment that it has heard of.
     */
    @Test
    void countsAreThoseOfTheServerInEveryInterleaving() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            Server server = new Server(random, 1 + random.nextInt(30));
            int delivered = random.nextInt(server.size()); // the subscription begins here
            int farthest = delivered;
            int summed = -1;
            ActionCounts counts = new ActionCounts(ME, ROOM, MESSAGE);
            int begin = delivered;
            while (summed < 0 || delivered < server.size()) {
                int what = random.nextInt(6);
                if (what == 0) { // a summary of any moment since the subscription began, perhaps before the last one
                    int at = begin + random.nextInt(server.size() - begin + 1);
                    counts.apply(server.summary(at));
                    summed = Math.max(summed, at);
                } else if (what == 1) { // a reconnect: the events after an earlier cursor come again
                    delivered = begin + random.nextInt(delivered - begin + 1);
                } else if (delivered < server.size()) {
                    MessageActionEvent event = server.log.get(delivered++);
                    farthest = Math.max(farthest, delivered);
                    for (int times = 1 + random.nextInt(2); times > 0; times--) {
                        boolean unused = counts.apply(event);
                    }
                }
                if (summed >= 0) {
                    assertThat(counts.snapshot()).as("seed %d", seed)
                            .isEqualTo(server.states.get(Math.max(summed, farthest)));
                }
            }
            assertThat(counts.snapshot()).as("seed %d", seed).isEqualTo(server.states.get(server.size()));
            for (String type : List.of("reaction", "receipt")) {
                for (String value : List.of("a", "b")) {
                    assertThat(counts.mineAmount(type, value)).as("seed %d", seed)
                            .isEqualTo(Server.mineAmount(counts.mine(type, value)));
                }
            }
        }
    }

    /** Two subscriptions may deliver to one of them: then not even the order is kept. */
    @Test
    void countsAreRightInEachOrderOfDelivery() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            Server server = new Server(random, 1 + random.nextInt(30));
            int begin = random.nextInt(server.size());
            List<Object> all = new ArrayList<>(server.log.subList(begin, server.size()));
            all.addAll(server.log.subList(begin + random.nextInt(server.size() - begin), server.size()));
            IntStream.rangeClosed(0, random.nextInt(3))
                    .forEach(i -> all.add(server.summary(begin + random.nextInt(server.size() - begin + 1))));
            Collections.shuffle(all, random);
            ActionCounts counts = new ActionCounts(ME, ROOM, MESSAGE);
            for (Object each : all) {
                if (each instanceof ActionSummary summary) {
                    counts.apply(summary);
                } else {
                    boolean unused = counts.apply((MessageActionEvent) each);
                }
            }
            assertThat(counts.snapshot()).as("seed %d", seed).isEqualTo(server.states.get(server.size()));
        }
    }

    /** The way without a listener that waits for the summary: subscribe from its moment. */
    @Test
    void countsThatBeginWithASummaryFollowTheEventsAfterIt() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            Server server = new Server(random, 1 + random.nextInt(30));
            ActionSummary summary = server.summary(random.nextInt(server.size() + 1));
            ActionCounts counts = ActionCounts.of(summary);
            server.log.stream().filter(event -> event.timetoken() > summary.asOf()).forEach(event -> {
                boolean unused = counts.apply(event);
            });
            assertThat(counts.snapshot()).as("seed %d", seed).isEqualTo(server.states.get(server.size()));
            assertThat(counts.hasMore()).isFalse();
        }
    }

    private static MessageActionEvent event(long at, String event, String user, long action, OptionalLong count) {
        return new MessageActionEvent(ROOM, null, at, event, new MessageAction("reaction", "a", MESSAGE, user, action),
                count);
    }

    private static ActionSummary summary(long asOf, Map<String, Map<String, ActionTally>> tallies, boolean hasMore) {
        return new ActionSummary(ROOM, MESSAGE, ME, asOf, tallies, hasMore);
    }

    @Test
    void applySaysWhetherAnEventIsNews() {
        ActionCounts counts = new ActionCounts(ME, ROOM, MESSAGE);
        assertThat(counts.hasMore()).isTrue();
        MessageActionEvent added = event(2_000, "added", ME, 2_000, OptionalLong.of(3));
        assertThat(counts.apply(added)).isTrue();
        assertThat(counts.apply(added)).isFalse();
        assertThat(counts.count("reaction", "a")).isEqualTo(3);
        assertThat(counts.mine("reaction", "a")).hasValue(2_000);
        assertThat(counts.mine("reaction", "b")).isEmpty();
        assertThat(counts.apply(event(1_900, "added", "bob", 1_900, OptionalLong.of(2)))).as("late").isFalse();
        assertThat(counts.apply(event(2_100, "removed", ME, 2_000, OptionalLong.of(2)))).isTrue();
        assertThat(counts.mine("reaction", "a")).isEmpty();
        assertThat(counts.count("reaction", "a")).isEqualTo(2);
    }

    @Test
    void summaryThatHasMoreLeavesWhatItDoesNotName() {
        ActionCounts counts = new ActionCounts(ME, ROOM, MESSAGE);
        boolean unused = counts.apply(event(2_000, "added", "bob", 2_000, OptionalLong.of(3)));
        counts.apply(summary(3_000, Map.of("edit", Map.of("x", new ActionTally(1, List.of(), OptionalLong.empty()))),
                true));
        assertThat(counts.hasMore()).isTrue();
        assertThat(counts.count("reaction", "a")).isEqualTo(3);
        assertThat(counts.count("edit", "x")).isEqualTo(1);
        assertThat(counts.apply(event(2_500, "added", "cem", 2_500, OptionalLong.of(4)))).as("still on its way")
                .isTrue();
        counts.apply(summary(4_000, Map.of(), false));
        assertThat(counts.hasMore()).isFalse();
        assertThat(counts.snapshot()).isEmpty();
    }

    @Test
    void eventWithoutACountAddsOrSubtractsOne() {
        ActionCounts counts = new ActionCounts(ME, ROOM, MESSAGE);
        for (int i = 0; i < 2; i++) { // each is delivered twice
            boolean unused = counts.apply(event(2_000, "added", "bob", 2_000, OptionalLong.empty()));
        }
        boolean unused = counts.apply(event(2_001, "added", ME, 2_001, OptionalLong.empty()));
        assertThat(counts.count("reaction", "a")).isEqualTo(2);
        unused = counts.apply(event(2_002, "removed", "bob", 2_000, OptionalLong.empty()));
        assertThat(counts.count("reaction", "a")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"hall,1000,ann,message 1000 in hall", "room,7,ann,message 7 in room", "room,1000,bob,is for bob"})
    void foreignSummaryIsRefused(String channel, long message, String reader, String words) {
        ActionCounts counts = new ActionCounts(ME, ROOM, MESSAGE);
        assertThatThrownBy(() -> counts.apply(new ActionSummary(channel, message, reader, 1, Map.of(), false)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    @Test
    void eventsThatComeOnTwoThreadsAreAllCounted() throws Exception {
        int each = 50_000;
        ActionCounts counts = new ActionCounts(ME, ROOM, MESSAGE);
        List<Thread> threads = new ArrayList<>();
        for (String user : List.of(ME, "bob")) {
            Thread thread = new Thread(() -> IntStream.range(0, each).forEach(i -> {
                long at = 2_000L + i;
                boolean unused = counts.apply(new MessageActionEvent(ROOM, null, at, "added",
                        new MessageAction("reaction", user + i, MESSAGE, user, at), OptionalLong.of(1)));
            }));
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(counts.snapshot().getOrDefault("reaction", Map.of())).hasSize(2 * each);
    }
}
