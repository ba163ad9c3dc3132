package dev.manicule.client;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The counts of the actions on one message, kept exact: by summaries, and by the events after them. Neither has to wait
 * for the other: it takes summaries and events in any order, an event twice, an old summary after newer events, and is
 * what the server has as soon as it has received what the server sent. Any thread may use it.
 *
 * <pre>{@code
 * ActionCounts counts = new ActionCounts(client.config().uuid(), "room", message);
 * client.addListener(new Listener() {
 *     @Override
 *     public void messageAction(MessageActionEvent event) {
 *         if (counts.apply(event)) {
 *             show(counts.snapshot());
 *         }
 *     }
 * });
 * client.subscribe("room"); // and when it is connected:
 * counts.apply(client.getActionSummaries("room", message).sync().orThrow().summary(message));
 * }</pre>
 *
 * <p>So that no event is missed, read the summary after the subscription is {@link Category#CONNECTED}, and give it the
 * events from then on; or read the summary first, and subscribe from its {@link ActionSummary#asOf()}. A lost connection
 * needs nothing: the client continues from its cursor.
 *
 * <p>No event comes when the server deletes a message, or actions that are too old. The next event of the type and value,
 * or the next summary, has what is left.
 *
 * @since 0.1
 */
public final class ActionCounts {
    private final String reader;
    private final String channel;
    private final long messageTimetoken;
    /** By type, then by value; also those that count 0, so that an older event does not revive them. */
    private final Map<String, Map<String, Known>> known = new TreeMap<>();
    private long asOf;
    private boolean hasMore = true;

    /** What is known of a type and value, each with the timetoken of the event or the summary that said it. */
    private record Known(long count, long countAt, long mine, int mineAmount, long mineAt) {
        static final Known NOTHING = new Known(0, 0, 0, 0, 0);

        Known withCount(long newCount, long at) {
            return at < countAt ? this : new Known(newCount, at, mine, mineAmount, mineAt);
        }

        Known withMine(long newMine, int newAmount, long at) {
            return at < mineAt ? this : new Known(count, countAt, newMine, newAmount, at);
        }

        Known withoutMine(long at) {
            return withMine(0, 0, at);
        }

        boolean isNothingAt(long timetoken) {
            return count == 0 && mine == 0 && countAt <= timetoken && mineAt <= timetoken;
        }

        OptionalLong own() {
            return mine == 0 ? OptionalLong.empty() : OptionalLong.of(mine);
        }
    }

    /**
     * The actions that share a type and a value.
     *
     * @param count how many, at least 1
     * @param mine the timetoken of the reader's own action among them, by which it is removed, in 100-nanosecond steps
     *        since 1970; empty when there is none
     * @since 0.1
     */
    public record Count(long count, OptionalLong mine) {}

    /**
     * Counts of a message, of which nothing is known yet: all are 0 until a summary or an event comes.
     *
     * @param reader the user whose actions are {@link #mine}; the uuid of the client
     * @param channel the channel of the message
     * @param messageTimetoken the message, in 100-nanosecond steps since 1970
     */
    public ActionCounts(String reader, String channel, long messageTimetoken) {
        this.reader = reader;
        this.channel = channel;
        this.messageTimetoken = messageTimetoken;
    }

    /**
     * Counts of a message that begin with a summary. The events after {@link ActionSummary#asOf()} have to follow, all of
     * them: those that come before the summary is here need {@link #ActionCounts(String, String, long)}, or
     * {@link ManiculeClient#subscribeFrom} with that timetoken.
     *
     * @param summary the summary
     * @return the counts, of this message and of the summary's reader
     */
    public static ActionCounts of(ActionSummary summary) {
        ActionCounts counts = new ActionCounts(summary.reader(), summary.channel(), summary.messageTimetoken());
        counts.apply(summary);
        return counts;
    }

    /**
     * Takes a summary: it replaces what is older. One that is older than the last is ignored.
     *
     * @param summary a summary of this message for this reader
     * @throws IllegalArgumentException when it is of another message, or for another reader
     */
    public synchronized void apply(ActionSummary summary) {
        if (summary.messageTimetoken() != messageTimetoken || !summary.channel().equals(channel)) {
            throw new IllegalArgumentException("the summary is of message " + summary.messageTimetoken() + " in "
                    + summary.channel() + ", the counts are of " + messageTimetoken + " in " + channel);
        }
        if (!summary.reader().equals(reader)) {
            throw new IllegalArgumentException("the summary is for " + summary.reader() + ", the counts are for "
                    + reader + ": request it with a client of this user");
        }
        if (summary.asOf() < asOf) {
            return;
        }
        asOf = summary.asOf();
        hasMore = summary.hasMore();
        summary.tallies()
                .forEach((type, values) -> values.forEach((value, tally) -> put(type, value, known(type, value)
                        .withCount(tally.count(), asOf)
                        .withMine(tally.mine().orElse(0), tally.mineAmount(), asOf))));
        if (!hasMore) { // then no action has what it does not name
            known.forEach((type, values) -> values.replaceAll((value, each) -> isNamed(summary, type, value)
                    ? each
                    : each.withCount(0, asOf).withoutMine(asOf)));
            known.values().forEach(values -> values.values().removeIf(each -> each.isNothingAt(asOf)));
        }
    }

    private static boolean isNamed(ActionSummary summary, String type, String value) {
        return summary.tallies().getOrDefault(type, Map.of()).containsKey(value);
    }

    /**
     * Takes an event. It changes nothing when it is of another message, when the summary counts it already, or when a later
     * event of its type and value came before it.
     *
     * <p>An event of a server that {@linkplain MessageActionEvent#count() says no count} adds or subtracts one; such
     * events have to come in order.
     *
     * @param event any event of message actions
     * @return whether it was news
     */
    public synchronized boolean apply(MessageActionEvent event) {
        MessageAction action = event.action();
        long at = event.timetoken();
        if (action.messageTimetoken() != messageTimetoken || !event.channel().equals(channel)
                || (!hasMore && at <= asOf)) {
            return false;
        }
        Known before = known(action.type(), action.value());
        Known after = before;
        if (at > before.countAt) { // one without a count must not count twice
            long count = event.count()
                    .orElse(Math.max(0, before.count + (event.isAdded() ? action.amount() : -action.amount())));
            after = after.withCount(count, at);
        }
        if (reader.equals(action.uuid())) {
            after = event.isAdded()
                    ? after.withMine(action.actionTimetoken(), action.amount(), at)
                    : after.withoutMine(at);
        }
        put(action.type(), action.value(), after);
        return !after.equals(before);
    }

    /**
     * Takes the counts of a period. They change nothing when they are of another message, or when the summary counts them
     * already. They say nothing of single users: what is {@link #mine} stays as the last summary or event had it. After
     * counts that {@linkplain ActionSummaryEvent#hasMore() are not all}, read the summary again.
     *
     * @param event any event of summaries
     * @return whether it was news
     */
    public synchronized boolean apply(ActionSummaryEvent event) {
        if (event.messageTimetoken() != messageTimetoken || !event.channel().equals(channel)
                || (!hasMore && event.asOf() <= asOf)) {
            return false;
        }
        hasMore |= event.hasMore();
        boolean isNews = event.hasMore();
        for (Map.Entry<String, Map<String, Long>> type : event.counts().entrySet()) {
            for (Map.Entry<String, Long> value : type.getValue().entrySet()) {
                Known before = known(type.getKey(), value.getKey());
                Known after = before.withCount(value.getValue(), event.asOf());
                put(type.getKey(), value.getKey(), after);
                isNews |= !after.equals(before);
            }
        }
        return isNews;
    }

    /**
     * The count of a type and a value.
     *
     * @param type the type, such as {@code reaction}
     * @param value the value, such as {@code wave}
     * @return how many actions have them, or the sum of their amounts; 0 also when they are {@linkplain #hasMore() not
     *         known}
     */
    public synchronized long count(String type, String value) {
        return known(type, value).count;
    }

    /**
     * The reader's own action of a type and a value.
     *
     * @param type the type, such as {@code reaction}
     * @param value the value, such as {@code wave}
     * @return its timetoken, by which it is removed, in 100-nanosecond steps since 1970; empty when there is none, or when
     *         they are {@linkplain #hasMore() not known}
     */
    public synchronized OptionalLong mine(String type, String value) {
        return known(type, value).own();
    }

    /**
     * For how many the reader's own action of a type and a value counts.
     *
     * @param type the type, such as {@code clap}
     * @param value the value, such as {@code 👏}
     * @return its amount, 1 unless the rule of the type is {@link ActionRule.Kind#COUNTER}; 0 when there is none, or when
     *         they are {@linkplain #hasMore() not known}
     */
    public synchronized int mineAmount(String type, String value) {
        return known(type, value).mineAmount;
    }

    /**
     * Whether there may be types and values that are not known: before the first summary, and after one that
     * {@linkplain ActionSummary#hasMore() has more}.
     *
     * @return false when all are counted
     */
    public synchronized boolean hasMore() {
        return hasMore;
    }

    /**
     * All counts, of one moment.
     *
     * @return type to value to count, sorted, without those that no action has; it does not change
     */
    public synchronized Map<String, Map<String, Count>> snapshot() {
        Map<String, Map<String, Count>> snapshot = new TreeMap<>();
        known.forEach((type, values) -> values.forEach((value, each) -> {
            if (each.count > 0) {
                snapshot.computeIfAbsent(type, absent -> new TreeMap<>()).put(value, new Count(each.count, each.own()));
            }
        }));
        snapshot.replaceAll((type, values) -> Collections.unmodifiableMap(values));
        return Collections.unmodifiableMap(snapshot);
    }

    private Known known(String type, String value) {
        return known.getOrDefault(type, Map.of()).getOrDefault(value, Known.NOTHING);
    }

    private void put(String type, String value, Known now) {
        known.computeIfAbsent(type, absent -> new HashMap<>()).put(value, now);
    }
}
