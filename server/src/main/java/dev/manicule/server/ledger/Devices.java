package dev.manicule.server.ledger;

import dev.manicule.server.command.ChangeDevice;
import dev.manicule.server.command.RemoveDevice;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.PushDevice.Gateway;
import dev.manicule.server.model.PushDevice;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * The devices that get notifications, and the channels of each. Key: the keyset after its length in a byte, the code of
 * the gateway in a byte, topic and token, each after its length in two bytes, and the name of the channel. Row: the
 * timetoken at which the channel was put in. The key without a channel has the number of the device's channels, and the
 * timetoken of its last registration. Each channel of a device is in {@link DevicesByChannel} too.
 */
final class Devices {
    static final String TABLE = "devices";
    static final Family FAMILY = new Family(TABLE, Family.ALL,
            inspection -> (key, row) -> inspect(key, row, inspection), new Lines());

    private Devices() {}

    /**
     * What is known of a device.
     *
     * @param registeredAt the timetoken of its last registration
     */
    private record Known(int channels, long registeredAt) {
        private static final Known NOTHING = new Known(0, 0);

        static Known of(byte[] device, Transaction transaction) throws RocksDBException {
            byte[] row = transaction.get(transaction.tables().of(TABLE), device);
            return row == null ? NOTHING : read(row);
        }

        static Known read(byte[] row) {
            ByteBuffer rest = ByteBuffer.wrap(row);
            return new Known(rest.getInt(), rest.getLong());
        }

        /** Puts it, or takes the device out when it has no channels. */
        void put(byte[] device, Transaction transaction) {
            ColumnFamilyHandle table = transaction.tables().of(TABLE);
            if (channels == 0) {
                transaction.delete(table, device);
            } else {
                transaction.put(table, device, ByteBuffer.allocate(Integer.BYTES + Long.BYTES)
                        .putInt(channels)
                        .putLong(registeredAt)
                        .array());
            }
        }
    }

    /** The prefix of all keys of a device. */
    private static byte[] key(PushDevice device) {
        byte[] keyset = device.keyset().getBytes(StandardCharsets.UTF_8);
        byte[] name = name(device);
        return ByteBuffer.allocate(1 + keyset.length + name.length)
                .put((byte) keyset.length)
                .put(keyset)
                .put(name)
                .array();
    }

