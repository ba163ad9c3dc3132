package dev.manicule.server.ledger;

import dev.manicule.server.model.ActionSummary;
import dev.manicule.server.model.ActionSummary.Tally;
import dev.manicule.server.model.Message.ActionGroup;
import dev.manicule.server.model.Message.Actor;
import dev.manicule.server.model.Message;
import dev.manicule.server.model.MessageAction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * The actions on each message, and their sums. Key: channel, message timetoken, and then a part for each {@link Kind}, in
 * this order: the count of all, the tally of each type and value, the actions of each type and value from the oldest on,
 * the actions that were removed.
 */
final class ActionsByMessage {
    static final String TABLE = "actionsByMessage";
    static final Family FAMILY = new Family(TABLE, Family.ALL, Inspection::new);

    /** After the message's timetoken: the {@link ActionCount} of the message. */
    static final byte COUNT = 0;
    /** After the message's timetoken, before a type and a value: their {@link ActionTally}. */
    static final byte TALLY = 3;
    /**
     * After the message's timetoken, before a type, a value and the timetoken of an action: its uuid; and, unless it is
     * plain, a byte that ends the uuid, its end and its amount.
     */
    static final byte ACTION = 4;
    /** After the message's timetoken, before the timetoken of a removal: that of the action which was removed. */
    static final byte REMOVED = 6;

    /** How many types and values a summary has at most; and about how many bytes. */
    static final int MOST_TALLIES = 100;
    private static final int MOST_SUMMARY_BYTES = 32 << 10;
    /** About what a tally takes in a response besides its type, its value and its first users. */
    private static final int TALLY_OVERHEAD = 80;
    private static final int ACTOR_OVERHEAD = 50;
    /** Is in no text. */
    private static final byte UUID_END = (byte) 0xff;

    private ActionsByMessage() {}

    /** The number of actions on a message. */
    static byte[] countKey(byte[] channel, long messageTimetoken) {
        return onMessage(channel, messageTimetoken, COUNT, 0).array();
    }

    /** The prefix of the keys of all actions on a message. */
    static byte[] actionsOn(byte[] channel, long messageTimetoken) {
        return onMessage(channel, messageTimetoken, ACTION, 0).array();
    }

    /**
     * The prefix of the keys of the actions on a message that have a type and a value.
     *
     * @param type null for any
     * @param value null for any; without a type it can't be
     */
    static byte[] prefix(byte[] channel, long messageTimetoken, @Nullable String type, @Nullable String value) {
        byte[] t = sized(type);
        byte[] v = sized(value);
        byte[] ofAll = actionsOn(channel, messageTimetoken);
        return ByteBuffer.allocate(ofAll.length + t.length + v.length).put(ofAll).put(t).put(v).array();
    }

    /** A text with its length, nothing for none. */
    private static byte[] sized(@Nullable String text) {
        if (text == null) {
            return new byte[0];
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Integer.BYTES + bytes.length).putInt(bytes.length).put(bytes).array();
    }

    /**
     * An action that was removed, by the timetoken of its removal. It leads to the events of both
     * once the message is deleted.
     */
    static byte[] removedKey(byte[] channel, long messageTimetoken, long removedAt) {
        return onMessage(channel, messageTimetoken, REMOVED, Long.BYTES).putLong(removedAt).array();
    }

    private static ByteBuffer onMessage(byte[] channel, long messageTimetoken, byte kind, int more) {
        return ByteBuffer.allocate(channel.length + Long.BYTES + 1 + more)
                .put(channel)
                .putLong(messageTimetoken)
                .put(kind);
    }

    /** Where in a key with a type and a value, which say their lengths, these end. */
    private static int groupEnd(byte[] key, int typeAt) {
        ByteBuffer lengths = ByteBuffer.wrap(key);
        int valueAt = typeAt + Integer.BYTES + lengths.getInt(typeAt);
        return valueAt + Integer.BYTES + lengths.getInt(valueAt);
    }

    /** The kind of a row. */
    enum Kind {
        COUNT, TALLY, ACTION, REMOVED
    }

