package dev.manicule.server.ledger;

import dev.manicule.server.ledger.LedgerReader.FilePage;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.StoredFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** The files of each channel, in the order of their ids. Key: the channel, and the id; there is nothing in the row. */
final class FilesByChannel {
    static final String TABLE = "filesByChannel";
    static final Family FAMILY = new Family(TABLE, Family.ALL,
            inspection -> (key, row) -> inspect(key, inspection));
    private static final byte[] NOTHING = {};

    private FilesByChannel() {}

    private static byte[] key(byte[] channel, String id) {
        return Keys.joined(channel, StoredFiles.key(id));
    }

    private static String id(byte[] key, int channelLength) {
        return new String(key, channelLength, key.length - channelLength, StandardCharsets.US_ASCII);
    }

    static void put(StoredFile file, Transaction transaction) {
        transaction.put(transaction.tables().of(TABLE), key(Keys.channel(file.channel()), file.id()), NOTHING);
    }

    static void delete(StoredFile file, Transaction transaction) {
        transaction.delete(transaction.tables().of(TABLE), key(Keys.channel(file.channel()), file.id()));
    }

    /** See {@link LedgerReader#files(Channel, String, long, int)}. */
    static FilePage page(Tables open, Channel name, @Nullable String after, long notBefore, int most)
            throws RocksDBException {
        byte[] channel = Keys.channel(name);
        List<StoredFile> files = new ArrayList<>();
        int passed = 0;
        String last = null;
        try (RocksIterator rows = open.db.newIterator(open.of(TABLE))) {
            rows.seek(after == null ? channel : Keys.directlyAfter(key(channel, after)));
            for (; isOf(rows, channel); rows.next()) {
                if (files.size() == most || passed == LedgerReader.MOST_FILES_PASSED) {
                    return new FilePage(files, last);
                }
                last = id(rows.key(), channel.length);
                StoredFile file = StoredFiles.find(last, open);
                passed++;
                if (file != null && file.created() >= notBefore) {
                    files.add(file);
                }
            }
            rows.status();
            return new FilePage(files, null);
        }
    }

    private static boolean isOf(RocksIterator rows, byte[] channel) {
        return rows.isValid() && Keys.startsWith(rows.key(), channel);
    }

    private static void inspect(byte[] key, IntegrityCheck inspection) throws RocksDBException {
        int length = Keys.channelLength(key);
        StoredFile file = StoredFiles.find(id(key, length), inspection.tables());
        if (file == null || !file.channel().equals(Keys.parseChannel(key))) {
            inspection.wrong("filesByChannel: there is no such file, at " + Keys.show(key));
        }
    }

    /** Notes when a file has no row here. */
    static void mustHave(StoredFile file, IntegrityCheck inspection) throws RocksDBException {
        byte[] key = key(Keys.channel(file.channel()), file.id());
        if (inspection.tables().db.get(inspection.tables().of(TABLE), key) == null) {
            inspection.wrong("files: it is in no list of a channel, at " + file.id());
        }
    }
}
