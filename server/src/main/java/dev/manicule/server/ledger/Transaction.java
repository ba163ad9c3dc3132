package dev.manicule.server.ledger;

import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.ReportNode;
import dev.manicule.server.model.ChannelGroup.Members;
import dev.manicule.server.model.PresenceNotice;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.KeyGrant;
import dev.manicule.server.model.Revocation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The changes of some commands, for one write to the tables, and the events of these commands. Changes can be read back
 * at once, so that a later command of the same transaction sees what an earlier one did.
 *
 * <p>Belongs to the thread that applies the log.
 */
public final class Transaction {
    private final Tables tables;
    private final State state;
    private final ChannelVersions versions;
    private final ChannelVersions.Changing changing = new ChannelVersions.Changing();
    private final RuleBook book;
    private Rules rules;
    private int rulesInForce;
    private final @Nullable EntryDigests digests;
    private final WriteBuffer changes;
    private final List<KeyRange> cleared = new ArrayList<>();
    private final List<Deletion> deletions = new ArrayList<>();
    private final Map<ByteKey, DeletedRanges> deleted = new HashMap<>();
    /** The numbers of the messages that it stores, by channel and timetoken. */
    private final Map<ByteKey, TreeMap<Long, Long>> stored = new HashMap<>();
    private Horizons horizons;
    private long nextExpiry;
    private long nextActionExpiry;
    private final List<Event> events = new ArrayList<>();
    private final List<Members> groups = new ArrayList<>();
    private final List<Revocation> revocations = new ArrayList<>();
    private final List<KeyGrant> keyGrants = new ArrayList<>();
    private final Set<Long> removedNodes = new TreeSet<>();
    private final List<PresenceNotice> notices = new ArrayList<>();
    private final List<ReportNode> reports = new ArrayList<>();
    private boolean erases;
    private boolean isAttempting;
    private long lastTimetoken;
    private long applied;
    private GlobalFeed.Extent ordered;
    private Recent.Periods recent;

    /**
     * A transaction on top of all that is committed.
     *
     * @throws UnknownRulesException when the book lacks the version of the rules that is in force
     */
    Transaction(Tables tables, State state, ChannelVersions versions, RuleBook book) {
        this.book = book;
        this.tables = tables;
        this.state = state;
        this.versions = versions;
        Digests committed = state.digests();
        digests = committed == null ? null : committed.next(tables);
        changes = new WriteBuffer(digests);
        horizons = state.horizons();
        nextExpiry = state.nextExpiry();
        nextActionExpiry = state.nextActionExpiry();
        lastTimetoken = state.lastTimetoken();
        applied = state.applied();
        ordered = state.ordered();
        recent = state.recent();
        rulesInForce = state.rules();
        rules = book.rules(rulesInForce, this);
    }

    /** The events to deliver to subscribers once this transaction is committed, in order. */
    public List<Event> events() {
        return Collections.unmodifiableList(events);
    }

    /** The groups that were changed, as they are once this transaction is committed; of equal ones the last counts. */
    public List<Members> groups() {
        return Collections.unmodifiableList(groups);
    }

    /** The tokens that are revoked once this transaction is committed. */
    public List<Revocation> revocations() {
        return Collections.unmodifiableList(revocations);
    }

    /** The nodes that have lost leases because they were not seen any more. */
    public Set<Long> removedNodes() {
        return Collections.unmodifiableSet(removedNodes);
    }

    /**
     * Notices of users who left channels by a request to one node while other nodes had heard of them there, in order.
     */
    public List<PresenceNotice> notices() {
        return Collections.unmodifiableList(notices);
    }

    /** The reports of nodes on themselves, in order. */
    public List<ReportNode> reports() {
        return Collections.unmodifiableList(reports);
    }

    /** Whether events that were delivered earlier were erased, so that copies must be dropped. */
    public boolean erases() {
        return erases;
    }

    /** The highest timetoken of the commands applied to it. */
    public long lastTimetoken() {
        return lastTimetoken;
    }

    /** The offset of the log's next entry that is to be applied, once this is committed; {@link State#NO_LOG}. */
    long applied() {
        return applied;
    }

    /** Counts an entry of the log as applied, without any change. */
    void skip(long offset) {
        applied = offset + 1;
        if (digests != null) {
            digests.skipped();
        }
    }

    /** All that an entry of the log leads to is there. */
    void ended(long offset, long timetoken, Outcome outcome) {
        applied = offset + 1;
        if (digests != null) {
            digests.ended(timetoken, outcome);
        }
    }

    /** What comes next is applied from this offset of the log on. */
    void beginAt(long offset) {
        applied = offset;
    }

    /** The digests of the entries in it; null when no other node has the log. */
    @Nullable
    EntryDigests digests() {
        return digests;
    }

    /** The tables that it is to change. */
    Tables tables() {
        return tables;
    }