    /**
     * A key, read.
     *
     * @param type that of an action or a tally, else empty; as {@code value}
     * @param timetoken when the action was added, or was removed; 0 for the other kinds
     */
    record Place(long messageTimetoken, Kind kind, String type, String value, long timetoken) {
        /**
         * Reads a key.
         *
         * @throws RuntimeException when it is none
         */
        static Place of(byte[] key, int channelLength) {
            ByteBuffer rest = ByteBuffer.wrap(key, channelLength, key.length - channelLength);
            long message = rest.getLong();
            byte kind = rest.get();
            return switch (kind) {
                case COUNT -> new Place(message, Kind.COUNT, "", "", 0);
                case REMOVED -> new Place(message, Kind.REMOVED, "", "", rest.getLong());
                case TALLY -> new Place(message, Kind.TALLY, Keys.text(rest, rest.getInt()),
                        Keys.text(rest, rest.getInt()), 0);
                case ACTION -> new Place(message, Kind.ACTION, Keys.text(rest, rest.getInt()),
                        Keys.text(rest, rest.getInt()), rest.getLong());
                default -> throw new IllegalArgumentException("no kind of row: " + kind);
            };
        }

        /** The action of a row of this key. */
        MessageAction action(byte[] row) {
            Actor actor = actor(row, timetoken);
            return new MessageAction(messageTimetoken, type, value, actor.uuid(), timetoken, actor.expires(),
                    actor.amount());
        }
    }

    // --- changes

    /** Puts an action on a message, by its own command or an import. */
    static void put(MessageAction action, ActionKeys keys, ActionCount withIt, ActionTally tallyWithIt,
            Transaction transaction) {
        put(action, keys, transaction);
        transaction.put(transaction.tables().of(TABLE), keys.tally(), tallyWithIt.row());
        transaction.put(transaction.tables().of(TABLE), keys.count(), withIt.row());
    }

    /** Writes the row of an action, which may be there, and counted, already. */
    static void put(MessageAction action, ActionKeys keys, Transaction transaction) {
        transaction.put(transaction.tables().of(TABLE), keys.action(action.actionTimetoken()),
                EndAndAmount.row(action, keys.uuid(), UUID_END));
    }

    /** What the row of an action says. */
    private static Actor actor(byte[] row, long timetoken) {
        int end = row.length - EndAndAmount.BYTES - 1;
        if (end < 0 || row[end] != UUID_END) {
            return new Actor(new String(row, StandardCharsets.UTF_8), timetoken);
        }
        EndAndAmount more = EndAndAmount.read(row, end + 1);
        return new Actor(new String(row, 0, end, StandardCharsets.UTF_8), timetoken, more.expires(), more.amount());
    }

    /** Takes an action off its message, by a command of a timetoken. */
    static void takeOff(MessageAction action, byte[] channel, ActionKeys keys, ActionCount without,
            ActionTally tallyWithout, long timetoken, Transaction transaction) {
        transaction.delete(transaction.tables().of(TABLE), keys.action(action.actionTimetoken()));
        transaction.put(transaction.tables().of(TABLE), removedKey(channel, action.messageTimetoken(), timetoken),
                Keys.number(action.actionTimetoken()));
        transaction.put(transaction.tables().of(TABLE), keys.count(), without.row());
        if (tallyWithout.count() > 0) {
            transaction.put(transaction.tables().of(TABLE), keys.tally(), tallyWithout.row());
        } else {
            transaction.delete(transaction.tables().of(TABLE), keys.tally());
        }
    }

    /**
     * The number and the size of the actions on a message. Where some of them may be too old by now, the rest is
     * counted.
     */
    static ActionCount countOn(long message, byte[] channel, byte[] countKey, Visible visible,
            Transaction transaction) throws RocksDBException {
        ActionCount said = visible.countOn(message,
                ActionCount.read(transaction.get(transaction.tables().of(TABLE), countKey)));
        if (said.actions() == 0 || said.oldest() >= visible.horizon()) {
            return said;
        }
        ActionCount left = new ActionCount(0, 0, 0, said.changedAt());
        for (Map.Entry<ByteKey, byte[]> row : transaction
                .rows(transaction.tables().of(TABLE), actionsOn(channel, message))
                .entrySet()) {
            Place place = Place.of(row.getKey().bytes, channel.length);
            if (visible.isAction(message, place.timetoken())) {
                MessageAction action = place.action(row.getValue());
                left = left.plus(ActionCount.bytes(action.type(), action.value(), action.uuid()), place.timetoken());
            }
        }
        return left;
    }

    /** The tally of the type and value of an action; counted, where some of the counted ones may be too old by now. */
    static ActionTally tallyOn(long message, byte[] channel, ActionKeys keys, Visible visible,
            Transaction transaction) throws RocksDBException {
        ActionTally said = visible.tallyOn(message,
                ActionTally.read(transaction.get(transaction.tables().of(TABLE), keys.tally())));
        if (said.count() == 0 || said.oldest() >= visible.horizon()) {
            return said;
        }
        ActionTally left = ActionTally.none(said.changedAt());
        for (Map.Entry<ByteKey, byte[]> row : transaction.rows(transaction.tables().of(TABLE), keys.group())
                .entrySet()) {
            Place place = Place.of(row.getKey().bytes, channel.length);
            if (visible.isAction(message, place.timetoken())) {
                left = left.plus(place.action(row.getValue()));
            }
        }
        return left;
    }

