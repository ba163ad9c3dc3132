package dev.manicule.server.ledger;

import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.PresenceChange;
import dev.manicule.server.command.PresenceChange.Interval;
import dev.manicule.server.command.PresenceChange.Join;
import dev.manicule.server.command.PresenceChange.Leave;
import dev.manicule.server.command.PresenceChange.LeaveEverywhere;
import dev.manicule.server.command.PresenceChange.SetState;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.LedgerReader.ChannelPage;
import dev.manicule.server.ledger.LedgerReader.ChannelUser;
import dev.manicule.server.ledger.LedgerReader.UserPage;
import dev.manicule.server.ledger.LedgerReader.UserPlace;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.PresenceNotice;
import dev.manicule.server.model.Timetoken;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * The leases: which node reports which user on which channel. Key: the channel, and the uuid. Row: {@link User}. The
 * key of the channel alone has the number of users on it, and, where there are any, the number of users that
 * announcements don't count yet.
 *
 * <p>
 * A user joins with the first node's lease and leaves with the last node's, and subscribers receive that join and that
 * leave. {@link Whereabouts} leads from a user to the channels.
 */
final class Leases {
    static final String TABLE = "presence";
    static final Family FAMILY = new Family(TABLE, Family.ALL, Inspector::new);

    /** The most users that a page reads, including those that it skips. */
    private static final int MOST_LOOKS = 1_000;
    /** A page ends once it has so many bytes of states. */
    private static final int MOST_BYTES = 1 << 20;
    private static final int LOOKS_A_LEASE = 10;
    private static final int TOLD = 1;
    private static final int WITH_STATE = 2;
    private static final int LATER = 4;

    private Leases() {}

    /**
     * A user on a channel.
     *
     * @param isAnnounced whether the join was announced to subscribers
     * @param isLater whether a node has yet to report whether the join is announced
     * @param state null for none
     * @param patiences for each node with a lease, how long the user stays after the node last heard of it, in 100 ns
     */
    private record User(boolean isAnnounced, boolean isLater, @Nullable Json state, SortedMap<Long, Long> patiences) {
        static User read(byte[] row) {
            ByteBuffer rest = ByteBuffer.wrap(row);
            int flags = rest.get();
            Json state = null;
            if ((flags & WITH_STATE) != 0) {
                byte[] text = new byte[rest.getInt()];
                rest.get(text);
                state = new Json(text);
            }
            SortedMap<Long, Long> patiences = new TreeMap<>();
            do {
                patiences.put(rest.getLong(), rest.getLong());
            } while (rest.hasRemaining());
            return new User((flags & TOLD) != 0, (flags & LATER) != 0, state, patiences);
        }

        byte[] row() {
            int stateBytes = state == null ? 0 : Integer.BYTES + state.utf8().length;
            ByteBuffer row = ByteBuffer.allocate(1 + stateBytes + patiences.size() * 2 * Long.BYTES);
            row.put((byte) ((isAnnounced ? TOLD : 0) | (isLater ? LATER : 0) | (state == null ? 0 : WITH_STATE)));
            if (state != null) {
                row.putInt(state.utf8().length).put(state.utf8());
            }
            patiences.forEach((node, patience) -> row.putLong(node).putLong(patience));
            return row.array();
        }
    }

    /** The key of a user, whose uuid is not empty. */
    private static byte[] key(byte[] channel, String uuid) {
        return Keys.joined(channel, uuid);
    }

    /**
     * Applies what a node reports.
     *
     * @return the announcement that subscribers receive, at a timetoken, as JSON; null for none
     */
    static @Nullable Json change(PresenceChange change, long node, long timetoken, Transaction transaction)
            throws RocksDBException {
        byte[] channel = Keys.channel(change.channel());
        return switch (change) {
            case Join join -> join(join, node, channel, timetoken, transaction);
            case Leave leave -> leave(leave, node, channel, timetoken, transaction);
            case LeaveEverywhere leave -> leaveEverywhere(leave, node, channel, timetoken, transaction);
            case SetState set -> setState(set, node, channel, timetoken, transaction);
            case Interval interval -> interval(interval, channel, timetoken, transaction);
        };
    }

