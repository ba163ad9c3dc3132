package dev.manicule.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.ActionChange;
import dev.manicule.server.command.ActionTerms;
import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.ChangeActions;
import dev.manicule.server.command.DeleteMessages;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.RemoveAction;
import dev.manicule.server.files.Folders;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.ActionSummary;
import dev.manicule.server.model.ActionSummary.Tally;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Message.Actor;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Range;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Counts that clients keep: a summary, and the events that come after it. A client that drops the events up to the
 * summary's {@code asOf} and applies all later ones is never off, and each event says the count that the client then has.
 */
@SuppressWarnings("NullAway") // what events hold is known
class ActionCountsTest {
    private static final Channel ROOM = new Channel("demo", "room");
    private static final List<String> VALUES = List.of("a", "b");
    private static final ActionTerms COUNTED = new ActionTerms(false, Long.MAX_VALUE, ActionRule.Kind.COUNTER,
            ActionRule.ANY_NUMBER, ActionRule.ANY_NUMBER);

    /** What a client knows of the actions on a message. */
    private static final class Client {
        final String uuid;
        final long asOf;
        final Map<String, Long> counts = new HashMap<>();
        final Map<String, Long> mine = new HashMap<>();
        /** Events are delivered from here on, which may be long before the summary was read. */
        final int cursor;

        Client(String uuid, ActionSummary summary, int cursor) {
            this.uuid = uuid;
            this.cursor = cursor;
            asOf = summary.asOf();
            for (Tally tally : summary.tallies()) {
                counts.put(tally.value(), tally.count());
                MessageAction own = tally.mine();
                if (own != null) {
                    mine.put(tally.value(), own.actionTimetoken());
                }
            }
        }

        void receive(List<Event> events) {
            for (Event event : events.subList(cursor, events.size())) {
                Map<?, ?> envelope = (Map<?, ?>) JsonReader.tree(JsonWriter.closed(event.envelope()));
                if (!(envelope.get("d") instanceof Map<?, ?> d) || event.timetoken() <= asOf) {
                    continue;
                }
                Map<?, ?> data = (Map<?, ?>) d.get("data");
                String value = String.valueOf(data.get("value"));
                boolean isAdded = "added".equals(d.get("event"));
                long amount = data.get("amount") instanceof Number number ? number.longValue() : 1;
                long count = counts.merge(value, isAdded ? amount : -amount, Long::sum);
                assertThat(((Number) d.get("count")).longValue()).isEqualTo(count);
                if (uuid.equals(envelope.get("i")) && isAdded) {
                    mine.put(value, Long.parseLong(String.valueOf(data.get("actionTimetoken"))));
                } else if (uuid.equals(envelope.get("i"))) {
                    mine.remove(value);
                }
            }
            counts.values().removeIf(count -> count == 0);
        }
    }

    @Property(tries = 150)
    void clientWithASummaryAndLaterEventsIsNeverOff(@ForAll long seed) throws Exception {
        Path folder = Files.createTempDirectory("manicule-counts");
        Random random = new Random(seed);
        try (Ledger ledger = Ledger.open(folder)) {
            List<Client> clients = new ArrayList<>();
            List<Event> events = new ArrayList<>();
            TreeMap<Long, MessageAction> on = new TreeMap<>();
            Transaction transaction = ledger.transaction();
            long message = 1_000;
            apply(ledger,
                    new Publish(ROOM, new Json("1".getBytes(StandardCharsets.UTF_8)), null, "ann", null, null, null,
                            Publish.Delivery.STORED),
                    message,
                    transaction);
            for (long timetoken = 1_001; timetoken < 1_600; timetoken += 3) {
                String uuid = "user" + random.nextInt(6);
                String value = VALUES.get(random.nextInt(VALUES.size()));
                if (random.nextInt(3) == 0) {
                    ActionChange more = new ActionChange.AddAmount(message, "r", value, uuid,
                            random.nextInt(4) == 0 ? -1 : 1 + random.nextInt(5), ActionChange.FOREVER, COUNTED);
                    if (ledger.apply(new ChangeActions(ROOM, more), timetoken,
                            transaction) instanceof ChangeActions.ActionsChanged changed
                            && changed.results().getFirst() instanceof ChangeActions.Changed change) {
                        change.removed().forEach(action -> on.remove(action.actionTimetoken()));
                        change.added().forEach(action -> on.put(action.actionTimetoken(), action));
                    }
                } else if (random.nextInt(3) > 0 || on.isEmpty()) {
                    if (ledger.apply(new AddAction(ROOM, message, "r", value, uuid), timetoken,
                            transaction) instanceof AddAction.Added added) {
                        on.put(timetoken, added.action());
                    }
                } else {
                    MessageAction removed = on.remove(on.ceilingKey(on.firstKey() + random.nextInt(
                            (int) (on.lastKey() - on.firstKey()) + 1)));
                    apply(ledger, new RemoveAction(ROOM, message, removed.actionTimetoken(), removed.uuid()),
                            timetoken, transaction);
                }
                if (random.nextInt(4) == 0) {
                    ledger.commit(transaction);
                    events.addAll(transaction.events());
                    transaction = ledger.transaction();
                    ActionSummary summary = ledger.reads()
                            .summaries(ROOM, List.of(message), uuid, 1)
                            .summaries()
                            .getFirst();
                    clients.add(new Client(uuid, summary, random.nextInt(events.size() + 1)));
                }
            }
            ledger.commit(transaction);
            events.addAll(transaction.events());
            for (Client client : clients) {
                client.receive(events);
                assertThat(client.counts).isEqualTo(count(on));
                assertThat(client.mine).isEqualTo(mine(on, client.uuid));
            }
        } finally {
            Folders.delete(folder);
        }
    }

