package dev.manicule.server.ledger;

import dev.manicule.server.json.JsonReader;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Message;
import dev.manicule.server.model.MessageAction;
import java.nio.BufferUnderflowException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;

/**
 * Looks at every row of some tables, and holds them against each other: what is said in two places must be the same in
 * both.
 */
public final class Inspection {
    private static final int MOST_FINDINGS = 100;

    private final Snapshot snapshot;
    private final Tables tables;
    private final Progress progress;
    private final List<String> findings = new ArrayList<>();
    private final long last;
    private long messages;
    private long actions;
    private long events;
    /** The message whose actions are being counted, and what is known of them. */
    private byte @Nullable [] counted;
    private ActionCount saidCount = ActionCount.NONE;
    private ActionCount foundCount = ActionCount.NONE;

    /**
     * What was found.
     *
     * @param findings what is wrong, in words; the first of them, when there are many
     */
    public record Report(long messages, long actions, long events, long lastTimetoken, List<String> findings) {
        /** Copies the list. */
        public Report {
            findings = List.copyOf(findings);
        }
    }

    private Inspection(Snapshot snapshot, Progress progress) {
        this.snapshot = snapshot;
        this.progress = progress;
        tables = snapshot.tables;
        last = snapshot.lastTimetoken();
    }

    /** Looks at everything. What can't even be read is a finding too. */
    public static Report of(Snapshot snapshot, Progress progress) {
        Inspection inspection = new Inspection(snapshot, progress);
        inspection.everything();
        return new Report(inspection.messages, inspection.actions, inspection.events, inspection.last,
                inspection.findings);
    }

    private void everything() {
        inspect("messages", tables.messages, this::message);
        inspect("actions", tables.actions, this::action);
        inspect("actionsByMessage", tables.actionsByMessage, this::fact);
        endOfCount();
        inspect("feed", tables.feed, this::event);
        inspect("channels", tables.channels, this::channel);
        inspect("deletions", tables.deletions, Inspection::deletion);
        inspect("expiries", tables.expiries, Inspection::expiry);
        inspect("order", tables.order, (key, row) -> GlobalFeed.check(key, row, last));
        inspect("meta", tables.meta, Inspection::meta);
        inspect("recent", tables.recent, this::recent);
    }