    /**
     * Has the join of a user announced that a node was to announce later, before what another node reports of the user.
     *
     * @return the announcement, at a timetoken, as JSON; null when there is none to make
     */
    static @Nullable Json joinDue(PresenceChange change, long timetoken, Transaction transaction)
            throws RocksDBException {
        String uuid = switch (change) {
            case LeaveEverywhere leave when leave.group() == null -> leave.uuid();
            case SetState set -> set.uuid();
            default -> null;
        };
        byte[] channel = Keys.channel(change.channel());
        User user = uuid == null || !change.isAnnounced() ? null : find(channel, uuid, transaction);
        if (uuid == null || user == null || !user.isLater) {
            return null;
        }
        transaction.put(transaction.tables().of(TABLE), key(channel, uuid),
                new User(true, false, user.state, user.patiences).row());
        count(channel, 0, -1, transaction);
        return event("join", uuid, user.state, channel, timetoken, transaction);
    }

    private static @Nullable Json join(Join join, long node, byte[] channel, long timetoken, Transaction transaction)
            throws RocksDBException {
        User before = find(channel, join.uuid(), transaction);
        SortedMap<Long, Long> patiences = before == null ? new TreeMap<>() : before.patiences;
        patiences.put(node, join.patience());
        boolean isKnown = before != null && before.isAnnounced;
        boolean wasLater = before != null && before.isLater;
        boolean isLater = join.isLater() && (before == null || wasLater);
        Json state = join.state() != null || before == null ? join.state() : before.state;
        transaction.put(transaction.tables().of(TABLE), key(channel, join.uuid()),
                new User(isKnown || join.isAnnounced(), isLater, state, patiences).row());
        count(channel, before == null ? 1 : 0, (isLater ? 1 : 0) - (wasLater ? 1 : 0), transaction);
        if (before == null) {
            Whereabouts.put(join.channel(), join.uuid(), transaction);
        }
        return join.isAnnounced() && !isKnown
                ? event("join", join.uuid(), state, channel, timetoken, transaction)
                : null;
    }

    private static @Nullable Json leave(Leave leave, long node, byte[] channel, long timetoken, Transaction transaction)
            throws RocksDBException {
        User before = find(channel, leave.uuid(), transaction);
        if (before == null || before.patiences.remove(node) == null) {
            return null;
        }
        if (!before.patiences.isEmpty()) {
            transaction.put(transaction.tables().of(TABLE), key(channel, leave.uuid()), before.row());
            return null;
        }
        String how = leave.isTimeout() ? "timeout" : "leave";
        return gone(leave.channel(), channel, leave.uuid(), before, leave.isAnnounced() ? how : null, timetoken,
                transaction);
    }

    private static @Nullable Json leaveEverywhere(LeaveEverywhere leave, long node, byte[] channel, long timetoken,
            Transaction transaction) throws RocksDBException {
        User before = find(channel, leave.uuid(), transaction);
        if (before == null) {
            return null;
        }
        Set<Long> others = new TreeSet<>(before.patiences.keySet());
        others.remove(node);
        if (!others.isEmpty()) {
            transaction.noticed(new PresenceNotice.Left(leave.channel(), leave.uuid(), leave.group(), others));
        }
        if (leave.group() != null) {
            return null; // those nodes know whether the user is there for another reason
        }
        return gone(leave.channel(), channel, leave.uuid(), before, leave.isAnnounced() ? "leave" : null, timetoken,
                transaction);
    }

