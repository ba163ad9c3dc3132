package dev.manicule.server.ledger;

import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonText;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.Message;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Revocation;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;

/**
 * Writes what is stored as lines of JSON: a heading; then groups, revoked tokens, messages and actions, each kind in the
 * order of its keys; and a last one that says how many stand before it. The same content always makes the same bytes.
 *
 * <p>JSON that somebody published goes into its line as it is; if it has line breaks (between its tokens), as a string.
 */
public final class Export {
    /** The form of the lines. */
    static final int FORM = 1;
    /** The kind of the last line. */
    static final String END = "end";

    private final Snapshot snapshot;
    private final Tables tables;
    private final OutputStream out;
    private final Progress progress;
    private final long upTo;
    private long lines;

    private Export(Snapshot snapshot, OutputStream out, Progress progress, long upTo) {
        this.snapshot = snapshot;
        this.out = out;
        this.progress = progress;
        this.upTo = upTo;
        tables = snapshot.tables;
    }

    /**
     * Writes everything, or goes on where an earlier one was cut short.
     *
     * @param done what an earlier one has written, as its first and its last whole line; null for none
     * @return how many lines the export has
     * @throws IOException when they can't be written
     * @throws IllegalArgumentException when what is there is not the beginning of an export
     */
    public static long write(Snapshot snapshot, OutputStream out, @Nullable Done done, Progress progress)
            throws IOException {
        Heading heading = done == null ? new Heading(snapshot.lastTimetoken()) : Heading.begun(done.first());
        Export export = new Export(snapshot, out, progress, heading.lastTimetoken());
        export.lines = done == null ? 0 : done.lines();
        try {
            if (done == null) {
                export.line(heading.text());
            }
            export.everything(done == null || Arrays.equals(done.first(), done.last()) ? null : done.last());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (RocksDBException e) {
            throw new StorageException("Exporting", e);
        }
        return export.lines;
    }

    /**
     * What an export that was cut short has written.
     *
     * @param first its first line
     * @param last its last whole line
     * @param lines how many whole lines there are
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Done(byte[] first, byte[] last, long lines) {}

    /** The first line. */
    record Heading(long lastTimetoken) {
        /** The order of the lines, said so that one that was begun in another order is not gone on with. */
        private static final String ORDER = "newestActionsFirst";

        JsonText text() {
            return new JsonText().raw("{\"manicule\":\"export\",\"form\":")
                    .number(FORM)
                    .raw(",\"lastTimetoken\":")
                    .quoted(lastTimetoken)
                    .raw(",\"order\":")
                    .quoted(ORDER)
                    .raw("}");
        }

        /** What another was begun with that is to be gone on with. */
        static Heading begun(byte[] line) {
            try {
                return read(line);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "it was not begun by this version (" + e.getMessage() + "): take it away and begin anew", e);
            }
        }

        static Heading read(byte[] line) {
            ExportLine heading = ExportLine.read(line);
            if (!heading.has("manicule") || !heading.text("manicule").equals("export")) {
                throw new IllegalArgumentException("no export of Manicule: its first line says something else");
            }
            heading.checkMembers(Set.of("manicule", "form", "lastTimetoken", "order"));
            if (heading.number("form") != FORM) {
                throw new IllegalArgumentException("an export of another form (" + heading.number("form")
                        + ") than this version knows (" + FORM + ")");
            }
            if (!heading.has("order")) {
                throw new IllegalArgumentException(
                        "an export of an earlier version, which does not say how many lines it has: "
                                + "export anew with this version");
            }
            if (!heading.text("order").equals(ORDER)) {
                throw new IllegalArgumentException("an export in another order (" + heading.text("order")
                        + ") than this version knows (" + ORDER + ")");
            }
            return new Heading(heading.timetoken("lastTimetoken"));
        }
    }

