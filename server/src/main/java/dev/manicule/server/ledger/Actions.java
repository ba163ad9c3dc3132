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
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Timetoken;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Actions on messages. Key: channel, action timetoken inverted, so that the newest comes first; row: the JSON object
 * that get-actions returns, ready to be sent. {@link ActionsByMessage} and {@link ActionsByUser} lead to them.
 */
public final class Actions {
    static final String TABLE = "actions";
    static final Family FAMILY = new Family(TABLE, Family.ALL,
            inspection -> (key, row) -> inspect(key, row, inspection),
            new Lines());

    private Actions() {}

    /** The action as JSON, all members strings. */
    public static byte[] row(MessageAction action) {
        JsonWriter json = new JsonWriter(160).object()
                .quoted("messageTimetoken", action.messageTimetoken())
                .member("type", action.type())
                .member("uuid", action.uuid())
                .member("value", action.value())
                .quoted("actionTimetoken", action.actionTimetoken());
        return end(action, json).toBytes();
    }

    /** Says the amount and the end of an action, where it has them, and ends the object with it. */
    static JsonWriter end(MessageAction action, JsonWriter json) {
        return end(action.amount(), action.expires(), json);
    }

    /** The same of an action that has these. */
    public static JsonWriter end(int amount, long expires, JsonWriter json) {
        if (amount != MessageAction.ONE) {
            json.member("amount", amount);
        }
        return (expires == MessageAction.NEVER ? json : json.quoted("expires", expires)).end();
    }

    /** The type of the action that a row of {@link #row} says. */
    public static String type(byte[] row) {
        return read(row).type();
    }

    static MessageAction read(byte[] row) {
        Map<String, Object> members = Objects.requireNonNull(JsonReader.members(row), "an action's row is JSON");
        return new MessageAction(timetoken(members, "messageTimetoken"), text(members, "type"), text(members, "value"),
                text(members, "uuid"), timetoken(members, "actionTimetoken"),
                members.containsKey("expires") ? timetoken(members, "expires") : MessageAction.NEVER,
                members.get("amount") instanceof Number amount ? amount.intValue() : MessageAction.ONE);
    }

    private static String text(Map<String, Object> members, String name) {
        return (String) Objects.requireNonNull(members.get(name), name);
    }

    private static long timetoken(Map<String, Object> members, String name) {
        return Timetoken.parse(text(members, name));
    }

    /**
     * Puts an action on a message.
     *
     * @param withIt the count of the actions on the message with it
     * @return the sum of the amounts of its type and value on the message now
     */
    static long put(MessageAction action, byte[] channel, ActionKeys keys, ActionCount withIt, Visible visible,
            Transaction transaction) throws RocksDBException {
        ActionTally tally = ActionsByMessage.tallyOn(action.messageTimetoken(), channel, keys, visible, transaction)
                .plus(action);
        ActionsByUser.put(action, keys, transaction);
        ActionExpiries.put(channel, action, transaction);
        ActionsByMessage.put(action, keys, withIt, tally, transaction);
        transaction.put(transaction.tables().of(TABLE), Keys.newestFirst(channel, action.actionTimetoken()),
                row(action));
        return tally.amount();
    }

    /** Has an action that is on its message leave at another timetoken. */
    static MessageAction renew(MessageAction action, long expires, byte[] channel, Transaction transaction) {
        MessageAction renewed = action.until(expires);
        ActionExpiries.takeOut(channel, action, transaction);
        ActionExpiries.put(channel, renewed, transaction);
        ActionKeys keys = new ActionKeys(channel, renewed);
        ActionsByUser.put(renewed, keys, transaction);
        ActionsByMessage.put(renewed, keys, transaction);
        transaction.put(transaction.tables().of(TABLE), Keys.newestFirst(channel, action.actionTimetoken()),
                row(renewed));
        return renewed;
    }

    /** Takes out the rows of an action to which nothing leads once another action is in its place. */
    static void purge(byte[] channel, ActionKeys keys, long timetoken, Transaction transaction) {
        transaction.delete(transaction.tables().of(ActionsByMessage.TABLE), keys.action(timetoken));
        transaction.delete(transaction.tables().of(TABLE), Keys.newestFirst(channel, timetoken));
        transaction.delete(transaction.tables().of(Feed.TABLE), Keys.at(channel, timetoken));
    }

