package dev.manicule.server.ledger;

import java.nio.BufferUnderflowException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.rocksdb.RocksDBException;

/**
 * Checks every row of some tables, and compares the rows with each other: what is stored in two places must be the same
 * in both.
 */
public final class IntegrityCheck {
    private static final int MOST_FINDINGS = 100;

    private final Snapshot snapshot;
    private final Tables tables;
    private final Predicate<String> hasBytes;
    private final Progress progress;
    private final List<String> findings = new ArrayList<>();
    private final long last;
    private long messages;
    private long actions;
    private long events;

    /**
     * The result of a check.
     *
     * @param findings what is wrong, in words; the first of them, when there are many
     */
    public record Report(long messages, long actions, long events, long lastTimetoken, List<String> findings) {
        /** Copies the list. */
        public Report {
            findings = List.copyOf(findings);
        }
    }

    private IntegrityCheck(Snapshot snapshot, Predicate<String> hasBytes, Progress progress) {
        this.hasBytes = hasBytes;
        this.snapshot = snapshot;
        this.progress = progress;
        tables = snapshot.tables;
        last = snapshot.lastTimetoken();
    }

    /** Checks everything. A row that can't be read is a finding too. */
    public static Report of(Snapshot snapshot, Progress progress) {
        return of(snapshot, place -> true, progress);
    }

    /**
     * The same, and whether files have their bytes.
     *
     * @param hasBytes whether there are bytes at a place
     */
    public static Report of(Snapshot snapshot, Predicate<String> hasBytes, Progress progress) {
        IntegrityCheck inspection = new IntegrityCheck(snapshot, hasBytes, progress);
        inspection.everything();
        return new Report(inspection.messages, inspection.actions, inspection.events, inspection.last,
                inspection.findings);
    }

    private void everything() {
        Tables.NAMES.forEach(this::inspect);
    }

    private void inspect(String table) {
        String name = table.equals(Tables.META) ? "meta" : table;
        List<Family> families = Tables.FAMILIES.stream().filter(family -> family.table().equals(table)).toList();
        List<Family.Inspector> inspectors = families.stream().map(family -> family.inspectors().apply(this)).toList();
        try {
            progress.begins(name, snapshot.size(tables.of(table)));
            snapshot.walk(tables.of(table), Family.ALL, Family.ALL, (key, row) -> {
                try {
                    inspectors.get(place(key, families)).row(key, row);
                } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException
                        | NullPointerException | ClassCastException e) {
                    wrong("%s: a row that makes no sense, at %s".formatted(name, Keys.show(key)));
                }
                progress.goesOn(1);
            });
        } catch (RocksDBException e) {
            wrong("%s: can't be read: %s".formatted(name, e.getMessage()));
        }
        inspectors.forEach(Family.Inspector::end);
    }

    /** Which family a row is of. */
    private static int place(byte[] key, List<Family> families) {
        for (int place = 0; place < families.size(); place++) {
            if (Keys.startsWith(key, families.get(place).beginning())) {
                return place;
            }
        }
        throw new IllegalArgumentException("unknown");
    }

    /** The tables that are looked at. */
    Tables tables() {
        return tables;
    }

    /** The last timetoken that they know. */
    long last() {
        return last;
    }

    /** Whether the bytes of a file are at a place. */
    boolean hasBytes(String place) {
        return hasBytes.test(place);
    }

    void countMessage() {
        messages++;
    }

    void countAction() {
        actions++;
    }

    void countEvent() {
        events++;
    }

    /** Notes that something is wrong, in words. */
    void wrong(String words) {
        if (findings.size() < MOST_FINDINGS) {
            findings.add(words);
        } else if (findings.size() == MOST_FINDINGS) {
            findings.add("and more");
        }
    }

    /** Which rows of a key's channel are visible. */
    Visible visible(byte[] key) {
        return snapshot.visible(Keys.parseChannel(key));
    }
}
