package dev.manicule.server.presence;

import dev.manicule.server.model.ChannelGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The open polls and streams of each group, by user: a channel that is put into the group has their users from then on. Belongs to
 * the thread of {@link Presence}.
 */
final class GroupVisits {
    private final Map<ChannelGroup, Map<String, List<Visit>>> visits = new TreeMap<>();

    void add(Visit visit) {
        for (ChannelGroup group : visit.groups) {
            visits.computeIfAbsent(group, absent -> new TreeMap<>())
                    .computeIfAbsent(visit.uuid, absent -> new ArrayList<>(1))
                    .add(visit);
        }
    }

    void remove(Visit visit) {
        for (ChannelGroup group : visit.groups) {
            removeIf(group, visit.uuid, each -> each == visit);
        }
    }

    /** A user has left a group: its streams count on, its polls don't. */
    void leave(ChannelGroup group, String uuid) {
        removeIf(group, uuid, visit -> !visit.isStream);
    }

    private void removeIf(ChannelGroup group, String uuid, Predicate<Visit> isRemoved) {
        visits.computeIfPresent(group, (absent, byUser) -> {
            byUser.computeIfPresent(uuid, (name, own) -> own.removeIf(isRemoved) && own.isEmpty() ? null : own);
            return byUser.isEmpty() ? null : byUser;
        });
    }

    /** Those of a group, as of now. */
    List<Visit> of(ChannelGroup group) {
        return visits.getOrDefault(group, Map.of()).values().stream().flatMap(List::stream).toList();
    }
}