    private void everything(byte @Nullable [] last) throws RocksDBException {
        ExportLine after = last == null ? null : ExportLine.read(last);
        List<Part> parts = List.of(new Part("group", tables.meta, Keys.GROUPS, this::group),
                new Part("revocation", tables.meta, Keys.REVOKED, this::revocation),
                new Part("message", tables.messages, new byte[0], this::message),
                new Part("action", tables.actions, new byte[0], this::action));
        String kind = after == null ? null : after.kind();
        if (END.equals(kind)) {
            return;
        }
        byte[] next = after == null ? new byte[0] : Keys.directlyAfter(after.key());
        boolean isReached = after == null;
        for (Part part : parts) {
            boolean isHere = part.kind().equals(kind);
            if (isReached || isHere) {
                byte[] from = isHere ? next : part.prefix();
                progress.begins(part.kind() + "s", snapshot.size(part.table()));
                snapshot.walk(part.table(), from, part.prefix(), (key, row) -> {
                    part.visitor().row(key, row);
                    progress.goesOn(1);
                });
                isReached = true;
            }
        }
        line(new JsonText().raw("{\"kind\":\"").raw(END).raw("\",\"lines\":").number(lines).raw("}"));
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Part(String kind, ColumnFamilyHandle table, byte[] prefix, Snapshot.Visitor visitor) {}

    private void group(byte[] key, byte[] row) {
        ChannelGroup group = Keys.parseGroup(key);
        JsonText json = begin("group", group.keyset()).raw(",\"group\":").quoted(group.name()).raw(",\"channels\":{");
        String comma = "";
        for (Map.Entry<String, Long> member : GroupRow.read(row).entrySet()) {
            json.raw(comma).quoted(member.getKey()).raw(":").quoted(member.getValue());
            comma = ",";
        }
        line(json.raw("}}"));
    }

    private void revocation(byte[] key, byte[] row) {
        Revocation revocation = Keys.parseRevoked(key, row);
        line(begin("revocation", revocation.keyset()).raw(",\"token\":")
                .quoted(revocation.token())
                .raw(",\"expiry\":")
                .number(revocation.expiry())
                .raw(",\"since\":")
                .number(Keys.number(row))
                .raw("}"));
    }

    private void message(byte[] key, byte[] row) throws RocksDBException {
        Channel channel = Keys.parseChannel(key);
        long timetoken = Keys.timetoken(key, Keys.channelLength(key));
        if (timetoken > upTo || !snapshot.visible(channel).isMessage(timetoken)) {
            return;
        }
        Message message = MessageRow.read(row, timetoken, List.of(), false);
        JsonText json = begin("message", channel.keyset()).raw(",\"channel\":")
                .quoted(channel.name())
                .raw(",\"timetoken\":")
                .quoted(timetoken);
        if (message.uuid() != null) {
            json.raw(",\"uuid\":").raw(message.uuid());
        }
        if (message.customType() != null) {
            json.raw(",\"type\":").raw(message.customType());
        }
        Map<String, Json> envelope = envelope(tables.db.get(tables.feed, key));
        part("sequence", envelope.get("s"), json);
        part("origin", envelope.get("o"), json);
        part("meta", message.meta(), json);
        part("payload", message.payload(), json);
        line(json.raw("}"));
    }

    /** What of a message only its event knows. */
    private static Map<String, Json> envelope(byte @Nullable [] row) {
        if (row == null) {
            return Map.of();
        }
        Map<String, Json> parts = JsonReader.parts(FeedRow.json(row));
        return parts == null ? Map.of() : parts;
    }

    private void action(byte[] key, byte[] row) {
        Channel channel = Keys.parseChannel(key);
        MessageAction action = ActionRow.read(row);
        if (action.actionTimetoken() > upTo
                || !snapshot.visible(channel).isAction(action.messageTimetoken(), action.actionTimetoken())) {
            return;
        }
        line(begin("action", channel.keyset()).raw(",\"channel\":")
                .quoted(channel.name())
                .raw(",\"messageTimetoken\":")
                .quoted(action.messageTimetoken())
                .raw(",\"type\":")
                .quoted(action.type())
                .raw(",\"value\":")
                .quoted(action.value())
                .raw(",\"uuid\":")
                .quoted(action.uuid())
                .raw(",\"actionTimetoken\":")
                .quoted(action.actionTimetoken())
                .raw("}"));
    }

    private static JsonText begin(String kind, String keyset) {
        return new JsonText(256).raw("{\"kind\":\"").raw(kind).raw("\",\"keyset\":").quoted(keyset);
    }

    private static void part(String name, @Nullable Json value, JsonText json) {
        if (value == null) {
            return;
        }
        boolean isOneLine = true;
        for (byte b : value.utf8()) {
            isOneLine &= b != '\n' && b != '\r';
        }
        json.raw(",\"").raw(name).raw(isOneLine ? "\":" : "Text\":");
        if (isOneLine) {
            json.raw(value);
        } else {
            json.quoted(value.toString());
        }
    }

    private void line(JsonText json) {
        try {
            out.write(json.raw("\n").toBytes());
            lines++;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
