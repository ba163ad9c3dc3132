package dev.manicule.server.ledger;

import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Timetoken;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Events, for catch-up. Events that are retained as long as history is: table {@link #TABLE}, channel, timetoken.
 * Transient events, which are delivered and not stored in history: {@link Recent#TABLE}. Row: one byte that says which,
 * then the envelope, ready to be sent except for its end.
 */
final class Feed {
    static final String TABLE = "feed";
    static final Family FAMILY = new Family(TABLE, Family.ALL,
            inspection -> (key, row) -> inspect(key, row, inspection));

    private static final byte TRANSIENT = 0;
    private static final byte KEPT = 1;

    private Feed() {}

    static byte[] row(Event event) {
        byte[] row = new byte[1 + event.envelope().length];
        row[0] = event.kept() ? KEPT : TRANSIENT;
        System.arraycopy(event.envelope(), 0, row, 1, event.envelope().length);
        return row;
    }

    static boolean isKept(byte[] row) {
        return row[0] == KEPT;
    }

    /** The whole envelope of the event, with nothing added to it. */
    static byte[] json(byte[] row) {
        return JsonWriter.closed(Arrays.copyOfRange(row, 1, row.length));
    }

    static Event read(Channel channel, long timetoken, byte[] row) {
        return new Event(channel, timetoken, isKept(row), Arrays.copyOfRange(row, 1, row.length));
    }

    /** Adds an event, which has the highest timetoken so far. */
    static void put(Event event, byte[] channel, Transaction transaction) {
        if (event.kept()) {
            transaction.put(transaction.tables().of(TABLE), Keys.at(channel, event.timetoken()), row(event));
        } else {
            byte[] recent = Recent.events(Recent.period(event.timetoken()), channel);
            transaction.put(transaction.tables().of(Recent.TABLE), Keys.at(recent, event.timetoken()), row(event));
        }
        transaction.put(transaction.tables().of(Channels.TABLE), channel, Keys.number(event.timetoken()));
    }

    /** Adds an event of the past, as it was delivered when it happened. */
    static void putPast(Event event, Transaction transaction) throws RocksDBException {
        byte[] channel = Keys.channel(event.channel());
        transaction.put(transaction.tables().of(TABLE), Keys.at(channel, event.timetoken()), row(event));
        byte[] last = transaction.get(transaction.tables().of(Channels.TABLE), channel);
        if (last == null || Keys.number(last) < event.timetoken()) {
            transaction.put(transaction.tables().of(Channels.TABLE), channel, Keys.number(event.timetoken()));
        }
    }

    /** The members of an event by name; empty when there is no event. */
    static Map<String, Json> parts(byte @Nullable [] row) {
        if (row == null) {
            return Map.of();
        }
        Map<String, Json> parts = JsonReader.parts(json(row));
        return parts == null ? Map.of() : parts;
    }

    /** See {@link LedgerReader#events(Channel, long, long, long, int, long)}. */
    static List<Event> after(Tables open, Channel channel, long after, long upTo, long now, int limit, long bytes)
            throws RocksDBException {
        Range range = new Range(after + 1, upTo, false);
        byte[] key = Keys.channel(channel);
        List<Event> events = new ArrayList<>();
        byte[] last = open.db.get(open.of(Channels.TABLE), key);
        if (last == null || Keys.number(last) <= after) { // true of most channels of a long list: no walk is begun
            return events;
        }
        try (VisibleWalk<Scan> walk = VisibleWalk.of(open.state(), channel, range,
                part -> new Scan(open.db, open.of(TABLE), key, part))) {
            if (walk != null) {
                addEvents(walk.walks(), channel, limit, bytes, events, walk.visible()::isEvent);
            }
        }
        int kept = events.size();
        for (long period = Math.max(Recent.period(now) - 1, 0); period <= Recent.period(now); period++) {
            Range recent = range.notBefore(now - Timetoken.SHORTLY + 1);
            if (!recent.isEmpty()) {
                try (Scan scan = new Scan(open.db, open.of(Recent.TABLE), Recent.events(period, key), recent)) {
                    addEvents(scan, channel, limit, bytes, events, event -> true);
                }
            }
        }
        if (events.size() > kept) {
            events.sort(Comparator.comparingLong(Event::timetoken));
        }
        return events.subList(0, fitting(events, limit, bytes));
    }

    private static void addEvents(Scan scan, Channel channel, int limit, long bytes, List<Event> events,
            Predicate<Event> isVisible) throws RocksDBException {
        int most = events.size() + limit;
        long left = bytes;
        for (scan.first(); scan.isValid() && events.size() < most && left > 0; scan.next()) {
            Event event = read(channel, scan.timetoken(), scan.row());
            if (isVisible.test(event)) {
                left -= event.envelope().length;
                events.add(event);
            }
        }
        scan.check();
    }

    /** How many of the first events are at most {@code limit}, and no more than it takes to be {@code bytes} together. */
    private static int fitting(List<Event> events, int limit, long bytes) {
        long left = bytes;
        int count = 0;
        while (count < Math.min(events.size(), limit) && left > 0) {
            left -= events.get(count).envelope().length;
            count++;
        }
        return count;
    }

    /** Removes an event that is too old, and what it leads to: the message or the action that it is about. */
    static void removeOld(byte[] key, byte[] event, byte[] channel, long horizon, Tables tables, WriteBuffer changes)
            throws RocksDBException {
        changes.delete(tables.of(TABLE), key);
        byte[] actionKey = Keys.otherWayRound(key);
        byte[] action = tables.db.get(tables.of(Actions.TABLE), actionKey);
        if (action != null) {
            Actions.removeOld(actionKey, action, channel, horizon, tables, changes);
            return;
        }
        changes.delete(tables.of(Messages.TABLE), key);
        long timetoken = Keys.timetoken(key, channel.length);
        long message = Envelopes.message(read(Keys.parseChannel(channel), timetoken, event));
        if (message != timetoken) {
            changes.delete(tables.of(ActionsByMessage.TABLE), ActionsByMessage.removedKey(channel, message, timetoken));
            ActionsByMessage.removeOldCount(message, channel, horizon, tables, changes); // the removal may be its last change
        }
    }

    private static void inspect(byte[] key, byte[] row, IntegrityCheck inspection) throws RocksDBException {
        Event event = read(Keys.parseChannel(key), Keys.timetoken(key), row);
        if (!inspection.visible(key).isEvent(event)) {
            return;
        }
        inspection.countEvent();
        byte[] lastOfChannel = inspection.tables().db.get(inspection.tables().of(Channels.TABLE), Keys.channelOf(key));
        if (!isKept(row) || JsonReader.tree(json(row)) == null) {
            inspection.wrong("feed: no event, at " + Keys.show(key));
        }
        if (lastOfChannel == null || Keys.number(lastOfChannel) < Keys.timetoken(key)) {
            inspection.wrong("feed: of a channel that is not known to have it, at " + Keys.show(key));
        }
        if (!GlobalFeed.has(inspection.tables(), Keys.channelOf(key), Keys.timetoken(key))) {
            inspection.wrong("feed: not in the order of all events, at " + Keys.show(key));
        }
    }

    /** Compares something that is stored with its event, which has the same key. */
    static void mustHave(String name, byte[] key, IntegrityCheck inspection) throws RocksDBException {
        if (Keys.timetoken(key) > inspection.last()) {
            inspection.wrong("%s: after the last timetoken, at %s".formatted(name, Keys.show(key)));
        }
        if (inspection.tables().db.get(inspection.tables().of(TABLE), key) == null) {
            inspection.wrong("%s: not in the feed, at %s".formatted(name, Keys.show(key)));
        }
    }
}
