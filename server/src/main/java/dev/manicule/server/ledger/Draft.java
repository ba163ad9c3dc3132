package dev.manicule.server.ledger;

import dev.manicule.server.command.Command;
import dev.manicule.server.command.DeleteMessages;
import dev.manicule.server.model.ChannelGroup.Members;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Revocation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteBatchWithIndex;
import org.rocksdb.WriteOptions;

/**
 * The changes of some commands on their way to one synced write, and the events they lead to. What was put in can be
 * read back at once, so that a later command of the same draft sees what an earlier one did.
 *
 * <p>Belongs to the journal's thread.
 */
public final class Draft implements AutoCloseable {
    private final Tables tables;
    private final Versions versions;
    private final Versions.Changing changing = new Versions.Changing();
    private final Rules rules;
    private final Changes changes = new Changes();
    /** The changes in the order of their keys: only walks need that, and most drafts have none. */
    private @Nullable WriteBatchWithIndex sorted;
    private final List<Event> events = new ArrayList<>();
    private final List<Members> groups = new ArrayList<>();
    private final List<Revocation> revocations = new ArrayList<>();
    private boolean erases;
    private @Nullable Command<DeleteMessages.Outcome> unfinished;
    private long lastTimetoken;

    Draft(Tables tables, Versions versions, long lastTimetoken) {
        this.tables = tables;
        this.versions = versions;
        rules = new Rules(this, tables);
        this.lastTimetoken = lastTimetoken;
    }

    /** What subscribers are to be told once this draft is committed, in order. */
    public List<Event> events() {
        return Collections.unmodifiableList(events);
    }

    /** The groups that were changed, as they are once this draft is committed; of equal ones the last counts. */
    public List<Members> groups() {
        return Collections.unmodifiableList(groups);
    }

    /** The tokens that hold no more once this draft is committed. */
    public List<Revocation> revocations() {
        return Collections.unmodifiableList(revocations);
    }

    /** Whether events told earlier were erased, so that whoever keeps copies must forget them. */
    public boolean erases() {
        return erases;
    }

    /** The highest timetoken of the commands applied to it. */
    public long lastTimetoken() {
        return lastTimetoken;
    }

    /** What the command applied last has left to be done, to be applied in its place; null, mostly, for nothing. */
    public @Nullable Command<DeleteMessages.Outcome> takeUnfinished() {
        Command<DeleteMessages.Outcome> rest = unfinished;
        unfinished = null;
        return rest;
    }

    /** The tables that it is to change. */
    Tables tables() {
        return tables;
    }

    /** What decides over commands in this draft. */
    Rules rules() {
        return rules;
    }

    @Override
    public void close() {
        if (sorted != null) {
            sorted.close();
        }
    }

    void put(ColumnFamilyHandle table, byte[] key, byte[] row) throws RocksDBException {
        changing(table, key);
        changes.put(table, key, row);
        if (sorted != null) {
            sorted.put(table, key, row);
        }
    }

    void delete(ColumnFamilyHandle table, byte[] key) throws RocksDBException {
        changing(table, key);
        changes.delete(table, key);
        if (sorted != null) {
            sorted.delete(table, key);
        }
    }

    /** Notes whose pages are not what they were once this is committed. */
    @SuppressWarnings("ReferenceEquality") // handles are those of the tables; their equals would go to RocksDB
    private void changing(ColumnFamilyHandle table, byte[] key) {
        if (table == tables.messages || table == tables.actions || table == tables.actionsByMessage) {
            changing.add(key);
        }
    }

    byte @Nullable [] get(ColumnFamilyHandle table, byte[] key) throws RocksDBException {
        return changes.get(table, key, tables.db::get);
    }

    private WriteBatchWithIndex sorted() throws RocksDBException {
        WriteBatchWithIndex all = sorted;
        if (all == null) {
            all = new WriteBatchWithIndex(false);
            sorted = all;
            changes.copyTo(all);
        }
        return all;
    }

    /**
     * A walk over rows of a channel, as they are with what this draft has put in and taken out. Nothing may be put in or
     * taken out while it lasts.
     */
    Scan scan(ColumnFamilyHandle table, byte[] channel, Range range) throws RocksDBException {
        WriteBatchWithIndex batch = sorted();
        return new Scan(options -> batch.newIteratorWithBase(table, tables.db.newIterator(table, options), options),
                channel, range);
    }

    /** The keys of a table from one on and below another, with what this draft has put in and taken out. */
    List<byte[]> keys(ColumnFamilyHandle table, byte[] from, byte[] below) throws RocksDBException {
        List<byte[]> keys = new ArrayList<>();
        try (RocksIterator rows = sorted().newIteratorWithBase(table, tables.db.newIterator(table))) {
            for (rows.seek(from); rows.isValid() && Arrays.compareUnsigned(rows.key(), below) < 0; rows.next()) {
                keys.add(rows.key());
            }
            rows.status();
        }
        return keys;
    }

    void tell(Event event) {
        events.add(event);
    }

    void changed(Members group) {
        groups.add(group);
    }

    void revoked(Revocation revocation) {
        revocations.add(revocation);
    }

    void erased() {
        erases = true;
    }

    void reached(long timetoken) {
        lastTimetoken = timetoken;
    }

    void leave(Command<DeleteMessages.Outcome> rest) {
        unfinished = rest;
    }

    /** Writes all of it to the tables. */
    void write(WriteOptions how) throws RocksDBException {
        changes.put(tables.meta, Keys.LAST_TIMETOKEN, Keys.number(lastTimetoken));
        try (WriteBatch batch = changes.toBatch()) {
            versions.begin(changing);
            tables.db.write(how, batch);
            versions.end(changing);
        }
    }
}
