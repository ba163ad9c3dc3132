package dev.manicule.acceptance.history;

import dev.manicule.acceptance.history.Result.AlreadyThere;
import dev.manicule.acceptance.history.Result.Found;
import dev.manicule.acceptance.history.Result.NotThere;
import dev.manicule.acceptance.history.Result.Sent;
import dev.manicule.acceptance.history.Result.Unknown;
import dev.manicule.acceptance.history.Linearizability.Kind;
import dev.manicule.acceptance.history.Linearizability.Step;
import dev.manicule.acceptance.history.Request.Add;
import dev.manicule.acceptance.history.Request.Publish;
import dev.manicule.acceptance.history.Request.Read;
import dev.manicule.acceptance.history.Request.Remove;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
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
 * stored when it is replayed, hold every acknowledged write and nothing that nobody asked for, and be what every subscriber
 * was told. Then it says which of the requests without an answer were done, and each fact is searched for an order of its
 * requests that explains all answers.
 */
public final class Checker {
    /** After everything. */
    private static final long END = Long.MAX_VALUE;

    private final History history;
    private final List<String> violations = new ArrayList<>();
    private final Map<Long, FeedEvent> events = new HashMap<>();

    private Checker(History history) {
        this.history = history;
    }

    /** What breaks the promises; nothing, hopefully. */
    public static List<String> violations(History history) {
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
        history.stored().forEach((channel, stored) -> {
            Map<Long, String> messages = new HashMap<>();
            Map<ActionKey, Long> actions = new HashMap<>();
            long last = 0;
            for (FeedEvent event : stored.feed()) {
                if (event.timetoken() <= last || events.put(event.timetoken(), event) != null) {
                    broken("timetokens of the feed of %s don't rise at %s".formatted(channel, event));
                }
                last = event.timetoken();
                switch (event) {
                    case FeedEvent.Delivered told -> messages.put(told.timetoken(), told.text());
                    case FeedEvent.Added added -> {
                        if (actions.put(added.fact(), added.timetoken()) != null) {
                            broken("added while it was there: %s".formatted(added));
                        }
                    }
                    case FeedEvent.Removed removed -> {
                        if (!Objects.equals(actions.remove(removed.fact()), removed.action())) {
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

    private static <K, V> String difference(Map<K, V> told, Map<K, V> stored) {
        Map<K, V> onlyTold = new HashMap<>(told);
        onlyTold.entrySet().removeAll(stored.entrySet());
        Map<K, V> onlyStored = new HashMap<>(stored);
        onlyStored.entrySet().removeAll(told.entrySet());
        return "told and not stored " + onlyTold + ", stored and not told " + onlyStored;
    }

    private void subscribersWereToldTheFeed() {
        for (Stream stream : history.streams()) {
            List<FeedEvent> expected = new ArrayList<>();
            for (String channel : stream.channels()) {
                for (FeedEvent event : stored(channel).feed()) {
                    if (event.timetoken() > stream.from() && event.timetoken() <= stream.upTo()) {
                        expected.add(event);
                    }
                }
            }
            expected.sort(Comparator.comparingLong(FeedEvent::timetoken));
            if (!expected.equals(stream.told())) {
                Set<FeedEvent> missed = new HashSet<>(expected);
                missed.removeAll(stream.told());
                Set<FeedEvent> invented = new HashSet<>(stream.told());
                invented.removeAll(expected);
                broken("%s was told %d events and should have been told %d; missed %s, told besides %s%s".formatted(
                        stream.name(),
                        stream.told().size(), expected.size(), missed, invented,
                        missed.isEmpty() && invented.isEmpty() ? ", or twice, or out of order" : ""));
            }
        }
    }

    private FinalState stored(String channel) {
        return history.stored().getOrDefault(channel, new FinalState(Map.of(), Map.of(), List.of()));
    }

    private void publishesAreThereOnce() {
        Map<String, Operation> byText = new HashMap<>();
        for (Operation call : history.calls()) {
            if (call.request() instanceof Publish publish) {
                byText.put(publish.text(), call);
                if (call.answer() instanceof Sent(long timetoken)
                        && !publish.text().equals(stored(publish.channel()).messages().get(timetoken))) {
                    broken("acknowledged and not stored: %s".formatted(call));
                }
            }
        }
        Set<String> seen = new HashSet<>();
        history.stored().forEach((channel, stored) -> stored.messages().forEach((timetoken, text) -> {
            Operation call = byText.get(text);
            boolean isAsked = call != null && call.request().equals(new Publish(channel, text))
                    && (call.answer() instanceof Unknown || call.answer().equals(new Sent(timetoken)));
            if (!isAsked || !seen.add(text)) {
                broken("stored at %d of %s without being asked for, or twice: %s, by %s".formatted(timetoken, channel,
                        text,
                        call));
            }
        }));
    }

    /** What is asked after something was answered has a higher timetoken. */
    private void timetokensRise() {
        Set<Long> given = new HashSet<>();
        List<Operation> timed = new ArrayList<>();
        for (Operation call : history.calls()) {
            Long timetoken = timetoken(call);
            if (timetoken != null) {
                timed.add(call);
                if (!given.add(timetoken)) {
                    broken("a timetoken that was given twice: %s".formatted(call));
                }
            }
        }
        List<Operation> byAnswer = new ArrayList<>(timed);
        byAnswer.sort(Comparator.comparingLong(Operation::answered));
        timed.sort(Comparator.comparingLong(Operation::invoked));
        int answered = 0;
        long highest = 0;
        for (Operation call : timed) {
            for (; answered < byAnswer.size()
                    && byAnswer.get(answered).answered() < call.invoked(); answered++) {
                highest = Math.max(highest, Objects.requireNonNull(timetoken(byAnswer.get(answered))));
            }
            if (Objects.requireNonNull(timetoken(call)) <= highest) {
                broken("a timetoken that is lower than %d, which was told before it was asked: %s".formatted(highest,
                        call));
            }
        }
    }

    private static @Nullable Long timetoken(Operation call) {
        return switch (call.answer()) {
            case Sent sent -> (Long) sent.timetoken();
            case Result.Added added -> (Long) added.timetoken();
            default -> null;
        };
    }

    private void messagesAreSeenOnceTheyAreAcknowledged() {
        Map<Long, Operation> sent = new HashMap<>();
        for (Operation call : history.calls()) {
            if (call.answer() instanceof Sent(long timetoken)) {
                sent.put(timetoken, call);
            }
        }
        for (Operation call : history.calls()) {
            if (call.request() instanceof Read(String channel, long message)
                    && call.answer() instanceof Found(boolean isThere, Map<ActionKey, Long> _)) {
                Operation publish = sent.get(message);
                if (!isThere && publish != null && publish.answered() < call.invoked()) {
                    broken("not seen although acknowledged before: %s, by %s".formatted(publish, call));
                }
                if (isThere && !stored(channel).messages().containsKey(message)) {
                    broken("seen and lost: message %d, by %s".formatted(message, call));
                }
            }
        }
    }

    private void factsAreLinearizable() {
        Map<ActionKey, List<Operation>> byFact = new HashMap<>();
        Map<Long, List<Operation>> reads = new HashMap<>();
        for (Operation call : history.calls()) {
            switch (call.request()) {
                case Add(ActionKey fact) -> byFact.computeIfAbsent(fact, each -> new ArrayList<>()).add(call);
                case Remove(ActionKey fact, long _) ->
                    byFact.computeIfAbsent(fact, each -> new ArrayList<>()).add(call);
                case Read(String _, long message) ->
                    reads.computeIfAbsent(message, each -> new ArrayList<>()).add(call);
                case Publish _ -> {}
            }
        }
        Map<ActionKey, TreeMap<Long, FeedEvent>> eventsByFact = new HashMap<>();
        for (FeedEvent event : events.values()) {
            ActionKey fact = switch (event) {
                case FeedEvent.Added added -> added.fact();
                case FeedEvent.Removed removed -> removed.fact();
                case FeedEvent.Delivered _ -> null;
            };
            if (fact != null) {
                eventsByFact.computeIfAbsent(fact, each -> new TreeMap<>()).put(event.timetoken(), event);
            }
        }
        Set<ActionKey> facts = new HashSet<>(byFact.keySet());
        facts.addAll(eventsByFact.keySet());
        for (ActionKey fact : facts) {
            List<Operation> calls = byFact.getOrDefault(fact, List.of());
            List<Step> steps = steps(calls, eventsByFact.getOrDefault(fact, new TreeMap<>()));
            for (Operation read : reads.getOrDefault(fact.message(), List.of())) {
                if (read.answer() instanceof Found(boolean _, Map<ActionKey, Long> actions)) {
                    Long seen = actions.get(fact);
                    steps.add(new Step(seen == null ? Kind.ABSENT : Kind.PRESENT, seen == null ? 0 : seen,
                            read.invoked(), read.answered()));
                }
            }
            Long last = stored(fact.channel()).actions().get(fact);
            steps.add(new Step(last == null ? Kind.ABSENT : Kind.PRESENT, last == null ? 0 : last, END, END));
            if (!Linearizability.holds(steps)) {
                broken("no order of requests explains the answers about %s: %s".formatted(fact, steps));
            }
        }
    }

    /**
     * What was done to a fact, of which {@code told} holds the events in order. An event that no answer speaks of must be the doing of a request without an answer: of the
     * earliest that has none yet. Such requests without an event were not done.
     */
    private List<Step> steps(List<Operation> calls, Map<Long, FeedEvent> told) {
        List<Step> steps = new ArrayList<>();
        Deque<Operation> openAdds = new ArrayDeque<>();
        Map<Long, Deque<Operation>> openRemoves = new HashMap<>();
        Set<Long> added = new HashSet<>();
        Set<Long> removed = new HashSet<>();
        List<Operation> inOrder = new ArrayList<>(calls);
        inOrder.sort(Comparator.comparingLong(Operation::invoked));
        for (Operation call : inOrder) {
            long about = call.request() instanceof Remove(ActionKey _, long action) ? action : 0;
            switch (call.answer()) {
                case Result.Added(long timetoken) -> {
                    added.add(timetoken);
                    steps.add(new Step(Kind.ADDED, timetoken, call.invoked(), call.answered()));
                    if (!(told.get(timetoken) instanceof FeedEvent.Added)) {
                        broken("acknowledged and not told: %s".formatted(call));
                    }
                }
                case Result.Removed _ -> {
                    removed.add(about);
                    steps.add(new Step(Kind.REMOVED, about, call.invoked(), call.answered()));
                    if (told.values()
                            .stream()
                            .noneMatch(event -> event instanceof FeedEvent.Removed gone && gone.action() == about)) {
                        broken("acknowledged and not told: %s".formatted(call));
                    }
                }
                case AlreadyThere _ ->
                    steps.add(new Step(Kind.ALREADY_THERE, 0, call.invoked(), call.answered()));
                case NotThere _ ->
                    steps.add(new Step(Kind.NOT_THERE, about, call.invoked(), call.answered()));
                case Unknown _ when about == 0 -> openAdds.add(call);
                case Unknown _ -> openRemoves.computeIfAbsent(about, each -> new ArrayDeque<>()).add(call);
                default -> {
                    // refused: nothing was done
                }
            }
        }
        for (FeedEvent event : told.values()) {
            boolean isRemoval = event instanceof FeedEvent.Removed;
            long about = event instanceof FeedEvent.Removed gone ? gone.action() : event.timetoken();
            if (!(isRemoval ? removed : added).contains(about)) {
                Deque<Operation> open = isRemoval ? openRemoves.getOrDefault(about, new ArrayDeque<>()) : openAdds;
                Operation by = open.poll();
                if (by == null) {
                    broken("told and not asked for: %s".formatted(event));
                } else {
                    steps.add(new Step(isRemoval ? Kind.REMOVED : Kind.ADDED, about, by.invoked(), END - 1));
                }
            }
        }
        return steps;
    }
}
