package dev.manicule.server.ledger;

import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.LedgerReader.ActionPage;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Message.ActionGroup;
import dev.manicule.server.model.Message.Actor;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Timetoken;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Actions on messages, in two tables. {@link #TABLE}: channel, action timetoken inverted, so that the newest comes
 * first; the row is the JSON object that get-actions returns, ready to be sent. {@link #BY_MESSAGE}: channel, message
 * timetoken, and then a part for each {@link Kind}.
 */
public final class Actions {
    static final String TABLE = "actions";
    static final String BY_MESSAGE = "actionsByMessage";
    /** What {@link #addedAt} gives when there is no such action. */
    static final long NEVER = -1;
    static final Family FAMILY = new Family(TABLE, Family.ALL,
            inspection -> (key, row) -> inspect(key, row, inspection),
            new Lines());
    static final Family FACTS = new Family(BY_MESSAGE, Family.ALL, Facts::new);

    /** In {@link #BY_MESSAGE}, after the message's timetoken: the number of its actions. Sorts before them. */
    private static final byte COUNT = 0;
    /** In {@link #BY_MESSAGE}, after the message's timetoken: one action. */
    private static final byte ACTION = 1;
    /** In {@link #BY_MESSAGE}, after the message's timetoken: an action that was removed. */
    private static final byte REMOVED = 2;

    private Actions() {}

    /** The action as JSON, all members strings. */
    public static byte[] row(MessageAction action) {
        return new JsonWriter(160).object()
                .quoted("messageTimetoken", action.messageTimetoken())
                .member("type", action.type())
                .member("uuid", action.uuid())
                .member("value", action.value())
                .quoted("actionTimetoken", action.actionTimetoken())
                .end()
                .toBytes();
    }

    static MessageAction read(byte[] row) {
        Map<String, Object> members = Objects.requireNonNull(JsonReader.members(row), "an action's row is JSON");
        return new MessageAction(timetoken(members, "messageTimetoken"), text(members, "type"), text(members, "value"),
                text(members, "uuid"), timetoken(members, "actionTimetoken"));
    }

    private static String text(Map<String, Object> members, String name) {
        return (String) Objects.requireNonNull(members.get(name), name);
    }

    private static long timetoken(Map<String, Object> members, String name) {
        return Timetoken.parse(text(members, name));
    }

    /**
     * One action on a message. The uuid runs to the end; type and value say their lengths, so that equal ones adjoin.
     */
    static byte[] factKey(byte[] channel, long messageTimetoken, String type, String value, String uuid) {
        byte[] t = type.getBytes(StandardCharsets.UTF_8);
        byte[] v = value.getBytes(StandardCharsets.UTF_8);
        byte[] u = uuid.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(channel.length + Long.BYTES + 1 + 8 + t.length + v.length + u.length)
                .put(channel)
                .putLong(messageTimetoken)
                .put(ACTION)
                .putInt(t.length)
                .put(t)
                .putInt(v.length)
                .put(v)
                .put(u)
                .array();
    }

    /** That of an action. */
    static byte[] factKey(byte[] channel, MessageAction action) {
        return factKey(channel, action.messageTimetoken(), action.type(), action.value(), action.uuid());
    }

    /** The prefix of the keys of all actions on a message. */
    private static byte[] factsOn(byte[] channel, long messageTimetoken) {
        return onMessage(channel, messageTimetoken, ACTION);
    }

    /** The number of actions on a message. */
    static byte[] countKey(byte[] channel, long messageTimetoken) {
        return onMessage(channel, messageTimetoken, COUNT);
    }

    /**
     * An action that was removed, by the timetoken of its removal. It leads to the events of both
     * once the message is deleted.
     */
    static byte[] removedKey(byte[] channel, long messageTimetoken, long removedAt) {
        return ByteBuffer.allocate(channel.length + 2 * Long.BYTES + 1)
                .put(channel)
                .putLong(messageTimetoken)
                .put(REMOVED)
                .putLong(removedAt)
                .array();
    }

    private static byte[] onMessage(byte[] channel, long messageTimetoken, byte kind) {
        return ByteBuffer.allocate(channel.length + Long.BYTES + 1)
                .put(channel)
                .putLong(messageTimetoken)
                .put(kind)
                .array();
    }

    /** Where in an action's key the uuid begins, after type and value, which say their lengths. */
    private static int uuidAt(byte[] key, int typeAt) {
        ByteBuffer lengths = ByteBuffer.wrap(key);
        int valueAt = typeAt + Integer.BYTES + lengths.getInt(typeAt);
        return valueAt + Integer.BYTES + lengths.getInt(valueAt);
    }

    /** Whether two actions on a message have the same type and value, which end in the first of them at {@code uuidAt}. */
    private static boolean isOfSameGroup(byte[] one, byte[] other, int uuidAt) {
        return other.length >= uuidAt && Arrays.equals(one, 0, uuidAt, other, 0, uuidAt);
    }

    /** The content of a key of {@link #BY_MESSAGE}. */
    static FactKey parse(byte[] key, int channelLength) {
        ByteBuffer rest = ByteBuffer.wrap(key, channelLength, key.length - channelLength);
        long messageTimetoken = rest.getLong();
        return switch (rest.get()) {
            case COUNT -> new FactKey(messageTimetoken, Kind.COUNT, "", "", "", 0);
            case REMOVED -> new FactKey(messageTimetoken, Kind.REMOVED, "", "", "", rest.getLong());
            default -> {
                String type = Keys.text(rest, rest.getInt());
                String value = Keys.text(rest, rest.getInt());
                yield new FactKey(messageTimetoken, Kind.ACTION, type, value, Keys.text(rest, rest.remaining()), 0);
            }
        };
    }

    /** The kind of a row in {@code actionsByMessage}. */
    enum Kind {
        /** The {@link ActionCount} of a message. */
        COUNT,
        /** The timetoken of an action. */
        ACTION,
        /** The timetoken of an action that was removed. */
        REMOVED
    }

    /**
     * A key of {@code actionsByMessage}, read. Texts are those of an action, else empty.
     *
     * @param removedAt when the action was removed, 0 for the other kinds
     */
    record FactKey(long messageTimetoken, Kind kind, String type, String value, String uuid, long removedAt) {}

    /**
     * Puts an action on a message.
     *
     * @param fact its {@link #factKey}
     */
    static void put(MessageAction action, byte[] channel, byte[] fact, ActionCount withIt, Transaction transaction) {
        transaction.put(transaction.tables().of(BY_MESSAGE), fact, Keys.number(action.actionTimetoken()));
        transaction.put(transaction.tables().of(BY_MESSAGE), countKey(channel, action.messageTimetoken()),
                withIt.row());
        transaction.put(transaction.tables().of(TABLE), Keys.newestFirst(channel, action.actionTimetoken()),
                row(action));
    }

    /** The timetoken of the row of an action with a {@link #factKey}; {@link #NEVER} when there is none. */
    static long addedAt(byte[] fact, Transaction transaction) throws RocksDBException {
        byte[] row = transaction.get(transaction.tables().of(BY_MESSAGE), fact);
        return row == null ? NEVER : Keys.number(row);
    }

    /** Takes out the rows of an action to which nothing leads once another action is in its place. */
    static void purge(byte[] channel, long timetoken, Transaction transaction) {
        transaction.delete(transaction.tables().of(TABLE), Keys.newestFirst(channel, timetoken));
        transaction.delete(transaction.tables().of(Feed.TABLE), Keys.at(channel, timetoken));
    }

    /** Takes an action off its message, by a command of a timetoken. */
    static void takeOff(MessageAction action, byte[] channel, Visible visible, long timetoken, Transaction transaction)
            throws RocksDBException {
        long message = action.messageTimetoken();
        ActionCount count = countOn(message, channel, visible, transaction)
                .minus(ActionCount.bytes(action.type(), action.value(), action.uuid()), timetoken);
        byte[] countKey = countKey(channel, message);
        transaction.delete(transaction.tables().of(TABLE), Keys.newestFirst(channel, action.actionTimetoken()));
        transaction.delete(transaction.tables().of(BY_MESSAGE),
                factKey(channel, action));
        transaction.put(transaction.tables().of(BY_MESSAGE), removedKey(channel, message, timetoken),
                Keys.number(action.actionTimetoken()));
        if (count.actions() > 0) {
            transaction.put(transaction.tables().of(BY_MESSAGE), countKey, count.row());
        } else {
            transaction.delete(transaction.tables().of(BY_MESSAGE), countKey);
        }
    }

    /**
     * The number and the size of the actions on a message. Where some of them may be too old by now, the rest is
     * counted.
     */
    static ActionCount countOn(long message, byte[] channel, Visible visible, Transaction transaction)
            throws RocksDBException {
        ActionCount said = visible.countOn(message,
                ActionCount.read(transaction.get(transaction.tables().of(BY_MESSAGE), countKey(channel, message))));
        if (said.actions() == 0 || said.oldest() >= visible.horizon()) {
            return said;
        }
        ActionCount left = ActionCount.NONE;
        for (Map.Entry<ByteKey, byte[]> row : transaction
                .rows(transaction.tables().of(BY_MESSAGE), factsOn(channel, message))
                .entrySet()) {
            long timetoken = Keys.number(row.getValue());
            if (visible.isAction(message, timetoken)) {
                FactKey action = parse(row.getKey().bytes, channel.length);
                left = left.plus(ActionCount.bytes(action.type(), action.value(), action.uuid()), timetoken);
            }
        }
        return left;
    }

    /** See {@link LedgerReader#actions}. */
    static ActionPage page(Tables open, Channel channel, Range range, int limit, int bytes) throws RocksDBException {
        List<byte[]> rows = new ArrayList<>();
        long size = 0;
        try (VisibleWalk<Scan> walk = VisibleWalk.of(open.state(), channel, range,
                kept -> Scan.newestFirst(open.db, open.of(TABLE), Keys.channel(channel), kept))) {
            if (walk == null) {
                return new ActionPage(rows, 0, false);
            }
            Scan scan = walk.walks();
            Visible visible = walk.visible();
            scan.first();
            skipDeleted(scan, visible);
            while (scan.isValid() && rows.size() < limit && size < bytes) {
                byte[] row = scan.row();
                rows.add(row);
                size += row.length;
                scan.next();
                skipDeleted(scan, visible);
            }
            scan.check();
            Collections.reverse(rows);
            long oldest = rows.isEmpty() ? 0 : read(rows.getFirst()).actionTimetoken();
            return new ActionPage(rows, oldest, scan.isValid());
        }
    }

    private static void skipDeleted(Scan actions, Visible visible) {
        if (visible.deleted().isEmpty()) {
            return;
        }
        for (; actions.isValid(); actions.next()) {
            MessageAction action = read(actions.row());
            if (visible.isAction(action.messageTimetoken(), action.actionTimetoken())) {
                return;
            }
        }
    }

    /**
     * The actions on a message, read until they are more than {@code room} bytes. Those of one type and value adjoin; the
     * oldest of a group come first, as far as the group was read.
     */
    static OnMessage on(Scan rows, byte[] channel, long messageTimetoken, long room)
            throws RocksDBException {
        byte[] beginning = factsOn(channel, messageTimetoken);
        List<ActionGroup> groups = new ArrayList<>();
        long bytes = 0;
        @Nullable ActionGroup group = null;
        byte[] key = beginning;
        int uuidAt = key.length;
        for (rows.seek(beginning); rows.isValid() && bytes <= room; rows.next()) {
            byte[] next = rows.key();
            if (!Keys.startsWith(next, beginning)) {
                break;
            }
            if (group == null || !isOfSameGroup(key, next, uuidAt)) {
                FactKey action = parse(next, channel.length);
                group = new ActionGroup(action.type(), action.value(), new ArrayList<>());
                groups.add(group);
                bytes += action.type().length() + action.value().length();
                uuidAt = uuidAt(next, beginning.length);
                key = next;
            }
            String uuid = new String(next, uuidAt, next.length - uuidAt, StandardCharsets.UTF_8);
            group.actors().add(new Actor(uuid, Keys.number(rows.row())));
            bytes += uuid.length() + 50;
        }
        rows.check();
        boolean hasMore = bytes > room && rows.isValid() && Keys.startsWith(rows.key(), beginning);
        for (ActionGroup each : groups) {
            each.actors().sort(Comparator.comparingLong(Actor::actionTimetoken));
        }
        return new OnMessage(groups, bytes, hasMore);
    }

    /**
     * The actions on a message.
     *
     * @param bytes about how many bytes they take
     * @param hasMore whether some were left out
     */
    record OnMessage(List<ActionGroup> groups, long bytes, boolean hasMore) {
        static final OnMessage NONE = new OnMessage(List.of(), 0, false);
    }

    /** Removes what a row of {@link #BY_MESSAGE} leads to, an action, one that was removed, or the count, unless it came after a deletion. */
    static void removeDeleted(byte[] key, byte[] row, byte[] channel, long before, boolean withOthers, Tables tables,
            WriteBuffer changes) {
        FactKey action = parse(key, channel.length);
        switch (action.kind()) {
            case COUNT -> {
                if (ActionCount.read(row).changedAt() < before) {
                    changes.delete(tables.of(BY_MESSAGE), key);
                }
            }
            case ACTION -> {
                long timetoken = Keys.number(row);
                if (timetoken < before) {
                    changes.delete(tables.of(BY_MESSAGE), key);
                    if (withOthers) {
                        changes.delete(tables.of(TABLE), Keys.newestFirst(channel, timetoken));
                        changes.delete(tables.of(Feed.TABLE), Keys.at(channel, timetoken));
                    }
                }
            }
            case REMOVED -> {
                if (action.removedAt() < before) {
                    changes.delete(tables.of(BY_MESSAGE), key);
                    if (withOthers) {
                        changes.delete(tables.of(Feed.TABLE), Keys.at(channel, action.removedAt()));
                        changes.delete(tables.of(Feed.TABLE), Keys.at(channel, Keys.number(row)));
                    }
                }
            }
        }
    }

    /** Removes an action that is too old, and what leads to it. */
    static void removeOld(byte[] key, byte[] row, byte[] channel, long horizon, Tables tables, WriteBuffer changes)
            throws RocksDBException {
        MessageAction action = read(row);
        changes.delete(tables.of(TABLE), key);
        byte[] unique = factKey(channel, action);
        byte[] now = tables.db.get(tables.of(BY_MESSAGE), unique);
        if (now != null && Keys.number(now) == action.actionTimetoken()) { // else it is on the message again
            changes.delete(tables.of(BY_MESSAGE), unique);
        }
        removeOldCount(action.messageTimetoken(), channel, horizon, tables, changes);
    }

    /** Removes the count of the actions on a message once no action of it is kept. */
    static void removeOldCount(long message, byte[] channel, long horizon, Tables tables, WriteBuffer changes)
            throws RocksDBException {
        byte[] countKey = countKey(channel, message);
        if (ActionCount.read(tables.db.get(tables.of(BY_MESSAGE), countKey)).changedAt() < horizon) {
            changes.delete(tables.of(BY_MESSAGE), countKey);
        }
    }

    private static void inspect(byte[] key, byte[] row, IntegrityCheck inspection) throws RocksDBException {
        MessageAction action = read(row);
        if (!inspection.visible(key).isAction(action.messageTimetoken(), action.actionTimetoken())) {
            return;
        }
        inspection.countAction();
        byte[] event = Keys.otherWayRound(key);
        byte[] fact = inspection.tables().db.get(inspection.tables().of(BY_MESSAGE),
                factKey(Keys.channelOf(key), action.messageTimetoken(),
                        action.type(), action.value(), action.uuid()));
        if (action.actionTimetoken() != Keys.timetoken(event) || fact == null
                || Keys.number(fact) != Keys.timetoken(event)) {
            inspection.wrong("actions: not on its message, at " + Keys.show(event));
        }
        Feed.mustHave("actions", event, inspection);
    }

    /** Compares the actions of each message with its count. */
    private static final class Facts implements Family.Inspector {
        private final IntegrityCheck inspection;
        /** The message whose actions are being counted, and its count. */
        private byte @Nullable [] counted;
        private ActionCount saidCount = ActionCount.NONE;
        private ActionCount foundCount = ActionCount.NONE;

        Facts(IntegrityCheck inspection) {
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
            }
            FactKey fact = parse(key, channelLength);
            Visible visible = inspection.visible(key);
            switch (fact.kind()) {
                case COUNT -> saidCount = visible.countOn(fact.messageTimetoken(), ActionCount.read(row));
                case ACTION -> {
                    if (visible.isAction(fact.messageTimetoken(), Keys.number(row))) {
                        countedAction(key, fact, row);
                    }
                }
                case REMOVED -> {
                    if (fact.removedAt() <= Keys.number(row)) {
                        inspection.wrong(
                                "actionsByMessage: an action was removed before it was added, at " + Keys.show(key));
                    }
                }
            }
        }

        private void countedAction(byte[] key, FactKey fact, byte[] row) throws RocksDBException {
            int channelLength = Keys.channelLength(key);
            foundCount = foundCount.plus(ActionCount.bytes(fact.type(), fact.value(), fact.uuid()), Keys.number(row));
            byte[] action = inspection.tables().db.get(inspection.tables().of(TABLE),
                    Keys.newestFirst(Arrays.copyOf(key, channelLength), Keys.number(row)));
            if (action == null || !read(action)
                    .equals(new MessageAction(fact.messageTimetoken(), fact.type(), fact.value(), fact.uuid(),
                            Keys.number(row)))) {
                inspection.wrong("actionsByMessage: no such action, at " + Keys.show(key));
            }
        }

        @Override
        public void end() {
            if (counted != null && saidCount.actions() > 0
                    && saidCount.oldest() < inspection.visible(counted).horizon()) {
                return; // some counted actions are too old: adding an action counts them again
            }
            if (counted != null && saidCount.actions() != foundCount.actions()) {
                inspection
                        .wrong("actionsByMessage: %d actions are said to be on a message that has %d, at %s".formatted(
                                saidCount.actions(), foundCount.actions(), Keys.show(counted)));
            } else if (counted != null && saidCount.bytes() != foundCount.bytes()) {
                inspection
                        .wrong("actionsByMessage: the actions on a message are said to take %d bytes and take %d, at %s"
                                .formatted(
                                        saidCount.bytes(), foundCount.bytes(), Keys.show(counted)));
            }
        }
    }

    private static MessageAction action(ExportLine line) {
        long actionTimetoken = line.timetoken("actionTimetoken");
        if (actionTimetoken == 0) {
            throw new IllegalArgumentException("has no timetoken \"actionTimetoken\": it is 0");
        }
        return new MessageAction(line.timetoken("messageTimetoken"), line.words("type", Limit.ACTION_TYPE_BYTES),
                line.words("value", Limit.ACTION_VALUE_BYTES), line.uuid(), actionTimetoken);
    }

    /** A line of an export. */
    private static final class Lines implements Family.Exported {
        @Override
        public String kind() {
            return "action";
        }

        @Override
        public Set<String> members() {
            return Set.of("kind", "keyset", "channel", "messageTimetoken", "type", "value", "uuid", "actionTimetoken");
        }

        @Override
        public byte[] key(ExportLine line) {
            return Keys.newestFirst(Keys.channel(line.channel()), line.timetoken("actionTimetoken"));
        }

        @Override
        public @Nullable JsonWriter line(byte[] key, byte[] row, Export export) {
            Channel channel = Keys.parseChannel(key);
            MessageAction action = read(row);
            if (!export.isDue(action.actionTimetoken())
                    || !export.visible(channel).isAction(action.messageTimetoken(), action.actionTimetoken())) {
                return null;
            }
            return Export.begin(kind(), channel.keyset())
                    .member("channel", channel.name())
                    .quoted("messageTimetoken", action.messageTimetoken())
                    .member("type", action.type())
                    .member("value", action.value())
                    .member("uuid", action.uuid())
                    .quoted("actionTimetoken", action.actionTimetoken())
                    .end();
        }

        @Override
        public boolean take(ExportLine text, Import into, Transaction transaction) throws RocksDBException {
            Channel channel = text.channel();
            MessageAction action = action(text);
            long timetoken = into.known(action.actionTimetoken());
            byte[] key = Keys.channel(channel);
            Event event = Envelopes.added(channel, action);
            boolean isNew = Import.isNew(transaction, transaction.tables().of(TABLE), key(text), Actions.row(action))
                    && Import.isNew(transaction, transaction.tables().of(Feed.TABLE), Keys.at(key, timetoken),
                            Feed.row(event));
            if (isNew) {
                Visible visible = transaction.visible(channel.keyset(), key, transaction.lastTimetoken());
                long mostBytes = text.limits().of(Limit.ACTION_BYTES_BY_MESSAGE);
                throwIfRefused(transaction.rules().put(action, key, visible, mostBytes), text.limits());
                Feed.putPast(event, transaction);
            }
            return isNew;
        }

        private static void throwIfRefused(AddAction.@Nullable Outcome refusal, ImportLimits limits) {
            if (refusal != null) {
                throw new IllegalArgumentException(switch (refusal) {
                    case AddAction.AlreadyAdded _ -> "the same action is on its message already, at another timetoken";
                    case AddAction.TooManyActions _ ->
                        "its message has " + Ledger.MAX_ACTIONS_PER_MESSAGE + " actions, as many as a message may have";
                    case AddAction.TooManyBytes _ ->
                        "the bytes of all actions on its message would be "
                                + limits.over(Limit.ACTION_BYTES_BY_MESSAGE);
                    case AddAction.Added _,AddAction.NoSuchMessage _,Idempotent.KeyReused _,Unavailable _ ->
                        throw new IllegalStateException("no refusal of an action: " + refusal);
                });
            }
        }
    }
}
