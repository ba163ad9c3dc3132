package dev.manicule.server.ledger;

import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.Publish;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.LedgerReader.MessageExtent;
import dev.manicule.server.ledger.LedgerReader.MessagePage;
import dev.manicule.server.ledger.LedgerReader.Rest;
import dev.manicule.server.ledger.LedgerReader.WithActions;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Message;
import dev.manicule.server.model.Range;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Messages that are stored. Key: channel, timetoken. Row: three optional texts (uuid, meta, custom type), each as four
 * bytes of length (−1 when absent) and its JSON, then the payload to the end. All are stored as they go into a
 * response. The third length of a message that presents a file is {@code −3} less the length: −2 when absent. Before them stands the message's number ({@link MessageNumbers}) with its highest bit set, which no length has
 * except for −1; it is absent where the message was hidden before messages had numbers.
 */
final class Messages {
    static final String TABLE = "messages";
    static final Family FAMILY = new Family(TABLE, Family.ALL,
            inspection -> (key, row) -> inspect(key, row, inspection),
            new Lines());
    /** To step over so many rows is quicker than to seek the end of the hidden rows. */
    private static final int FEW_HIDDEN = 8;

    private Messages() {}

    static byte[] row(Publish publish) {
        byte @Nullable [] uuid = publish.uuid() == null ? null : Json.ofText(publish.uuid()).utf8();
        byte @Nullable [] meta = publish.meta() == null ? null : publish.meta().utf8();
        byte @Nullable [] customType = publish.customType() == null ? null : Json.ofText(publish.customType()).utf8();
        byte[] payload = publish.payload().utf8();
        ByteBuffer row = ByteBuffer.allocate(size(uuid) + size(meta) + size(customType) + payload.length);
        put(row, uuid);
        put(row, meta);
        if (publish.delivery().isOfFile()) {
            row.putInt(ofFile(customType == null ? -1 : customType.length));
            row.put(customType == null ? new byte[0] : customType);
        } else {
            put(row, customType);
        }
        return row.put(payload).array();
    }

    /** The third length of the row of a message that presents a file, for a length; and the other way round. */
    private static int ofFile(int length) {
        return -3 - length;
    }

    /** The same row, with a number in place of the one that it may have. */
    static byte[] numbered(byte[] row, long number) {
        int from = isNumbered(row) ? Long.BYTES : 0;
        return ByteBuffer.allocate(Long.BYTES + row.length - from)
                .putLong(number | Long.MIN_VALUE)
                .put(row, from, row.length - from)
                .array();
    }

    private static boolean isNumbered(byte[] row) {
        return ByteBuffer.wrap(row).getInt() < -1;
    }

    /** The number of a message, which has one. */
    static long number(byte[] row) {
        return ByteBuffer.wrap(row).getLong() & Long.MAX_VALUE;
    }

    /** Goes to the first message of a walk that is visible; whether there is one. */
    static boolean firstVisible(Scan scan, byte[] channel, Visible visible) throws RocksDBException {
        int hidden = 0;
        scan.first();
        while (scan.isValid() && !visible.isMessage(scan.timetoken())) {
            hidden++;
            step(scan, false, hidden, channel, visible);
        }
        scan.check();
        return scan.isValid();
    }

    static Message read(byte[] row, long timetoken, Message.Actions on) {
        ByteBuffer rest = ByteBuffer.wrap(row).position(isNumbered(row) ? Long.BYTES : 0);
        Json uuid = next(rest);
        Json meta = next(rest);
        int length = rest.getInt();
        boolean isOfFile = length < -1;
        Json customType = next(rest, isOfFile ? ofFile(length) : length);
        byte[] payload = new byte[rest.remaining()];
        rest.get(payload);
        return new Message(timetoken, new Json(payload), meta, uuid, customType, on,
                isOfFile ? Message.Kind.FILE : Message.Kind.MESSAGE);
    }

    private static int size(byte @Nullable [] text) {
        return Integer.BYTES + (text == null ? 0 : text.length);
    }

    private static void put(ByteBuffer row, byte @Nullable [] text) {
        row.putInt(text == null ? -1 : text.length);
        if (text != null) {
            row.put(text);
        }
    }

    private static @Nullable Json next(ByteBuffer rest) {
        return next(rest, rest.getInt());
    }

    private static @Nullable Json next(ByteBuffer rest, int size) {
        if (size < 0) {
            return null;
        }
        byte[] text = new byte[size];
        rest.get(text);
        return new Json(text);
    }

    /**
     * Stores one, published at a timetoken.
     *
     * @param horizon the lowest timetoken that is kept
     */
    static void put(Publish publish, byte[] channel, long timetoken, long horizon, Transaction transaction)
            throws RocksDBException {
        byte[] row = row(publish);
        long number = MessageNumbers.next(channel, timetoken, horizon, transaction);
        transaction.put(transaction.tables().of(TABLE), Keys.at(channel, timetoken), numbered(row, number), row);
        if (publish.lifetime() > 0) {
            Expiries.put(timetoken + publish.lifetime(), channel, timetoken, transaction);
        }
    }

