package dev.manicule.server.ledger;

import dev.manicule.server.model.Channel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * The channels of each user: the reverse of {@link Leases}; each row is put and removed with a row there. Key: the
 * keyset, after its length in a byte, the uuid, after its length in two, and the name of the channel. The row is empty.
 */
final class Whereabouts {
    static final String TABLE = "whereabouts";
    static final Family FAMILY = new Family(TABLE, Family.ALL,
            inspection -> (key, row) -> inspect(key, row, inspection));

    private static final byte[] NOTHING = {};

    private Whereabouts() {}

    /** The key of a user on a channel. */
    static byte[] key(Channel channel, String uuid) {
        byte[] user = beginning(channel.keyset(), uuid);
        return Keys.joined(user, channel.name());
    }

    /** The prefix of the keys of a user. */
    private static byte[] beginning(String keyset, String uuid) {
        byte[] key = keyset.getBytes(StandardCharsets.UTF_8);
        byte[] user = uuid.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + key.length + Short.BYTES + user.length)
                .put((byte) key.length)
                .put(key)
                .putShort((short) user.length)
                .put(user)
                .array();
    }

    /** A user is on a channel. */
    static void put(Channel channel, String uuid, Transaction transaction) {
        transaction.put(transaction.tables().of(TABLE), key(channel, uuid), NOTHING);
    }

    /** A user is not on a channel any more. */
    static void delete(Channel channel, String uuid, Transaction transaction) {
        transaction.delete(transaction.tables().of(TABLE), key(channel, uuid));
    }

    /** See {@link LedgerReader#channelsOf}. */
    static List<String> of(String keyset, String uuid, int most, Tables open) throws RocksDBException {
        byte[] beginning = beginning(keyset, uuid);
        List<String> names = new ArrayList<>();
        try (RocksIterator rows = open.db.newIterator(open.of(TABLE))) {
            for (rows.seek(beginning); rows.isValid() && names.size() < most; rows.next()) {
                byte[] key = rows.key();
                if (!Keys.startsWith(key, beginning)) {
                    break;
                }
                names.add(new String(key, beginning.length, key.length - beginning.length, StandardCharsets.UTF_8));
            }
            rows.status();
        }
        return names;
    }

    private static void inspect(byte[] key, byte[] row, IntegrityCheck inspection) throws RocksDBException {
        ByteBuffer rest = ByteBuffer.wrap(key);
        String keyset = Keys.text(rest, rest.get() & 0xFF);
        String uuid = Keys.text(rest, rest.getShort() & 0xFFFF);
        Channel channel = new Channel(keyset, Keys.text(rest, rest.remaining()));
        if (row.length > 0) {
            throw new IllegalArgumentException("a row without anything");
        }
        if (!Leases.isThere(channel, uuid, inspection.tables())) {
            inspection.wrong("whereabouts: a user who is not there, at " + Keys.show(Keys.channel(channel)));
        }
    }
}
