package dev.manicule.server.ledger;

import dev.manicule.server.command.PresenceChange;
import dev.manicule.server.command.PresenceChange.Interval;
import dev.manicule.server.command.PresenceChange.Join;
import dev.manicule.server.command.PresenceChange.Leave;
import dev.manicule.server.command.PresenceChange.SetState;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonText;
import dev.manicule.server.model.Timetoken;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Which nodes say that which users are on which channels. Key: the channel, and the uuid. Row: {@link User}. Under the channel alone stands how
 * many users are on it.
 *
 * <p>
 * A user joins with the first node's lease and leaves with the last one's, and that is what subscribers are told.
 */
final class Leases {
    static final String TABLE = "presence";
    static final Family FAMILY = new Family(TABLE, Family.ALL, Inspector::new);

    private static final int TOLD = 1;
    private static final int WITH_STATE = 2;

    private Leases() {}

    /**
     * A user on a channel.
     *
     * @param isTold whether subscribers were told of the join
     * @param state null for none
     * @param patiences of each node with a lease, for how long the user is there after the node heard of it last, in 100 ns
     */
    private record User(boolean isTold, @Nullable Json state, SortedMap<Long, Long> patiences) {
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
            return new User((flags & TOLD) != 0, state, patiences);
        }

        byte[] row() {
            int stateBytes = state == null ? 0 : Integer.BYTES + state.utf8().length;
            ByteBuffer row = ByteBuffer.allocate(1 + stateBytes + patiences.size() * 2 * Long.BYTES);
            row.put((byte) ((isTold ? TOLD : 0) | (state == null ? 0 : WITH_STATE)));
            if (state != null) {
                row.putInt(state.utf8().length).put(state.utf8());
            }
            patiences.forEach((node, patience) -> row.putLong(node).putLong(patience));
            return row.array();
        }
    }

    /** The key of a user, whose uuid is not empty. */
    private static byte[] key(byte[] channel, String uuid) {
        byte[] name = uuid.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(channel.length + name.length).put(channel).put(name).array();
    }

    /**
     * Takes in what a node reports.
     *
     * @return what subscribers are told of it, at a timetoken, as JSON; null for nothing
     */
    static @Nullable Json change(PresenceChange change, long node, long timetoken, Draft draft)
            throws RocksDBException {
        byte[] channel = Keys.channel(change.channel());
        return switch (change) {
            case Join join -> join(join, node, channel, timetoken, draft);
            case Leave leave -> leave(leave, node, channel, timetoken, draft);
            case SetState set -> setState(set, channel, timetoken, draft);
            case Interval interval -> interval(interval, channel, timetoken, draft);
        };
    }

    private static @Nullable Json join(Join join, long node, byte[] channel, long timetoken, Draft draft)
            throws RocksDBException {
        User before = find(channel, join.uuid(), draft);
        SortedMap<Long, Long> patiences = before == null ? new TreeMap<>() : before.patiences;
        patiences.put(node, join.patience());
        boolean isKnown = before != null && before.isTold;
        Json state = join.state() != null || before == null ? join.state() : before.state;
        draft.put(draft.tables().of(TABLE), key(channel, join.uuid()),
                new User(isKnown || join.isTold(), state, patiences).row());
        if (before == null) {
            count(channel, 1, draft);
        }
        return join.isTold() && !isKnown ? event("join", join.uuid(), state, channel, timetoken, draft) : null;
    }

    private static @Nullable Json leave(Leave leave, long node, byte[] channel, long timetoken, Draft draft)
            throws RocksDBException {
        User before = find(channel, leave.uuid(), draft);
        if (before == null || before.patiences.remove(node) == null) {
            return null;
        }
        if (!before.patiences.isEmpty()) {
            draft.put(draft.tables().of(TABLE), key(channel, leave.uuid()), before.row());
            return null;
        }
        draft.delete(draft.tables().of(TABLE), key(channel, leave.uuid()));
        count(channel, -1, draft);
        return leave.isTold()
                ? event(leave.isTimeout() ? "timeout" : "leave", leave.uuid(), before.state, channel, timetoken, draft)
                : null;
    }

    private static @Nullable Json setState(SetState set, byte[] channel, long timetoken, Draft draft)
            throws RocksDBException {
        User before = find(channel, set.uuid(), draft);
        if (before != null && set.state().equals(before.state)) {
            return null;
        }
        if (before != null) {
            draft.put(draft.tables().of(TABLE), key(channel, set.uuid()),
                    new User(before.isTold, set.state(), before.patiences).row());
        }
        return set.isTold() ? event("state-change", set.uuid(), set.state(), channel, timetoken, draft) : null;
    }

    private static @Nullable Json interval(Interval interval, byte[] channel, long timetoken, Draft draft)
            throws RocksDBException {
        JsonText json = begin("interval", timetoken);
        boolean isAny = interval.refresh();
        isAny |= names("join", interval.joined(), true, channel, draft, json);
        isAny |= names("leave", interval.left(), false, channel, draft, json);
        isAny |= names("timeout", interval.timedOut(), false, channel, draft, json);
        if (interval.refresh()) {
            json.raw(",\"here_now_refresh\":true");
        }
        return isAny ? end(json, channel, draft) : null;
    }

    /** Those users who are there, or who are not. */
    private static boolean names(String action, List<String> uuids, boolean areThere, byte[] channel, Draft draft,
            JsonText json) throws RocksDBException {
        List<String> names = new ArrayList<>(uuids.size());
        for (String uuid : uuids) {
            if ((find(channel, uuid, draft) != null) == areThere) {
                names.add(uuid);
            }
        }
        if (!names.isEmpty()) {
            json.raw(",\"").raw(action).raw("\":").quoted(names);
        }
        return !names.isEmpty();
    }

    private static Json event(String action, String uuid, @Nullable Json state, byte[] channel, long timetoken,
            Draft draft) throws RocksDBException {
        JsonText json = begin(action, timetoken).raw(",\"uuid\":").quoted(uuid);
        if (state != null) {
            json.raw(",\"data\":").raw(state);
        }
        return end(json, channel, draft);
    }

    private static JsonText begin(String action, long timetoken) {
        return new JsonText().raw("{\"action\":\"")
                .raw(action)
                .raw("\",\"timestamp\":")
                .number(Timetoken.seconds(timetoken));
    }

    private static Json end(JsonText json, byte[] channel, Draft draft) throws RocksDBException {
        return new Json(json.raw(",\"occupancy\":").number(occupancy(channel, draft)).raw("}").toBytes());
    }

    private static @Nullable User find(byte[] channel, String uuid, Draft draft) throws RocksDBException {
        byte[] row = draft.get(draft.tables().of(TABLE), key(channel, uuid));
        return row == null ? null : User.read(row);
    }

    private static long occupancy(byte[] channel, Draft draft) throws RocksDBException {
        byte[] row = draft.get(draft.tables().of(TABLE), channel);
        return row == null ? 0 : Keys.number(row);
    }

    private static void count(byte[] channel, int change, Draft draft) throws RocksDBException {
        long users = occupancy(channel, draft) + change;
        if (users == 0) {
            draft.delete(draft.tables().of(TABLE), channel);
        } else {
            draft.put(draft.tables().of(TABLE), channel, Keys.number(users));
        }
    }

    /** See {@link LedgerReads#leases}. */
    static void ofNode(long node, Tables open, Consumer<Join> each) throws RocksDBException {
        open.walk(open.of(TABLE), Family.ALL, (key, row) -> {
            int end = Keys.channelLength(key);
            User user = end == key.length ? null : User.read(row);
            Long patience = user == null ? null : user.patiences.get(node);
            if (user != null && patience != null) {
                each.accept(new Join(Keys.parseChannel(key), uuid(key, end), patience, user.state, user.isTold));
            }
        });
    }

    private static String uuid(byte[] key, int channelLength) {
        return new String(key, channelLength, key.length - channelLength, StandardCharsets.UTF_8);
    }

    /** Counts the users of each channel. */
    private static final class Inspector implements Family.Inspector {
        private final Inspection inspection;
        private byte[] counted = {};
        private long left;

        Inspector(Inspection inspection) {
            this.inspection = inspection;
        }

        @Override
        public void row(byte[] key, byte[] row) {
            int end = Keys.channelLength(key);
            if (end == key.length) {
                end();
                counted = key;
                left = Keys.number(row);
            } else {
                User user = User.read(row);
                boolean isOfCounted = end == counted.length && Keys.startsWith(key, counted);
                left = isOfCounted ? left - 1 : -1;
                if (left < 0 || user.patiences.isEmpty()) {
                    inspection.wrong("presence: a user that is not counted, at " + Keys.show(key));
                }
            }
        }

        @Override
        public void end() {
            if (left > 0) {
                inspection.wrong("presence: " + left + " users fewer than counted, at " + Keys.show(counted));
            }
        }
    }
}
