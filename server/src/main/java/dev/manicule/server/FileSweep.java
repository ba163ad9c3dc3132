package dev.manicule.server;

import dev.manicule.server.api.FileTransfers;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.ExpireFiles;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Tick;
import dev.manicule.server.files.FileStore;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.ledger.LedgerReader.FilePage;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.ledger.StorageException;
import dev.manicule.server.model.StoredFile;
import dev.manicule.server.model.Timetoken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes files that are older than the retention of their keyset, and bytes that no file has: those of an upload that a crash
 * has ended, or of a file that was deleted just before one. On a thread of its own, at the start and every hour.
 */
final class FileSweep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileSweep.class);
    private static final Duration EVERY = Duration.ofHours(1);
    /** How many files a command deletes: about a millisecond of work. */
    private static final int AT_ONCE = 100;
    private static final int PAGE = 1_000;

    private final LedgerReader ledger;
    private final Journal journal;
    private final FileStore store;
    private final FileTransfers transfers;
    private final Function<String, @Nullable Duration> retention;
    private final LongSupplier now;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("manicule-files").daemon().unstarted(task));

    /** How long files of a keyset are kept, and the present timetoken. */
    record Time(Function<String, @Nullable Duration> retention, LongSupplier now) {}

    /** Begins soon. */
    FileSweep(LedgerReader ledger, Journal journal, FileStore store, FileTransfers transfers, Time time) {
        this.ledger = ledger;
        this.journal = journal;
        this.store = store;
        this.transfers = transfers;
        retention = time.retention();
        now = time.now();
        var _ = thread.scheduleWithFixedDelay(this::sweepQuietly, 1, EVERY.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        thread.close();
    }

    private void sweepQuietly() {
        try {
            sweep();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server stops
        } catch (IOException | StorageException | UncheckedIOException | CompletionException e) {
            LOG.warn("Old files could not be deleted; the next attempt is in an hour: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("Old files could not be deleted", e);
        }
    }

    private void sweep() throws IOException, InterruptedException {
        if (isIdle()) {
            return; // a server without files writes nothing for them
        }
        if (!(await(new Tick()) instanceof Tick.Ticked)) {
            return; // it is not known yet which files there are
        }
        expire();
        store.forEachPlace(place -> {
            if (Thread.interrupted()) {
                throw new CompletionException("the server stops", null);
            }
            String id = FileStore.idOf(place);
            if (transfers.mayDelete(place)) { // first: it is decided before the row is read
                StoredFile file = StoredFile.isId(id) ? ledger.file(id) : null;
                if (file == null || !file.content().place().equals(place)) {
                    transfers.delete(place);
                }
            }
        });
    }

    private boolean isIdle() throws IOException {
        if (!ledger.files("", 1).files().isEmpty()) {
            return false;
        }
        AtomicBoolean hasBytes = new AtomicBoolean();
        store.forEachPlace(place -> hasBytes.set(true));
        return !hasBytes.get();
    }

    private void expire() throws InterruptedException {
        List<String> old = new ArrayList<>();
        String after = "";
        while (after != null) {
            FilePage page = ledger.files(after, PAGE);
            for (StoredFile file : page.files()) {
                Duration kept = retention.apply(file.channel().keyset());
                if (kept != null && file.created() < Timetoken.before(now.getAsLong(), kept)) {
                    old.add(file.id());
                }
                if (old.size() == AT_ONCE) {
                    expire(old);
                    old.clear();
                }
            }
            after = page.next();
        }
        if (!old.isEmpty()) {
            expire(old);
        }
    }

    private void expire(List<String> ids) throws InterruptedException {
        if (await(new ExpireFiles(ids)) instanceof ExpireFiles.FilesExpired(List<String> places)) {
            places.forEach(transfers::delete);
        }
    }

    private <O extends Outcome> O await(Command<O> command)
            throws InterruptedException {
        CompletableFuture<O> decided = new CompletableFuture<>();
        journal.submit(command, decided::complete);
        try {
            return decided.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("it is never completed so", e);
        }
    }
}
