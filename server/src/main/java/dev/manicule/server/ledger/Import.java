package dev.manicule.server.ledger;

import dev.manicule.server.limits.Limit;
import dev.manicule.server.model.Timetoken;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;

/**
 * Imports the lines of an {@link Export}, with their timetokens. Rows that exist already stay as they are; a line with
 * other content for the same timetoken ends the import. The progress is stored with the imported rows, so that an
 * interrupted import continues where it was. The tables also note that an import is under way: until it has ended, only
 * an import may open them.
 */
public final class Import implements AutoCloseable {
    /** The prefix of the keys of the number of completed lines, by the name of the import. */
    private static final byte[] BEGINNING = "import/".getBytes(StandardCharsets.US_ASCII);
    static final Family UNDER_WAY = new Family(Tables.META, BEGINNING, inspection -> (key, row) -> {
        var _ = Keys.number(row);
    });
    /**
     * The prefix of the keys of imports that have not ended, by the names of their sources. Row: the last timetoken
     * that the import will bring.
     */
    private static final byte[] IMPORTING = "importing/".getBytes(StandardCharsets.US_ASCII);
    static final Family NOT_ENDED = new Family(Tables.META, IMPORTING, inspection -> (key, row) -> {
        var _ = Keys.number(row);
    });
    /** How far the clock of the server that wrote the export may be ahead of ours. */
    private static final Duration AHEAD = Duration.ofDays(1);
    private static final int LINES_AT_ONCE = 2_000;

    private final InputStream in;
    private final Source source;
    private final ImportLimits limits;
    private final Progress progress;
    /** The last timetoken that the first line names. */
    private final long highest;
    /** The last second that anything can be of. */
    private final long latestSecond;
    /** How many groups each keyset has that got one. */
    private final Map<String, Long> groups = new HashMap<>();
    /** How many lines are done. */
    private long line = 1;
    private boolean isWhole;
    private long taken;
    private long known;

    /**
     * The result of an import.
     *
     * @param taken lines whose content is new
     * @param known lines whose content was there
     */
    public record Report(long taken, long known) {}

    /**
     * The source of an import.
     *
     * @param lines UTF-8; closed with the import, or when they are refused
     * @param name of the file, for people: an interrupted import is completed by an import of the same name
     * @param version distinguishes two exports of one name, so that an import of the same one continues where it was;
     *         null when nothing does, as with a pipe
     * @param size how many bytes they are, 0 when that is not known
     */
    public record Source(InputStream lines, String name, @Nullable String version, long size) {}

    private Import(InputStream in, Source source, ImportLimits limits, Progress progress, long highest,
            long latestSecond) {
        this.in = in;
        this.source = source;
        this.limits = limits;
        this.progress = progress;
        this.highest = highest;
        this.latestSecond = latestSecond;
    }

