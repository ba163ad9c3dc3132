package dev.manicule.server.ledger;

import dev.manicule.server.command.MarkRead;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.LedgerReader.Unread;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ReadMark;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;

/**
 * How far users have read channels. Key: the channel, and the uuid. Row: the last timetoken that the user has read, and the
 * timetoken of the change. The key of the channel alone has the number of marks on it. Marks stay when messages go. Each
 * mark is in {@link Readers} too.
 */
final class ReadMarks {
    static final String TABLE = "readMarks";
    static final Family FAMILY = new Family(TABLE, Family.ALL,
            inspection -> (key, row) -> inspect(key, row, inspection), new Lines());

    private ReadMarks() {}

    static byte[] key(byte[] channel, String uuid) {
        return Keys.joined(channel, uuid);
    }

    private static void put(byte[] channel, ReadMark mark, Transaction transaction) throws RocksDBException {
        transaction.put(transaction.tables().of(TABLE), key(channel, mark.uuid()), row(mark));
        Readers.put(channel, mark, (key, row) -> transaction.put(transaction.tables().of(Readers.TABLE), key, row));
    }

    private static byte[] row(ReadMark mark) {
        return ByteBuffer.allocate(2 * Long.BYTES).putLong(mark.upTo()).putLong(mark.markedAt()).array();
    }

    private static ReadMark read(byte[] key, int channelLength, byte[] row) {
        ByteBuffer numbers = ByteBuffer.wrap(row);
        String uuid = new String(key, channelLength, key.length - channelLength, StandardCharsets.UTF_8);
        return new ReadMark(uuid, numbers.getLong(), numbers.getLong());
    }

    /**
     * What became of a mark.
     *
     * @param advances whether it stands elsewhere now than before
     */
    record Decided(MarkRead.Outcome outcome, boolean advances) {}

    /** Sets a mark, unless it would go back. */
    static Decided mark(MarkRead mark, long timetoken, Transaction transaction) throws RocksDBException {
        byte[] channel = Keys.channel(mark.channel());
        ColumnFamilyHandle table = transaction.tables().of(TABLE);
        byte[] key = key(channel, mark.uuid());
        byte[] before = transaction.get(table, key);
        long upTo = Math.min(mark.upTo(), timetoken);
        if (before != null && Keys.number(before) >= upTo) {
            return new Decided(new MarkRead.Marked(Keys.number(before)), false);
        }
        if (before == null) {
            long marks = count(channel, transaction);
            if (marks >= mark.most()) {
                return new Decided(new MarkRead.TooManyMarks(), false);
            }
            transaction.put(table, channel, Keys.number(marks + 1));
        } else {
            Readers.takeOut(channel, read(key, channel.length, before), transaction);
        }
        put(channel, new ReadMark(mark.uuid(), upTo, timetoken), transaction);
        return new Decided(new MarkRead.Marked(upTo), true);
    }

    /** How many marks are on a channel. */
    static long count(byte[] channel, Tables open) throws RocksDBException {
        byte[] count = open.db.get(open.of(TABLE), channel);
        return count == null ? 0 : Keys.number(count);
    }

    /** Passes on the marks of a channel, by user. */
    static void walk(Tables open, byte[] channel, Consumer<ReadMark> each) throws RocksDBException {
        open.walk(open.of(TABLE), channel, (key, row) -> {
            if (key.length > channel.length) {
                each.accept(read(key, channel.length, row));
            }
        });
    }

    private static long count(byte[] channel, Transaction transaction) throws RocksDBException {
        byte[] count = transaction.get(transaction.tables().of(TABLE), channel);
        return count == null ? 0 : Keys.number(count);
    }

    /** See {@link LedgerReader#unread}. */
    static List<Unread> unread(Tables open, List<Channel> channels, String uuid, long notBefore)
            throws RocksDBException {
        long[] marks = new long[channels.size()];
        long[] counts = MessageNumbers.count(open, channels, (at, options) -> {
            byte[] row = open.db.get(open.of(TABLE), options, key(Keys.channel(channels.get(at)), uuid));
            marks[at] = row == null ? 0 : Keys.number(row);
            return Math.max(marks[at], notBefore - 1);
        });
        List<Unread> unread = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            unread.add(new Unread(channels.get(i), marks[i], counts[i]));
        }
        return unread;
    }

    /** The mark of a user; null when there is none. */
    static @Nullable ReadMark find(byte[] channel, String uuid, Tables tables) throws RocksDBException {
        byte[] key = key(channel, uuid);
        byte[] row = tables.db.get(tables.of(TABLE), key);
        return row == null ? null : read(key, channel.length, row);
    }

    /** Gives the list of readers all marks, which had none up to format 9. Returns how many there are. */
    static long findReaders(Tables tables, Upgrade.Writes writes) throws RocksDBException {
        long[] marks = {0};
        tables.walk(tables.of(TABLE), Family.ALL, (key, row) -> {
            byte[] channel = Keys.channelOf(key);
            if (channel.length < key.length) {
                Readers.put(channel, read(key, channel.length, row),
                        (place, at) -> writes.put(tables.of(Readers.TABLE), place, at));
                marks[0]++;
            }
        });
        return marks[0];
    }

    private static void inspect(byte[] key, byte[] row, IntegrityCheck inspection) throws RocksDBException {
        byte[] channel = Keys.channelOf(key);
        boolean isOfChannel = key.length == channel.length;
        if (isOfChannel ? Keys.number(row) <= 0 : row.length != 2 * Long.BYTES) {
            throw new IllegalArgumentException("no mark");
        }
        if (!isOfChannel) {
            Readers.mustHave(channel, read(key, channel.length, row), inspection);
        }
    }

    /** A line of an export. */
    private static final class Lines implements Family.Exported {
        @Override
        public String kind() {
            return "readMark";
        }

        @Override
        public Set<String> members() {
            return Set.of("kind", "keyset", "channel", "uuid", "timetoken", "markedAt");
        }

        @Override
        public byte[] key(ExportLine line) {
            return ReadMarks.key(Keys.channel(line.channel()), line.uuid());
        }

        @Override
        public @Nullable JsonWriter line(byte[] key, byte[] row, Export export) {
            Channel channel = Keys.parseChannel(key);
            int length = Keys.channelLength(key);
            if (length == key.length) {
                return null; // the number of marks
            }
            ReadMark mark = read(key, length, row);
            return !export.isDue(mark.markedAt())
                    ? null
                    : Export.begin(kind(), channel.keyset())
                            .member("channel", channel.name())
                            .member("uuid", mark.uuid())
                            .quoted("timetoken", mark.upTo())
                            .quoted("markedAt", mark.markedAt())
                            .end();
        }

        @Override
        public boolean take(ExportLine text, Import into, Transaction transaction) throws RocksDBException {
            byte[] channel = Keys.channel(text.channel());
            byte[] key = key(text);
            ReadMark mark = new ReadMark(text.uuid(), text.timetoken("timetoken"),
                    into.known(text.timetoken("markedAt")));
            boolean isNew = Import.isNew(transaction, transaction.tables().of(TABLE), key, row(mark));
            if (isNew) {
                transaction.put(transaction.tables().of(TABLE), channel,
                        Keys.number(count(channel, transaction) + 1));
                put(channel, mark, transaction);
            }
            return isNew;
        }
    }
}