    static boolean isStored(long message, byte[] channel, Visible visible, Transaction transaction)
            throws RocksDBException {
        return visible.isMessage(message)
                && transaction.get(transaction.tables().of(TABLE), Keys.at(channel, message)) != null;
    }

    /** Removes the rows of a message that no read shows any more. */
    static void remove(byte[] key, Tables tables, WriteBuffer changes) {
        changes.delete(tables.of(TABLE), key);
        changes.delete(tables.of(Feed.TABLE), key);
    }

    /** See {@link LedgerReader#messages}. */
    static MessagePage page(Tables open, Channel channel, Range range, int limit, WithActions with, int bytes)
            throws RocksDBException {
        List<Message> messages = new ArrayList<>();
        long[] bytesRead = new long[1];
        Rest rest = walk(open, channel, range, limit, with, bytes, (scan, timetoken, on) -> {
            messages.add(read(scan.row(), timetoken, on.actions()));
            bytesRead[0] += scan.rowLength() + on.bytes();
        });
        if (range.newest()) {
            Collections.reverse(messages);
        }
        return new MessagePage(messages, bytesRead[0], rest);
    }

    /** What a page of {@link #page} would hold, found out without holding it. */
    static MessageExtent extent(Tables open, Channel channel, Range range, int limit, WithActions with, int bytes)
            throws RocksDBException {
        long[] found = {Long.MAX_VALUE, 0, 0};
        Rest rest = walk(open, channel, range, limit, with, bytes, (scan, timetoken, on) -> {
            found[0] = Math.min(found[0], timetoken);
            found[1] = Math.max(found[1], timetoken);
            found[2] += scan.rowLength() + on.bytes();
        });
        return new MessageExtent(found[0], found[1], found[2], rest);
    }

    /** Takes the messages of a page, one after the other from the end from which the page is taken. */
    private interface MessageVisitor {
        void message(Scan row, long timetoken, ActionRows.OnMessage on);
    }

    private static Rest walk(Tables open, Channel channel, Range range, int limit, WithActions with, int bytes,
            MessageVisitor visitor) throws RocksDBException {
        byte[] key = Keys.channel(channel);
        int count = 0;
        long size = 0;
        try (VisibleWalk<ActionRows> walk = VisibleWalk.of(open.state(), channel, range,
                kept -> ActionRows.withMessages(open, key, kept, with))) {
            if (walk == null) {
                return Rest.NONE;
            }
            Scan scan = walk.walks().messages();
            Visible visible = walk.visible();
            int hidden = 0;
            for (start(scan, range); scan.isValid(); step(scan, range.newest(), hidden, key, visible)) {
                long timetoken = scan.timetoken();
                if (!visible.isMessage(timetoken)) {
                    hidden++;
                    continue;
                }
                hidden = 0;
                if (count == limit) {
                    return Rest.OVER_LIMIT;
                }
                int length = scan.rowLength();
                long room = count == 0 ? Integer.MAX_VALUE : bytes - size;
                ActionRows.OnMessage on = walk.walks()
                        .on(timetoken, visible, Math.min(room - length, LedgerReader.MOST_ACTION_BYTES));
                if (length + on.bytes() > room) {
                    return Rest.TOO_LARGE;
                }
                size += length + on.bytes();
                count++;
                visitor.message(scan, timetoken, on);
            }
            scan.check();
            return Rest.NONE;
        }
    }

    /** How many messages of a channel are newer than a timetoken, counted up to {@code most}. */
    static int count(Tables open, Channel channel, long after, int most) throws RocksDBException {
        if (after == Long.MAX_VALUE) {
            return 0;
        }
        try (VisibleWalk<Scan> walk = VisibleWalk.of(open.state(), channel, new Range(after + 1, Long.MAX_VALUE, false),
                kept -> new Scan(open.db, open.of(TABLE), Keys.channel(channel), kept))) {
            if (walk == null) {
                return 0;
            }
            Scan scan = walk.walks();
            Visible visible = walk.visible();
            boolean isAllSeen = visible.horizon() == 0 && visible.deleted().isEmpty();
            int count = 0;
            int hidden = 0;
            byte[] key = Keys.channel(channel);
            for (scan.first(); scan.isValid() && count < most; step(scan, false, hidden, key, visible)) {
                boolean isSeen = isAllSeen || visible.isMessage(scan.timetoken());
                count += isSeen ? 1 : 0;
                hidden = isSeen ? 0 : hidden + 1;
            }
            scan.check();
            return count;
        }
    }