    private static Map<String, Long> count(Map<Long, MessageAction> on) {
        Map<String, Long> counts = new HashMap<>();
        on.values().forEach(action -> counts.merge(action.value(), (long) action.amount(), Long::sum));
        return counts;
    }

    private static Map<String, Long> mine(Map<Long, MessageAction> on, String uuid) {
        Map<String, Long> mine = new HashMap<>();
        on.values().forEach(action -> {
            if (action.uuid().equals(uuid)) {
                mine.put(action.value(), action.actionTimetoken());
            }
        });
        return mine;
    }

    private static void apply(Ledger ledger, dev.manicule.server.command.Command<?> command, long timetoken,
            Transaction transaction) {
        assertThat(ledger.apply(command, timetoken, transaction)).isNotNull();
    }

    @TempDir
    private Path folder;

    /** The row of a type and value names the first users as long as it knows them; then their rows do. */
    @Test
    void firstUsersAreTheOldestAfterRemovals() throws Exception {
        try (Ledger ledger = Ledger.open(folder)) {
            Transaction transaction = ledger.transaction();
            for (int user = 0; user < 10; user++) {
                apply(ledger, new AddAction(ROOM, 1, "r", "a", "user" + user), 1_000 + user, transaction);
            }
            for (int removed : new int[]{1, 0, 4, 2, 3}) {
                apply(ledger, new RemoveAction(ROOM, 1, 1_000 + removed, "user" + removed), 2_000 + removed,
                        transaction);
            }
            ledger.commit(transaction);
            Tally tally = only(ledger, "user9");
            assertThat(tally.count()).isEqualTo(5);
            assertThat(tally.mine()).isEqualTo(new MessageAction(1, "r", "a", "user9", 1_009));
            assertThat(tally.first().stream().map(Actor::uuid)).containsExactly("user5", "user6", "user7");
        }
    }

    private static Tally only(Ledger ledger, String reader) {
        List<Tally> tallies = ledger.reads().summaries(ROOM, List.of(1L), reader, 1).summaries().getFirst().tallies();
        assertThat(tallies).hasSize(1);
        return tallies.getFirst();
    }

    /** A client that has an event from before the deletion must drop it: nothing is left to remember it by. */
    @Test
    void summaryOfADeletedMessageIsBehindItsEvents() throws Exception {
        try (Ledger ledger = Ledger.open(folder)) {
            Transaction transaction = ledger.transaction();
            apply(ledger, new AddAction(ROOM, 1, "r", "a", "ann"), 1_000, transaction);
            apply(ledger, new DeleteMessages(ROOM, new Range(1, 1, false)), 1_001, transaction);
            ledger.commit(transaction);
            for (int i = 0; i < 2; i++) {
                ActionSummary summary = ledger.reads().summaries(ROOM, List.of(1L), null, 1).summaries().getFirst();
                assertThat(summary.tallies()).isEmpty();
                assertThat(summary.asOf()).isGreaterThanOrEqualTo(1_000);
                while (ledger.removeRows()) {}
            }
            transaction = ledger.transaction();
            apply(ledger, new AddAction(ROOM, 1, "r", "a", "bob"), 1_002, transaction);
            ledger.commit(transaction);
            assertThat(only(ledger, "ann"))
                    .isEqualTo(new Tally("r", "a", 1, 1, List.of(new Actor("bob", 1_002)), null));
        }
    }

    @Test
    void summaryIsBoundedAndSaysSo() throws Exception {
        try (Ledger ledger = Ledger.open(folder)) {
            Transaction transaction = ledger.transaction();
            IntStream.range(0, ActionsByMessage.MOST_TALLIES + 1)
                    .forEach(value -> apply(ledger, new AddAction(ROOM, 1, "r", "value" + value, "ann"), 1_000 + value,
                            transaction));
            ledger.commit(transaction);
            ActionSummary summary = ledger.reads().summaries(ROOM, List.of(1L), null, 1).summaries().getFirst();
            assertThat(summary.tallies()).hasSize(ActionsByMessage.MOST_TALLIES);
            assertThat(summary.hasMore()).isTrue();
        }
    }

    @Test
    void pageOfSummariesHoldsTheFirstMessagesThatFit() throws Exception {
        try (Ledger ledger = Ledger.open(folder)) {
            Transaction transaction = ledger.transaction();
            LongStream.range(1, 101)
                    .forEach(message -> apply(ledger, new AddAction(ROOM, message, "r", "a", "ann"), 1_000 + message,
                            transaction));
            ledger.commit(transaction);
            List<Long> messages = LongStream.range(1, 101).boxed().toList();
            assertThat(ledger.reads().summaries(ROOM, messages, null, Integer.MAX_VALUE).summaries()).hasSize(100);
            assertThat(ledger.reads().summaries(ROOM, messages, null, 1_000).summaries()).hasSizeBetween(2, 10);
        }
    }
}
