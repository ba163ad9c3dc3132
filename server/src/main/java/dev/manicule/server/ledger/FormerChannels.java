package dev.manicule.server.ledger;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup.Former;
import dev.manicule.server.model.ChannelGroup;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.rocksdb.RocksDBException;

/**
 * The channels that were taken out of groups: a subscriber that was away receives what happened on them while they were
 * in the group. A bounded number, for a bounded time, since a change of a group writes all of them anew.
 */
final class FormerChannels {
    private static final byte[] BEGINNING = "former/".getBytes(StandardCharsets.US_ASCII);
    static final Family FAMILY = new Family(Tables.META, BEGINNING, inspection -> (key, row) -> {
        var _ = parse(key);
        var _ = read(row);
    });

    private FormerChannels() {}

    /** The channels that were taken out of a group. */
    static byte[] key(ChannelGroup group) {
        return Groups.key(BEGINNING, group);
    }

    /** Reads what {@link #key} wrote. */
    static ChannelGroup parse(byte[] key) {
        return Groups.parse(BEGINNING, key);
    }

    /** The row of the channels that were taken out: for each its name as in {@link Groups}, and both timetokens. */
    static byte[] row(List<Former> former) {
        ByteArrayOutputStream row = new ByteArrayOutputStream();
        for (Former each : former) {
            Groups.write(each.channel(), row);
            row.writeBytes(Keys.number(each.from()));
            row.writeBytes(Keys.number(each.to()));
        }
        return row.toByteArray();
    }

    /** About how many bytes a channel takes that was taken out. */
    private static int bytes(Former former) {
        return Short.BYTES + 2 * Long.BYTES + former.channel().getBytes(StandardCharsets.UTF_8).length;
    }

    static List<Former> read(byte[] row) {
        List<Former> former = new ArrayList<>();
        ByteBuffer rest = ByteBuffer.wrap(row);
        while (rest.hasRemaining()) {
            byte[] name = new byte[rest.getShort() & 0xFFFF];
            rest.get(name);
            former.add(new Former(new String(name, StandardCharsets.UTF_8), rest.getLong(), rest.getLong()));
        }
        return former;
    }

    /** All that there are. */
    static Map<ChannelGroup, List<Former>> all(Tables open) throws RocksDBException {
        Map<ChannelGroup, List<Former>> former = new TreeMap<>();
        open.walk(open.of(Tables.META), BEGINNING, (key, row) -> former.put(parse(key), read(row)));
        return former;
    }

    /**
     * Those of a group that is being changed, the oldest first.
     *
     * @param before its channels, each with the timetoken at which it was put in
     * @param now the same after the change
     */
    static List<Former> change(ChannelGroup group, Map<String, Long> before, Map<String, Long> now, long timetoken,
            Transaction transaction)
            throws RocksDBException {
        byte[] key = key(group);
        byte[] row = transaction.get(transaction.tables().of(Tables.META), key);
        List<Former> former = row == null ? new ArrayList<>() : read(row);
        boolean isChanged = former.removeIf(each -> each.to() < timetoken - Former.REMEMBERED);
        for (Map.Entry<String, Long> member : new TreeMap<>(before).entrySet()) {
            if (!now.containsKey(member.getKey())
                    && hasEvents(group, member.getKey(), member.getValue(), timetoken, transaction)) {
                former.add(new Former(member.getKey(), member.getValue(), timetoken));
                isChanged = true;
            }
        }
        if (!isChanged) {
            return former;
        }
        List<Former> newest = newest(former);
        if (newest.isEmpty()) {
            transaction.delete(transaction.tables().of(Tables.META), key);
        } else {
            transaction.put(transaction.tables().of(Tables.META), key, row(newest));
        }
        return newest;
    }

    private static List<Former> newest(List<Former> former) {
        int from = former.size();
        int left = ChannelGroup.maxBytes(ChannelGroup.MAX_CHANNELS);
        while (from > 0 && former.size() - from < ChannelGroup.MAX_CHANNELS && left >= 0) {
            from--;
            left -= bytes(former.get(from));
        }
        return former.subList(from, former.size());
    }

    /** Nothing can have happened in the group on a channel whose last event is older. */
    private static boolean hasEvents(ChannelGroup group, String name, long after, long now, Transaction transaction)
            throws RocksDBException {
        Channel channel = new Channel(group.keyset(), name);
        long oldest = Math.max(after, transaction.horizons().from(group.keyset(), now) - 1); // what is too old may be there or not
        return Channels.isLaterThan(oldest, channel, transaction)
                || Channels.isLaterThan(oldest, channel.presence(), transaction);
    }
}
