package dev.manicule.server.ledger;

import dev.manicule.server.ledger.LedgerReader.MarkPage;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.ReadMark;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * The read marks of each channel by how far they are, the furthest first. Key: the channel, the last timetoken that the
 * user has read, inverted, and the uuid; row: the timetoken of the change. A mark that moves takes its row along.
 */
final class Readers {
    static final String TABLE = "readers";
    static final Family FAMILY = new Family(TABLE, Family.ALL,
            inspection -> (key, row) -> inspect(key, row, inspection));

    private Readers() {}

    private static byte[] key(byte[] channel, ReadMark mark) {
        byte[] place = Keys.newestFirst(channel, mark.upTo());
        return Keys.joined(place, mark.uuid());
    }

    private static ReadMark read(byte[] key, int channelLength, byte[] row) {
        int uuid = channelLength + Long.BYTES;
        return new ReadMark(new String(key, uuid, key.length - uuid, StandardCharsets.UTF_8),
                ~Keys.timetoken(key, channelLength), Keys.number(row));
    }

    /** Puts a row. */
    @FunctionalInterface
    interface Puts {
        void put(byte[] key, byte[] row) throws RocksDBException;
    }

    /** Puts a mark in its place. */
    static void put(byte[] channel, ReadMark mark, Puts rows) throws RocksDBException {
        rows.put(key(channel, mark), Keys.number(mark.markedAt()));
    }

    /** Takes a mark out of its place. */
    static void takeOut(byte[] channel, ReadMark mark, Transaction transaction) {
        transaction.delete(transaction.tables().of(TABLE), key(channel, mark));
    }

    /** See {@link LedgerReader#marks}. */
    static @Nullable MarkPage page(Tables open, Channel name, long since, @Nullable String cursor,
            boolean isNewestFirst, int most)
            throws RocksDBException {
        byte[] channel = Keys.channel(name);
        byte[] last = null;
        if (cursor != null) {
            last = key(channel, cursor);
            if (last == null) {
                return null;
            }
        }
        List<ReadMark> marks = last == null && ReadMarks.count(channel, open) <= most
                ? all(open, channel, since, isNewestFirst)
                : List.of();
        return marks.isEmpty() || marks.size() > most // new ones have come since
                ? walk(open, channel, since, last, isNewestFirst, most)
                : new MarkPage(marks, null);
    }

    /**
     * All marks, sorted: until RocksDB has written its memory out, a walk over places passes all that marks have left, which
     * may be far more than there are marks.
     */
    private static List<ReadMark> all(Tables open, byte[] channel, long since, boolean isNewestFirst)
            throws RocksDBException {
        List<ReadMark> marks = new ArrayList<>();
        ReadMarks.walk(open, channel, mark -> {
            if (mark.upTo() >= since) {
                marks.add(mark);
            }
        });
        marks.sort((one, other) -> Arrays.compareUnsigned(key(channel, one), key(channel, other)));
        return isNewestFirst ? marks : marks.reversed();
    }

    private static MarkPage walk(Tables open, byte[] channel, long since, byte @Nullable [] after,
            boolean isNewestFirst, int most) throws RocksDBException {
        List<ReadMark> marks = new ArrayList<>();
        byte[] last = after;
        try (Scan rows = Scan.newestFirst(open.db, open.of(TABLE), channel, new Range(since, Long.MAX_VALUE, false))) {
            begin(rows, last, isNewestFirst);
            while (rows.isValid() && marks.size() < most) {
                last = rows.key();
                marks.add(read(last, channel.length, rows.row()));
                if (isNewestFirst) {
                    rows.next();
                } else {
                    rows.previous();
                }
            }
            rows.check();
            return new MarkPage(marks, rows.isValid() && last != null ? PageCursor.of(channel, last) : null);
        }
    }

    private static void begin(Scan rows, byte @Nullable [] last, boolean isNewestFirst) {
        if (last == null) {
            if (isNewestFirst) {
                rows.first();
            } else {
                rows.last();
            }
        } else if (isNewestFirst) {
            rows.seek(Keys.directlyAfter(last));
        } else {
            rows.seekBelow(last);
        }
    }

    /** The key of a cursor; null when it is none of this list. */
    private static byte @Nullable [] key(byte[] channel, String cursor) {
        byte[] key = PageCursor.key(channel, cursor);
        return key == null || key.length <= channel.length + Long.BYTES || key[channel.length] >= 0 ? null : key;
    }

    private static void inspect(byte[] key, byte[] row, IntegrityCheck inspection) throws RocksDBException {
        byte[] channel = Keys.channelOf(key);
        ReadMark mark = read(key, channel.length, row);
        if (!mark.equals(ReadMarks.find(channel, mark.uuid(), inspection.tables()))) {
            inspection.wrong("readers: its mark stands elsewhere, at " + Keys.show(key));
        }
    }

    /** Notes when a mark has no row here. */
    static void mustHave(byte[] channel, ReadMark mark, IntegrityCheck inspection) throws RocksDBException {
        byte[] row = inspection.tables().db.get(inspection.tables().of(TABLE), key(channel, mark));
        if (row == null || Keys.number(row) != mark.markedAt()) {
            inspection.wrong(
                    "readMarks: it is in no list of readers, at " + Keys.show(ReadMarks.key(channel, mark.uuid())));
        }
    }
}
