package dev.manicule.server.ledger;

import dev.manicule.server.command.MarkRead;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.LedgerReader.MarkPage;
import dev.manicule.server.ledger.LedgerReader.Unread;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ReadMark;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * How far users have read channels. Key: the channel, and the uuid. Row: the last timetoken that the user has read, and the
 * timetoken of the change. The key of the channel alone has the number of marks on it. Marks stay when messages go.
 */
final class ReadMarks {
    static final String TABLE = "readMarks";
    static final Family FAMILY = new Family(TABLE, Family.ALL, inspection -> ReadMarks::inspect, new Lines());
    /** How many rows a page looks at: some milliseconds of work. */
    private static final int MOST_ROWS = 5_000;

    private ReadMarks() {}

    private static byte[] key(byte[] channel, String uuid) {
        byte[] name = uuid.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(channel.length + name.length).put(channel).put(name).array();
    }

    private static byte[] row(long upTo, long at) {
        return ByteBuffer.allocate(2 * Long.BYTES).putLong(upTo).putLong(at).array();
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
        }
        transaction.put(table, key, row(upTo, timetoken));
        return new Decided(new MarkRead.Marked(upTo), true);
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

    /** See {@link LedgerReader#marks}. */
    static MarkPage page(Tables open, Channel name, long since, @Nullable String after, int most)
            throws RocksDBException {
        byte[] channel = Keys.channel(name);
        byte[] from = Keys.directlyAfter(after == null ? channel : key(channel, after));
        List<ReadMark> marks = new ArrayList<>();
        try (RocksIterator rows = open.db.newIterator(open.of(TABLE))) {
            String last = null;
            int left = MOST_ROWS;
            for (rows.seek(from); rows.isValid() && Keys.startsWith(rows.key(), channel); rows.next()) {
                if (left == 0 || marks.size() == most) {
                    return new MarkPage(marks, last);
                }
                left--;
                ReadMark mark = read(rows.key(), channel.length, rows.value());
                last = mark.uuid();
                if (mark.upTo() >= since) {
                    marks.add(mark);
                }
            }
            rows.status();
            return new MarkPage(marks, null);
        }
    }

    private static void inspect(byte[] key, byte[] row) {
        boolean isOfChannel = key.length == Keys.channelLength(key);
        if (isOfChannel ? Keys.number(row) <= 0 : row.length != 2 * Long.BYTES) {
            throw new IllegalArgumentException("no mark");
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
            byte[] row = row(text.timetoken("timetoken"), into.known(text.timetoken("markedAt")));
            boolean isNew = Import.isNew(transaction, transaction.tables().of(TABLE), key, row);
            if (isNew) {
                transaction.put(transaction.tables().of(TABLE), channel,
                        Keys.number(count(channel, transaction) + 1));
                transaction.put(transaction.tables().of(TABLE), key, row);
            }
            return isNew;
        }
    }
}
