package dev.manicule.server.api;

import dev.manicule.server.filter.Filter;
import dev.manicule.server.hub.Groups;
import dev.manicule.server.json.Json;
import dev.manicule.server.hub.Subscription;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import java.util.ArrayList;
import java.util.HashMap;
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

    /**
     * The channels on which somebody is who subscribes so: those that are named, the wildcards as they are, and what is
     * in the groups now. Listening to presence is not being there.
     */
    List<Channel> attended(Groups directory) {
        Set<String> names = new LinkedHashSet<>(channels);
        names.addAll(wildcards);
        groups.forEach(group -> names.addAll(directory.members(new ChannelGroup(keyset, group)).keySet()));
        List<Channel> attended = new ArrayList<>(names.size());
        for (String name : names) {
            if (!Channel.isPresence(name)) {
                attended.add(new Channel(keyset, name));
            }
        }
        return attended;
    }

    /** The states of channels out of those that were sent: a state of a group is one of each channel in it. */
    Map<String, Json> ofChannels(Map<String, Json> sent, Groups directory) {
        if (sent.isEmpty() || groups.isEmpty()) {
            return sent;
        }
        Map<String, Json> states = new HashMap<>();
        for (String group : groups) {
            Json state = sent.get(group);
            if (state != null) {
                directory.members(new ChannelGroup(keyset, group)).keySet().forEach(name -> states.put(name, state));
            }
        }
        states.putAll(sent);
        return states;
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
