package dev.manicule.server.api;

import dev.manicule.server.filter.Filter;
import dev.manicule.server.hub.Groups;
import dev.manicule.server.hub.Subscription;
import dev.manicule.server.json.Json;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.routing.ApiRequest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The channels, wildcards and groups that a request names: channels and wildcards in its path, groups in
 * {@code channel-group}.
 */
record ChannelSelection(String keyset, Set<String> channels, Set<String> wildcards, Set<String> groups) {
    /** Null when one of them is no name. */
    static @Nullable ChannelSelection of(ApiRequest request) {
        Set<String> named = ApiRequest.names(request.segment("channels"));
        Set<String> groups = ApiRequest.names(request.query().text("channel-group"));
        if (named == null || groups == null) {
            return null;
        }
        Set<String> channels = new LinkedHashSet<>();
        Set<String> wildcards = new LinkedHashSet<>();
        named.forEach(name -> (name.endsWith(Channel.WILDCARD) ? wildcards : channels).add(name));
        return new ChannelSelection(request.subscribeKey(), channels, wildcards, groups);
    }

    boolean isEmpty() {
        return channels.isEmpty() && wildcards.isEmpty() && groups.isEmpty();
    }

    /** Whether this selection may make a user present on any channel. */
    boolean hasAttended() {
        return !wildcards.isEmpty() || !groups.isEmpty() || !channels.stream().allMatch(Channel::isPresence);
    }

    /**
     * A channel as a request names it.
     *
     * @param group by which group; null when the channel itself is named
     */
    record Named(String channel, @Nullable String group) {}

    /** The groups by which a user is present on channels. */
    List<String> attendedGroups() {
        return groups.stream().filter(group -> !Channel.isPresence(group)).toList();
    }

    /**
     * The channels on which this selection makes a user present: those that are named, the wildcards as they are, and
     * the current channels of the groups, once for each; not more than a request may join. A subscription to presence
     * does not make a user present.
     */
    List<Named> attended(Groups directory, Limits limits) {
        long most = limits.of(Limit.PRESENCE_CHANNELS_BY_REQUEST);
        List<Named> attended = new ArrayList<>();
        boolean isAll = addAttended(channels, null, attended, most) && addAttended(wildcards, null, attended, most);
        for (String group : attendedGroups()) {
            isAll = isAll && addAttended(directory.members(new ChannelGroup(keyset, group)).keySet(), group, attended,
                    most);
        }
        if (!isAll) {
            limits.reached(Limit.PRESENCE_CHANNELS_BY_REQUEST);
        }
        return attended;
    }

    /** Whether this selection makes a user present on a channel. */
    boolean isAttended(String channel, Groups directory) {
        return channels.contains(channel) || wildcards.contains(channel)
                || attendedGroups().stream()
                        .anyMatch(group -> directory.isIn(new ChannelGroup(keyset, group), channel));
    }

    /** The same channels, each once. */
    Set<String> attendedChannels(Groups directory, Limits limits) {
        return attended(directory, limits).stream()
                .map(Named::channel)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static boolean addAttended(Set<String> names, @Nullable String group, List<Named> attended, long most) {
        for (String name : names) {
            if (!Channel.isPresence(name)) {
                if (attended.size() >= most) {
                    return false;
                }
                attended.add(new Named(name, group));
            }
        }
        return true;
    }

    /**
     * The state of a channel among those that were sent, null when there is none: its own, or that of a group that it
     * is in.
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
     * @param showsReadMarks whether it includes the read marks on the channels
     * @param showsPresence whether a wildcard includes channels of presence
     */
    Subscription subscription(@Nullable Filter filter, boolean showsReadMarks, Predicate<String> showsPresence) {
        Set<String> silent = wildcards.isEmpty()
                ? Set.of()
                : wildcards.stream().filter(showsPresence.negate()).collect(Collectors.toSet());
        Set<String> all = channels;
        if (showsReadMarks) {
            all = new LinkedHashSet<>(channels);
            for (String channel : channels) {
                if (!Channel.isPresence(channel)) {
                    all.add(new Channel(keyset, channel).readMarks().name());
                }
            }
        }
        return new Subscription(keyset, all, wildcards, silent, groups, filter);
    }
}
