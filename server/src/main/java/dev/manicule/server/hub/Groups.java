package dev.manicule.server.hub;

import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Charge;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Resource;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.ChannelGroup.Former;
import dev.manicule.server.model.ChannelGroup.Members;
import dev.manicule.server.model.Event;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentHashMap.KeySetView;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The channels of the groups, all in memory and charged to the keysets. The thread that applies the log changes them
 * after each commit; any thread reads them.
 */
public final class Groups {
    private static final long GROUP_BYTES = 400;
    private static final long CHANNEL_BYTES = 200;
    /** Up to so many names of groups are in a set that is replaced; more in one that grows in place. */
    private static final int FEW = 8;

    private final Budget budget;
    /** The groups of each keyset that has any, by name. */
    private final Map<String, ConcurrentNavigableMap<String, Group>> keysets = new ConcurrentHashMap<>();
    /** The groups that have no channels any more and had some lately. */
    private final ConcurrentNavigableMap<ChannelGroup, Group> emptied = new ConcurrentSkipListMap<>();
    /** The same in the order in which they were emptied. Belongs to the thread that applies the log. */
    private final Queue<Emptied> oldest = new ArrayDeque<>();
    /** The names of the groups of each channel that is, or was lately, in any; see {@link #with}. */
    private final Map<Channel, Set<String>> groupsOf = new ConcurrentHashMap<>();

    private record Emptied(ChannelGroup group, long at) {}

    private volatile Listener listener = (group, removed, added) -> {};

    /**
     * A group.
     *
     * @param former the channels that were in it, by their names
     */
    private record Group(Members members, Map<String, List<Former>> former, Charge charge) {
        static Group of(Members members, Charge charge) {
            Map<String, List<Former>> former = members.former()
                    .stream()
                    .collect(Collectors.groupingBy(Former::channel));
            return new Group(members, former, charge);
        }

        /** The names of all channels whose events may belong to it. */
        Set<String> channels() {
            if (former.isEmpty()) {
                return members.since().keySet();
            }
            Set<String> all = new HashSet<>(members.since().keySet());
            all.addAll(former.keySet());
            return all;
        }

        boolean contains(String channel, long timetoken) {
            Long since = members.since().get(channel);
            return (since != null && since < timetoken) || former.getOrDefault(channel, List.of())
                    .stream()
                    .anyMatch(each -> each.contains(timetoken));
        }
    }

    /** Receives changes, on the thread that applies the log. It must not block. */
    @FunctionalInterface
    public interface Listener {
        /**
         * A group has changed; all readers see the change already.
         *
         * @param removed the names of the channels that were removed
         * @param added of those that were added
         */
        void changed(ChannelGroup group, Collection<String> removed, Collection<String> added);
    }

    /**
     * With the groups that there are, however much they hold.
     *
     * @param budget the budget that charges them to their keysets
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

    /** The channels that were in a group and were removed, the oldest first. */
    List<Former> former(ChannelGroup group) {
        Group found = find(group.keyset(), group.name());
        return found == null ? List.of() : found.members().former();
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

    /** Passes changes to one listener from now on. */
    public void listen(Listener heard) {
        listener = heard;
    }

    /** Whether a channel is in a group now. */
    public boolean isIn(ChannelGroup group, String channel) {
        return members(group).containsKey(channel);
    }

    /** Sets the group to {@code now}. */
    void replace(Members now) {
        ChannelGroup name = now.group();
        Group before = find(name.keyset(), name.name());
        Set<String> were = before == null ? Set.of() : before.members().since().keySet();
        Set<String> are = now.since().keySet();
        put(name, now, before);
        forgetOld(now);
        index(name, before, find(name.keyset(), name.name()));
        List<String> added = without(are, were);
        List<String> removed = without(were, are);
        if (!added.isEmpty() || !removed.isEmpty()) {
            listener.changed(name, removed, added);
        }
    }

    private void put(ChannelGroup name, Members now, @Nullable Group before) {
        if (now.since().isEmpty() && now.former().isEmpty()) {
            remove(name, before);
            return;
        }
        Charge charge = before == null ? budget.keyset(name.keyset()).charge(Resource.GROUPS) : before.charge();
        charge.force(bytes(now));
        Group group = Group.of(now, charge);
        if (now.since().isEmpty()) {
            emptied.put(name, group);
            oldest.add(new Emptied(name, now.former().getLast().to()));
            drop(name);
        } else {
            keysets.computeIfAbsent(name.keyset(), absent -> new ConcurrentSkipListMap<>()).put(name.name(), group);
            emptied.remove(name);
        }
    }

    /** Drops the groups that were emptied long before this one was changed. */
    private void forgetOld(Members changed) {
        long now = changed.former().isEmpty() ? 0 : changed.former().getLast().to();
        for (Emptied next = oldest.peek(); next != null && next.at < now - Former.REMEMBERED; next = oldest.peek()) {
            oldest.remove();
            Group group = emptied.get(next.group);
            if (group != null && group.members().former().getLast().to() == next.at) {
                emptied.remove(next.group);
                group.charge().release();
                index(next.group, group, null);
            }
        }
    }

    private void index(ChannelGroup name, @Nullable Group before, @Nullable Group now) {
        Set<String> were = before == null ? Set.of() : before.channels();
        Set<String> are = now == null ? Set.of() : now.channels();
        for (String channel : without(are, were)) {
            groupsOf.compute(new Channel(name.keyset(), channel), (_, groups) -> with(groups, name.name()));
        }
        for (String channel : without(were, are)) {
            groupsOf.computeIfPresent(new Channel(name.keyset(), channel),
                    (_, groups) -> without(groups, name.name()));
        }
    }

    private static List<String> without(Set<String> names, Set<String> others) {
        return names.stream().filter(name -> !others.contains(name)).toList();
    }

    /**
     * The groups in which an event happened: those that its channel was in when it happened. Of the presence of a channel, the
     * presence of its groups.
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

    /** The number of groups that a channel is in; for a presence channel, that of the channel that it belongs to. */
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
        return found != null && found.contains(plain(event.channel().name()), event.timetoken());
    }

    private Set<String> groupsOf(Channel channel) {
        return groupsOf.getOrDefault(new Channel(channel.keyset(), plain(channel.name())), Set.of());
    }

    private @Nullable Group find(String keyset, String name) {
        Map<String, Group> groups = keysets.get(keyset);
        Group found = groups == null ? null : groups.get(name);
        return found != null || emptied.isEmpty() ? found : emptied.get(new ChannelGroup(keyset, name));
    }

    private void remove(ChannelGroup name, @Nullable Group group) {
        if (group != null) {
            group.charge().release();
            emptied.remove(name);
            drop(name);
        }
    }

    private void drop(ChannelGroup name) {
        Map<String, Group> groups = keysets.get(name.keyset());
        if (groups != null && groups.remove(name.name()) != null && groups.isEmpty()) {
            keysets.remove(name.keyset());
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
        for (Former former : members.former()) {
            bytes += bytes(former.channel());
        }
        return bytes;
    }

    /**
     * A set with one more name. Most channels are in one or two groups, for which a small set takes the least memory. A
     * large one is not copied: with many groups on one channel copies would make a start quadratic.
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
