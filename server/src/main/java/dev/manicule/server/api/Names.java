package dev.manicule.server.api;

import dev.manicule.server.filter.Filter;
import dev.manicule.server.hub.Groups;
import dev.manicule.server.json.Json;
import dev.manicule.server.hub.Subscription;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The channels, wildcards and groups that a request names: channels and wildcards in its path, groups in
 * {@code channel-group}.
 */
record Names(String keyset, Set<String> channels, Set<String> wildcards, Set<String> groups) {
    /** Null when one of them is no name. */
    static @Nullable Names of(Call call) {
        Set<String> named = Call.names(call.segment("channels"));
        Set<String> groups = Call.names(call.query().text("channel-group"));
        if (named == null || groups == null) {
            return null;
        }
        Set<String> channels = new LinkedHashSet<>();
        Set<String> wildcards = new LinkedHashSet<>();
        named.forEach(name -> (name.endsWith(Channel.WILDCARD) ? wildcards : channels).add(name));
        return new Names(call.subscribeKey(), channels, wildcards, groups);
    }

    boolean isEmpty() {
        return channels.isEmpty() && wildcards.isEmpty() && groups.isEmpty();
    }

    /** Whether a user who subscribes so may be on any channel. */
    boolean hasAttended() {
        return !wildcards.isEmpty() || !groups.isEmpty() || !channels.stream().allMatch(Channel::isPresence);
    }

    /**
     * The channels on which a user is who subscribes so: those that are named, the wildcards as they are, and what is in the
     * groups now; not more than a request may join. Listening to presence is not being there.
     */
    Set<String> attended(Groups directory, Limits limits) {
        long most = limits.of(Limit.PRESENCE_CHANNELS_BY_REQUEST);
        Set<String> attended = new LinkedHashSet<>();
        boolean isAll = addAttended(channels, attended, most) && addAttended(wildcards, attended, most);
        for (String group : groups) {
            isAll = isAll && addAttended(directory.members(new ChannelGroup(keyset, group)).keySet(), attended, most);
        }
        if (!isAll) {
            limits.reached(Limit.PRESENCE_CHANNELS_BY_REQUEST);
        }
        return attended;
    }

    private static boolean addAttended(Set<String> names, Set<String> attended, long most) {
        for (String name : names) {
            if (!Channel.isPresence(name)) {
                if (attended.size() >= most && !attended.contains(name)) {
                    return false;
                }
                attended.add(name);
            }
        }
        return true;
    }

    /**
     * The state of a channel out of those that were sent, null when there is none: its own, or that of a group that it is in.
     */
    @Nullable
    Json stateOf(String channel, Map<String, Json> sent, Groups directory) {
        Json own = sent.isEmpty() ? null : sent.get(channel);
        if (sent.isEmpty() || own != null) {
            return own;
        }
        Json found = null;
        for (String group : groups) {
            Json state = sent.get(group);
            if (state != null && directory.members(new ChannelGroup(keyset, group)).containsKey(channel)) {
                found = state;
            }
        }
        return found;
    }

    /**
     * The subscription to all of them.
     *
     * @param showsPresence whether a wildcard takes in channels of presence
     */
    Subscription subscription(@Nullable Filter filter, Predicate<String> showsPresence) {
        Set<String> silent = wildcards.isEmpty()
                ? Set.of()
                : wildcards.stream().filter(showsPresence.negate()).collect(Collectors.toSet());
        return new Subscription(keyset, channels, wildcards, silent, groups, filter);
    }
}
