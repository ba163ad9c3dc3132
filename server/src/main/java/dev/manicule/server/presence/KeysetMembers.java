package dev.manicule.server.presence;

import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The channels and users of one keyset. Belongs to the thread of {@link Presence}. */
final class KeysetMembers {
    /** How many members an address may have, in parts of what the keyset has left: as the shares of a budget. */
    private static final int SHARE_OF_ADDRESS = 2;

    final String keyset;
    private final Map<String, ChannelMembers> rooms = new HashMap<>();
    final Map<String, User> users = new HashMap<>();
    private final Map<AddressRange, Integer> membersByAddress = new HashMap<>();
    private int members;

    KeysetMembers(String keyset) {
        this.keyset = keyset;
    }

    @Nullable
    ChannelMembers room(String name) {
        return rooms.get(name);
    }

    Stream<Member> allMembers() {
        return rooms.values().stream().flatMap(room -> room.members.values().stream());
    }

    void add(ChannelMembers room) {
        rooms.put(room.channel.name(), room);
    }

    /** Removes a channel; false when it is not there. */
    boolean remove(ChannelMembers room) {
        return rooms.remove(room.channel.name(), room);
    }

    /** Whether it may have one more member of this holder's address; counts it when not. */
    boolean hasPlace(Holder holder, Limits limits) {
        long free = limits.of(Limit.PRESENCE_MEMBERS_BY_KEYSET) - members;
        AddressRange address = holder.address();
        int held = address == null ? 0 : membersByAddress.getOrDefault(address, 0);
        boolean isPlace = free > 0 && held < SHARE_OF_ADDRESS * free;
        if (!isPlace) {
            limits.reached(Limit.PRESENCE_MEMBERS_BY_KEYSET);
        }
        return isPlace;
    }

    void added(Member member) {
        members++;
        count(member.holder.address(), 1);
    }

    void removed(Member member) {
        members--;
        count(member.holder.address(), -1);
    }

    /** Whether there is nothing in it. */
    boolean isEmpty() {
        return rooms.isEmpty() && users.isEmpty();
    }

    private void count(@Nullable AddressRange address, int change) {
        if (address != null) {
            membersByAddress.merge(address, change, (held, more) -> held + more == 0 ? null : (Integer) (held + more));
        }
    }
}
