package dev.manicule.acceptance.history;

import dev.manicule.acceptance.history.Result.AlreadyThere;
import dev.manicule.acceptance.history.Result.Found;
import dev.manicule.acceptance.history.Result.NotThere;
import dev.manicule.acceptance.history.Result.Sent;
import dev.manicule.acceptance.history.Result.Unknown;
import dev.manicule.acceptance.history.Linearizability.Change;
import dev.manicule.acceptance.history.Linearizability.Kind;
import dev.manicule.acceptance.history.Linearizability.Step;
import dev.manicule.acceptance.history.Invocation.Add;
import dev.manicule.acceptance.history.Invocation.Publish;
import dev.manicule.acceptance.history.Invocation.Read;
import dev.manicule.acceptance.history.Invocation.Remove;
import dev.manicule.acceptance.history.Invocation.Toggle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds a history against what {@code docs/guarantees.md} promises, and names what breaks it.
 *
 * <p>The feed of each channel, as stored in the end, is first held against everything else: it must rise, make up what is
 * stored when it is replayed, hold every acknowledged write and nothing without a request, and be what every subscriber
 * received. Then each key is searched for an order of its requests that explains all answers and makes the changes of the
 * feed, in their order; those without a response may have been done or not.
 */
public final class Checker {
    /** When the answer came of a request that has none. */
    private static final long NEVER = Long.MAX_VALUE;

    private final RecordedHistory history;
    private final List<String> violations = new ArrayList<>();
    private final Map<Long, FeedEvent> events = new HashMap<>();

    private Checker(RecordedHistory history) {
        this.history = history;
    }

    /** What breaks the promises; nothing, hopefully. */
    public static List<String> violations(RecordedHistory history) {
        Checker checker = new Checker(history);
        checker.feedsRiseAndMakeUpWhatIsStored();
        checker.subscribersWereToldTheFeed();
        checker.publishesAreThereOnce();
        checker.timetokensRise();
        checker.messagesAreSeenOnceTheyAreAcknowledged();
        checker.factsAreLinearizable();
        return checker.violations;
    }

    private void broken(String words) {
        violations.add(words);
    }

    private void feedsRiseAndMakeUpWhatIsStored() {
        history.finalStates().forEach((channel, stored) -> {
            Map<Long, String> messages = new HashMap<>();
            Map<ActionKey, Long> actions = new HashMap<>();
            long last = 0;
            for (FeedEvent event : stored.feed()) {
                if (event.timetoken() <= last || events.put(event.timetoken(), event) != null) {
                    broken("timetokens of the feed of %s don't rise at %s".formatted(channel, event));
                }
                last = event.timetoken();
                switch (event) {
                    case FeedEvent.Delivered delivered -> messages.put(delivered.timetoken(), delivered.text());
                    case FeedEvent.Added added -> {
                        if (actions.put(added.key(), added.timetoken()) != null) {
                            broken("added while it was there: %s".formatted(added));
                        }
                    }
                    case FeedEvent.Removed removed -> {
                        if (!Objects.equals(actions.remove(removed.key()), removed.action())) {
                            broken("removed while it was not there: %s".formatted(removed));
                        }
                    }
                }
            }
            if (!messages.equals(stored.messages())) {
                broken("messages of %s: %s".formatted(channel, difference(messages, stored.messages())));
            }
            if (!actions.equals(stored.actions())) {
                broken("actions of %s: %s".formatted(channel, difference(actions, stored.actions())));
            }
        });
    }

    private static <K, V> String difference(Map<K, V> delivered, Map<K, V> stored) {
        Map<K, V> onlyDelivered = new HashMap<>(delivered);
        onlyDelivered.entrySet().removeAll(stored.entrySet());
        Map<K, V> onlyStored = new HashMap<>(stored);
        onlyStored.entrySet().removeAll(delivered.entrySet());
        return "delivered and not stored " + onlyDelivered + ", stored and not delivered " + onlyStored;
    }