    /** Whether a message has at least so many different values of a type. */
    static boolean hasValues(long message, String type, int count, byte[] channel, Visible visible,
            Transaction transaction) throws RocksDBException {
        byte[] t = sized(type);
        byte[] beginning = onMessage(channel, message, TALLY, t.length).put(t).array();
        return transaction.rows(transaction.tables().of(TABLE), beginning,
                (key, row) -> visible.tallyOn(message, ActionTally.read(row)).count() > 0, count).size() >= count;
    }

    /** Removes a row, and what it leads to, unless it came after a deletion. */
    static void removeDeleted(byte[] key, byte[] row, byte[] channel, long before, boolean withOthers, Tables tables,
            WriteBuffer changes) {
        Place place = Place.of(key, channel.length);
        boolean isDeleted = before > switch (place.kind()) {
            case COUNT -> ActionCount.read(row).changedAt();
            case TALLY -> ActionTally.changedAt(row);
            case ACTION, REMOVED -> place.timetoken();
        };
        if (!isDeleted) {
            return;
        }
        changes.delete(tables.of(TABLE), key);
        if (place.kind() == Kind.ACTION) {
            changes.delete(tables.of(ActionsByUser.TABLE), new ActionKeys(channel, place.action(row)).ofUser());
            if (withOthers) {
                changes.delete(tables.of(Actions.TABLE), Keys.newestFirst(channel, place.timetoken()));
                changes.delete(tables.of(Feed.TABLE), Keys.at(channel, place.timetoken()));
            }
        } else if (place.kind() == Kind.REMOVED && withOthers) {
            changes.delete(tables.of(Feed.TABLE), Keys.at(channel, place.timetoken()));
            changes.delete(tables.of(Feed.TABLE), Keys.at(channel, Keys.number(row)));
        }
    }

    /** Removes the row of an action that is too old, and the sums that count no action which is kept. */
    static void removeOld(MessageAction action, ActionKeys keys, byte[] channel, long horizon, Tables tables,
            WriteBuffer changes) throws RocksDBException {
        changes.delete(tables.of(TABLE), keys.action(action.actionTimetoken()));
        byte[] tally = tables.db.get(tables.of(TABLE), keys.tally());
        if (tally != null && ActionTally.changedAt(tally) < horizon) {
            changes.delete(tables.of(TABLE), keys.tally());
        }
        removeOldCount(action.messageTimetoken(), channel, horizon, tables, changes);
    }

    /** Removes the count of the actions on a message once no action of it is kept. */
    static void removeOldCount(long message, byte[] channel, long horizon, Tables tables, WriteBuffer changes)
            throws RocksDBException {
        byte[] countKey = countKey(channel, message);
        if (ActionCount.read(tables.db.get(tables.of(TABLE), countKey)).changedAt() < horizon) {
            changes.delete(tables.of(TABLE), countKey);
        }
    }

    // --- reads

    /**
     * The actions on a message, read until they are more than {@code room} bytes. Those of one type and value adjoin, the
     * oldest first.
     */
    static ActionRows.OnMessage on(Scan rows, byte[] channel, long messageTimetoken, Visible visible, long room)
            throws RocksDBException {
        byte[] beginning = actionsOn(channel, messageTimetoken);
        List<ActionGroup> groups = new ArrayList<>();
        long bytes = 0;
        @Nullable ActionGroup group = null;
        byte[] groupKey = beginning;
        int groupEnd = 0;
        for (rows.seek(beginning); rows.isValid() && bytes <= room; rows.next()) {
            byte[] key = rows.key();
            if (!Keys.startsWith(key, beginning)) {
                break;
            }
            long timetoken = Keys.timetoken(key, key.length - Long.BYTES);
            if (!visible.isAction(messageTimetoken, timetoken)) {
                continue;
            }
            if (group == null || !isOfSameGroup(groupKey, key, groupEnd)) {
                Place place = Place.of(key, channel.length);
                group = new ActionGroup(place.type(), place.value(), new ArrayList<>());
                groups.add(group);
                bytes += place.type().length() + place.value().length();
                groupEnd = groupEnd(key, beginning.length);
                groupKey = key;
            }
            Actor actor = actor(rows.row(), timetoken);
            group.actors().add(actor);
            bytes += actor.uuid().length() + ACTOR_OVERHEAD;
        }
        rows.check();
        boolean hasMore = bytes > room && rows.isValid() && Keys.startsWith(rows.key(), beginning);
        return new ActionRows.OnMessage(new Message.Actions(groups, hasMore, null, null), bytes);
    }

