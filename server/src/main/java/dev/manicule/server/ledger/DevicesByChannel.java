package dev.manicule.server.ledger;

import dev.manicule.server.ledger.LedgerReader.DevicePage;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.PushDevice.Gateway;
import dev.manicule.server.model.PushDevice;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * The devices of each channel: the reverse of {@link Devices}. Key: the channel, the code of the gateway in a byte, topic
 * and token, each after its length in two bytes. The row is empty. The key of the channel alone has the number of its
 * devices.
 */
final class DevicesByChannel {
    static final String TABLE = "devicesByChannel";
    static final Family FAMILY = new Family(TABLE, Family.ALL,
            inspection -> (key, row) -> inspect(key, row, inspection));

    private static final byte[] NOTHING = {};

    private DevicesByChannel() {}

    private static byte[] key(byte[] channel, PushDevice device) {
        return Keys.joined(channel, Devices.name(device));
    }

    /** How many devices a channel has, as a transaction knows it. */
    static long count(Channel channel, Transaction transaction) throws RocksDBException {
        byte[] row = transaction.get(transaction.tables().of(TABLE), Keys.channel(channel));
        return row == null ? 0 : Keys.number(row);
    }

    /** A channel gets a device that it has not. */
    static void put(Channel channel, PushDevice device, Transaction transaction) throws RocksDBException {
        byte[] prefix = Keys.channel(channel);
        ColumnFamilyHandle table = transaction.tables().of(TABLE);
        transaction.put(table, prefix, Keys.number(count(channel, transaction) + 1));
        transaction.put(table, key(prefix, device), NOTHING);
    }

    /** A channel loses a device that it has. */
    static void delete(Channel channel, PushDevice device, Transaction transaction) throws RocksDBException {
        byte[] prefix = Keys.channel(channel);
        ColumnFamilyHandle table = transaction.tables().of(TABLE);
        long left = count(channel, transaction) - 1;
        if (left == 0) {
            transaction.delete(table, prefix);
        } else {
            transaction.put(table, prefix, Keys.number(left));
        }
        transaction.delete(table, key(prefix, device));
    }

    /** See {@link LedgerReader#devices}. */
    static DevicePage page(Channel channel, Gateway from, Gateway to, @Nullable PushDevice after, int most,
            Tables open) throws RocksDBException {
        byte[] prefix = Keys.channel(channel);
        List<PushDevice> devices = new ArrayList<>();
        try (RocksIterator rows = open.db.newIterator(open.of(TABLE))) {
            byte[] begin = after == null
                    ? ByteBuffer.allocate(prefix.length + 1).put(prefix).put((byte) from.code()).array()
                    : Keys.directlyAfter(key(prefix, after));
            for (rows.seek(begin); rows.isValid(); rows.next()) {
                byte[] key = rows.key();
                if (!Keys.startsWith(key, prefix) || key[prefix.length] > to.code()) {
                    break;
                }
                if (devices.size() == most) {
                    return new DevicePage(devices, devices.getLast());
                }
                devices.add(Devices.parse(channel.keyset(), rest(key, prefix.length)));
            }
            rows.status();
        }
        return new DevicePage(devices, null);
    }

    private static ByteBuffer rest(byte[] key, int channelLength) {
        return ByteBuffer.wrap(key).position(channelLength);
    }

    private static void inspect(byte[] key, byte[] row, IntegrityCheck inspection) throws RocksDBException {
        Channel channel = Keys.parseChannel(key);
        int length = Keys.channelLength(key);
        if (length == key.length) {
            if (Keys.number(row) <= 0) {
                throw new IllegalArgumentException("no number of devices");
            }
            return;
        }
        PushDevice device = Devices.parse(channel.keyset(), rest(key, length));
        if (!Devices.has(device, channel.name(), inspection.tables())) {
            inspection.wrong("devicesByChannel: the device lacks the channel, at " + Keys.show(key));
        }
    }

    /** Notes when a device has no row here. */
    static void mustHave(Channel channel, PushDevice device, IntegrityCheck inspection) throws RocksDBException {
        byte[] key = key(Keys.channel(channel), device);
        if (inspection.tables().db.get(inspection.tables().of(TABLE), key) == null) {
            inspection.wrong("devices: its channel lacks it, at " + Keys.show(key));
        }
    }
}