    /**
     * Begins to read an export, and rejects anything else by its first line.
     *
     * @param now the present time: nothing of a later time is imported
     * @param limits the limits of what a server would have accepted
     * @param progress counts bytes
     * @throws IllegalArgumentException when the first line makes no sense
     */
    public static Import begin(Source source, Instant now, ImportLimits limits, Progress progress)
            throws IOException {
        progress.begins("bytes", source.size());
        InputStream in = new BufferedInputStream(source.lines(), 1 << 20);
        try {
            byte[] first = next(in);
            if (first == null) {
                throw new IllegalArgumentException("the file is empty");
            }
            progress.goesOn(first.length + 1);
            long latest = Timetoken.of(now.plus(AHEAD));
            return new Import(in, source, limits, progress, highest(first, latest), Timetoken.seconds(latest));
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    private static long highest(byte[] first, long latest) {
        try {
            long highest = Export.Heading.read(withoutMark(first)).lastTimetoken();
            if (highest > latest) {
                throw new IllegalArgumentException("its \"lastTimetoken\" " + highest
                        + " is later than the present by more than a day, and all timetokens to come would be later still: "
                        + "correct it, or the clock of this machine");
            }
            return highest;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("line 1: " + e.getMessage(), e);
        }
    }

    /** Some editors put a byte order mark before the text of a file. */
    private static byte[] withoutMark(byte[] first) {
        boolean isMarked = Keys.startsWith(first, "\uFEFF".getBytes(StandardCharsets.UTF_8));
        return isMarked ? Arrays.copyOfRange(first, 3, first.length) : first;
    }

    /** Notes in a transaction that the import is under way, so that the tables may be incomplete. */
    void begin(Transaction transaction) {
        transaction.put(transaction.tables().of(Tables.META), key(IMPORTING, source.name()), Keys.number(highest));
    }

    private void end(Transaction transaction) {
        transaction.delete(transaction.tables().of(Tables.META), key(IMPORTING, source.name()));
    }

    /** The name of the source of the first import that has not ended; null when all have. */
    static @Nullable String notEnded(Tables tables) throws RocksDBException {
        List<String> names = new ArrayList<>();
        tables.walk(tables.of(Tables.META), IMPORTING, (key, row) -> names
                .add(new String(key, IMPORTING.length, key.length - IMPORTING.length, StandardCharsets.UTF_8)));
        return names.isEmpty() ? null : names.getFirst();
    }

    /**
     * Imports all lines.
     *
     * @throws IllegalArgumentException when a line makes no sense, naming it; the lines before it are imported
     */
    public Report into(Ledger ledger) throws IOException {
        try {
            while (ledger.hasRowsToRemove()) { // deleted data may come back
                boolean _ = ledger.removeRows();
            }
            byte[] marker = source.version() == null
                    ? null
                    : key(BEGINNING, source.name() + "/" + source.version());
            skip(ledger, marker);
            while (!isWhole) {
                batch(ledger, marker);
            }
            Transaction transaction = ledger.transaction();
            if (marker != null) {
                transaction.delete(transaction.tables().of(Tables.META), marker);
            }
            ledger.numberMessages();
            end(transaction);
            transaction.reached(Math.max(ledger.lastTimetoken(), highest));
            ledger.commit(transaction);
            ledger.flush();
            return new Report(taken, known);
        } catch (RocksDBException e) {
            throw new StorageException("Importing", e);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private void skip(Ledger ledger, byte @Nullable [] marker) throws IOException, RocksDBException {
        if (marker == null) {
            return;
        }
        Transaction transaction = ledger.transaction();
        byte[] done = transaction.get(transaction.tables().of(Tables.META), marker);
        for (long left = done == null ? 0 : Keys.number(done) - 1; left > 0; left--) {
            byte[] skipped = next(in);
            if (skipped != null) {
                progress.goesOn(skipped.length + 1);
                line++;
                known++;
            }
        }
    }

    private void batch(Ledger ledger, byte @Nullable [] marker) throws IOException, RocksDBException {
        long bytes = 0;
        IllegalArgumentException wrong = null;
        long takenBefore = taken;
        Transaction transaction = ledger.transaction();
        for (int read = 0; read < LINES_AT_ONCE && !isWhole && wrong == null; read++) {
            byte[] text = next(in);
            bytes += text == null ? 0 : text.length + 1;
            try {
                take(text, transaction);
            } catch (IllegalArgumentException e) {
                wrong = new IllegalArgumentException("line " + (line + 1) + ": " + e.getMessage(), e);
            }
        }
        if (marker != null) {
            transaction.put(transaction.tables().of(Tables.META), marker, Keys.number(line));
        }
        transaction.reached(Math.max(ledger.lastTimetoken(), highest));
        if (taken > takenBefore) {
            GlobalFeed.beginAnew(transaction);
        }
        ledger.commit(transaction);
        progress.goesOn(bytes);
        if (wrong != null) {
            ledger.numberMessages();
            Transaction last = ledger.transaction();
            end(last); // the lines before are imported, and the user gets the line number
            ledger.commit(last);
            throw wrong;
        }
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

    private void take(byte @Nullable [] bytes, Transaction transaction) throws IOException, RocksDBException {
        if (bytes == null) {
            throw new IllegalArgumentException("the last line of an export, which says how many there are, is missing: "
                    + "this one was cut short. What is there was taken in; export anew for the rest");
        }
        ExportLine text = ExportLine.read(bytes, limits);
        text.checkMembers();
        if (text.kind().equals(Export.END)) {
            end(text);
            return;
        }
        boolean isNew = Export.rows(text.kind()).take(text, this, transaction);
        taken += isNew ? 1 : 0;
        known += isNew ? 0 : 1;
        line++;
    }

    /** The last line, behind which only blank ones may stand. It is not counted as done, so that it is read again. */
    private void end(ExportLine text) throws IOException {
        long lines = text.number("lines");
        if (lines != line) {
            throw new IllegalArgumentException("says that " + lines + " lines stand before it, and there are " + line);
        }
        for (byte[] more = next(in); more != null; more = next(in)) {
            if (!ExportLine.isBlank(more)) {
                throw new IllegalArgumentException("is the last line of an export, and more follows it: "
                        + "import one export after the other");
            }
        }
        isWhole = true;
    }

    /** Whether a key has no row yet; an existing row must be the same. */
    static boolean isNew(Transaction transaction, ColumnFamilyHandle table, byte[] key, byte[] row)
            throws RocksDBException {
        byte[] there = transaction.get(table, key);
        if (there != null && !Arrays.equals(there, row)) {
            throw new IllegalArgumentException("something else is stored there already: " + Keys.show(key));
        }
        return there == null;
    }

    /** A keyset gets a group that it has not. */
    void addGroup(String keyset, Transaction transaction) throws RocksDBException {
        Long counted = groups.get(keyset);
        long withIt = (counted == null ? Groups.count(keyset, transaction.tables()) : counted) + 1;
        if (withIt > limits.of(Limit.GROUPS_BY_KEYSET)) {
            throw new IllegalArgumentException(
                    "its keyset would have " + withIt + " groups, " + limits.over(Limit.GROUPS_BY_KEYSET));
        }
        groups.put(keyset, withIt);
    }

    /** The last second that anything can be of. */
    long latestSecond() {
        return latestSecond;
    }

    /** A server whose last timetoken is lower than a stored one would give timetokens twice. */
    long known(long timetoken) {
        if (timetoken > highest) {
            throw new IllegalArgumentException(
                    "its timetoken " + timetoken + " is later than \"lastTimetoken\" in line 1, "
                            + highest + ": raise that one, if the lines are right");
        }
        return timetoken;
    }

    private static byte[] key(byte[] beginning, String name) {
        return Keys.joined(beginning, name);
    }
}