    /** Whether two actions on a message have the same type and value, which end in the first of them at {@code end}. */
    private static boolean isOfSameGroup(byte[] one, byte[] other, int end) {
        return other.length == end + Long.BYTES && Arrays.equals(one, 0, end, other, 0, end);
    }

    /**
     * A summary, and about how many bytes it takes.
     *
     * @param rows how many rows were looked at
     */
    record Summed(ActionSummary summary, long bytes, int rows) {}

    /**
     * The summary of a message.
     *
     * @param mine the reader's own actions on the message, by type and value
     * @param present a timetoken up to which all events are in the rows
     */
    static Summed summary(Scan rows, byte[] channel, long message, Visible visible,
            Map<List<String>, MessageAction> mine,
            long present) throws RocksDBException {
        byte[] beginning = countKey(channel, message);
        byte[] ofMessage = Keys.at(channel, message);
        long asOf = present; // nothing is known of events that were deleted with the message: they are behind
        List<Tally> tallies = new ArrayList<>();
        List<Unsure> unsure = new ArrayList<>();
        long bytes = 0;
        int looked = 0;
        boolean hasMore = false;
        for (rows.seek(beginning); rows.isValid(); rows.next()) {
            byte[] key = rows.key();
            if (!Keys.startsWith(key, ofMessage) || key[ofMessage.length] > TALLY) {
                break;
            }
            looked++;
            if (key[ofMessage.length] == COUNT) {
                long changedAt = visible.countOn(message, ActionCount.read(rows.row())).changedAt();
                asOf = changedAt == 0 ? present : changedAt;
                continue;
            }
            ActionTally tally = visible.tallyOn(message, ActionTally.read(rows.row()));
            if (tally.count() == 0) {
                continue;
            }
            if (tallies.size() == MOST_TALLIES || bytes > MOST_SUMMARY_BYTES) {
                hasMore = true;
                break;
            }
            Place place = Place.of(key, channel.length);
            boolean isToBeCounted = tally.oldest() < visible.horizon();
            if (isToBeCounted || !tally.isFirstWhole()) {
                unsure.add(new Unsure(tallies.size(), isToBeCounted));
            }
            tallies.add(new Tally(place.type(), place.value(), tally.amount(), tally.count(), tally.first(),
                    mine.get(List.of(place.type(), place.value()))));
            bytes += TALLY_OVERHEAD + place.type().length() + place.value().length()
                    + ActionTally.FIRST * (long) ACTOR_OVERHEAD;
        }
        rows.check();
        for (Unsure each : unsure.reversed()) {
            looked += complete(tallies, each, rows, channel, message, visible);
        }
        return new Summed(new ActionSummary(message, asOf, List.copyOf(tallies), hasMore), bytes, looked);
    }

    /**
     * A tally whose row does not have all that a summary needs.
     *
     * @param at its place among the tallies
     * @param isToBeCounted whether some of its actions may be too old by now
     */
    private record Unsure(int at, boolean isToBeCounted) {}

    /** Completes a tally by the rows of its actions. Returns how many of them it looked at. */
    private static int complete(List<Tally> tallies, Unsure unsure, Scan rows, byte[] channel, long message,
            Visible visible) throws RocksDBException {
        Tally said = tallies.get(unsure.at);
        byte[] group = new ActionKeys(channel, new MessageAction(message, said.type(), said.value(), "", 0)).group();
        List<Actor> first = new ArrayList<>(ActionTally.FIRST);
        long count = 0;
        long users = 0;
        int looked = 0;
        for (rows.seek(group); rows.isValid(); rows.next()) {
            byte[] key = rows.key();
            if (!Keys.startsWith(key, group) || (!unsure.isToBeCounted && first.size() == ActionTally.FIRST)) {
                break;
            }
            looked++;
            long timetoken = Keys.timetoken(key, key.length - Long.BYTES);
            if (visible.isAction(message, timetoken)) {
                Actor actor = actor(rows.row(), timetoken);
                users++;
                count += actor.amount();
                if (first.size() < ActionTally.FIRST) {
                    first.add(new Actor(actor.uuid(), timetoken));
                }
            }
        }
        rows.check();
        if (users == 0) {
            tallies.remove(unsure.at);
        } else {
            tallies.set(unsure.at, new Tally(said.type(), said.value(), unsure.isToBeCounted ? count : said.count(),
                    unsure.isToBeCounted ? users : said.users(), first, said.mine()));
        }
        return looked;
    }