    private static void start(Scan scan, Range range) {
        if (range.newest()) {
            scan.last();
        } else {
            scan.first();
        }
    }

    /**
     * Goes on by a row; or, where several in a row can't be seen, over all that were deleted with them.
     *
     * @param hidden how many in a row can't be seen
     */
    private static void step(Scan scan, boolean backwards, int hidden, byte[] channel, Visible visible) {
        long timetoken = hidden < FEW_HIDDEN ? 0 : scan.timetoken();
        boolean isDeleted = timetoken > 0 && visible.deleted().hide(timetoken, timetoken);
        if (isDeleted && backwards) {
            scan.seekBack(Keys.at(channel, Math.max(visible.deleted().before(timetoken), 0)));
        } else if (isDeleted) {
            scan.seek(Keys.at(channel, visible.deleted().behind(timetoken)));
        } else if (backwards) {
            scan.previous();
        } else {
            scan.next();
        }
    }

    private static void inspect(byte[] key, byte[] row, IntegrityCheck inspection) throws RocksDBException {
        if (!inspection.visible(key).isMessage(Keys.timetoken(key))) {
            return; // its rows go one after the other
        }
        inspection.countMessage();
        Message message = read(row, Keys.timetoken(key), Message.Actions.NONE);
        if (!JsonReader.isJson(message.payload().utf8())
                || (message.meta() != null && !JsonReader.isJson(message.meta().utf8()))
                || (message.uuid() != null && !JsonReader.isJson(message.uuid().utf8()))) {
            inspection.wrong("messages: not JSON, at " + Keys.show(key));
        }
        Feed.mustHave("messages", key, inspection);
    }

    /** A line of an export. */
    private static final class Lines implements Family.Exported {
        @Override
        public String kind() {
            return "message";
        }

        @Override
        public Set<String> members() {
            return Set.of("kind", "keyset", "channel", "timetoken", "uuid", "type", "file", "sequence", "origin",
                    "originText",
                    "meta", "metaText", "payload", "payloadText");
        }

        @Override
        public byte[] key(ExportLine line) {
            return Keys.at(Keys.channel(line.channel()), line.timetoken("timetoken"));
        }

        @Override
        public @Nullable JsonWriter line(byte[] key, byte[] row, Export export) throws RocksDBException {
            Channel channel = Keys.parseChannel(key);
            long timetoken = Keys.timetoken(key, Keys.channelLength(key));
            if (!export.isDue(timetoken) || !export.visible(channel).isMessage(timetoken)) {
                return null;
            }
            Message message = read(row, timetoken, Message.Actions.NONE);
            JsonWriter json = Export.begin(kind(), channel.keyset())
                    .member("channel", channel.name())
                    .quoted("timetoken", timetoken);
            if (message.uuid() != null) {
                json.member("uuid", message.uuid());
            }
            if (message.customType() != null) {
                json.member("type", message.customType());
            }
            if (message.kind() == Message.Kind.FILE) {
                json.member("file", true);
            }
            Map<String, Json> envelope = Feed.parts(export.tables().db.get(export.tables().of(Feed.TABLE), key));
            Export.part("sequence", envelope.get("s"), json);
            Export.part("origin", envelope.get("o"), json);
            Export.part("meta", message.meta(), json);
            Export.part("payload", message.payload(), json);
            return json.end();
        }

        /** With the number of the row that is there: numbers are no content. */
        private static byte[] rowLike(byte @Nullable [] there, byte[] row) {
            return there != null && isNumbered(there) ? numbered(row, number(there)) : row;
        }

        @Override
        public boolean take(ExportLine text, Import into, Transaction transaction) throws RocksDBException {
            Channel channel = text.channel();
            long timetoken = into.known(text.timetoken("timetoken"));
            Json payload = text.json("payload");
            if (payload == null || timetoken == 0) {
                throw new IllegalArgumentException(payload == null ? "has no \"payload\"" : "has no timetoken");
            }
            Publish publish = new Publish(channel, payload, text.json("meta"),
                    text.has("uuid") ? text.uuid() : null,
                    text.customType(), text.has("sequence") ? (Long) text.natural("sequence") : null,
                    text.json("origin"), text.flag("file") ? Delivery.FILE : Delivery.STORED);
            byte[] key = key(text);
            byte[] row = rowLike(transaction.get(transaction.tables().of(TABLE), key), row(publish));
            Event event = Envelopes.message(publish, timetoken);
            boolean isNew = Import.isNew(transaction, transaction.tables().of(TABLE), key, row)
                    && Import.isNew(transaction, transaction.tables().of(Feed.TABLE), key, Feed.row(event));
            if (isNew) {
                transaction.put(transaction.tables().of(TABLE), key, row);
                Feed.putPast(event, transaction);
            }
            return isNew;
        }
    }
}