    /**
     * Puts a version of the rules in force for what comes next. A version lower than that in force changes nothing.
     *
     * @throws UnknownRulesException when the version is not known; nothing has changed then
     */
    void putInForce(int version) {
        if (version > rulesInForce) {
            rules = book.rules(version, this);
            rulesInForce = version;
        }
    }

    /** The version of the rules that decides the next command. */
    int rulesInForce() {
        return rulesInForce;
    }

    /** The rules that decide commands in this transaction. */
    Rules rules() {
        return rules;
    }

    void put(ColumnFamilyHandle table, byte[] key, byte[] row) {
        changing(table, key);
        changes.put(table, key, row);
    }

    /**
     * The same.
     *
     * @param said stands for the row in the digests; empty for a row that is in none
     */
    void put(ColumnFamilyHandle table, byte[] key, byte[] row, byte[] said) {
        changing(table, key);
        changes.put(table, key, row, said);
    }

    void delete(ColumnFamilyHandle table, byte[] key) {
        changing(table, key);
        changes.delete(table, key);
    }

    /**
     * Removes all rows of a table from one key on and below another; also those that this transaction puts there,
     * before or after.
     */
    void clear(ColumnFamilyHandle table, byte[] from, byte[] below) {
        cleared.add(new KeyRange(table, from, below));
        if (digests != null) {
            digests.row(table, from, below);
        }
    }

    /** Notes the channels whose pages change once this is committed. */
    @SuppressWarnings("ReferenceEquality") // handles are those of the tables; their equals would go to RocksDB
    private void changing(ColumnFamilyHandle table, byte[] key) {
        if (table == tables.of(Messages.TABLE) || table == tables.of(Actions.TABLE)
                || table == tables.of(ActionsByMessage.TABLE)) {
            changing.add(key);
        }
    }

    byte @Nullable [] get(ColumnFamilyHandle table, byte[] key) throws RocksDBException {
        return changes.get(table, key, tables.db::get);
    }

    /**
     * Makes a change of rows, or leaves no trace of it. The change does not emit events, nor does it delete messages.
     *
     * @param change returns whether it is to stay
     */
    boolean attempt(Attempt change) throws RocksDBException {
        boolean isOutermost = !isAttempting;
        isAttempting = true;
        WriteBuffer.Mark mark = changes.mark();
        boolean stays = false;
        try {
            stays = change.make();
        } finally {
            if (!stays) {
                changes.takeBackTo(mark);
            }
            if (isOutermost) {
                isAttempting = false;
                changes.forgetMarks();
            }
        }
        return stays;
    }

    /** A change that may turn out not to be allowed. */
    interface Attempt {
        boolean make() throws RocksDBException;
    }

    /**
     * Rows of a table whose keys begin so, in order, with what this transaction has put in and taken out.
     *
     * @param isWanted by key and row, those that count
     * @param most ends the walk when there are so many
     */
    SortedMap<ByteKey, byte[]> rows(ColumnFamilyHandle table, byte[] beginning, BiPredicate<byte[], byte[]> isWanted,
            int most) throws RocksDBException {
        TreeMap<ByteKey, byte[]> found = new TreeMap<>();
        changes.applyTo(table, beginning, found);
        found.entrySet().removeIf(each -> !isWanted.test(each.getKey().bytes, each.getValue()));
        int left = most;
        try (RocksIterator rows = tables.db.newIterator(table)) {
            for (rows.seek(beginning); rows.isValid() && left > 0; rows.next()) {
                byte[] key = rows.key();
                if (!Keys.startsWith(key, beginning)) {
                    break;
                }
                ByteKey place = new ByteKey(key);
                if (!changes.hasTakenOut(table, key) && !found.containsKey(place) && isWanted.test(key, rows.value())) {
                    found.put(place, rows.value());
                    left--;
                }
            }
            rows.status();
        }
        while (found.size() > most) {
            found.pollLastEntry();
        }
        return found;
    }

    /** The rows of a table whose keys begin so, with what this transaction has put in and taken out. */
    NavigableMap<ByteKey, byte[]> rows(ColumnFamilyHandle table, byte[] beginning) throws RocksDBException {
        TreeMap<ByteKey, byte[]> found = new TreeMap<>();
        tables.walk(table, beginning, (key, row) -> found.put(new ByteKey(key), row));
        changes.applyTo(table, beginning, found);
        return found;
    }