    // --- inspection

    /** Compares the actions of each message with their sums. */
    private static final class Inspection implements Family.Inspector {
        private final IntegrityCheck inspection;
        /** The message whose actions are being counted, and its count. */
        private byte @Nullable [] counted;
        private ActionCount saidCount = ActionCount.NONE;
        private ActionCount foundCount = ActionCount.NONE;
        /** By type and value: the tallies that are there, less the actions that were found. */
        private final Map<List<String>, Sums> tallies = new HashMap<>();
        private boolean isOfTooOld;

        private record Sums(long count, long amount) {
            Sums plus(Sums other) {
                return new Sums(count + other.count, amount + other.amount);
            }
        }

        Inspection(IntegrityCheck inspection) {
            this.inspection = inspection;
        }

        @Override
        public void row(byte[] key, byte[] row) throws RocksDBException {
            int channelLength = Keys.channelLength(key);
            byte[] message = Arrays.copyOf(key, channelLength + Long.BYTES);
            if (!Arrays.equals(message, counted)) {
                end();
                counted = message;
                saidCount = ActionCount.NONE;
                foundCount = ActionCount.NONE;
                tallies.clear();
                isOfTooOld = false;
            }
            Place place = Place.of(key, channelLength);
            Visible visible = inspection.visible(key);
            switch (place.kind()) {
                case COUNT -> {
                    saidCount = visible.countOn(place.messageTimetoken(), ActionCount.read(row));
                    // some counted actions are too old: adding an action counts them again
                    isOfTooOld = saidCount.actions() > 0 && saidCount.oldest() < visible.horizon();
                }
                case TALLY -> tallied(key, place, visible.tallyOn(place.messageTimetoken(), ActionTally.read(row)));
                case ACTION -> {
                    if (visible.isAction(place.messageTimetoken(), place.timetoken())) {
                        countedAction(key, place.action(row));
                    }
                }
                case REMOVED -> {
                    if (place.timetoken() <= Keys.number(row)) {
                        inspection.wrong(
                                "actionsByMessage: an action was removed before it was added, at " + Keys.show(key));
                    }
                }
            }
        }

        private void tallied(byte[] key, Place place, ActionTally tally) {
            if (tally.count() > 0) {
                tallies.merge(List.of(place.type(), place.value()), new Sums(tally.count(), tally.amount()),
                        Sums::plus);
                if (tally.first().size() > tally.count()) {
                    inspection.wrong("actionsByMessage: more first users than actions, at " + Keys.show(key));
                }
            }
        }

        private void countedAction(byte[] key, MessageAction action) throws RocksDBException {
            byte[] channel = Keys.channelOf(key);
            foundCount = foundCount.plus(ActionCount.bytes(action.type(), action.value(), action.uuid()),
                    action.actionTimetoken());
            tallies.merge(List.of(action.type(), action.value()), new Sums(-1, -action.amount()), Sums::plus);
            byte[] row = inspection.tables().db.get(inspection.tables().of(Actions.TABLE),
                    Keys.newestFirst(channel, action.actionTimetoken()));
            if (row == null || !Actions.read(row).equals(action)) {
                inspection.wrong("actionsByMessage: no such action, at " + Keys.show(key));
            }
        }

        @Override
        public void end() {
            byte[] message = counted;
            if (message == null || isOfTooOld) {
                return;
            }
            if (saidCount.actions() != foundCount.actions()) {
                inspection
                        .wrong("actionsByMessage: %d actions are said to be on a message that has %d, at %s".formatted(
                                saidCount.actions(), foundCount.actions(), Keys.show(message)));
            } else if (saidCount.bytes() != foundCount.bytes()) {
                inspection
                        .wrong("actionsByMessage: the actions on a message are said to take %d bytes and take %d, at %s"
                                .formatted(
                                        saidCount.bytes(), foundCount.bytes(), Keys.show(message)));
            }
            tallies.forEach((group, left) -> {
                if (left.count() != 0) { // then its sum is not worth a finding of its own
                    differs("tally", left.count(), group, message);
                } else if (left.amount() != 0) {
                    differs("sum of amounts", left.amount(), group, message);
                }
            });
        }

        private void differs(String sum, long by, List<String> group, byte[] message) {
            inspection.wrong("actionsByMessage: the %s of type %s and value %s is %d too %s, at %s".formatted(
                    sum, group.getFirst(), group.getLast(), Math.abs(by), by > 0 ? "high" : "low",
                    Keys.show(message)));
        }
    }
}