    private void inspect(String name, ColumnFamilyHandle table, Snapshot.Visitor visitor) {
        try {
            progress.begins(name, snapshot.size(table));
            snapshot.walk(table, new byte[0], new byte[0], (key, row) -> {
                try {
                    visitor.row(key, row);
                } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException
                        | NullPointerException | ClassCastException e) {
                    wrong("%s: a row that makes no sense, at %s".formatted(name, Keys.show(key)));
                }
                progress.goesOn(1);
            });
        } catch (RocksDBException e) {
            wrong("%s: can't be read: %s".formatted(name, e.getMessage()));
        }
    }

    private void wrong(String words) {
        if (findings.size() < MOST_FINDINGS) {
            findings.add(words);
        } else if (findings.size() == MOST_FINDINGS) {
            findings.add("and more");
        }
    }

    private Visible visible(byte[] key) {
        return snapshot.visible(Keys.parseChannel(key));
    }

    private void message(byte[] key, byte[] row) throws RocksDBException {
        if (!visible(key).isMessage(timetoken(key))) {
            return; // its rows go one after the other
        }
        messages++;
        Message message = MessageRow.read(row, timetoken(key), List.of(), false);
        if (!JsonReader.isJson(message.payload().utf8())
                || (message.meta() != null && !JsonReader.isJson(message.meta().utf8()))
                || (message.uuid() != null && !JsonReader.isJson(message.uuid().utf8()))) {
            wrong("messages: not JSON, at " + Keys.show(key));
        }
        mustHaveEvent("messages", key);
    }

    private void action(byte[] key, byte[] row) throws RocksDBException {
        MessageAction action = ActionRow.read(row);
        if (!visible(key).isAction(action.messageTimetoken(), action.actionTimetoken())) {
            return;
        }
        actions++;
        byte[] event = Keys.otherWayRound(key);
        byte[] fact = tables.db.get(tables.actionsByMessage, Keys.action(channel(key), action.messageTimetoken(),
                action.type(), action.value(), action.uuid()));
        if (action.actionTimetoken() != timetoken(event) || fact == null || Keys.number(fact) != timetoken(event)) {
            wrong("actions: not on its message, at " + Keys.show(event));
        }
        mustHaveEvent("actions", event);
    }

    private void mustHaveEvent(String name, byte[] key) throws RocksDBException {
        if (timetoken(key) > last) {
            wrong("%s: after the last timetoken, at %s".formatted(name, Keys.show(key)));
        }
        if (tables.db.get(tables.feed, key) == null) {
            wrong("%s: not in the feed, at %s".formatted(name, Keys.show(key)));
        }
    }

    private void fact(byte[] key, byte[] row) throws RocksDBException {
        int channelLength = Keys.channelLength(key);
        byte[] message = Arrays.copyOf(key, channelLength + Long.BYTES);
        if (!Arrays.equals(message, counted)) {
            endOfCount();
            counted = message;
            saidCount = ActionCount.NONE;
            foundCount = ActionCount.NONE;
        }
        Keys.ActionKey fact = Keys.parseAction(key, channelLength);
        Visible visible = visible(key);
        switch (fact.kind()) {
            case COUNT -> saidCount = visible.countOn(fact.messageTimetoken(), ActionCount.read(row));
            case ACTION -> {
                if (visible.isAction(fact.messageTimetoken(), Keys.number(row))) {
                    countedAction(key, fact, row);
                }
            }
            case REMOVED -> {
                if (fact.removedAt() <= Keys.number(row)) {
                    wrong("actionsByMessage: an action was removed before it was added, at " + Keys.show(key));
                }
            }
        }
    }

    private void countedAction(byte[] key, Keys.ActionKey fact, byte[] row) throws RocksDBException {
        int channelLength = Keys.channelLength(key);
        foundCount = foundCount.plus(ActionCount.bytes(fact.type(), fact.value(), fact.uuid()), Keys.number(row));
        byte[] action = tables.db.get(tables.actions,
                Keys.newestFirst(Arrays.copyOf(key, channelLength), Keys.number(row)));
        if (action == null || !ActionRow.read(action)
                .equals(new MessageAction(fact.messageTimetoken(), fact.type(), fact.value(), fact.uuid(),
                        Keys.number(row)))) {
            wrong("actionsByMessage: no such action, at " + Keys.show(key));
        }
    }

    private void endOfCount() {
        if (counted != null && saidCount.actions() > 0 && saidCount.oldest() < visible(counted).horizon()) {
            return; // some of what is counted is too old: it is counted anew when an action is added
        }
        if (counted != null && saidCount.actions() != foundCount.actions()) {
            wrong("actionsByMessage: %d actions are said to be on a message that has %d, at %s".formatted(
                    saidCount.actions(), foundCount.actions(), Keys.show(counted)));
        } else if (counted != null && saidCount.bytes() != foundCount.bytes()) {
            wrong("actionsByMessage: the actions on a message are said to take %d bytes and take %d, at %s".formatted(
                    saidCount.bytes(), foundCount.bytes(), Keys.show(counted)));
        }
    }

    private void event(byte[] key, byte[] row) throws RocksDBException {
        Event event = FeedRow.read(Keys.parseChannel(key), timetoken(key), row);
        if (!visible(key).isEvent(event)) {
            return;
        }
        events++;
        byte[] lastOfChannel = tables.db.get(tables.channels, channel(key));
        if (!FeedRow.isKept(row) || JsonReader.tree(FeedRow.json(row)) == null) {
            wrong("feed: no event, at " + Keys.show(key));
        }
        if (lastOfChannel == null || Keys.number(lastOfChannel) < timetoken(key)) {
            wrong("feed: of a channel that is not known to have it, at " + Keys.show(key));
        }
        if (!GlobalFeed.has(tables, channel(key), timetoken(key))) {
            wrong("feed: not in the order of all events, at " + Keys.show(key));
        }
    }

    private void channel(byte[] key, byte[] row) {
        if (Keys.channelLength(key) != key.length || Keys.number(row) > last) {
            wrong("channels: makes no sense, at " + Keys.show(key));
        }
    }

    private static void deletion(byte[] key, byte[] row) {
        Deletion deletion = Deletion.read(key);
        if (deletion.from() > deletion.to() || row.length > 0) {
            throw new IllegalArgumentException("of nothing");
        }
    }

    private static void expiry(byte[] key, byte[] row) {
        var _ = Keys.parseChannel(Expiries.channel(key));
        if (Expiries.expiry(key) <= Expiries.message(key) || row.length > 0) {
            throw new IllegalArgumentException("expired before it was published");
        }
    }

    private static void meta(byte[] key, byte[] row) {
        if (Keys.startsWith(key, Keys.GROUPS)) {
            var _ = Keys.parseGroup(key);
            var _ = GroupRow.read(row);
        } else if (Keys.startsWith(key, Keys.FORMER)) {
            var _ = Keys.parseFormer(key);
            var _ = GroupRow.readFormer(row);
        } else if (Keys.startsWith(key, Keys.REVOKED)) {
            var _ = Keys.parseRevoked(key, row);
        } else if (Keys.startsWith(key, Keys.RETENTIONS)) {
            var _ = Keys.parseRetention(key);
            var _ = Horizons.Kept.read(row);
        } else if (Arrays.equals(key, Keys.ORDER)) {
            var _ = GlobalFeed.Extent.read(row);
        } else if (Arrays.equals(key, Keys.LAST_TIMETOKEN) || Arrays.equals(key, Keys.APPLIED)
                || Arrays.equals(key, Keys.RULES)) {
            var _ = Keys.number(row);
        } else if (!Keys.startsWith(key, Keys.IMPORTS)) {
            throw new IllegalArgumentException("unknown");
        }
    }

    private void recent(byte[] key, byte[] row) {
        if (Keys.number(key) > Keys.period(last) || row.length == 0) {
            wrong("recent: makes no sense, at " + Keys.show(key));
        }
    }

    private static byte[] channel(byte[] key) {
        return Arrays.copyOf(key, Keys.channelLength(key));
    }

    private static long timetoken(byte[] key) {
        return Keys.timetoken(key, Keys.channelLength(key));
    }
}
