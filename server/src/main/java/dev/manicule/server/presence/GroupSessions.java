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
final class GroupSessions {
    private final Map<ChannelGroup, Map<String, List<Session>>> sessions = new TreeMap<>();

    void add(Session session) {
        for (ChannelGroup group : session.groups) {
            sessions.computeIfAbsent(group, absent -> new TreeMap<>())
                    .computeIfAbsent(session.uuid, absent -> new ArrayList<>(1))
                    .add(session);
        }
    }

    void remove(Session session) {
        for (ChannelGroup group : session.groups) {
            removeIf(group, session.uuid, each -> each == session);
        }
    }

    /** A user has left a group: its streams count on, its polls don't. */
    void leave(ChannelGroup group, String uuid) {
        removeIf(group, uuid, session -> !session.isStream);
    }

    private void removeIf(ChannelGroup group, String uuid, Predicate<Session> isRemoved) {
        sessions.computeIfPresent(group, (absent, byUser) -> {
            byUser.computeIfPresent(uuid, (name, own) -> own.removeIf(isRemoved) && own.isEmpty() ? null : own);
            return byUser.isEmpty() ? null : byUser;
        });
    }

    /** Those of a group, as of now. */
    List<Session> of(ChannelGroup group) {
        return sessions.getOrDefault(group, Map.of()).values().stream().flatMap(List::stream).toList();
    }
}
