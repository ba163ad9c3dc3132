package dev.manicule.server.presence;

import dev.manicule.server.limits.Charge;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Resource;
import dev.manicule.server.model.Channel;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All members of all channels, each charged to the client that brought it, as are its channel and its user when they are new.
 * Belongs to the thread of {@link Presence}.
 */
final class Rooms {
    private final Limits limits;
    private final Map<String, KeysetRooms> keysets = new HashMap<>();
    private int members;

    Rooms(Limits limits) {
        this.limits = limits;
    }

    /** How many members there are. */
    int members() {
        return members;
    }

    /** The rooms of a keyset whose names come after this one, in order. */
    Collection<Room> after(String keyset, String name) {
        KeysetRooms rooms = keysets.get(keyset);
        return rooms == null ? List.of() : rooms.rooms.tailMap(name, false).values();
    }

    @Nullable
    User user(String keyset, String uuid) {
        KeysetRooms rooms = keysets.get(keyset);
        return rooms == null ? null : rooms.users.get(uuid);
    }

    @Nullable
    Room room(String keyset, String channel) {
        KeysetRooms rooms = keysets.get(keyset);
        return rooms == null ? null : rooms.rooms.get(channel);
    }

    @Nullable
    Member find(String keyset, String uuid, String channel) {
        Room room = room(keyset, channel);
        return room == null ? null : room.members.get(uuid);
    }

    /** A user on a channel, who may be new there; null when there is no room for one more. */
    @Nullable
    Member member(Client client, String keyset, String uuid, String channel) {
        Member known = find(keyset, uuid, channel);
        if (known != null) {
            return known;
        }
        KeysetRooms found = keysets.get(keyset);
        KeysetRooms rooms = found == null ? new KeysetRooms(keyset) : found;
        Charge charge = rooms.hasPlace(client, limits) ? client.charge(Resource.PRESENCE, Member.BYTES) : null;
        Room room = charge == null ? null : roomFor(client, rooms, channel);
        User user = room == null ? null : userFor(client, rooms, uuid);
        if (charge == null || room == null || user == null) {
            release(charge, room);
            return null;
        }
        keysets.put(keyset, rooms);
        rooms.rooms.put(channel, room);
        rooms.users.put(uuid, user);
        Member member = new Member(room, user, client.address(), charge);
        room.members.put(uuid, member);
        user.add(member);
        rooms.added(member);
        members++;
        return member;
    }

    private static @Nullable Room roomFor(Client client, KeysetRooms rooms, String name) {
        Room known = rooms.rooms.get(name);
        if (known != null) {
            return known;
        }
        Channel channel = new Channel(rooms.keyset, name);
        Charge charge = client.charge(Resource.PRESENCE, Room.bytes(channel));
        return charge == null ? null : new Room(rooms, channel, charge);
    }

    private static @Nullable User userFor(Client client, KeysetRooms rooms, String uuid) {
        User known = rooms.users.get(uuid);
        if (known != null) {
            return known;
        }
        Charge charge = client.charge(Resource.PRESENCE, User.bytes(uuid));
        return charge == null ? null : new User(uuid, charge);
    }

    /** Gives back what was charged for a member that there is no room for after all. */
    private static void release(@Nullable Charge member, @Nullable Room room) {
        if (member != null) {
            member.release();
        }
        if (room != null && room.keyset.rooms.get(room.channel.name()) != room) {
            room.charge.release();
        }
    }

    /** The member is no more. Its charge is the caller's to release, and its room to {@link #removeIfEmpty}. */
    void remove(Member member) {
        member.room.members.remove(member.user.uuid);
        member.user.remove(member);
        KeysetRooms rooms = member.room.keyset;
        if (member.user.first() == null) {
            rooms.users.remove(member.user.uuid);
            member.user.charge.release();
        }
        rooms.removed(member);
        members--;
    }

    /** Drops a room that has no members and nothing to announce. */
    void removeIfEmpty(Room room) {
        if (room.members.isEmpty() && !room.inIntervals && room.keyset.rooms.remove(room.channel.name(), room)) {
            room.charge.release();
            if (room.keyset.isEmpty()) {
                keysets.remove(room.keyset.keyset, room.keyset);
            }
        }
    }
}
