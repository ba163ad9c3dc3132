package dev.manicule.server.hub;

import dev.manicule.server.filter.Filter;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names that a subscriber listens to. Presence is the channel {@code x-pnpres}, the wildcard {@code a.*} (which
 * includes {@code a.b-pnpres}), or the group {@code g-pnpres}. Immutable, for any thread.
 */
public final class Subscription {
    /**
     * How many dots of a name count: an event belongs to no more wildcards than that, whatever the name of its channel.
     */
    public static final int MOST_LEVELS = 32;
    /** The memory of a poll beside its names: itself, its place in queues, the state that its endpoint keeps for it. */
    private static final int BYTES_OF_A_POLL = 600;
    /** A name as text, in the subscription, as the key of a topic, the topic, and the poll's place in it. */
    private static final int BYTES_OF_A_NAME = 240;

    private final String keyset;
    private final List<String> channels;
    private final List<String> wildcards;
    private final List<String> silent;
    private final List<String> groups;
    private final @Nullable Filter filter;

    /**
     * A subscription.
     *
     * @param keyset the subscribe key
     * @param channels by their names
     * @param wildcards such as {@code a.*}, which matches every channel whose name begins with {@code a.}
     * @param silent those of the wildcards that don't match channels of presence
     * @param groups by their names
     * @param filter selects messages and signals; null for all. Actions and presence always pass
     */
    public Subscription(String keyset, Set<String> channels, Set<String> wildcards, Set<String> silent,
            Set<String> groups, @Nullable Filter filter) {
        this.keyset = keyset;
        this.channels = sorted(channels);
        this.wildcards = sorted(wildcards);
        this.silent = sorted(silent);
        this.groups = sorted(groups);
        this.filter = filter;
    }

    /** A subscription whose wildcards match channels of presence as well. */
    public Subscription(String keyset, Set<String> channels, Set<String> wildcards, Set<String> groups,
            @Nullable Filter filter) {
        this(keyset, channels, wildcards, Set.of(), groups, filter);
    }

    /** For binary search: smaller than a set, and no choice of names makes it slow. */
    private static List<String> sorted(Collection<String> names) {
        String[] array = names.toArray(new String[0]);
        Arrays.sort(array);
        return array.length == 0 ? List.of() : Collections.unmodifiableList(Arrays.asList(array));
    }

    /** A subscription to channels and nothing else. */
    public static Subscription to(String keyset, Set<String> channels) {
        return new Subscription(keyset, channels, Set.of(), Set.of(), null);
    }

    /** The subscribe key. */
    public String keyset() {
        return keyset;
    }

    /** The names of the channels, in order. */
    List<String> channels() {
        return channels;
    }

    /** The wildcards, in order. */
    List<String> wildcards() {
        return wildcards;
    }

    /** The names of the groups, in order. */
    List<String> groups() {
        return groups;
    }

    /** Which messages and signals pass; null for all. */
    @Nullable
    Filter filter() {
        return filter;
    }

    /** About how many bytes of memory a poll of it holds while it is parked. */
    public long weight() {
        long bytes = BYTES_OF_A_POLL + (filter == null ? 0 : filter.weight() + SharedFilter.BYTES);
        for (List<String> names : List.of(channels, wildcards, groups)) {
            for (String name : names) {
                bytes += BYTES_OF_A_NAME + (long) Character.BYTES * name.length();
            }
        }
        return bytes;
    }

    /** The cost of a check whether an event is for it, about so many times that of a subscription to channels. */
    int costOfMatch() {
        return 1 + (wildcards.size() > 1 ? 4 : 0) + groups.size();
    }

    /** Whether every event of its one topic is for it. */
    boolean isPlain() {
        return filter == null && silent.isEmpty() && channels.size() + wildcards.size() + groups.size() == 1;
    }

    /** The wildcards that match presence too. */
    public List<String> wildcardsOfPresence() {
        return silent.isEmpty() ? wildcards : wildcards.stream().filter(name -> !isSilent(name)).toList();
    }

    /** Whether a topic of its own matches no channel of presence. */
    boolean isSilent(String label) {
        return !silent.isEmpty() && contains(silent, label);
    }