    /**
     * Takes a user off a channel.
     *
     * @param how the action that is announced to subscribers; null for none
     */
    private static @Nullable Json gone(Channel of, byte[] channel, String uuid, User before, @Nullable String how,
            long timetoken, Transaction transaction) throws RocksDBException {
        transaction.delete(transaction.tables().of(TABLE), key(channel, uuid));
        count(channel, -1, before.isLater ? -1 : 0, transaction);
        Whereabouts.delete(of, uuid, transaction);
        return how != null && !before.isLater // no leave without a join
                ? event(how, uuid, before.state, channel, timetoken, transaction)
                : null;
    }

    /**
     * Leases of a node.
     *
     * @param leases the leases, each of a user on a channel, in the order of their keys
     * @param upTo the key up to which there are no others; null when there are no others at all
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Some(List<Leave> leases, byte @Nullable [] upTo) {}

    /**
     * Some of the leases of a node, as time-outs. Reads at most ten rows for each lease: a walk over all of presence,
     * in small steps, for a dead node. Rows that lead from a node to its leases would cost one more row with each join,
     * for ever.
     *
     * @param after the key up to which there are none
     */
    static Some some(long node, byte[] after, int most, Transaction transaction) throws RocksDBException {
        List<Leave> leases = new ArrayList<>();
        int looks = most * LOOKS_A_LEASE;
        SortedMap<ByteKey, byte[]> rows = transaction.rowsFrom(transaction.tables().of(TABLE),
                after.length == 0 ? after : Keys.directlyAfter(after), looks);
        for (Map.Entry<ByteKey, byte[]> row : rows.entrySet()) {
            byte[] key = row.getKey().bytes;
            int end = Keys.channelLength(key);
            if (end < key.length && User.read(row.getValue()).patiences.containsKey(node)) {
                leases.add(new Leave(Keys.parseChannel(key), uuid(key, end), true, true));
                if (leases.size() == most) {
                    return new Some(leases, key);
                }
            }
        }
        return new Some(leases, rows.size() < looks ? null : rows.lastKey().bytes);
    }

    private static @Nullable Json setState(SetState set, long node, byte[] channel, long timetoken,
            Transaction transaction)
            throws RocksDBException {
        User before = find(channel, set.uuid(), transaction);
        if (before != null && set.state().equals(before.state)) {
            return null;
        }
        if (before != null) {
            transaction.put(transaction.tables().of(TABLE), key(channel, set.uuid()),
                    new User(before.isAnnounced, before.isLater, set.state(), before.patiences).row());
        } else if (node != ChangePresence.ONLY_NODE) {
            transaction.noticed(new PresenceNotice.StateSet(set.channel(), set.uuid(), set.state(), node));
        }
        return set.isAnnounced()
                ? event("state-change", set.uuid(), set.state(), channel, timetoken, transaction)
                : null;
    }

    private static @Nullable Json interval(Interval interval, byte[] channel, long timetoken, Transaction transaction)
            throws RocksDBException {
        JsonWriter json = begin("interval", timetoken);
        boolean isAny = interval.refresh();
        isAny |= names("join", interval.joined(), true, channel, transaction, json);
        isAny |= names("leave", interval.left(), false, channel, transaction, json);
        isAny |= names("timeout", interval.timedOut(), false, channel, transaction, json);
        if (interval.refresh()) {
            json.member("here_now_refresh", true);
        }
        return isAny ? end(json, channel, transaction) : null;
    }

    /** The users who are there, or those who are not. */
    private static boolean names(String action, List<String> uuids, boolean areThere, byte[] channel,
            Transaction transaction,
            JsonWriter json) throws RocksDBException {
        List<String> names = new ArrayList<>(uuids.size());
        for (String uuid : uuids) {
            if ((find(channel, uuid, transaction) != null) == areThere) {
                names.add(uuid);
            }
        }
        if (!names.isEmpty()) {
            json.strings(action, names);
        }
        return !names.isEmpty();
    }

    private static Json event(String action, String uuid, @Nullable Json state, byte[] channel, long timetoken,
            Transaction transaction) throws RocksDBException {
        JsonWriter json = begin(action, timetoken).member("uuid", uuid);
        if (state != null) {
            json.member("data", state);
        }
        return end(json, channel, transaction);
    }

