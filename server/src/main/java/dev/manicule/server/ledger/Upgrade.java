package dev.manicule.server.ledger;

import dev.manicule.server.model.Event;
import dev.manicule.server.model.MessageAction;
import java.util.Arrays;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings tables of an earlier format to the present one. Each step can be done again after a crash in its middle; the
 * folder says that it has the new format only when all are done.
 */
final class Upgrade {
    private static final Logger LOG = LoggerFactory.getLogger(Upgrade.class);
    private static final int AT_ONCE = 10_000;
    private static final int ROWS_BETWEEN_WORDS = 1_000_000;

    private Upgrade() {}

    /** Brings the tables of a folder from one format to {@link DataFolder#FORMAT}. */
    static void upgrade(Tables tables, int from) {
        LOG.info("Upgrading the data from format {} to {}", from, DataFolder.FORMAT);
        try (WriteOptions synced = new WriteOptions().setSync(true)) {
            if (from < 2) {
                moveTransientEvents(tables, synced);
            }
            if (from < 3) {
                turnActions(tables, synced);
            }
            if (from < 5) {
                findRemovedActions(tables, synced);
            }
            if (from < 6) {
                beginFeed(tables, synced);
            }
            if (from < 8) {
                LOG.info("Of {} users on channels it is known where they are",
                        derive(tables, synced, Leases::findWhereabouts));
            }
            if (from < 9) {
                LOG.info("The actions on {} messages were summed up", ActionsUpgrade.upgrade(tables, synced));
                MessageNumbers.begin(tables, synced);
            }
            if (from < 10) {
                LOG.info("{} read marks are in the lists of readers", derive(tables, synced, ReadMarks::findReaders));
            }
            tables.db.flushWal(true);
        } catch (RocksDBException e) {
            throw new StorageException("Upgrading the data", e);
        }
    }

    /** Puts rows, many with one write. */
    @FunctionalInterface
    interface Writes {
        void put(ColumnFamilyHandle table, byte[] key, byte[] row) throws RocksDBException;
    }

    /** Derives rows from those of another table. */
    @FunctionalInterface
    private interface Derivation {
        /** Returns from how many. */
        long rows(Tables tables, Writes writes) throws RocksDBException;
    }

    private static long derive(Tables tables, WriteOptions synced, Derivation derivation) throws RocksDBException {
        try (WriteBatch batch = new WriteBatch()) {
            long rows = derivation.rows(tables, (table, key, row) -> {
                batch.put(table, key, row);
                if (batch.count() >= AT_ONCE) {
                    tables.db.write(synced, batch);
                    batch.clear();
                }
            });
            tables.db.write(synced, batch);
            return rows;
        }
    }

    /** Up to format 5, events had no order over channels: it begins with what comes now. */
    private static void beginFeed(Tables tables, WriteOptions synced) throws RocksDBException {
        GlobalFeed.Extent behind = new GlobalFeed.Extent(0, State.lastTimetoken(tables));
        tables.db.put(tables.of(Tables.META), synced, GlobalFeed.EXTENT, behind.row());
    }

    /** Up to format 2, the oldest action of a channel came first. A timetoken's highest bit says which way round it is. */
    private static void turnActions(Tables tables, WriteOptions synced) throws RocksDBException {
        long turned = 0;
        try (RocksIterator rows = tables.db.newIterator(tables.of(Actions.TABLE));
                WriteBatch batch = new WriteBatch()) {
            for (rows.seekToFirst(); rows.isValid(); rows.next()) {
                byte[] key = rows.key();
                if (Keys.timetoken(key, key.length - Long.BYTES) < 0) {
                    continue;
                }
                batch.put(tables.of(Actions.TABLE), Keys.otherWayRound(key), rows.value());
                batch.delete(tables.of(Actions.TABLE), key);
                turned++;
                if (batch.count() >= AT_ONCE) {
                    tables.db.write(synced, batch);
                    batch.clear();
                }
                if (turned % ROWS_BETWEEN_WORDS == 0) {
                    LOG.info("Turned {} actions", turned);
                }
            }
            rows.status();
            tables.db.write(synced, batch);
        }
        LOG.info("The newest actions come first now: {} were turned", turned);
    }

    /** Up to format 4, nothing led from a message to the actions that were removed from it. */
    private static void findRemovedActions(Tables tables, WriteOptions synced) throws RocksDBException {
        long found = 0;
        try (RocksIterator rows = tables.db.newIterator(tables.of(Feed.TABLE)); WriteBatch batch = new WriteBatch()) {
            for (rows.seekToFirst(); rows.isValid(); rows.next()) {
                byte[] key = rows.key();
                byte[] channel = Arrays.copyOf(key, Keys.channelLength(key));
                Event event = Feed.read(Keys.parseChannel(key), Keys.timetoken(key, channel.length), rows.value());
                MessageAction removed = Envelopes.removedAction(event);
                if (removed != null) {
                    batch.put(tables.of(ActionsByMessage.TABLE), ActionsUpgrade.formerRemovedKey(channel,
                            removed.messageTimetoken(), event.timetoken()),
                            Keys.number(removed.actionTimetoken()));
                    found++;
                }
                if (batch.count() >= AT_ONCE) {
                    tables.db.write(synced, batch);
                    batch.clear();
                }
            }
            rows.status();
            tables.db.write(synced, batch);
        }
        LOG.info("{} actions were removed from messages", found);
    }

    /** In format 1, events that are not kept stood in the feed, and stayed for ever. */
    private static void moveTransientEvents(Tables tables, WriteOptions synced) throws RocksDBException {
        long oldest = Recent.period(State.lastTimetoken(tables)) - 1;
        long moved = 0;
        long dropped = 0;
        try (ReadOptions options = new ReadOptions();
                RocksIterator rows = tables.db.newIterator(tables.of(Feed.TABLE), options);
                WriteBatch batch = new WriteBatch()) {
            for (rows.seekToFirst(); rows.isValid(); rows.next()) {
                byte[] row = rows.value();
                if (Feed.isKept(row)) {
                    continue;
                }
                byte[] key = rows.key();
                int channelLength = key.length - Long.BYTES;
                long timetoken = Keys.timetoken(key, channelLength);
                if (Recent.period(timetoken) >= oldest) {
                    byte[] channel = Arrays.copyOf(key, channelLength);
                    batch.put(tables.of(Recent.TABLE),
                            Keys.at(Recent.events(Recent.period(timetoken), channel), timetoken), row);
                    moved++;
                } else {
                    dropped++;
                }
                batch.delete(tables.of(Feed.TABLE), key);
                if (batch.count() >= AT_ONCE) {
                    tables.db.write(synced, batch);
                    batch.clear();
                }
            }
            rows.status();
            tables.db.write(synced, batch);
        }
        LOG.info("Of the events that are not kept, {} were moved, and {} that are too old were dropped", moved,
                dropped);
    }
}
