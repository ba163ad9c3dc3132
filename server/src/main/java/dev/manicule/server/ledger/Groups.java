package dev.manicule.server.ledger;

import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup.Former;
import dev.manicule.server.model.ChannelGroup.Members;
import dev.manicule.server.model.ChannelGroup;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Channel groups. Key: the keyset, after its length, and the name. Row: of each channel the length of its name in two bytes, the name, and the
 * timetoken at which it was put in. What was taken out is in {@link FormerChannels}.
 */
final class Groups {
    private static final byte[] BEGINNING = "group/".getBytes(StandardCharsets.US_ASCII);
    static final Family FAMILY = new Family(Tables.META, BEGINNING, inspection -> (key, row) -> {
        var _ = parse(key);
        var _ = read(row);
    }, new Lines());

    private Groups() {}

    /** The members of a group. */
    static byte[] key(ChannelGroup group) {
        return key(BEGINNING, group);
    }

    /** The key of something about a group. */
    static byte[] key(byte[] kind, ChannelGroup group) {
        byte[] keyset = group.keyset().getBytes(StandardCharsets.UTF_8);
        byte[] name = group.name().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(kind.length + 1 + keyset.length + name.length)
                .put(kind)
                .put((byte) keyset.length)
                .put(keyset)
                .put(name)
                .array();
    }

    /** Reads what {@link #key} wrote. */
    static ChannelGroup parse(byte[] key) {
        return parse(BEGINNING, key);
    }

    /** Reads what {@link #key(byte[], ChannelGroup)} wrote. */
    static ChannelGroup parse(byte[] kind, byte[] key) {
        ByteBuffer rest = ByteBuffer.wrap(key, kind.length, key.length - kind.length);
        String keyset = Keys.text(rest, rest.get() & 0xFF);
        return new ChannelGroup(keyset, Keys.text(rest, rest.remaining()));
    }

    static byte[] row(Map<String, Long> since) {
        ByteArrayOutputStream row = new ByteArrayOutputStream();
        new TreeMap<>(since).forEach((channel, timetoken) -> {
            write(channel, row);
            row.writeBytes(Keys.number(timetoken));
        });
        return row.toByteArray();
    }

    /** Writes the name of a channel, after its length. */
    static void write(String channel, ByteArrayOutputStream row) {
        byte[] name = channel.getBytes(StandardCharsets.UTF_8);
        row.writeBytes(ByteBuffer.allocate(Short.BYTES).putShort((short) name.length).array());
        row.writeBytes(name);
    }

    static Map<String, Long> read(byte[] row) {
        Map<String, Long> since = new TreeMap<>();
        ByteBuffer rest = ByteBuffer.wrap(row);
        while (rest.hasRemaining()) {
            byte[] name = new byte[rest.getShort() & 0xFFFF];
            rest.get(name);
            since.put(new String(name, StandardCharsets.UTF_8), rest.getLong());
        }
        return since;
    }

    /** What is in a group, as a transaction knows it. */
    static Map<String, Long> of(ChannelGroup group, Transaction transaction) throws RocksDBException {
        byte[] row = transaction.get(transaction.tables().of(Tables.META), key(group));
        return row == null ? Map.of() : read(row);
    }

    /** Puts the channels of a group, or takes it out when it has none. */
    static void put(ChannelGroup group, Map<String, Long> channels, Transaction transaction) {
        if (channels.isEmpty()) {
            transaction.delete(transaction.tables().of(Tables.META), key(group));
        } else {
            transaction.put(transaction.tables().of(Tables.META), key(group), row(channels));
        }
    }

    /** See {@link LedgerReader#groups}. */
    static List<Members> all(Tables open) throws RocksDBException {
        Map<ChannelGroup, List<Former>> former = FormerChannels.all(open);
        List<Members> groups = new ArrayList<>();
        open.walk(open.of(Tables.META), BEGINNING, (key, row) -> {
            ChannelGroup group = parse(key);
            groups.add(new Members(group, read(row), Objects.requireNonNullElse(former.remove(group), List.of())));
        });
        former.forEach((group, channels) -> groups.add(new Members(group, Map.of(), channels)));
        return groups;
    }

    /** How many groups with channels a keyset has. */
    static long count(String keyset, Tables open) throws RocksDBException {
        return all(open).stream()
                .filter(members -> members.group().keyset().equals(keyset) && !members.since().isEmpty())
                .count();
    }

    /** The channels of a group, each with the timetoken at which it was put in. */
    private static Map<String, Long> channels(ExportLine line) {
        ExportLine channels;
        try {
            channels = ExportLine.read(line.part("channels").utf8());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("its \"channels\": " + e.getMessage(), e);
        }
        Map<String, Long> since = new TreeMap<>();
        for (String name : new TreeSet<>(channels.parts().keySet())) {
            since.put(ExportLine.checkedChannel(ExportLine.checkedText(name, "channels")), channels.timetoken(name));
        }
        return since;
    }

    private static ChannelGroup group(ExportLine line) {
        String name = line.text("group");
        if (!Channel.isName(name)) {
            throw new IllegalArgumentException("no name of a group: " + name);
        }
        return new ChannelGroup(line.keyset(), name);
    }

    /** A line of an export. */
    private static final class Lines implements Family.Exported {
        @Override
        public String kind() {
            return "group";
        }

        @Override
        public Set<String> members() {
            return Set.of("kind", "keyset", "group", "channels");
        }

        @Override
        public byte[] key(ExportLine line) {
            return Groups.key(group(line));
        }

        @Override
        public @Nullable JsonWriter line(byte[] key, byte[] row, Export export) {
            ChannelGroup group = parse(key);
            JsonWriter json = Export.begin(kind(), group.keyset())
                    .member("group", group.name())
                    .object("channels");
            read(row).forEach((channel, since) -> json.nameOf(channel).quoted(since));
            return json.end().end();
        }

        /** An existing group gets the channels that it lacks. */
        @Override
        public boolean take(ExportLine text, Import into, Transaction transaction) throws RocksDBException {
            ChannelGroup group = group(text);
            Map<String, Long> members = new TreeMap<>(of(group, transaction));
            int before = members.size();
            channels(text).forEach((channel, since) -> members.putIfAbsent(channel, into.known(since)));
            boolean isMore = members.size() > before;
            int most = (int) text.limits().of(Limit.CHANNELS_BY_GROUP);
            if (isMore && (members.size() > most || row(members).length > ChannelGroup.maxBytes(most))) {
                throw new IllegalArgumentException("the group would have " + members.size() + " channels with "
                        + row(members).length + " bytes of names (" + ChannelGroup.maxBytes(most)
                        + " may be), " + text.limits().over(Limit.CHANNELS_BY_GROUP));
            }
            if (isMore && before == 0) {
                into.addGroup(group.keyset(), transaction);
            }
            put(group, members, transaction);
            return isMore;
        }
    }
}