    /**
     * Takes an action off its message, by a command of a timetoken.
     *
     * @return the sum of the amounts of its type and value on the message now
     */
    static long takeOff(MessageAction action, byte[] channel, Visible visible, long timetoken, Transaction transaction)
            throws RocksDBException {
        long message = action.messageTimetoken();
        ActionKeys keys = new ActionKeys(channel, action);
        ActionCount count = ActionsByMessage.countOn(message, channel, keys.count(), visible, transaction)
                .minus(keys.bytes(), timetoken);
        ActionTally tally = ActionsByMessage.tallyOn(message, channel, keys, visible, transaction)
                .minus(action, timetoken);
        transaction.delete(transaction.tables().of(TABLE), Keys.newestFirst(channel, action.actionTimetoken()));
        ActionsByUser.takeOff(keys, transaction);
        ActionExpiries.takeOut(channel, action, transaction);
        ActionsByMessage.takeOff(action, channel, keys, count, tally, timetoken, transaction);
        return tally.amount();
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

    /** Removes an action that is too old, and what leads to it. */
    static void removeOld(byte[] key, byte[] row, byte[] channel, long horizon, Tables tables, WriteBuffer changes)
            throws RocksDBException {
        MessageAction action = read(row);
        ActionKeys keys = new ActionKeys(channel, action);
        changes.delete(tables.of(TABLE), key);
        ActionsByUser.removeOld(action, keys, tables, changes);
        ActionsByMessage.removeOld(action, keys, channel, horizon, tables, changes);
    }

    private static void inspect(byte[] key, byte[] row, IntegrityCheck inspection) throws RocksDBException {
        MessageAction action = read(row);
        if (!inspection.visible(key).isAction(action.messageTimetoken(), action.actionTimetoken())) {
            return;
        }
        inspection.countAction();
        byte[] event = Keys.otherWayRound(key);
        ActionKeys keys = new ActionKeys(Keys.channelOf(key), action);
        byte[] ofUser = inspection.tables().db.get(inspection.tables().of(ActionsByUser.TABLE), keys.ofUser());
        byte[] onMessage = inspection.tables().db.get(inspection.tables().of(ActionsByMessage.TABLE),
                keys.action(action.actionTimetoken()));
        if (action.actionTimetoken() != Keys.timetoken(event) || onMessage == null) {
            inspection.wrong("actions: not on its message, at " + Keys.show(event));
        }
        if (ofUser == null || !ActionsByUser.read(keys.ofUser(), ofUser, Keys.channelLength(key)).equals(action)) {
            inspection.wrong("actions: not among those of its user, at " + Keys.show(event));
        }
        ActionExpiries.mustHave(action, Keys.channelOf(key), inspection);
        Feed.mustHave("actions", event, inspection);
    }

    private static MessageAction action(ExportLine line) {
        long actionTimetoken = line.timetoken("actionTimetoken");
        if (actionTimetoken == 0) {
            throw new IllegalArgumentException("has no timetoken \"actionTimetoken\": it is 0");
        }
        long expires = line.has("expires") ? line.timetoken("expires") : MessageAction.NEVER;
        if (expires != MessageAction.NEVER && expires <= actionTimetoken) {
            throw new IllegalArgumentException("\"expires\" is no later than \"actionTimetoken\"");
        }
        return new MessageAction(line.timetoken("messageTimetoken"), line.words("type", Limit.ACTION_TYPE_BYTES),
                line.words("value", Limit.ACTION_VALUE_BYTES), line.uuid(), actionTimetoken, expires,
                line.has("amount") ? line.number("amount", 1, MessageAction.MOST_AMOUNT) : MessageAction.ONE);
    }

    /** A line of an export. */
    private static final class Lines implements Family.Exported {
        @Override
        public String kind() {
            return "action";
        }

        @Override
        public Set<String> members() {
            return Set.of("kind", "keyset", "channel", "messageTimetoken", "type", "value", "uuid", "actionTimetoken",
                    "amount", "expires");
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
            return end(action, Export.begin(kind(), channel.keyset())
                    .member("channel", channel.name())
                    .quoted("messageTimetoken", action.messageTimetoken())
                    .member("type", action.type())
                    .member("value", action.value())
                    .member("uuid", action.uuid())
                    .quoted("actionTimetoken", action.actionTimetoken()));
        }

        @Override
        public boolean take(ExportLine text, Import into, Transaction transaction) throws RocksDBException {
            Channel channel = text.channel();
            MessageAction action = action(text);
            long timetoken = into.known(action.actionTimetoken());
            byte[] key = Keys.channel(channel);
            Event event = Envelopes.added(channel, action, Envelopes.UNCOUNTED); // lines are in no order of time
            boolean isNew = Import.isNew(transaction, transaction.tables().of(TABLE), key(text), Actions.row(action))
                    && Import.isNew(transaction, transaction.tables().of(Feed.TABLE), Keys.at(key, timetoken),
                            Feed.row(event));
            if (isNew) {
                Visible visible = transaction.visible(channel.keyset(), key, transaction.lastTimetoken());
                long mostBytes = text.limits().of(Limit.ACTION_BYTES_BY_MESSAGE);
                throwIfRefused(transaction.rules().put(action, key, visible, mostBytes).refusal(), text.limits());
                Feed.putPast(event, transaction);
            }
            return isNew;
        }

        private static void throwIfRefused(AddAction.@Nullable Outcome refusal, ImportLimits limits) {
            if (refusal != null) {
                throw new IllegalArgumentException(switch (refusal) {
                    case AddAction.Exists _,AddAction.AlreadyAdded _ ->
                        "the same action is on its message already, at another timetoken";
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
