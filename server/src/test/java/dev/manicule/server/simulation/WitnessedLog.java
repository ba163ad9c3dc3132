package dev.manicule.server.simulation;

import dev.manicule.server.command.Entry;
import dev.manicule.server.journal.EntryBytes;
import dev.manicule.server.log.AppendFailure;
import dev.manicule.server.log.Batch;
import dev.manicule.server.log.ForwardingLog;
import dev.manicule.server.log.Log;
import dev.manicule.server.log.LogException;
import dev.manicule.server.log.LogReader;
import java.nio.ByteBuffer;
import java.util.List;

/** A log whose entries are noted as soon as they are durable, and compared each time that it is opened: what was durable stays. */
final class WitnessedLog extends ForwardingLog<Entry> {
    private static final EntryBytes BYTES = new EntryBytes();

    private final History history;
    private final Scheduler scheduler;

    WitnessedLog(Log<Entry> log, History history, Scheduler scheduler) throws LogException, InterruptedException {
        super(log);
        this.history = history;
        this.scheduler = scheduler;
        if (log.end() < history.log.size()) {
            history.broken("The log ends at offset " + log.end() + ", but had " + history.log.size()
                    + " durable entries before the crash.");
        } else {
            witness(log.begin());
        }
    }

    private void witness(long from) throws LogException, InterruptedException {
        try (LogReader<Entry> reader = reader(from)) {
            for (Batch<Entry> batch = reader.next(0); batch != null; batch = reader.next(0)) {
                long offset = batch.firstOffset();
                for (Entry entry : batch.entries()) {
                    witness(offset, batch.time(), entry);
                    offset++;
                }
            }
        }
    }

    private void witness(long offset, long time, Entry entry) {
        ByteBuffer bytes = ByteBuffer.wrap(BYTES.encode(entry));
        if (offset < history.log.size()) {
            History.LogEntry known = history.log.get((int) offset);
            if (known.time() != time || !known.bytes().equals(bytes)) {
                history.broken("The entry at offset " + offset + " is another one than before.");
            }
        } else if (offset > history.log.size()) {
            history.broken("The log has offset " + offset + " but not " + history.log.size() + ".");
        } else {
            int step = history.note("log", "entry %d is durable", offset);
            history.log.add(new History.LogEntry(offset, time, entry, bytes, step));
        }
    }

    private void witnessNew() {
        try {
            if (end() > history.log.size()) {
                witness(history.log.size());
            }
        } catch (LogException e) {
            history.note("log", "could not be read: %s", e); // by the disk's fault: it is read later
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void append(List<Entry> entries, AppendFailure onFailure) {
        entries.forEach(history::appending);
        scheduler.meanwhile();
        super.append(entries, (reason, inDoubt) -> {
            history.note("log", "an append fails%s: %s", inDoubt ? " in doubt" : "", reason);
            onFailure.failed(reason, inDoubt);
        });
        witnessNew();
        scheduler.meanwhile();
    }

    @Override
    public boolean resolveDoubt() {
        boolean isResolved = super.resolveDoubt();
        witnessNew();
        scheduler.meanwhile();
        return isResolved;
    }
}
