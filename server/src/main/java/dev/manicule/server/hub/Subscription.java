package dev.manicule.server.hub;

import dev.manicule.server.filter.Filter;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a subscriber listens to. Presence is listened to as the channel {@code x-pnpres}, the wildcard {@code a.*}
 * (which takes in {@code a.b-pnpres}), or the group {@code g-pnpres}.
 *
 * @param channels by their names
 * @param wildcards such as {@code a.*}, which takes in every channel whose name begins with {@code a.}
 * @param silent those of the wildcards that don't take in channels of presence
 * @param groups by their names
 * @param filter which messages and signals pass; null for all. Actions and presence always pass
 */
public record Subscription(String keyset, Set<String> channels, Set<String> wildcards, Set<String> silent,
        Set<String> groups, @Nullable Filter filter) {
    /** Before the name of a group, in the name of the topic that stands for it; no channel is named so. */
    private static final String GROUP = ",";

    /** Copies the sets. */
    public Subscription {
        channels = Set.copyOf(channels);
        wildcards = Set.copyOf(wildcards);
        silent = Set.copyOf(silent);
        groups = Set.copyOf(groups);
    }

    /** A subscription whose wildcards take in channels of presence as well. */
    public Subscription(String keyset, Set<String> channels, Set<String> wildcards, Set<String> groups,
            @Nullable Filter filter) {
        this(keyset, channels, wildcards, Set.of(), groups, filter);
    }

    /** A subscription to channels and nothing else. */
    public static Subscription to(String keyset, Set<String> channels) {
        return new Subscription(keyset, channels, Set.of(), Set.of(), null);
    }

    /** The topics whose events may matter to it. */
    List<Channel> topics() {
        List<Channel> topics = new ArrayList<>(channels.size() + wildcards.size() + groups.size());
        channels.forEach(name -> topics.add(new Channel(keyset, name)));
        wildcards.forEach(name -> topics.add(new Channel(keyset, name)));
        groups.forEach(name -> topics.add(new Channel(keyset, GROUP + name)));
        return topics;
    }

    /** The topics that an event belongs to: its channel, the wildcards that take it in, the groups it happened in. */
    static List<Channel> topicsOf(Event event, Groups groups) {
        Channel channel = event.channel();
        List<Channel> topics = new ArrayList<>(4);
        topics.add(channel);
        String name = channel.name();
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            topics.add(new Channel(channel.keyset(), name.substring(0, dot) + Channel.WILDCARD));
        }
        groups.of(event).forEach(group -> topics.add(new Channel(channel.keyset(), GROUP + group)));
        return topics;
    }

    /** What a topic is called towards the subscriber. */
    static String label(Channel topic) {
        return topic.name().startsWith(GROUP) ? topic.name().substring(GROUP.length()) : topic.name();
    }

    /**
     * How this subscription takes an event in, in the words of the subscriber: by the channel's name before a wildcard
     * (the longest that fits) before a group. Null when it does not.
     */
    @Nullable
    String match(Event event, Groups directory) {
        String name = event.channel().name();
        if (!event.channel().keyset().equals(keyset)) {
            return null;
        }
        if (channels.contains(name)) {
            return name;
        }
        if (!wildcards.isEmpty()) {
            for (int dot = name.lastIndexOf('.'); dot >= 0; dot = name.lastIndexOf('.', dot - 1)) {
                String wildcard = name.substring(0, dot) + Channel.WILDCARD;
                if (wildcards.contains(wildcard) && !(silent.contains(wildcard) && Channel.isPresence(name))) {
                    return wildcard;
                }
            }
        }
        String first = null;
        for (String group : groups) { // its own few, not those of the channel, which may be many
            if (directory.happenedIn(group, event) && (first == null || group.compareTo(first) < 0)) {
                first = group;
            }
        }
        return first;
    }
}
