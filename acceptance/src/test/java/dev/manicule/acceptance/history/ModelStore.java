package dev.manicule.acceptance.history;

import dev.manicule.acceptance.history.Result.AlreadyThere;
import dev.manicule.acceptance.history.Result.Found;
import dev.manicule.acceptance.history.Result.NotThere;
import dev.manicule.acceptance.history.Result.Sent;
import dev.manicule.acceptance.history.Result.Unknown;
import dev.manicule.acceptance.history.Invocation.Add;
import dev.manicule.acceptance.history.Invocation.Publish;
import dev.manicule.acceptance.history.Invocation.Read;
import dev.manicule.acceptance.history.Invocation.Remove;
import dev.manicule.acceptance.history.Invocation.Toggle;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory, which keeps all promises, or breaks one of them now and then. Answers are lost at random, as by a
 * crash.
 */
final class ModelStore implements Store {
    private final State state;

    /** What is wrong with it. */
    enum Flaw {
        NONE, PUBLISH_LOST, PUBLISH_KEPT_TWICE, TEXT_CHANGED, ADD_LOST, ADD_NOT_UNIQUE, ADD_REFUSED_FOR_NOTHING, REMOVE_UNDONE, REMOVED_TWICE, REMOVE_REFUSED_FOR_NOTHING, TOGGLED_TWICE, TOGGLE_IS_BLIND, TOGGLE_SAYS_THE_OTHER, TIMETOKEN_STEPS_BACK, TIMETOKEN_GIVEN_TWICE, EVENT_MISSED, EVENT_TOLD_TWICE, EVENTS_OUT_OF_ORDER, EVENT_FROM_NOWHERE, EVENT_NOT_STORED, READS_ARE_STALE, REPEATED_REQUEST_DONE_TWICE, REFUSED_AND_DONE
    }

    /** What all clients share. */
    static final class State {
        private final Flaw flaw;
        private final Random random;
        private final TreeMap<Long, FeedEvent> feed = new TreeMap<>();
        private final TreeMap<Long, FeedEvent.Delivered> messages = new TreeMap<>();
        private final Map<ActionKey, Long> actions = new HashMap<>();
        private final Map<ActionKey, Long> staleActions = new HashMap<>();
        private final Map<String, Result> done = new HashMap<>();
        private long last = 1000;

        State(Flaw flaw, long seed) {
            this.flaw = flaw;
            random = new Random(seed);
        }

        private boolean happens(Flaw which) {
            return flaw == which && random.nextInt(20) == 0;
        }

        private long next() {
            if (happens(Flaw.TIMETOKEN_STEPS_BACK) && last > 1100) {
                for (long back = last - 50; back < last; back++) {
                    if (!feed.containsKey(back)) {
                        return back;
                    }
                }
            }
            last += 2;
            return happens(Flaw.TIMETOKEN_GIVEN_TWICE) ? last - 2 : last;
        }
    }

    ModelStore(State state) {
        this.state = state;
    }

    @Override
    public Result execute(Invocation invocation, @Nullable String id) {
        synchronized (state) {
            boolean isLost = state.random.nextInt(12) == 0;
            if (isLost && state.random.nextBoolean()) {
                return new Unknown(); // the request was
            }
            Result result = id == null || state.flaw == Flaw.REPEATED_REQUEST_DONE_TWICE ? null : state.done.get(id);
            if (result == null) {
                result = decide(invocation);
            }
            if (id != null) {
                state.done.put(id, result);
            }
            return isLost ? new Unknown() : result;
        }
    }

    private Result decide(Invocation invocation) {
        return switch (invocation) {
            case Publish publish -> publish(publish);
            case Add(ActionKey key) -> add(key);
            case Remove(ActionKey key, long action) -> remove(key, action);
            case Toggle(ActionKey key) -> toggle(key);
            case Read(String _, long message) -> read(message);
        };
    }

    private Result publish(Publish publish) {
        long timetoken = state.next();
        String text = state.happens(Flaw.TEXT_CHANGED) ? publish.text() + "?" : publish.text();
        FeedEvent.Delivered delivered = new FeedEvent.Delivered(publish.channel(), timetoken, text);
        if (!state.happens(Flaw.PUBLISH_LOST)) {
            state.messages.put(timetoken, delivered);
            state.feed.put(timetoken, delivered);
        }
        if (state.happens(Flaw.PUBLISH_KEPT_TWICE)) {
            long again = state.next();
            FeedEvent.Delivered twice = new FeedEvent.Delivered(publish.channel(), again, text);
            state.messages.put(again, twice);
            state.feed.put(again, twice);
        }
        return state.happens(Flaw.REFUSED_AND_DONE) ? new Result.Refused() : new Sent(timetoken);
    }