    private static JsonWriter begin(String action, long timetoken) {
        return new JsonWriter().object()
                .member("action", action)
                .member("timestamp", Timetoken.seconds(timetoken));
    }

    private static Json end(JsonWriter json, byte[] channel, Transaction transaction) throws RocksDBException {
        Count count = counted(channel, transaction);
        return new Json(json.member("occupancy", count.users - count.later).end().toBytes());
    }

    private static @Nullable User find(byte[] channel, String uuid, Transaction transaction) throws RocksDBException {
        byte[] row = transaction.get(transaction.tables().of(TABLE), key(channel, uuid));
        return row == null ? null : User.read(row);
    }

    /**
     * How many users are on a channel.
     *
     * @param later how many of them announcements don't count yet
     */
    private record Count(long users, long later) {
        static final Count NONE = new Count(0, 0);

        static Count read(byte[] row) {
            ByteBuffer numbers = ByteBuffer.wrap(row);
            return new Count(numbers.getLong(), numbers.hasRemaining() ? numbers.getLong() : 0);
        }

        byte[] row() {
            return later == 0
                    ? Keys.number(users)
                    : ByteBuffer.allocate(2 * Long.BYTES).putLong(users).putLong(later).array();
        }
    }

    private static Count counted(byte[] channel, Transaction transaction) throws RocksDBException {
        byte[] row = transaction.get(transaction.tables().of(TABLE), channel);
        return row == null ? Count.NONE : Count.read(row);
    }

    private static void count(byte[] channel, int users, int later, Transaction transaction) throws RocksDBException {
        if (users == 0 && later == 0) {
            return;
        }
        Count before = counted(channel, transaction);
        Count now = new Count(before.users + users, before.later + later);
        if (now.users == 0) {
            transaction.delete(transaction.tables().of(TABLE), channel);
        } else {
            transaction.put(transaction.tables().of(TABLE), channel, now.row());
        }
    }

    /** See {@link LedgerReader#occupancy}. */
    static long occupancy(Channel channel, Tables open) throws RocksDBException {
        byte[] row = open.db.get(open.of(TABLE), Keys.channel(channel));
        return row == null ? 0 : Keys.number(row);
    }

    /** See {@link LedgerReader#user}. */
    static @Nullable ChannelUser user(Channel channel, String uuid, Tables open) throws RocksDBException {
        byte[] row = open.db.get(open.of(TABLE), key(Keys.channel(channel), uuid));
        return row == null ? null : new ChannelUser(uuid, User.read(row).state);
    }

    static boolean isThere(Channel channel, String uuid, Tables open) throws RocksDBException {
        return open.db.get(open.of(TABLE), key(Keys.channel(channel), uuid)) != null;
    }

    /** See {@link LedgerReader#users}. */
    static UserPage users(Channel channel, UserPlace from, int most, boolean withStates, Tables open)
            throws RocksDBException {
        byte[] beginning = Keys.channel(channel);
        List<ChannelUser> users = new ArrayList<>();
        long occupancy = 0;
        int skip = from.skip();
        int looks = MOST_LOOKS;
        long bytes = 0;
        String last = from.after();
        try (RocksIterator rows = open.db.newIterator(open.of(TABLE))) {
            rows.seek(last == null ? beginning : Keys.directlyAfter(key(beginning, last)));
            for (; rows.isValid(); rows.next()) {
                byte[] key = rows.key();
                if (!Keys.startsWith(key, beginning)) {
                    break;
                }
                if (key.length == beginning.length) {
                    occupancy = Keys.number(rows.value());
                    continue;
                }
                if (users.size() == most) {
                    break;
                }
                if (looks-- == 0 || bytes > MOST_BYTES) {
                    return new UserPage(occupancy, users, new UserPlace(last, skip));
                }
                last = uuid(key, beginning.length);
                if (skip > 0) {
                    skip--;
                    continue;
                }
                Json state = withStates ? User.read(rows.value()).state : null;
                users.add(new ChannelUser(last, state));
                bytes += state == null ? 0 : state.utf8().length;
            }
            rows.status();
        }
        return new UserPage(occupancy, users, null);
    }

