package dev.manicule.server.ledger;

import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.Command.Delivery;
import dev.manicule.server.model.Command.Publish;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Timetoken;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;

/**
 * Takes in the lines of an {@link Export}, with the timetokens they have. What is there already stays as it is; a line that
 * says something else of the same timetoken ends the import. How far it has come is stored with what it took in, so that
 * one that was cut short goes on where it was.
 */
public final class Import {
    private static final int LINES_AT_ONCE = 2_000;

    private final Ledger ledger;
    /** The last timetoken that the first line names. */
    private long highest;
    private long line;
    private long taken;
    private long known;

    /**
     * What an import did.
     *
     * @param taken lines whose content is new
     * @param known lines whose content was there
     */
    public record Report(long taken, long known) {}

    private Import(Ledger ledger) {
        this.ledger = ledger;
    }

    /**
     * Takes in all lines.
     *
     * @param lines UTF-8; closed at the end
     * @param name by which an import that was cut short is known again: two different exports have two different ones; null
     *        when it can't be known again, as when it comes out of a pipe
     * @param size how many bytes they are, 0 when that is not known
     * @param progress counts bytes
     * @throws IllegalArgumentException when a line makes no sense, naming it; what stood before it is taken in
     */
    public static Report read(Ledger ledger, InputStream lines, @Nullable String name, long size, Progress progress)
            throws IOException {
        return new Import(ledger).all(lines, name, size, progress);
    }

    private Report all(InputStream lines, @Nullable String name, long size, Progress progress) throws IOException {
        progress.begins("bytes", size);
        try (InputStream in = new BufferedInputStream(lines, 1 << 20)) {
            byte[] first = next(in);
            if (first == null) {
                throw new IllegalArgumentException("the file is empty");
            }
            line = 1;
            highest = heading(first).lastTimetoken();
            progress.goesOn(first.length + 1);
            byte[] marker = name == null ? null : Keys.importUnderWay(name);
            skip(in, marker, progress);
            while (true) {
                int read = batch(in, marker, progress);
                if (read < LINES_AT_ONCE) {
                    break;
                }
            }
            try (Draft draft = ledger.draft()) {
                if (marker != null) {
                    draft.delete(draft.tables().meta, marker);
                }
                draft.reached(Math.max(ledger.lastTimetoken(), highest));
                ledger.commit(draft);
            }
            return new Report(taken, known);
        } catch (RocksDBException e) {
            throw new StorageException("Importing", e);
        }
    }

    private static Export.Heading heading(byte[] first) {
        try {
            return Export.Heading.read(first);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("line 1: " + e.getMessage(), e);
        }
    }

    private void skip(InputStream in, byte @Nullable [] marker, Progress progress)
            throws IOException, RocksDBException {
        if (marker == null) {
            return;
        }
        byte[] done;
        try (Draft draft = ledger.draft()) {
            done = draft.get(draft.tables().meta, marker);
        }
        for (long left = done == null ? 0 : Keys.number(done) - 1; left > 0; left--) {
            byte[] skipped = next(in);
            if (skipped != null) {
                progress.goesOn(skipped.length + 1);
                line++;
                known++;
            }
        }
    }

    private int batch(InputStream in, byte @Nullable [] marker, Progress progress)
            throws IOException, RocksDBException {
        int read = 0;
        long bytes = 0;
        IllegalArgumentException wrong = null;
        try (Draft draft = ledger.draft()) {
            while (read < LINES_AT_ONCE && wrong == null) {
                byte[] text = next(in);
                if (text == null) {
                    break;
                }
                read++;
                line++;
                bytes += text.length + 1;
                try {
                    take(ExportLine.read(text), draft);
                } catch (IllegalArgumentException e) {
                    wrong = new IllegalArgumentException("line " + line + ": " + e.getMessage(), e);
                    line--;
                }
            }
            if (marker != null) {
                draft.put(draft.tables().meta, marker, Keys.number(line));
            }
            draft.reached(Math.max(ledger.lastTimetoken(), highest));
            ledger.commit(draft);
        }
        progress.goesOn(bytes);
        if (wrong != null) {
            throw wrong;
        }
        return read;
    }

