package dev.manicule.client;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of the subscription: channels and groups to subscribe to or to unsubscribe from. One thread builds it step
 * by step.
 */
public final class Subscribe {
    private final Subscription subscription;
    private final boolean ends;
    private final List<String> channels = new ArrayList<>();
    private final List<String> groups = new ArrayList<>();
    private boolean presence;
    private @Nullable Long timetoken;

    Subscribe(Subscription subscription, boolean ends) {
        this.subscription = subscription;
        this.ends = ends;
    }

    /** Channels, by their names; {@code a.*} stands for all whose names begin with {@code a.}. */
    public Subscribe channels(String... names) {
        channels.addAll(List.of(names));
        return this;
    }

    /** Groups of channels. */
    public Subscribe channelGroups(String... names) {
        groups.addAll(List.of(names));
        return this;
    }

    /** Also joins and leaves there: see {@link Listener#presence}. */
    public Subscribe withPresence() {
        presence = true;
        return this;
    }

    /** Continue after this timetoken, on all that is subscribed to: later events are delivered first. */
    public Subscribe timetoken(long cursor) {
        timetoken = Call.required(cursor, "timetoken");
        return this;
    }

    /** Applies the change. Returns at once; listeners receive the status. */
    public void execute() {
        if (channels.isEmpty() && groups.isEmpty()) {
            throw new IllegalArgumentException("channel is missing");
        }
        channels.forEach(name -> Call.required(name, "channel"));
        groups.forEach(name -> Call.required(name, "channelGroup"));
        if (ends) { // with its presence, subscribed to or not
            subscription.unsubscribe(withPresence(channels), withPresence(groups));
        } else {
            subscription.subscribe(presence ? withPresence(channels) : channels,
                    presence ? withPresence(groups) : groups, timetoken);
        }
    }

    private static List<String> withPresence(List<String> names) {
        List<String> both = new ArrayList<>(names);
        names.forEach(name -> both.add(name + Subscription.PRESENCE));
        return both;
    }
}
