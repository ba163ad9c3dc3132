package dev.manicule.server.hub;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.ChannelGroup.Members;
import dev.manicule.server.model.Event;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which channels are in which groups, all of it in memory. Changed on the journal's thread after each commit, read by
 * all.
 */
public final class Groups {
    private final Map<ChannelGroup, Members> members = new ConcurrentHashMap<>();
    /** The groups of each channel that is in any; the sets are never changed, only replaced. */
    private final Map<Channel, Set<String>> groupsOf = new ConcurrentHashMap<>();

    /** With the groups that there are. */
    public Groups(Collection<Members> groups) {
        groups.forEach(this::replace);
    }

    /** The members of a group and since when; none when there is no such group. */
    public Map<String, Long> members(ChannelGroup group) {
        Members found = members.get(group);
        return found == null ? Map.of() : found.since();
    }

    /** The names of the groups of a keyset, in order. */
    public List<String> names(String keyset) {
        return members.keySet()
                .stream()
                .filter(group -> group.keyset().equals(keyset))
                .map(ChannelGroup::name)
                .sorted()
                .toList();
    }

    /** The group is as {@code now} says from now on. */
    void replace(Members now) {
        ChannelGroup group = now.group();
        Members before = now.since().isEmpty() ? members.remove(group) : members.put(group, now);
        Set<String> were = before == null ? Set.of() : before.since().keySet();
        were.stream().filter(name -> !now.since().containsKey(name)).forEach(name -> change(group, name, false));
        now.since().keySet().stream().filter(name -> !were.contains(name)).forEach(name -> change(group, name, true));
    }

    /**
     * The groups in which an event happened, in order: those that its channel is in, and was in when it happened. Of
     * the presence of a channel, the presence of its groups.
     */
    Collection<String> of(Event event) {
        if (groupsOf.isEmpty()) {
            return List.of();
        }
        Channel channel = event.channel();
        boolean presence = Channel.isPresence(channel.name());
        String name = presence ? Channel.withoutPresence(channel.name()) : channel.name();
        Set<String> groups = groupsOf.get(new Channel(channel.keyset(), name));
        if (groups == null) {
            return List.of();
        }
        return groups.stream()
                .filter(group -> members(new ChannelGroup(channel.keyset(), group)).getOrDefault(name,
                        Long.MAX_VALUE) < event.timetoken())
                .map(group -> presence ? group + Channel.PRESENCE : group)
                .toList();
    }

    private void change(ChannelGroup group, String name, boolean joins) {
        groupsOf.compute(new Channel(group.keyset(), name), (channel, were) -> {
            Set<String> groups = were == null ? new TreeSet<>() : new TreeSet<>(were);
            if (joins) {
                groups.add(group.name());
            } else {
                groups.remove(group.name());
            }
            return groups.isEmpty() ? null : groups;
        });
    }
}
