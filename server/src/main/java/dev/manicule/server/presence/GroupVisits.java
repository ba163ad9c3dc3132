package dev.manicule.server.presence;

import dev.manicule.server.model.ChannelGroup;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The open polls and streams of each group: a channel that is put into the group has their users from then on. */
final class GroupVisits {
    private final Map<ChannelGroup, Set<Visit>> visits = new TreeMap<>();

    void add(Visit visit) {
        for (ChannelGroup group : visit.groups) {
            visits.computeIfAbsent(group, absent -> new LinkedHashSet<>(2)).add(visit);
        }
    }

    void remove(Visit visit) {
        for (ChannelGroup group : visit.groups) {
            visits.computeIfPresent(group, (absent, known) -> known.remove(visit) && known.isEmpty() ? null : known);
        }
    }

    /** Those of a group, as of now. */
    List<Visit> of(ChannelGroup group) {
        return List.copyOf(visits.getOrDefault(group, Set.of()));
    }
}
