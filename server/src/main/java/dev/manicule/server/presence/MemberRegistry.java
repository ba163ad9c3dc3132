package dev.manicule.server.presence;

import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.Channel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All members of all channels, each charged to the client that brought it, as are its channel and its user when they are new.
 * Belongs to the thread of {@link Presence}.
 */
final class MemberRegistry {
    private final Limits limits;
    private final Map<String, KeysetMembers> keysets = new HashMap<>();
    private int members;

    MemberRegistry(Limits limits) {
        this.limits = limits;
    }

    /** How many members there are. */
    int members() {
        return members;
    }

    /** All members of all channels, as they are now. */
    List<Member> all() {
        return keysets.values().stream().flatMap(KeysetMembers::allMembers).toList();
    }

    @Nullable
    ChannelMembers room(String keyset, String channel) {
        KeysetMembers rooms = keysets.get(keyset);
        return rooms == null ? null : rooms.room(channel);
    }

    @Nullable
    Member find(String keyset, String uuid, String channel) {
        ChannelMembers room = room(keyset, channel);
        return room == null ? null : room.members.get(uuid);
    }

    /** A user on a channel, possibly a new one; null when there is no place for one more. */
    @Nullable
    Member member(Holder holder, String keyset, String uuid, String channel) {
        KeysetMembers found = keysets.get(keyset);
        KeysetMembers rooms = found == null ? new KeysetMembers(keyset) : found;
        ChannelMembers known = rooms.room(channel);
        Member member = known == null ? null : known.members.get(uuid);
        if (member != null) {
            return member;
        }
        User user = rooms.users.get(uuid);
        member = new Member(known == null ? new ChannelMembers(rooms, new Channel(keyset, channel), holder) : known,
                user == null ? new User(uuid, holder) : user, holder);
        long bytes = Member.BYTES + (known == null ? member.room.bytes() : 0)
                + (user == null ? member.user.bytes() : 0);
        if (!rooms.hasPlace(holder, limits) || !holder.hold(bytes)) {
            return null;
        }
        if (found == null) {
            keysets.put(keyset, rooms);
        }
        if (known == null) {
            rooms.add(member.room);
        }
        if (user == null) {
            rooms.users.put(uuid, member.user);
        }
        member.room.members.put(uuid, member);
        member.user.members++;
        rooms.added(member);
        members++;
        return member;
    }

    /** The member is no more; {@link #removeIfEmpty} then drops its channel. */
    void remove(Member member) {
        KeysetMembers rooms = member.room.keyset;
        User user = member.user;
        member.room.members.remove(user.uuid);
        user.members--;
        member.holder.giveBack(member.bytes());
        if (user.members == 0) {
            rooms.users.remove(user.uuid);
            user.holder.giveBack(user.bytes());
        }
        rooms.removed(member);
        members--;
    }

    /** Drops a channel that has no members and nothing to announce. */
    void removeIfEmpty(ChannelMembers room) {
        if (room.members.isEmpty() && !room.inIntervals && room.keyset.remove(room)) {
            room.holder.giveBack(room.bytes());
            if (room.keyset.isEmpty()) {
                keysets.remove(room.keyset.keyset, room.keyset);
            }
        }
    }
}