    /** What distinguishes a device from others of its keyset. */
    static byte[] name(PushDevice device) {
        byte[] topic = device.topic().getBytes(StandardCharsets.UTF_8);
        byte[] token = device.token().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + 2 * Short.BYTES + topic.length + token.length)
                .put((byte) device.gateway().code())
                .putShort((short) topic.length)
                .put(topic)
                .putShort((short) token.length)
                .put(token)
                .array();
    }

    /** Reads what {@link #name} wrote, and nothing that follows it. */
    static PushDevice parse(String keyset, ByteBuffer rest) {
        int code = rest.get();
        Gateway gateway = Gateway.of(code);
        if (gateway == null) {
            throw new IllegalArgumentException("no gateway has the code " + code);
        }
        String topic = Keys.text(rest, rest.getShort() & 0xFFFF);
        return new PushDevice(keyset, gateway, topic, Keys.text(rest, rest.getShort() & 0xFFFF));
    }

    private static byte[] key(byte[] device, String channel) {
        return Keys.joined(device, channel);
    }

    /** Puts channels to those of a device, and takes others out; all or nothing. */
    static ChangeDevice.Outcome change(ChangeDevice change, long timetoken, Transaction transaction)
            throws RocksDBException {
        PushDevice device = change.device();
        byte[] key = key(device);
        ColumnFamilyHandle table = transaction.tables().of(TABLE);
        Known before = Known.of(key, transaction);
        Set<String> removed = new TreeSet<>();
        for (String channel : new TreeSet<>(change.remove())) {
            if (transaction.get(table, key(key, channel)) != null) {
                removed.add(channel);
            }
        }
        Set<String> added = new TreeSet<>();
        for (String channel : new TreeSet<>(change.add())) {
            if (!change.remove().contains(channel) && transaction.get(table, key(key, channel)) == null) {
                added.add(channel);
            }
        }
        int channels = before.channels() + added.size() - removed.size();
        if (!added.isEmpty() && channels > change.mostChannels()) {
            return new ChangeDevice.TooManyChannels();
        }
        for (String channel : added) {
            if (DevicesByChannel.count(new Channel(device.keyset(), channel), transaction) >= change.mostDevices()) {
                return new ChangeDevice.TooManyDevices();
            }
        }
        for (String channel : added) {
            put(device, channel, timetoken, transaction);
        }
        for (String channel : removed) {
            transaction.delete(table, key(key, channel));
            DevicesByChannel.delete(new Channel(device.keyset(), channel), device, transaction);
        }
        Known now = new Known(channels, change.add().isEmpty() ? before.registeredAt() : timetoken);
        if (!now.equals(before)) {
            now.put(key, transaction);
        }
        return new ChangeDevice.DeviceChanged();
    }

    private static void put(PushDevice device, String channel, long timetoken, Transaction transaction)
            throws RocksDBException {
        transaction.put(transaction.tables().of(TABLE), key(key(device), channel), Keys.number(timetoken));
        DevicesByChannel.put(new Channel(device.keyset(), channel), device, transaction);
    }

    /** Takes a device out of all channels, unless it was registered again. */
    static RemoveDevice.Outcome remove(RemoveDevice remove, Transaction transaction) throws RocksDBException {
        PushDevice device = remove.device();
        byte[] key = key(device);
        Known known = Known.of(key, transaction);
        if (known.channels() == 0 || known.registeredAt() > remove.upTo()) {
            return new RemoveDevice.DeviceRemoved(0);
        }
        ColumnFamilyHandle table = transaction.tables().of(TABLE);
        for (ByteKey row : List.copyOf(transaction.rows(table, key).keySet())) {
            if (row.bytes.length > key.length) {
                DevicesByChannel.delete(new Channel(device.keyset(), channel(row.bytes, key.length)), device,
                        transaction);
            }
            transaction.delete(table, row.bytes);
        }
        return new RemoveDevice.DeviceRemoved(known.channels());
    }

    private static String channel(byte[] key, int device) {
        return new String(key, device, key.length - device, StandardCharsets.UTF_8);
    }

    /** See {@link LedgerReader#channelsOf(PushDevice, String, int)}. */
    static List<String> channels(PushDevice device, @Nullable String after, int most, Tables open)
            throws RocksDBException {
        byte[] key = key(device);
        List<String> channels = new ArrayList<>();
        try (RocksIterator rows = open.db.newIterator(open.of(TABLE))) {
            for (rows.seek(Keys.directlyAfter(after == null ? key : key(key, after))); rows.isValid()
                    && channels.size() < most; rows.next()) {
                byte[] row = rows.key();
                if (!Keys.startsWith(row, key)) {
                    break;
                }
                channels.add(channel(row, key.length));
            }
            rows.status();
        }
        return channels;
    }

    /** Whether a device has a channel. */
    static boolean has(PushDevice device, String channel, Tables tables) throws RocksDBException {
        return tables.db.get(tables.of(TABLE), key(key(device), channel)) != null;
    }

    /**
     * A row's device, and its channel.
     *
     * @param channel null for the row of the device itself
     */
    private record Place(PushDevice device, @Nullable String channel) {
        static Place of(byte[] key) {
            ByteBuffer rest = ByteBuffer.wrap(key);
            PushDevice device = parse(Keys.text(rest, rest.get() & 0xFF), rest);
            return new Place(device, rest.hasRemaining() ? Keys.text(rest, rest.remaining()) : null);
        }
    }

    private static void inspect(byte[] key, byte[] row, IntegrityCheck inspection) throws RocksDBException {
        Place place = Place.of(key);
        String channel = place.channel();
        if (channel == null ? Known.read(row).channels() <= 0 : Keys.number(row) <= 0) {
            throw new IllegalArgumentException("no device");
        }
        if (channel != null) {
            DevicesByChannel.mustHave(new Channel(place.device().keyset(), channel), place.device(), inspection);
        }
    }

    /** A line of an export, for each channel of a device. */
    private static final class Lines implements Family.Exported {
        @Override
        public String kind() {
            return "device";
        }

        @Override
        public Set<String> members() {
            return Set.of("kind", "keyset", "channel", "gateway", "topic", "token", "registeredAt");
        }

        private static PushDevice device(ExportLine line) {
            Gateway gateway = Gateway.named(line.text("gateway"));
            String topic = line.text("topic");
            if (gateway == null || !PushDevice.isToken(line.text("token"), gateway)
                    || (!topic.isEmpty() && !PushDevice.isTopic(topic))) {
                throw new IllegalArgumentException("no device: its \"gateway\", \"topic\" or \"token\" is none");
            }
            return new PushDevice(line.keyset(), gateway, topic, line.text("token"));
        }

        @Override
        public byte[] key(ExportLine line) {
            return Devices.key(Devices.key(device(line)), line.channel().name());
        }

        @Override
        public @Nullable JsonWriter line(byte[] key, byte[] row, Export export) {
            Place place = Place.of(key);
            String channel = place.channel();
            if (channel == null || !export.isDue(Keys.number(row))) {
                return null;
            }
            PushDevice device = place.device();
            return Export.begin(kind(), device.keyset())
                    .member("channel", channel)
                    .member("gateway", device.gateway().text())
                    .member("topic", device.topic())
                    .member("token", device.token())
                    .quoted("registeredAt", Keys.number(row))
                    .end();
        }

        @Override
        public boolean take(ExportLine line, Import into, Transaction transaction) throws RocksDBException {
            PushDevice device = device(line);
            byte[] key = Devices.key(device);
            long registeredAt = into.known(line.timetoken("registeredAt"));
            if (transaction.get(transaction.tables().of(TABLE), key(line)) != null) {
                return false;
            }
            Known before = Known.of(key, transaction);
            put(device, line.channel().name(), registeredAt, transaction);
            new Known(before.channels() + 1, Math.max(before.registeredAt(), registeredAt)).put(key, transaction);
            return true;
        }
    }
}
