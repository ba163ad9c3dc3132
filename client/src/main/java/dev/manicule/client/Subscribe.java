package dev.manicule.client;

import dev.manicule.client.internal.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A change of the subscription: channels and groups to subscribe to or to unsubscribe from. It never changes: each
 * method that sets something returns another one. Nothing happens before {@link #execute()}.
 *
 * <pre>{@code
 * client.subscribe().channels("room").channelGroups("team").withPresence().execute();
 * }</pre>
 *
 * @since 0.1
 */
public final class Subscribe {
    private static final Set<Duration> PERIODS = Set.of(Duration.ofMillis(250), Duration.ofMillis(500),
            Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(5));

    private final Subscription subscription;
    private final boolean ends;
    private final List<String> channels;
    private final List<String> groups;
    private final boolean presence;
    private final boolean readMarks;
    private final @Nullable Duration summaries;
    private final @Nullable Long timetoken;

    Subscribe(Subscription subscription, boolean ends) {
        this(subscription, ends, List.of(), List.of(), false, false, null, null);
    }

    private Subscribe(Subscription subscription, boolean ends, List<String> channels, List<String> groups,
            boolean presence, boolean readMarks, @Nullable Duration summaries, @Nullable Long timetoken) {
        this.subscription = subscription;
        this.ends = ends;
        this.channels = channels;
        this.groups = groups;
        this.presence = presence;
        this.readMarks = readMarks;
        this.summaries = summaries;
        this.timetoken = timetoken;
    }

    /**
     * Adds channels.
     *
     * @param names their names; {@code a.*} stands for all whose names begin with {@code a.}
     * @return a change with these channels too
     */
    public Subscribe channels(String... names) {
        return new Subscribe(subscription, ends, Call.with(channels, List.of(names)), groups, presence, readMarks,
                summaries,
                timetoken);
    }

    /**
     * Adds groups of channels.
     *
     * @param names their names
     * @return a change with these groups too
     */
    public Subscribe channelGroups(String... names) {
        return new Subscribe(subscription, ends, channels, Call.with(groups, List.of(names)), presence, readMarks,
                summaries,
                timetoken);
    }

    /**
     * Subscribes to joins and leaves there too: see {@link Listener#presence}.
     *
     * @return a change with presence
     */
    public Subscribe withPresence() {
        return new Subscribe(subscription, ends, channels, groups, true, readMarks, summaries,
                timetoken);
    }

    /**
     * Subscribes to the read marks of the channels too: see {@link Listener#readMark}. Groups and wildcards bring none. It
     * holds for these channels until they are unsubscribed from, not for others of the subscription.
     *
     * @return a change with read marks
     */
    public Subscribe withReadMarks() {
        return new Subscribe(subscription, ends, channels, groups, presence, true, summaries, timetoken);
    }

    /**
     * Replaces the events of actions by summaries, at most one a message and period: see {@link Listener#actionSummary}. It
     * holds for all that the client subscribes to, until it has unsubscribed from everything.
     *
     * @param period how long a period takes: 250, 500, 1,000, 2,000 or 5,000 milliseconds
     * @return a change with summaries
     * @throws IllegalArgumentException when it is another period
     */
    public Subscribe withActionSummaries(Duration period) {
        if (!PERIODS.contains(period)) {
            throw new IllegalArgumentException(
                    "period must be 250, 500, 1000, 2000 or 5000 milliseconds, and not " + period);
        }
        return new Subscribe(subscription, ends, channels, groups, presence, readMarks, period, timetoken);
    }

    /**
     * Continues after a timetoken, on all that is subscribed to: later events are delivered first.
     *
     * @param cursor the timetoken, in 100-nanosecond steps since 1970; at least 1
     * @return a change with this timetoken
     * @throws IllegalArgumentException when it is less than 1
     */
    public Subscribe timetoken(long cursor) {
        return new Subscribe(subscription, ends, channels, groups, presence, readMarks, summaries,
                Call.required(cursor, "timetoken"));
    }

    /**
     * Applies the change. Returns at once; listeners receive the status.
     *
     * @throws IllegalArgumentException when there is neither a channel nor a group, or a name can't be sent
     */
    public void execute() {
        if (channels.isEmpty() && groups.isEmpty()) {
            throw new IllegalArgumentException("channel is missing");
        }
        List<String> unused = Call.checked(channels, "channel");
        List<String> unusedToo = Call.checked(groups, "channelGroup");
        if (ends) { // with its presence, subscribed to or not
            subscription.unsubscribe(withPresence(channels), withPresence(groups));
        } else {
            subscription.subscribe(presence ? withPresence(channels) : channels,
                    presence ? withPresence(groups) : groups, readMarks ? channels : List.of(), summaries, timetoken);
        }
    }

    private static List<String> withPresence(List<String> names) {
        List<String> both = new ArrayList<>(names);
        names.forEach(name -> both.add(name + Subscription.PRESENCE));
        return both;
    }
}