    /** Rows of a table from a key on, with what this transaction has put in and taken out, in order; at most so many. */
    SortedMap<ByteKey, byte[]> rowsFrom(ColumnFamilyHandle table, byte[] from, int most) throws RocksDBException {
        TreeMap<ByteKey, byte[]> changed = new TreeMap<>();
        changes.applyTo(table, new byte[0], changed);
        TreeMap<ByteKey, byte[]> found = new TreeMap<>(changed.tailMap(new ByteKey(from), true));
        try (RocksIterator rows = tables.db.newIterator(table)) {
            int committed = 0;
            for (rows.seek(from); rows.isValid() && committed < most; rows.next()) {
                byte[] key = rows.key();
                if (!changes.hasTakenOut(table, key)) {
                    found.putIfAbsent(new ByteKey(key), rows.value());
                    committed++;
                }
            }
            rows.status();
        }
        while (found.size() > most) {
            found.pollLastEntry();
        }
        return found;
    }

    /** Which rows of a channel are visible to a command of a timetoken. */
    Visible visible(String keyset, byte[] channel, long timetoken) {
        DeletedRanges ranges = deleted.isEmpty() ? null : deleted.get(new ByteKey(channel));
        return new Visible(ranges == null ? state.deletions().of(channel) : ranges,
                horizons.from(keyset, timetoken));
    }

    /** Deletes messages with all that belongs to them. */
    void delete(Deletion deletion) throws RocksDBException {
        ByteKey channel = deletion.channel();
        Visible visible = visible(Keys.parseChannel(channel.bytes).keyset(), channel.bytes, deletion.at());
        MessageNumbers.hide(deletion, visible, this);
        DeletedRanges before = visible.deleted();
        deleted.put(channel, before.with(deletion.from(), deletion.to(), deletion.at()));
        deletions.add(deletion);
        Deletions.put(deletion, tables, changes);
        changing.add(channel.bytes);
        erases = true;
    }

    /** A message is stored, with this number. */
    void stored(byte[] channel, long timetoken, long number) {
        stored.computeIfAbsent(new ByteKey(channel), first -> new TreeMap<>()).put(timetoken, number);
    }

    /** The numbers of the messages of a channel that this transaction stores, by their timetokens. */
    NavigableMap<Long, Long> stored(byte[] channel) {
        TreeMap<Long, Long> known = stored.get(new ByteKey(channel));
        return known == null ? Collections.emptyNavigableMap() : known;
    }

    List<Deletion> deletions() {
        return deletions;
    }

    Horizons horizons() {
        return horizons;
    }

    void set(Horizons changed) {
        horizons = changed;
    }

    Recent.Periods recent() {
        return recent;
    }

    void set(Recent.Periods changed) {
        recent = changed;
    }

    GlobalFeed.Extent ordered() {
        return ordered;
    }

    void set(GlobalFeed.Extent changed) {
        ordered = changed;
    }

    long nextExpiry() {
        return nextExpiry;
    }

    void setNextExpiry(long expiry) {
        nextExpiry = expiry;
    }

    /** Says when to look for actions that leave; no decision depends on it. */
    long nextActionExpiry() {
        return nextActionExpiry;
    }

    void setNextActionExpiry(long expiry) {
        nextActionExpiry = expiry;
    }

    /** The permissions of auth keys that are set once this transaction is committed, in order; of equal ones the last counts. */
    public List<KeyGrant> keyGrants() {
        return Collections.unmodifiableList(keyGrants);
    }

    void emit(Event event) {
        events.add(event);
    }

    void changed(Members group) {
        groups.add(group);
    }

    void granted(KeyGrant grant) {
        keyGrants.add(grant);
    }

    void revoked(Revocation revocation) {
        revocations.add(revocation);
    }

    void removed(long node) {
        removedNodes.add(node);
    }

    void noticed(PresenceNotice notice) {
        notices.add(notice);
    }

    /** A node reports itself; when its digests can't be compared with those of others, the digests restart. */
    void reported(ReportNode report) {
        reports.add(report);
        if (digests != null && report.incarnation().isFirst() && report.reached().form() == EntryDigests.NO_FORM) {
            digests.restart();
        }
    }

    void reached(long timetoken) {
        lastTimetoken = timetoken;
    }

    /** Writes all of it to the tables, after which every reader may see it. */
    void write(WriteOptions how) throws RocksDBException {
        changes.put(tables.of(Tables.META), State.LAST_TIMETOKEN, Keys.number(lastTimetoken));
        if (applied != State.NO_LOG) {
            changes.put(tables.of(Tables.META), State.APPLIED, Keys.number(applied));
        }
        if (rulesInForce != state.rules()) {
            changes.put(tables.of(Tables.META), State.RULES, Keys.number(rulesInForce));
        }
        if (!ordered.equals(state.ordered())) {
            changes.put(tables.of(Tables.META), GlobalFeed.EXTENT, ordered.row());
        }
        if (digests != null && digests.count() > 0) {
            Digests.put(digests, tables, changes);
        }
        try (WriteBatch batch = changes.toBatch()) {
            for (KeyRange range : cleared) {
                batch.deleteRange(range.table(), range.from(), range.below());
            }
            versions.begin(changing);
            tables.db.write(how, batch);
            state.committed(this);
            versions.end(changing);
        }
    }
}
