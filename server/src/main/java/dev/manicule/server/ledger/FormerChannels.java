package dev.manicule.server.ledger;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup.Former;
import dev.manicule.server.model.ChannelGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.rocksdb.RocksDBException;

/**
 * The channels that were taken out of groups: subscribers that were away get what happened on them while they were in. A bounded
 * number, for a bounded time, since a change of a group writes all of them anew.
 */
final class FormerChannels {
    private final Draft draft;
    private final Tables tables;

    FormerChannels(Draft draft, Tables tables) {
        this.draft = draft;
        this.tables = tables;
    }

    /**
     * Those of a group that is being changed, the oldest first.
     *
     * @param before its channels, each with the timetoken at which it was put in
     * @param now the same after the change
     */
    List<Former> of(ChannelGroup group, Map<String, Long> before, Map<String, Long> now, long timetoken)
            throws RocksDBException {
        byte[] key = Keys.former(group);
        byte[] row = draft.get(tables.meta, key);
        List<Former> former = row == null ? new ArrayList<>() : GroupRow.readFormer(row);
        boolean isChanged = former.removeIf(each -> each.to() < timetoken - Former.REMEMBERED);
        for (Map.Entry<String, Long> member : new TreeMap<>(before).entrySet()) {
            if (!now.containsKey(member.getKey()) && hasEvents(group, member.getKey(), member.getValue(), timetoken)) {
                former.add(new Former(member.getKey(), member.getValue(), timetoken));
                isChanged = true;
            }
        }
        if (!isChanged) {
            return former;
        }
        List<Former> newest = newest(former);
        if (newest.isEmpty()) {
            draft.delete(tables.meta, key);
        } else {
            draft.put(tables.meta, key, GroupRow.of(newest));
        }
        return newest;
    }

    private static List<Former> newest(List<Former> former) {
        int from = former.size();
        int left = ChannelGroup.maxBytes(ChannelGroup.MAX_CHANNELS);
        while (from > 0 && former.size() - from < ChannelGroup.MAX_CHANNELS && left >= 0) {
            from--;
            left -= GroupRow.bytes(former.get(from));
        }
        return former.subList(from, former.size());
    }

    /** Nothing can have happened in the group on a channel whose last event is older. */
    private boolean hasEvents(ChannelGroup group, String name, long after, long now) throws RocksDBException {
        Channel channel = new Channel(group.keyset(), name);
        long oldest = Math.max(after, draft.horizons().from(group.keyset(), now) - 1); // what is too old may be there or not
        return isLaterThan(oldest, channel) || isLaterThan(oldest, channel.presence());
    }

    private boolean isLaterThan(long timetoken, Channel channel) throws RocksDBException {
        byte[] last = draft.get(tables.channels, Keys.channel(channel));
        return last != null && Keys.number(last) > timetoken;
    }
}