    private void subscribersWereToldTheFeed() {
        for (SubscriberLog stream : history.streams()) {
            List<FeedEvent> expected = new ArrayList<>();
            for (String channel : stream.channels()) {
                for (FeedEvent event : finalState(channel).feed()) {
                    if (event.timetoken() > stream.from() && event.timetoken() <= stream.upTo()) {
                        expected.add(event);
                    }
                }
            }
            expected.sort(Comparator.comparingLong(FeedEvent::timetoken));
            if (!expected.equals(stream.delivered())) {
                Set<FeedEvent> missed = new HashSet<>(expected);
                missed.removeAll(stream.delivered());
                Set<FeedEvent> invented = new HashSet<>(stream.delivered());
                invented.removeAll(expected);
                broken("%s received %d events instead of %d; missed %s, received besides %s%s".formatted(
                        stream.name(),
                        stream.delivered().size(), expected.size(), missed, invented,
                        missed.isEmpty() && invented.isEmpty() ? ", or twice, or out of order" : ""));
            }
        }
    }

    private FinalState finalState(String channel) {
        return history.finalStates().getOrDefault(channel, new FinalState(Map.of(), Map.of(), List.of()));
    }

    private void publishesAreThereOnce() {
        Map<String, Operation> byText = new HashMap<>();
        for (Operation operation : history.operations()) {
            if (operation.invocation() instanceof Publish publish) {
                byText.put(publish.text(), operation);
                if (operation.result() instanceof Sent(long timetoken)
                        && !publish.text().equals(finalState(publish.channel()).messages().get(timetoken))) {
                    broken("acknowledged and not stored: %s".formatted(operation));
                }
            }
        }
        Set<String> seen = new HashSet<>();
        history.finalStates().forEach((channel, stored) -> stored.messages().forEach((timetoken, text) -> {
            Operation operation = byText.get(text);
            boolean isRequested = operation != null && operation.invocation().equals(new Publish(channel, text))
                    && (operation.result() instanceof Unknown || operation.result().equals(new Sent(timetoken)));
            if (!isRequested || !seen.add(text)) {
                broken("stored at %d of %s without a request, or twice: %s, by %s".formatted(timetoken, channel,
                        text,
                        operation));
            }
        }));
    }

    /** A request that is sent after a response gets a higher timetoken. */
    private void timetokensRise() {
        Set<Long> given = new HashSet<>();
        List<Operation> timed = new ArrayList<>();
        for (Operation operation : history.operations()) {
            Long timetoken = timetoken(operation);
            if (timetoken != null) {
                timed.add(operation);
                if (!given.add(timetoken)) {
                    broken("a timetoken that was given twice: %s".formatted(operation));
                }
            }
        }
        List<Operation> byResponse = new ArrayList<>(timed);
        byResponse.sort(Comparator.comparingLong(Operation::answered));
        timed.sort(Comparator.comparingLong(Operation::invoked));
        int answered = 0;
        long highest = 0;
        for (Operation operation : timed) {
            for (; answered < byResponse.size()
                    && byResponse.get(answered).answered() < operation.invoked(); answered++) {
                highest = Math.max(highest, Objects.requireNonNull(timetoken(byResponse.get(answered))));
            }
            if (Objects.requireNonNull(timetoken(operation)) <= highest) {
                broken("a timetoken that is lower than %d, which was returned before the request: %s".formatted(highest,
                        operation));
            }
        }
    }

    private static @Nullable Long timetoken(Operation operation) {
        return switch (operation.result()) {
            case Sent sent -> (Long) sent.timetoken();
            case Result.Added added -> (Long) added.timetoken();
            default -> null;
        };
    }

    private void messagesAreSeenOnceTheyAreAcknowledged() {
        Map<Long, Operation> sent = new HashMap<>();
        for (Operation operation : history.operations()) {
            if (operation.result() instanceof Sent(long timetoken)) {
                sent.put(timetoken, operation);
            }
        }
        for (Operation operation : history.operations()) {
            if (operation.invocation() instanceof Read(String channel, long message)
                    && operation.result() instanceof Found(boolean isThere, Map<ActionKey, Long> _)) {
                Operation publish = sent.get(message);
                if (!isThere && publish != null && publish.answered() < operation.invoked()) {
                    broken("not seen although acknowledged before: %s, by %s".formatted(publish, operation));
                }
                if (isThere && !finalState(channel).messages().containsKey(message)) {
                    broken("seen and lost: message %d, by %s".formatted(message, operation));
                }
            }
        }
    }

