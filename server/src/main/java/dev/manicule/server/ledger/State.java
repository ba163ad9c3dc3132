package dev.manicule.server.ledger;

import dev.manicule.server.model.Channel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * The part of the tables that is in memory too, because every read and every rule needs it: what was deleted, what is
 * too old, what expires next, and the last timetoken of the tables.
 *
 * <p>Only the committing thread changes it, once the commit is in the tables. Any thread may read it.
 */
final class State {
    /** No entry of a log was ever applied to the tables, and none is there. */
    static final long NO_LOG = -1;

    /** The highest timetoken given so far. */
    static final byte[] LAST_TIMETOKEN = "lastTimetoken".getBytes(StandardCharsets.US_ASCII);
    /** The offset of the log's next entry that is to be applied. */
    static final byte[] APPLIED = "applied".getBytes(StandardCharsets.US_ASCII);
    /** The version of the rules that is in force, unless it is the first. */
    static final byte[] RULES = "rules".getBytes(StandardCharsets.US_ASCII);
    /** The id of the log that the tables follow; not there in tables of earlier versions. */
    static final byte[] LOG_ID = "logId".getBytes(StandardCharsets.US_ASCII);
    /** Present when a log is to begin behind what the tables have: they do not need the existing log. */
    static final byte[] LOG_TO_BEGIN = "newLog".getBytes(StandardCharsets.US_ASCII);
    static final Family LAST = number(LAST_TIMETOKEN);
    static final Family OFFSET = number(APPLIED);
    static final Family RULES_IN_FORCE = number(RULES);
    static final Family LOG = number(LOG_ID);
    static final Family NEW_LOG = number(LOG_TO_BEGIN);

    private final Deletions deletions;
    private volatile Horizons horizons;
    private volatile long nextExpiry;
    private volatile long nextActionExpiry;
    private volatile long lastTimetoken;
    private volatile long applied;
    private volatile GlobalFeed.Extent ordered;
    private volatile Recent.Periods recent;
    private volatile int rules;
    private volatile @Nullable Digests digests;

    private State(Deletions deletions, Horizons horizons, long nextExpiry, long lastTimetoken, long applied,
            GlobalFeed.Extent ordered, Recent.Periods recent, int rules, @Nullable Digests digests) {
        this.digests = digests;
        this.recent = recent;
        this.rules = rules;
        this.ordered = ordered;
        this.applied = applied;
        this.deletions = deletions;
        this.horizons = horizons;
        this.nextExpiry = nextExpiry;
        this.lastTimetoken = lastTimetoken;
    }

    /** The highest timetoken that some tables know. */
    static long lastTimetoken(Tables open) throws RocksDBException {
        byte[] row = open.db.get(open.of(Tables.META), State.LAST_TIMETOKEN);
        return row == null ? 0L : Keys.number(row);
    }

    private static Family number(byte[] name) {
        return new Family(Tables.META, name, inspection -> (key, row) -> {
            if (key.length != name.length || row.length != Long.BYTES) {
                throw new IllegalArgumentException("no number");
            }
        });
    }

    /** That of some tables. */
    static State of(Tables tables) throws RocksDBException {
        State state = new State(Deletions.of(tables), Horizons.of(tables), Expiries.first(tables),
                lastTimetoken(tables), applied(tables), GlobalFeed.Extent.of(tables), Recent.Periods.of(tables),
                rules(tables), Digests.of(tables));
        state.nextActionExpiry = ActionExpiries.first(tables);
        return state;
    }

    static long applied(Tables tables) throws RocksDBException {
        byte[] row = tables.db.get(tables.of(Tables.META), State.APPLIED);
        return row == null ? NO_LOG : Keys.number(row);
    }

    private static int rules(Tables tables) throws RocksDBException {
        byte[] row = tables.db.get(tables.of(Tables.META), State.RULES);
        return row == null ? RuleBook.FIRST : Math.toIntExact(Keys.number(row));
    }

    /** The version of the rules that is in force. */
    int rules() {
        return rules;
    }

    /** The offset of the log's next entry that is to be applied; {@link #NO_LOG}. */
    long applied() {
        return applied;
    }

    /** The highest timetoken of any command that was committed, 0 when there was none. */
    long lastTimetoken() {
        return lastTimetoken;
    }

    /** When the next message expires, {@link Expiries#NEVER} when none does. */
    long nextExpiry() {
        return nextExpiry;
    }

    /** When the next action may leave by itself, {@link Expiries#NEVER} when none does. */
    long nextActionExpiry() {
        return nextActionExpiry;
    }

    /** The extent of the feed of all channels. */
    GlobalFeed.Extent ordered() {
        return ordered;
    }

    /** The periods, besides the present one, whose requests are known. */
    Recent.Periods recent() {
        return recent;
    }

    /** The digests of the last entries; null when no other node has the log. */
    @Nullable
    Digests digests() {
        return digests;
    }

    void set(@Nullable Digests changed) {
        digests = changed;
    }

    Horizons horizons() {
        return horizons;
    }

    Deletions deletions() {
        return deletions;
    }

    /** Which rows of a channel are visible now. */
    Visible visible(Channel channel) {
        return new Visible(deletions.of(Keys.channel(channel)), horizon(channel.keyset()));
    }

    /** The lowest timetoken that a keyset keeps now. */
    long horizon(String keyset) {
        return horizons.from(keyset, lastTimetoken);
    }

    /** Applies the changes of a commit. Deletions first: nothing that was deleted becomes visible from now on. */
    void committed(Transaction transaction) {
        deletions.addAll(transaction.deletions());
        horizons = transaction.horizons();
        nextExpiry = transaction.nextExpiry();
        nextActionExpiry = transaction.nextActionExpiry();
        lastTimetoken = transaction.lastTimetoken();
        applied = transaction.applied();
        ordered = transaction.ordered();
        recent = transaction.recent();
        rules = transaction.rulesInForce();
        EntryDigests added = transaction.digests();
        Digests known = digests;
        if (known != null && added != null) {
            known.committed(added, applied);
        }
    }
}
