package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.manicule.client.ActionCounts;
import dev.manicule.client.ActionSummary;
import dev.manicule.client.ActionTally;
import dev.manicule.client.Category;
import dev.manicule.client.ClientConfig;
import dev.manicule.client.FetchMessages.Actor;
import dev.manicule.client.FetchMessages;
import dev.manicule.client.GetActionSummaries;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import dev.manicule.client.MessageActionEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Summaries, users of an action, actions of a user, and counts that follow events, against the real server. */
class ClientActionReadsTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    private static final Duration SOON = Duration.ofSeconds(30);

    private ManiculeClient alice = SERVER.client("alice");
    private String channel = "";

    @BeforeEach
    void name(TestInfo test) {
        channel = "chats." + RunningServer.channel(test);
    }

    @AfterEach
    void close() {
        alice.close();
    }

    private MessageAction add(String user, String type, String value, long message) {
        return alice.as(user).addMessageAction(channel, MessageAction.of(type, value, message)).sync().orThrow();
    }

    @Test
    void summaryNamesTheFirstUsersAndTheReadersOwnAction() {
        long message = alice.publish(channel, "hello").sync().orThrow().timetoken();
        List<Actor> first = new ArrayList<>();
        for (String user : List.of("zoe", "bob", "alice", "cem", "dan")) {
            first.add(new Actor(user, add(user, "reaction", "👍 & more", message).actionTimetoken()));
        }
        MessageAction last = add("bob", "receipt", "read", message);
        ActionSummary summary = alice.getActionSummaries(channel, message).sync().orThrow().summary(message);
        assertThat(summary.asOf()).isEqualTo(last.actionTimetoken());
        assertThat(summary.hasMore()).isFalse();
        assertThat(summary.tally("reaction", "👍 & more"))
                .isEqualTo(new ActionTally(5, first.subList(0, 3), OptionalLong.of(first.get(2).actionTimetoken())));
        assertThat(summary.tally("receipt", "read")).isEqualTo(
                new ActionTally(1, List.of(new Actor("bob", last.actionTimetoken())), OptionalLong.empty()));
        assertThat(summary.tallies()).containsOnlyKeys("reaction", "receipt");
        assertThat(alice.as("dan")
                .getActionSummaries(channel, message)
                .sync()
                .orThrow()
                .summary(message)
                .tally("reaction", "👍 & more")
                .mine()).hasValue(first.get(4).actionTimetoken());
        assertThat(alice.fetchMessages(channel).includeActionSummary(true).sync().orThrow().channels().get(channel))
                .singleElement()
                .satisfies(each -> assertThat(each.actionSummary()).isEqualTo(summary));
        assertThat(alice.fetchMessages(channel).sync().orThrow().channels().get(channel)).singleElement()
                .satisfies(each -> assertThat(each.actionSummary()).isNull());
    }

    @Test
    void messageIsAsItsPublisherHasItNow() {
        long first = alice.publish(channel, Map.of("text", "Munday", "lang", "en")).sync().orThrow().timetoken();
        long second = alice.publish(channel, "oops").sync().orThrow().timetoken();
        long third = alice.publish(channel, "as it was").sync().orThrow().timetoken();
        MessageAction edit = add("alice", "edit", "Monday", first);
        add("bob", "edit", "Never", first);
        MessageAction deletion = add("alice", "deleted", "typo", second);
        List<FetchMessages.Message> messages = Objects.requireNonNull(alice.fetchMessages(channel)
                .includeEffective(true)
                .sync()
                .orThrow()
                .channels()
                .get(channel));
        assertThat(messages).extracting(FetchMessages.Message::timetoken).containsExactly(first, second, third);
        assertThat(messages).extracting(each -> String.valueOf(each.current()).length() > 4)
                .containsExactly(true, false, true);
        assertThat(Objects.requireNonNull(messages.get(0).current()).path("text").asText()).isEqualTo("Monday");
        assertThat(Objects.requireNonNull(messages.get(0).current()).path("lang").asText()).isEqualTo("en");
        assertThat(messages.get(0).message().path("text").asText()).isEqualTo("Munday");
        assertThat(messages).extracting(each -> each.effective() == null ? null : each.effective().by())
                .containsExactly(new Actor("alice", edit.actionTimetoken()),
                        new Actor("alice", deletion.actionTimetoken()), null);
    }

    @Test
    void summariesOfAnyNumberOfMessagesComeInOneCall() {
        long[] messages = IntStream.range(0, 230)
                .mapToLong(i -> alice.publish(channel, i).sync().orThrow().timetoken())
                .toArray();
        add("alice", "n", "v", messages[229]);
        GetActionSummaries.Result result = alice.getActionSummaries(channel, messages).sync().orThrow();
        assertThat(result.summaries()).hasSize(230);
        assertThat(result.summary(messages[229]).tally("n", "v").count()).isEqualTo(1);
        assertThat(result.summary(messages[0]).tallies()).isEmpty();
    }

    /** Summaries that are too large for one response: the server names the messages that are left. */
    @Test
    void summariesThatAreTooLargeForOneResponseAreAllThere() {
        long[] messages = new long[60];
        for (int i = 0; i < messages.length; i++) {
            messages[i] = alice.publish(channel, i).sync().orThrow().timetoken();
            for (int n = 0; n < 20; n++) {
                add("alice", "t".repeat(200), n + "v".repeat(1_000), messages[i]);
            }
        }
        GetActionSummaries.Result result = alice.getActionSummaries(channel, messages).sync().orThrow();
        assertThat(SERVER.wire()
                .get("/v1/message-actions/demo/channel/" + channel + "/summary?messages="
                        + String.join(",", IntStream.range(0, 60).mapToObj(i -> "" + messages[i]).toList()))
                .json()
                .has("more"))
                .as("it takes a second request")
                .isTrue();
        assertThat(result.summaries()).hasSize(60);
        assertThat(result.summaries().values())
                .allSatisfy(each -> assertThat(each.tallies().get("t".repeat(200))).hasSize(20));
    }

    @Test
    void usersOfAnActionComePageByPageInBothOrders() {
        long message = alice.publish(channel, "hello").sync().orThrow().timetoken();
        List<String> users = IntStream.range(0, 23).mapToObj(i -> "user" + (i * 7) % 23).toList();
        users.forEach(user -> add(user, "reaction", "wave", message));
        MessageAction receipt = add("bob", "receipt", "read", message);
        var waves = alice.getActionsOn(channel, message).type("reaction").value("wave").limit(5);
        assertThat(waves.stream().map(MessageAction::uuid)).containsExactlyElementsOf(users);
        assertThat(waves.newestFirst().stream().map(MessageAction::uuid)).containsExactlyElementsOf(users.reversed());
        assertThat(waves.newestFirst().sync().orThrow().actions()).hasSize(5);
        assertThat(alice.getActionsOn(channel, message).type("receipt").sync().orThrow().actions())
                .containsExactly(receipt);
        assertThat(alice.getActionsOn(channel, message).limit(7).stream()).hasSize(24).contains(receipt);
        assertThat(alice.getActionsOn(channel, message + 1).stream()).isEmpty();
    }

    @Test
    void actionsOfAUserComeByMessageInBothOrders() {
        List<Long> messages = IntStream.range(0, 11)
                .mapToObj(i -> alice.publish(channel, i).sync().orThrow().timetoken())
                .toList();
        messages.reversed().forEach(message -> {
            add("bob", "reaction", "wave", message);
            add("bobby", "reaction", "wave", message);
        });
        var bobs = alice.getActionsBy(channel, "bob").limit(4);
        assertThat(bobs.stream().map(MessageAction::messageTimetoken)).containsExactlyElementsOf(messages);
        assertThat(bobs.newestFirst().stream().map(MessageAction::messageTimetoken))
                .containsExactlyElementsOf(messages.reversed());
        assertThat(bobs.stream()).allMatch(action -> "bob".equals(action.uuid()));
        assertThat(alice.getActionsBy(channel, "bo").stream()).isEmpty();
    }

    @Test
    void eventSaysTheCountAfterIt() {
        long message = alice.publish(channel, "hello").sync().orThrow().timetoken();
        Recorder recorder = new Recorder();
        alice.addListener(recorder);
        alice.subscribeFrom(message, channel);
        MessageAction wave = add("alice", "reaction", "wave", message);
        add("bob", "reaction", "wave", message);
        add("bob", "receipt", "read", message);
        alice.removeMessageAction(channel, wave).sync().orThrow();
        await().atMost(SOON).until(() -> recorder.actions.size() == 4);
        assertThat(recorder.actions.stream().map(event -> event.count().orElse(-1))).containsExactly(1L, 2L, 1L, 1L);
    }

    /** What is on the message after each event, by the events of one that missed none. */
    private static Map<Long, Map<String, Map<String, Map<String, Long>>>> states(List<MessageActionEvent> events) {
        Map<Long, Map<String, Map<String, Map<String, Long>>>> states = new HashMap<>();
        Map<String, Map<String, Map<String, Long>>> state = new TreeMap<>();
        for (MessageActionEvent event : events) {
            MessageAction action = event.action();
            Map<String, Long> users = state.computeIfAbsent(action.type(), absent -> new TreeMap<>())
                    .computeIfAbsent(action.value(), absent -> new TreeMap<>());
            if (event.isAdded()) {
                users.put(String.valueOf(action.uuid()), action.actionTimetoken());
            } else {
                users.remove(String.valueOf(action.uuid()));
            }
            Map<String, Map<String, Map<String, Long>>> copy = new TreeMap<>();
            state.forEach((type, values) -> values.forEach((value, all) -> copy
                    .computeIfAbsent(type, absent -> new TreeMap<>())
                    .put(value, new TreeMap<>(all))));
            states.put(event.timetoken(), copy);
        }
        return states;
    }

    private static Map<String, Map<String, ActionCounts.Count>> counts(
            Map<Long, Map<String, Map<String, Map<String, Long>>>> states, long timetoken, String reader) {
        Map<String, Map<String, ActionCounts.Count>> counts = new TreeMap<>();
        Objects.requireNonNull(states.get(timetoken)).forEach((type, values) -> values.forEach((value, users) -> {
            if (!users.isEmpty()) {
                counts.computeIfAbsent(type, absent -> new TreeMap<>())
                        .put(value, new ActionCounts.Count(users.size(), users.containsKey(reader)
                                ? OptionalLong.of(users.get(reader))
                                : OptionalLong.empty()));
            }
        }));
        return counts;
    }

    /** Follows a message, and notes what its counts are after each event. */
    private static final class Watcher extends Recorder {
        private final String user;
        private final ActionCounts counts;
        private boolean hasSummary;
        /** Timetoken of the event, and the counts after it. */
        private final List<Map.Entry<Long, Map<String, Map<String, ActionCounts.Count>>>> seen = Collections
                .synchronizedList(new ArrayList<>());

        Watcher(String user, String channel, long message) {
            this.user = user;
            counts = new ActionCounts(user, channel, message);
        }

        /** Together with the summary, so that what is noted is of the event. */
        @Override
        public synchronized void messageAction(MessageActionEvent event) {
            super.messageAction(event);
            if (counts.apply(event) && hasSummary) {
                seen.add(Map.entry(event.timetoken(), counts.snapshot()));
            }
        }

        synchronized void summary(ActionSummary summary) {
            counts.apply(summary);
            hasSummary = true;
        }

        void follow(ManiculeClient client, String channel, long message) {
            client.addListener(this);
            client.subscribe(channel);
            awaitConnected();
            for (int i = 0; i < 3; i++) { // while events come
                summary(client.getActionSummaries(channel, message).sync().orThrow().summary(message));
            }
        }
    }

    /** Puts actions on a message and takes them off, until it is over. Returns how many it has left there. */
    private int toggle(String user, long message, AtomicBoolean isOver, AtomicInteger done) {
        Random random = new Random(user.hashCode());
        Map<String, MessageAction> own = new HashMap<>();
        ManiculeClient client = alice.as(user);
        while (!isOver.get()) {
            String type = random.nextBoolean() ? "reaction" : "receipt";
            String value = "v" + random.nextInt(3);
            MessageAction before = own.remove(type + value);
            if (before == null) {
                own.put(type + value, client.addMessageAction(channel, MessageAction.of(type, value, message))
                        .sync()
                        .orThrow());
            } else {
                client.removeMessageAction(channel, before).sync().orThrow();
            }
            done.incrementAndGet();
        }
        return own.size();
    }

    private static void awaitMore(AtomicInteger done) {
        int before = done.get();
        await().atMost(SOON).until(() -> done.get() >= before + 60);
    }

    @Test
    void countsAreNeverOffWhileUsersActAndConnectionsAreLost() throws Exception {
        long message = alice.publish(channel, "hello").sync().orThrow().timetoken();
        Recorder all = new Recorder();
        alice.addListener(all);
        alice.subscribeFrom(message, channel);
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicInteger done = new AtomicInteger();
        AtomicInteger left = new AtomicInteger();
        List<Thread> users = new ArrayList<>();
        for (String user : List.of("ann", "bob", "cem", "dan", "eve")) {
            users.add(Thread.startVirtualThread(() -> left.addAndGet(toggle(user, message, isOver, done))));
        }
        List<Watcher> watchers = List.of(new Watcher("ann", channel, message), new Watcher("bob", channel, message),
                new Watcher("cem", channel, message));
        try (Cable cable = new Cable(SERVER.port());
                ManiculeClient far = ManiculeClient.of(ClientConfig.forUser("far").origin(cable.origin()).build())) {
            awaitMore(done);
            watchers.get(0).follow(far.as("ann"), channel, message);
            awaitMore(done);
            watchers.get(1).follow(far.as("bob"), channel, message);
            cable.hangUp();
            awaitMore(done);
            cable.cut();
            for (Watcher watcher : watchers.subList(0, 2)) {
                await().atMost(SOON).until(() -> watcher.statuses.contains(Category.UNEXPECTED_DISCONNECT));
            }
            awaitMore(done);
            cable.mend();
            for (Watcher watcher : watchers.subList(0, 2)) {
                await().atMost(SOON).until(() -> watcher.statuses.contains(Category.RECONNECTED));
            }
            watchers.get(2).follow(far.as("cem"), channel, message);
            awaitMore(done);
            isOver.set(true);
            for (Thread user : users) {
                user.join();
            }
            await().atMost(SOON).until(() -> all.actions.size() == done.get());
            Map<Long, Map<String, Map<String, Map<String, Long>>>> states = states(all.actions);
            long last = all.actions.getLast().timetoken();
            for (Watcher watcher : watchers) {
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(watcher.counts.snapshot()).as(watcher.user)
                                .isEqualTo(counts(states, last, watcher.user)));
                assertThat(watcher.seen).as("events after the summary").hasSizeGreaterThan(40);
                watcher.seen.forEach(each -> assertThat(each.getValue())
                        .isEqualTo(counts(states, each.getKey(), watcher.user)));
            }
            assertThat(alice.getActionsOn(channel, message).stream()).hasSize(left.get());
            ActionCounts read = new ActionCounts("far", channel, message);
            read.apply(far.getActionSummaries(channel, message).sync().orThrow().summary(message));
            assertThat(read.snapshot()).isEqualTo(counts(states, last, "far"));
        }
    }
}