    /** See {@link LedgerReader#occupiedChannels}. */
    static ChannelPage occupied(String keyset, @Nullable Channel from, int most, Tables open)
            throws RocksDBException {
        byte[] beginning = Channels.ofKeyset(keyset);
        List<Channel> channels = new ArrayList<>();
        try (RocksIterator rows = open.db.newIterator(open.of(TABLE))) {
            rows.seek(from == null ? beginning : Keys.channel(from));
            while (rows.isValid() && Keys.startsWith(rows.key(), beginning)) {
                byte[] channel = Keys.channelOf(rows.key());
                if (channels.size() == most) {
                    return new ChannelPage(channels, Keys.parseChannel(channel));
                }
                channels.add(Keys.parseChannel(channel));
                rows.seek(Keys.after(channel)); // over its users, however many there are
            }
            rows.status();
        }
        return new ChannelPage(channels, null);
    }

    /** Adds the missing rows that lead from users to channels. */
    static long findWhereabouts(Tables open, Upgrade.Writes writes) throws RocksDBException {
        long[] users = {0};
        open.walk(open.of(TABLE), Family.ALL, (key, row) -> {
            int end = Keys.channelLength(key);
            if (end < key.length) {
                writes.put(open.of(Whereabouts.TABLE), Whereabouts.key(Keys.parseChannel(key), uuid(key, end)),
                        new byte[0]);
                users[0]++;
            }
        });
        return users[0];
    }

    /** See {@link LedgerReader#leases}. */
    static void ofNode(long node, Tables open, Consumer<Join> each) throws RocksDBException {
        open.walk(open.of(TABLE), Family.ALL, (key, row) -> {
            int end = Keys.channelLength(key);
            User user = end == key.length ? null : User.read(row);
            Long patience = user == null ? null : user.patiences.get(node);
            if (user != null && patience != null) {
                each.accept(new Join(Keys.parseChannel(key), uuid(key, end), patience, user.state, user.isAnnounced,
                        user.isLater));
            }
        });
    }

    private static String uuid(byte[] key, int channelLength) {
        return new String(key, channelLength, key.length - channelLength, StandardCharsets.UTF_8);
    }

    /** Counts the users of each channel. */
    private static final class Inspector implements Family.Inspector {
        private final IntegrityCheck inspection;
        private byte[] counted = {};
        private long left;
        private long later;

        Inspector(IntegrityCheck inspection) {
            this.inspection = inspection;
        }

        @Override
        public void row(byte[] key, byte[] row) throws RocksDBException {
            int end = Keys.channelLength(key);
            if (end == key.length) {
                end();
                counted = key;
                left = Count.read(row).users;
                later = Count.read(row).later;
            } else {
                User user = User.read(row);
                boolean isOfCounted = end == counted.length && Keys.startsWith(key, counted);
                left = isOfCounted ? left - 1 : -1;
                later -= user.isLater ? 1 : 0;
                if (left < 0 || user.patiences.isEmpty()) {
                    inspection.wrong("presence: a user that is not counted, at " + Keys.show(key));
                }
                Tables open = inspection.tables();
                if (open.db.get(open.of(Whereabouts.TABLE),
                        Whereabouts.key(Keys.parseChannel(key), uuid(key, end))) == null) {
                    inspection.wrong("presence: a user to whom nothing leads, at " + Keys.show(key));
                }
            }
        }

        @Override
        public void end() {
            if (left > 0) {
                inspection.wrong("presence: " + left + " users fewer than counted, at " + Keys.show(counted));
            } else if (left == 0 && later != 0) {
                inspection.wrong("presence: " + later + " users fewer to be announced than counted, at "
                        + Keys.show(counted));
            }
        }
    }
}
