package dev.manicule.server;

import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Keysets;
import dev.manicule.server.command.Expire;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Timetoken;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees the disk of what nobody can read any more: what is older than its keyset keeps, and what is kept for a short time
 * only. Reads hide it from the moment on that it is too old; this comes along some minutes later, on a thread of its own,
 * one channel after the other, so that nobody waits for it. Each second it notes how far the tables have come.
 */
final class Retention implements AutoCloseable {
    private static final Duration EVERY = Duration.ofMinutes(10);
    private static final int PAGE = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final Ledger ledger;
    private final Journal journal;
    private final Keysets keysets;
    private final LongSupplier now;
    /** Two threads: a sweep may take long, and the other task may not. */
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2,
            task -> Thread.ofPlatform().name("manicule-retention").daemon().unstarted(task));
    private volatile boolean closing;

    /**
     * Begins soon.
     *
     * @param now tells the present timetoken
     */
    Retention(Ledger ledger, Journal journal, Keysets keysets, LongSupplier now) {
        this.ledger = ledger;
        this.journal = journal;
        this.keysets = keysets;
        this.now = now;
        var _ = threads.scheduleWithFixedDelay(this::sweep, 0, EVERY.toSeconds(), TimeUnit.SECONDS);
        var _ = threads.scheduleWithFixedDelay(this::mark, 1, 1, TimeUnit.SECONDS);
    }

    /** Ends it; a sweep under way stops after the channel it is at. */
    @Override
    public void close() {
        closing = true;
        threads.close();
    }

    private void mark() {
        try {
            ledger.mark(now.getAsLong());
        } catch (RuntimeException e) {
            LOG.debug("{}", e.getMessage()); // of a disk that fails, the journal speaks
        }
    }

    private void sweep() {
        try {
            ledger.forget(now.getAsLong());
            for (Keyset keyset : keysets.all()) {
                if (keyset.retention() != null) {
                    sweep(keyset.subscribeKey(), Timetoken.before(now.getAsLong(), keyset.retention()));
                }
            }
        } catch (RuntimeException e) { // the disk, mostly; it is tried again
            LOG.warn("What is too old could not be freed: {}", e.getMessage());
        }
    }

    private void sweep(String keyset, long before) {
        int channels = 0;
        @Nullable Channel last = null;
        List<Channel> page;
        do {
            page = ledger.reads().channelsWithOlder(keyset, before, last, PAGE);
            for (Channel channel : page) {
                if (closing || expire(channel, before) instanceof Unavailable) {
                    return; // it goes on another time
                }
                last = channel;
                channels++;
            }
        } while (page.size() == PAGE);
        if (channels > 0) {
            LOG.info("Freed what was too old in {} channels of keyset {}", channels, keyset);
        }
    }

    private Outcome expire(Channel channel, long before) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        journal.submit(new Expire(channel, new Range(0, before - 1, false)), outcome::complete);
        return outcome.join();
    }
}
