package dev.manicule.server.hub;

import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Charge;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Resource;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.ChannelGroup.Members;
import dev.manicule.server.model.Event;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentHashMap.KeySetView;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Which channels are in which groups, all of it in memory and charged to the keysets. Changed on the journal's thread
 * after each commit, read by all.
 */
public final class Groups {
    private static final long GROUP_BYTES = 400;
    private static final long CHANNEL_BYTES = 200;
    /** Up to so many names of groups stand in a set that is replaced; more in one that grows in place. */
    private static final int FEW = 8;

    private final Budget budget;
    /** The groups of each keyset that has any, by name. */
    private final Map<String, ConcurrentNavigableMap<String, Group>> keysets = new ConcurrentHashMap<>();
    /** The names of the groups of each channel that is in any; see {@link #with}. */
    private final Map<Channel, Set<String>> groupsOf = new ConcurrentHashMap<>();

    private record Group(Members members, Charge charge) {}

    /**
     * With the groups that there are, however much they hold.
     *
     * @param budget where they are charged to their keysets
     */
    public Groups(Collection<Members> groups, Budget budget) {
        this.budget = budget;
        groups.forEach(this::replace);
    }

    /** With the groups that there are, charged to a budget that is used for nothing else. */
    public Groups(Collection<Members> groups) {
        this(groups, new Budget(new Limits()));
    }

    /** About how many bytes of memory a channel takes in a group. */
    public static long bytes(String channel) {
        return CHANNEL_BYTES + 2L * channel.length();
    }

    /** The members of a group and since when; none when there is no such group. */
    public Map<String, Long> members(ChannelGroup group) {
        Group found = find(group.keyset(), group.name());
        return found == null ? Map.of() : found.members().since();
    }

    /** How many groups a keyset has. */
    public int count(String keyset) {
        ConcurrentNavigableMap<String, Group> groups = keysets.get(keyset);
        return groups == null ? 0 : groups.size();
    }

    /**
     * The names of the groups of a keyset, in order.
     *
     * @param after the name after which to begin; empty for the first
     * @param limit the most to give
     */
    public List<String> names(String keyset, String after, int limit) {
        ConcurrentNavigableMap<String, Group> groups = keysets.get(keyset);
        return groups == null ? List.of() : groups.tailMap(after, false).keySet().stream().limit(limit).toList();
    }

    /** The group is as {@code now} says from now on. */
    void replace(Members now) {
        ChannelGroup name = now.group();
        Group before = find(name.keyset(), name.name());
        Set<String> were = before == null ? Set.of() : before.members().since().keySet();
        Set<String> are = now.since().keySet();
        if (are.isEmpty()) {
            remove(name, before);
        } else {
            Charge charge = before == null ? budget.keyset(name.keyset()).charge(Resource.GROUPS) : before.charge();
            charge.force(bytes(now));
            keysets.computeIfAbsent(name.keyset(), absent -> new ConcurrentSkipListMap<>())
                    .put(name.name(), new Group(now, charge));
        }
        for (String channel : are) {
            if (!were.contains(channel)) {
                groupsOf.compute(new Channel(name.keyset(), channel), (_, groups) -> with(groups, name.name()));
            }
        }
        for (String channel : were) {
            if (!are.contains(channel)) {
                groupsOf.computeIfPresent(new Channel(name.keyset(), channel),
                        (_, groups) -> without(groups, name.name()));
            }
        }
    }

    /**
     * The groups in which an event happened: those that its channel is in, and was in when it happened. Of the presence of
     * a channel, the presence of its groups.
     */
    Collection<String> of(Event event) {
        List<String> groups = new ArrayList<>();
        for (String group : groupsOf(event.channel())) {
            if (contains(group, event)) {
                groups.add(label(group, event));
            }
        }
        return groups;
    }

    /**
     * Those of some groups in which an event happened. Takes as long as the fewer of these groups and of those that its
     * channel is in, so that a client can't make events costly by putting their channel into many groups.
     *
     * @param some names of groups; of a presence event, of their presence
     */
    Collection<String> of(Event event, Set<String> some) {
        if (some.isEmpty() || groupsOf.isEmpty()) {
            return List.of();
        }
        Set<String> all = groupsOf(event.channel());
        List<String> groups = new ArrayList<>();
        if (all.size() <= some.size()) {
            for (String group : all) {
                String label = label(group, event);
                if (some.contains(label) && contains(group, event)) {
                    groups.add(label);
                }
            }
        } else {
            for (String label : some) {
                if (happenedIn(label, event)) {
                    groups.add(label);
                }
            }
        }
        return groups;
    }

    /** In how many groups a channel is; of a presence channel, the channel that it belongs to. */
    int countOf(Channel channel) {
        return groupsOf(channel).size();
    }

    /**
     * Whether an event happened in a group.
     *
     * @param label the name of the group; of a presence event, of the group's presence
     */
    boolean happenedIn(String label, Event event) {
        boolean isPresence = Channel.isPresence(event.channel().name());
        return isPresence == Channel.isPresence(label)
                && contains(isPresence ? Channel.withoutPresence(label) : label, event);
    }

    private boolean contains(String group, Event event) {
        Group found = find(event.channel().keyset(), group);
        return found != null
                && found.members().since().getOrDefault(plain(event.channel().name()), Long.MAX_VALUE) < event
                        .timetoken();
    }

    private Set<String> groupsOf(Channel channel) {
        return groupsOf.getOrDefault(new Channel(channel.keyset(), plain(channel.name())), Set.of());
    }

    private @Nullable Group find(String keyset, String name) {
        Map<String, Group> groups = keysets.get(keyset);
        return groups == null ? null : groups.get(name);
    }

    private void remove(ChannelGroup name, @Nullable Group group) {
        Map<String, Group> groups = keysets.get(name.keyset());
        if (group != null && groups != null) {
            group.charge().release();
            groups.remove(name.name());
            if (groups.isEmpty()) {
                keysets.remove(name.keyset());
            }
        }
    }

    private static String plain(String channel) {
        return Channel.isPresence(channel) ? Channel.withoutPresence(channel) : channel;
    }

    private static String label(String group, Event event) {
        return Channel.isPresence(event.channel().name()) ? group + Channel.PRESENCE : group;
    }

    private static long bytes(Members members) {
        long bytes = GROUP_BYTES + 2L * members.group().name().length();
        for (String channel : members.since().keySet()) {
            bytes += bytes(channel);
        }
        return bytes;
    }

    /**
     * A set with one more name. Most channels are in one or two groups, for which a small set takes the least memory. A
     * large one is not copied: with many groups on one channel that would make a start quadratic.
     */
    private static Set<String> with(@Nullable Set<String> names, String name) {
        if (names instanceof KeySetView<String, ?> many) {
            many.add(name);
            return many;
        }
        Set<String> more = names != null && names.size() >= FEW ? ConcurrentHashMap.newKeySet() : new HashSet<>();
        more.addAll(names == null ? Set.of() : names);
        more.add(name);
        return more.size() > FEW ? more : Set.copyOf(more);
    }

    private static @Nullable Set<String> without(Set<String> names, String name) {
        if (names instanceof KeySetView<String, ?> many) {
            many.remove(name);
            return many.isEmpty() ? null : many;
        }
        Set<String> fewer = new HashSet<>(names);
        fewer.remove(name);
        return fewer.isEmpty() ? null : Set.copyOf(fewer);
    }
}