    /** The next line, null at the end. */
    private static byte @Nullable [] next(InputStream in) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream(256);
        int b = in.read();
        if (b < 0) {
            return null;
        }
        for (; b >= 0 && b != '\n'; b = in.read()) {
            text.write(b);
        }
        return text.toByteArray();
    }

    private void take(ExportLine text, Draft draft) throws RocksDBException {
        text.checkMembers();
        boolean isNew = switch (text.kind()) {
            case "group" -> group(text, draft);
            case "revocation" -> revocation(text, draft);
            case "message" -> message(text, draft);
            case "action" -> action(text, draft);
            default -> throw new IllegalArgumentException("of an unknown kind: " + text.kind());
        };
        taken += isNew ? 1 : 0;
        known += isNew ? 0 : 1;
    }

    /** Whether nothing is at a key yet; what is there must be the same. */
    private static boolean isNew(Draft draft, ColumnFamilyHandle table, byte[] key, byte[] row)
            throws RocksDBException {
        byte[] there = draft.get(table, key);
        if (there != null && !Arrays.equals(there, row)) {
            throw new IllegalArgumentException("something else is stored there already: " + Keys.show(key));
        }
        return there == null;
    }

    /** A server whose last timetoken is lower than what it stores would give timetokens twice. */
    private long known(long timetoken) {
        if (timetoken > highest) {
            throw new IllegalArgumentException(
                    "its timetoken " + timetoken + " is later than \"lastTimetoken\" in line 1, "
                            + highest + ": raise that one, if the lines are right");
        }
        return timetoken;
    }

    /** A group that is there already gets the channels that it has not. */
    private static boolean group(ExportLine text, Draft draft) throws RocksDBException {
        ChannelGroup group = text.group();
        Map<String, Json> channels = JsonReader
                .parts(text.parts().getOrDefault("channels", new Json(new byte[0])).utf8());
        if (channels == null) {
            throw new IllegalArgumentException("has no \"channels\"");
        }
        byte[] row = draft.get(draft.tables().meta, Keys.group(group));
        Map<String, Long> members = row == null ? new TreeMap<>() : GroupRow.read(row);
        int before = members.size();
        for (Map.Entry<String, Json> channel : channels.entrySet()) {
            String quoted = channel.getValue().toString();
            long since = quoted.length() < 3
                    ? -1
                    : Timetoken.parse(quoted.substring(1, quoted.length() - 1));
            if (since < 0) {
                throw new IllegalArgumentException("no timetoken: " + quoted);
            }
            int bytes = channel.getKey().getBytes(StandardCharsets.UTF_8).length;
            if (bytes == 0 || bytes > Channel.MAX_NAME_BYTES) {
                throw new IllegalArgumentException("no name of a channel: " + channel.getKey());
            }
            members.putIfAbsent(channel.getKey(), since);
        }
        if (members.size() > ChannelGroup.MAX_CHANNELS) {
            throw new IllegalArgumentException(
                    "the group would have more than " + ChannelGroup.MAX_CHANNELS + " channels");
        }
        draft.put(draft.tables().meta, Keys.group(group), GroupRow.of(members));
        return members.size() > before;
    }

    private static boolean revocation(ExportLine text, Draft draft) throws RocksDBException {
        byte[] row = Keys.number(text.number("since"));
        boolean isNew = isNew(draft, draft.tables().meta, text.key(), row);
        draft.put(draft.tables().meta, text.key(), row);
        return isNew;
    }

    private boolean message(ExportLine text, Draft draft) throws RocksDBException {
        Channel channel = text.channel();
        long timetoken = known(text.timetoken("timetoken"));
        Json payload = text.json("payload");
        if (payload == null || timetoken == 0) {
            throw new IllegalArgumentException(payload == null ? "has no \"payload\"" : "has no timetoken");
        }
        Publish publish = new Publish(channel, payload, text.json("meta"),
                text.has("uuid") ? text.text("uuid") : null,
                text.has("type") ? text.text("type") : null,
                text.has("sequence") ? (Long) text.number("sequence") : null, text.json("origin"),
                Delivery.STORED);
        byte[] key = text.key();
        byte[] row = MessageRow.of(publish);
        Event event = Envelopes.message(publish, timetoken);
        boolean isNew = isNew(draft, draft.tables().messages, key, row)
                && isNew(draft, draft.tables().feed, key, FeedRow.of(event));
        if (isNew) {
            draft.put(draft.tables().messages, key, row);
            tell(event, draft);
        }
        return isNew;
    }

    private boolean action(ExportLine text, Draft draft) throws RocksDBException {
        Channel channel = text.channel();
        MessageAction action = text.action();
        Tables tables = draft.tables();
        byte[] key = Keys.channel(channel);
        byte[] row = ActionRow.of(action);
        byte[] fact = Keys.action(key, action.messageTimetoken(), action.type(), action.value(), action.uuid());
        byte[] timetoken = Keys.number(known(action.actionTimetoken()));
        Event event = Envelopes.added(channel, action);
        boolean isNew = isNew(draft, tables.actions, text.key(), row)
                && isNew(draft, tables.actionsByMessage, fact, timetoken)
                && isNew(draft, tables.feed, Keys.at(key, action.actionTimetoken()), FeedRow.of(event));
        if (isNew) {
            byte[] countKey = Keys.actionCount(key, action.messageTimetoken());
            byte[] count = draft.get(tables.actionsByMessage, countKey);
            draft.put(tables.actions, text.key(), row);
            draft.put(tables.actionsByMessage, fact, timetoken);
            draft.put(tables.actionsByMessage, countKey, ActionCount.read(count)
                    .plus(ActionCount.bytes(action.type(), action.value(), action.uuid()))
                    .row());
            tell(event, draft);
        }
        return isNew;
    }

    /** Puts the event into the feed, as it was told when it happened. */
    private static void tell(Event event, Draft draft) throws RocksDBException {
        byte[] channel = Keys.channel(event.channel());
        draft.put(draft.tables().feed, Keys.at(channel, event.timetoken()), FeedRow.of(event));
        byte[] last = draft.get(draft.tables().channels, channel);
        if (last == null || Keys.number(last) < event.timetoken()) {
            draft.put(draft.tables().channels, channel, Keys.number(event.timetoken()));
        }
    }
}