    private Result add(ActionKey key) {
        if (state.happens(Flaw.ADD_REFUSED_FOR_NOTHING)
                || (state.actions.containsKey(key) && !state.happens(Flaw.ADD_NOT_UNIQUE))) {
            return new AlreadyThere();
        }
        long timetoken = state.next();
        if (!state.happens(Flaw.ADD_LOST)) {
            state.actions.put(key, timetoken);
        }
        if (!state.happens(Flaw.EVENT_NOT_STORED)) {
            state.feed.put(timetoken, new FeedEvent.Added(timetoken, key));
        }
        return new Result.Added(timetoken);
    }

    private Result toggle(ActionKey key) {
        Long there = state.actions.get(key);
        if (state.happens(Flaw.TOGGLE_IS_BLIND)) { // the other of two at a time decided just before
            return there == null ? new Result.Removed(state.last) : new Result.Added(there);
        }
        Result result = there == null ? add(key) : remove(key, there);
        if (state.happens(Flaw.TOGGLED_TWICE) && result instanceof Result.Added(long added)) {
            remove(key, added);
        }
        return state.happens(Flaw.TOGGLE_SAYS_THE_OTHER) && result instanceof Result.Removed(long removed)
                ? new Result.Added(removed)
                : result;
    }

    private Result remove(ActionKey key, long action) {
        Long there = state.actions.get(key);
        if (there == null || there != action || state.happens(Flaw.REMOVE_REFUSED_FOR_NOTHING)) {
            return state.happens(Flaw.REMOVED_TWICE) ? new Result.Removed(action) : new NotThere();
        }
        long timetoken = state.next();
        if (!state.happens(Flaw.REMOVE_UNDONE)) {
            state.actions.remove(key);
        }
        state.feed.put(timetoken, new FeedEvent.Removed(timetoken, key, action));
        return new Result.Removed(action);
    }

    private Result read(long message) {
        if (state.flaw != Flaw.READS_ARE_STALE || state.random.nextInt(3) == 0) {
            state.staleActions.clear();
            state.staleActions.putAll(state.actions);
        }
        Map<ActionKey, Long> found = state.staleActions.entrySet()
                .stream()
                .filter(action -> action.getKey().message() == message)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        return new Found(state.messages.containsKey(message), found);
    }

    @Override
    public PollResult poll(Set<String> channels, long cursor) throws IOException {
        synchronized (state) {
            if (state.random.nextInt(20) == 0) {
                throw new IOException("the answer was lost");
            }
            if (cursor == 0) {
                return new PollResult(List.of(), state.last);
            }
            List<FeedEvent> news = new ArrayList<>(state.feed.tailMap(cursor, false)
                    .values()
                    .stream()
                    .filter(event -> channels.contains(event.channel()))
                    .limit(10)
                    .toList());
            long next = news.isEmpty() ? cursor : news.getLast().timetoken();
            if (!news.isEmpty()) {
                spoil(news);
            }
            return new PollResult(news, next);
        }
    }

    private void spoil(List<FeedEvent> news) {
        int which = state.random.nextInt(news.size());
        if (state.happens(Flaw.EVENT_MISSED)) {
            news.remove(which);
        } else if (state.happens(Flaw.EVENT_TOLD_TWICE)) {
            news.add(which, news.get(which));
        } else if (state.happens(Flaw.EVENTS_OUT_OF_ORDER)) {
            news.sort(Comparator.comparingLong(FeedEvent::timetoken).reversed());
        } else if (state.happens(Flaw.EVENT_FROM_NOWHERE)) {
            news.add(new FeedEvent.Delivered(news.getFirst().channel(), news.getLast().timetoken() + 1, "nobody"));
        }
    }

    @Override
    public FinalState finalState(String channel) {
        synchronized (state) {
            return new FinalState(state.messages.values()
                    .stream()
                    .filter(message -> message.channel().equals(channel))
                    .collect(Collectors.toMap(FeedEvent.Delivered::timetoken, FeedEvent.Delivered::text)),
                    state.actions.entrySet()
                            .stream()
                            .filter(action -> action.getKey().channel().equals(channel))
                            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
                    state.feed.values().stream().filter(event -> event.channel().equals(channel)).toList());
        }
    }

    @Override
    public void close() {
        // nothing is held
    }
}
