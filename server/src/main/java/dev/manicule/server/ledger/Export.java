package dev.manicule.server.ledger;

import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.Channel;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Writes what is stored as lines of JSON: a heading; then groups, revoked tokens, messages and actions, each kind in the
 * order of its keys; and a last one that says how many stand before it. The same content always makes the same bytes.
 *
 * <p>JSON that was published goes into its line as it is; if it has line breaks (between its tokens), as a string.
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
     * Writes everything, or continues an interrupted export.
     *
     * @param done what an earlier one has written, as its first and its last whole line; null for none
     * @return how many lines the export has
     * @throws IOException when they can't be written
     * @throws IllegalArgumentException when the existing content is not the beginning of an export
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
     * What an interrupted export has written.
     *
     * @param first its first line
     * @param last its last whole line
     * @param lines how many whole lines there are
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Done(byte[] first, byte[] last, long lines) {}

    /** The first line. */
    record Heading(long lastTimetoken) {
        /** The order of the lines, written so that an export in another order is not continued. */
        private static final String ORDER = "newestActionsFirst";

        JsonWriter text() {
            return new JsonWriter().object()
                    .member("manicule", "export")
                    .member("form", FORM)
                    .quoted("lastTimetoken", lastTimetoken)
                    .member("order", ORDER)
                    .end();
        }

        /** The heading of an interrupted export that is to be continued. */
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
        String kind = after == null ? null : after.kind();
        if (END.equals(kind)) {
            return;
        }
        byte[] next = after == null ? new byte[0] : Keys.directlyAfter(rows(after.kind()).key(after));
        boolean isReached = after == null;
        for (Family family : Tables.FAMILIES) {
            Family.Exported rows = family.exported();
            if (rows == null) {
                continue;
            }
            boolean isHere = rows.kind().equals(kind);
            if (isReached || isHere) {
                byte[] from = isHere ? next : family.beginning();
                progress.begins(rows.kind() + "s", snapshot.size(tables.of(family.table())));
                snapshot.walk(tables.of(family.table()), from, family.beginning(), (key, row) -> {
                    JsonWriter text = rows.line(key, row, this);
                    if (text != null) {
                        line(text);
                    }
                    progress.goesOn(1);
                });
                isReached = true;
            }
        }
        line(new JsonWriter().object().member("kind", END).member("lines", lines).end());
    }

    /**
     * Rows that are exported, by what their lines call their kind.
     *
     * @throws IllegalArgumentException when there are no such lines
     */
    static Family.Exported rows(String kind) {
        for (Family family : Tables.FAMILIES) {
            if (family.exported() != null && family.exported().kind().equals(kind)) {
                return family.exported();
            }
        }
        throw new IllegalArgumentException("of an unknown kind: " + kind);
    }

    /** The tables that are exported. */
    Tables tables() {
        return tables;
    }

    /** Which rows of a channel are visible. */
    Visible visible(Channel channel) {
        return snapshot.visible(channel);
    }

    /** Whether something with this timetoken belongs to the export. */
    boolean isDue(long timetoken) {
        return timetoken <= upTo;
    }

    /** The beginning of a line. */
    static JsonWriter begin(String kind, String keyset) {
        return new JsonWriter(256).object().member("kind", kind).member("keyset", keyset);
    }

    /** Appends JSON that a client sent, as it is, or as a string where it has line breaks; nothing for null. */
    static void part(String name, @Nullable Json value, JsonWriter json) {
        if (value == null) {
            return;
        }
        boolean isOneLine = true;
        for (byte b : value.utf8()) {
            isOneLine &= b != '\n' && b != '\r';
        }
        if (isOneLine) {
            json.member(name, value);
        } else {
            json.member(name + "Text", value.toString());
        }
    }

    private void line(JsonWriter json) {
        try {
            out.write(json.toLine());
            lines++;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