    /** The topics whose events may matter to it. */
    List<Channel> topics() {
        List<Channel> topics = new ArrayList<>(channels.size() + wildcards.size() + groups.size());
        channels.forEach(name -> topics.add(new Channel(keyset, name)));
        wildcards.forEach(name -> topics.add(new Channel(keyset, name)));
        groups.forEach(name -> topics.add(new Channel(keyset, ChannelGroup.MARK + name)));
        return topics;
    }

    /**
     * The topics that an event belongs to, the nearest first: its channel, the wildcards that match it, the longest
     * first, the groups it happened in.
     *
     * @param waitedFor the groups, or presences of groups, that matter
     */
    static List<Channel> topicsOf(Event event, Groups groups, Set<String> waitedFor) {
        Channel channel = event.channel();
        List<Channel> topics = new ArrayList<>(4);
        topics.add(channel);
        if (isGroup(channel) || Channel.isOfReadMarks(channel.name())) { // an event of the group, or the marks, alone
            return topics;
        }
        String name = channel.name();
        for (int dot = lastLevel(name); dot >= 0; dot = name.lastIndexOf('.', dot - 1)) {
            topics.add(new Channel(channel.keyset(), name.substring(0, dot) + Channel.WILDCARD));
        }
        groups.of(event, waitedFor)
                .stream()
                .sorted()
                .forEach(group -> topics.add(new Channel(channel.keyset(),
                        ChannelGroup.MARK + group)));
        return topics;
    }

    /** Whether a topic is a group. */
    static boolean isGroup(Channel topic) {
        return topic.name().startsWith(ChannelGroup.MARK);
    }

    /** Whether a wildcard is one that events can belong to. */
    public static boolean isShallow(String wildcard) {
        return lastLevel(wildcard) == wildcard.length() - Channel.WILDCARD.length();
    }

    /** The index of the last dot that counts; −1 when there is none. */
    private static int lastLevel(String name) {
        int last = -1;
        for (int level = 0; level < MOST_LEVELS; level++) {
            int dot = name.indexOf('.', last + 1);
            if (dot < 0) {
                return last;
            }
            last = dot;
        }
        return last;
    }

    /** The name of a topic for the subscriber. */
    static String label(Channel topic) {
        String name = topic.name();
        if (Channel.isOfReadMarks(name)) {
            return Channel.withoutReadMarks(name);
        }
        return isGroup(topic) ? name.substring(ChannelGroup.MARK.length()) : name;
    }

    /**
     * The name by which this subscription receives an event, as the subscriber wrote it: by the channel's name before a
     * wildcard (the longest that fits) before a group. Null when it does not.
     */
    @Nullable
    String match(Event event, Groups directory) {
        String name = event.channel().name();
        if (!event.channel().keyset().equals(keyset)) {
            return null;
        }
        if (isGroup(event.channel())) {
            return groups.contains(label(event.channel())) ? label(event.channel()) : null;
        }
        if (contains(channels, name)) {
            return label(event.channel());
        }
        if (Channel.isOfReadMarks(name)) {
            return null;
        }
        String wildcard = wildcards.isEmpty() ? null : wildcard(name, Channel.isPresence(name));
        if (wildcard != null) {
            return wildcard;
        }
        for (String group : groups) {
            if (directory.happenedIn(group, event)) {
                return group;
            }
        }
        return null;
    }

    private @Nullable String wildcard(String name, boolean isPresence) {
        if (wildcards.size() == 1) {
            String only = wildcards.getFirst();
            return name.startsWith(only.substring(0, only.length() - 1)) && !(isPresence && isSilent(only))
                    ? only
                    : null;
        }
        for (int dot = lastLevel(name); dot >= 0; dot = name.lastIndexOf('.', dot - 1)) {
            String wildcard = name.substring(0, dot) + Channel.WILDCARD;
            if (contains(wildcards, wildcard) && !(isPresence && isSilent(wildcard))) {
                return wildcard;
            }
        }
        return null;
    }

    private static boolean contains(List<String> sorted, String name) {
        return switch (sorted.size()) {
            case 0 -> false;
            case 1 -> sorted.getFirst().equals(name);
            default -> Collections.binarySearch(sorted, name) >= 0;
        };
    }
}
