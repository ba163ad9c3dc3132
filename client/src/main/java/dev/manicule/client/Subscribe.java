package dev.manicule.client;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something to subscribe to, or not any more, put together step by step by one thread. */
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

    /** Also who comes and goes there: see {@link Listener#presence}. */
    public Subscribe withPresence() {
        presence = true;
        return this;
    }

    /** Go on after this timetoken, on all that is subscribed to: what happened since is told first. */
    public Subscribe timetoken(long cursor) {
        timetoken = Call.required(cursor, "timetoken");
        return this;
    }

    /** Does it. Returns at once; listeners are told. */
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