    private void factsAreLinearizable() {
        Map<ActionKey, List<Operation>> byKey = new HashMap<>();
        Map<Long, List<Operation>> reads = new HashMap<>();
        for (Operation operation : history.operations()) {
            switch (operation.invocation()) {
                case Add(ActionKey key) -> byKey.computeIfAbsent(key, each -> new ArrayList<>()).add(operation);
                case Remove(ActionKey key, long _) ->
                    byKey.computeIfAbsent(key, each -> new ArrayList<>()).add(operation);
                case Toggle(ActionKey key) -> byKey.computeIfAbsent(key, each -> new ArrayList<>()).add(operation);
                case Read(String _, long message) ->
                    reads.computeIfAbsent(message, each -> new ArrayList<>()).add(operation);
                case Publish _ -> {}
            }
        }
        Map<ActionKey, TreeMap<Long, Change>> changesByKey = new HashMap<>();
        for (FeedEvent event : events.values()) {
            ActionKey key = switch (event) {
                case FeedEvent.Added added -> added.key();
                case FeedEvent.Removed removed -> removed.key();
                case FeedEvent.Delivered _ -> null;
            };
            if (key != null) {
                changesByKey.computeIfAbsent(key, each -> new TreeMap<>()).put(event.timetoken(), change(event));
            }
        }
        Set<ActionKey> keys = new HashSet<>(byKey.keySet());
        keys.addAll(changesByKey.keySet());
        for (ActionKey key : keys) {
            List<Change> changes = List.copyOf(changesByKey.getOrDefault(key, new TreeMap<>()).values());
            List<Step> steps = steps(byKey.getOrDefault(key, List.of()), changes);
            for (Operation read : reads.getOrDefault(key.message(), List.of())) {
                if (read.result() instanceof Found(boolean _, Map<ActionKey, Long> actions)) {
                    Long seen = actions.get(key);
                    steps.add(step(seen == null ? Kind.ABSENT : Kind.PRESENT, seen == null ? 0 : seen, read));
                }
            }
            if (!Linearizability.holds(steps, changes)) {
                broken("no order of requests explains the answers about %s: %s, delivered %s".formatted(key, steps,
                        changes));
            }
        }
    }

    private static Change change(FeedEvent event) {
        return event instanceof FeedEvent.Removed gone
                ? new Change(false, gone.action())
                : new Change(true, event.timetoken());
    }

    /** The requests about a key, and what each did to it according to its answer. */
    private List<Step> steps(List<Operation> operations, List<Change> delivered) {
        List<Step> steps = new ArrayList<>();
        for (Operation operation : operations) {
            long about = operation.invocation() instanceof Remove(ActionKey _, long action) ? action : 0;
            switch (operation.result()) {
                case Result.Added(long timetoken) -> {
                    steps.add(step(Kind.ADDED, timetoken, operation));
                    isDelivered(new Change(true, timetoken), delivered, operation);
                }
                case Result.Removed(long timetoken) -> {
                    steps.add(step(Kind.REMOVED, timetoken, operation));
                    isDelivered(new Change(false, timetoken), delivered, operation);
                }
                case AlreadyThere _ -> steps.add(step(Kind.ALREADY_THERE, 0, operation));
                case NotThere _ -> steps.add(step(Kind.NOT_THERE, about, operation));
                case Unknown _ -> steps.add(new Step(switch (operation.invocation()) {
                    case Add _ -> Kind.MAYBE_ADDED;
                    case Remove _ -> Kind.MAYBE_REMOVED;
                    default -> Kind.MAYBE_TOGGLED;
                }, about, operation.invoked(), NEVER));
                default -> {
                    // refused: nothing was done
                }
            }
        }
        return steps;
    }

    private static Step step(Kind kind, long timetoken, Operation operation) {
        return new Step(kind, timetoken, operation.invoked(), operation.answered());
    }

    private void isDelivered(Change change, List<Change> delivered, Operation operation) {
        if (!delivered.contains(change)) {
            broken("acknowledged and not delivered: %s".formatted(operation));
        }
    }
}
