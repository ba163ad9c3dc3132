package dev.manicule.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.api.PageCache.Page;
import dev.manicule.server.command.AddAction;
import dev.manicule.server.http.Response;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.ledger.Transaction;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Range;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageCacheTest {
    private static final Channel ROOM = new Channel("demo", "room");
    private static final Key NEWEST = new Key(ROOM, 100);

    private static final int READERS = 2;
    private static final int ADDS = 3000;

    private final PageCache pages = new PageCache(channel -> 0, 1 << 20);

    private record Key(Channel channel, int limit) implements PageCache.PageKey {}

    private static Page page(int bytes, long oldest) {
        return new Page(Response.json(200, new byte[bytes]), oldest);
    }

    @Test
    void pageIsValidForOneVersion() {
        Page page = page(10, 5);
        pages.keep(NEWEST, 4, 0, page);
        assertThat(pages.kept(NEWEST, 4, 0)).isSameAs(page);
        assertThat(pages.kept(NEWEST, 6, 0)).isNull();
        assertThat(pages.kept(new Key(ROOM, 99), 4, 0)).isNull();
        assertThat(pages.kept(new Key(new Channel("demo", "other"), 100), 4, 0)).isNull();
    }

    @Test
    void pageReadDuringAChangeIsNotCached() {
        pages.keep(NEWEST, 5, 0, page(10, 5));
        assertThat(pages.kept(NEWEST, 5, 0)).isNull();
    }

    @Test
    void pageExpiresWithItsOldestRow() {
        pages.keep(NEWEST, 4, 0, page(10, 5));
        assertThat(pages.kept(NEWEST, 4, 5)).isNotNull();
        assertThat(pages.kept(NEWEST, 4, 6)).isNull();
    }

    @Test
    void pageExpiresWhenMoreIsVisible() {
        pages.keep(NEWEST, 4, 3, page(10, 5));
        assertThat(pages.kept(NEWEST, 4, 3)).isNotNull();
        assertThat(pages.kept(NEWEST, 4, 2)).isNull();
    }

    @Test
    void cacheIsBounded() {
        for (int limit = 0; limit < 1000; limit++) {
            pages.keep(new Key(ROOM, limit), 4, 0, page(10_000, 5));
        }
        long kept = 0;
        for (int limit = 0; limit < 1000; limit++) {
            kept += pages.kept(new Key(ROOM, limit), 4, 0) == null ? 0 : 1;
        }
        assertThat(kept).isBetween(50L, 104L); // of a mebibyte
        assertThat(pages.kept(new Key(ROOM, 999), 4, 0)).as("the latest").isNotNull();
    }

    @Test
    void pageIsCachedFromTheSecondRequestOn() {
        assertThat(pages.isAskedAgain(NEWEST)).isFalse();
        assertThat(pages.isAskedAgain(NEWEST)).isTrue();
        assertThat(pages.isAskedAgain(new Key(ROOM, 99))).isFalse();
        assertThat(pages.isAskedAgain(NEWEST)).isTrue();
    }

    @Test
    void veryLargePageIsNotCached() {
        pages.keep(NEWEST, 4, 0, page(300_000, 5));
        assertThat(pages.kept(NEWEST, 4, 0)).isNull();
    }

    /** Adds are committed one after the other; each reader, in turns without pages and with, never sees an older newest. */
    @Test
    void readerNeverSeesAnOlderPage(@TempDir Path folder) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        try (Ledger ledger = Ledger.open(folder); ExecutorService readers = Executors.newFixedThreadPool(READERS)) {
            List<Future<Long>> results = new ArrayList<>();
            for (int reader = 0; reader < READERS; reader++) {
                results.add(readers.submit(() -> readUntil(done, ledger.reads())));
            }
            for (int n = 1; n <= ADDS; n++) {
                Transaction transaction = ledger.transaction();
                assertThat(ledger.apply(new AddAction(ROOM, 1, "r", "v", "u" + n), n, transaction)).isNotNull();
                ledger.commit(transaction);
            }
            done.set(true);
            for (Future<Long> fromPages : results) {
                assertThat(fromPages.get()).as("pages were of use").isPositive();
            }
        }
    }

    private static long readUntil(AtomicBoolean done, LedgerReader ledger) {
        PageCache kept = new PageCache(ledger::version);
        long fromPages = 0;
        long seen = 0;
        while (!done.get()) {
            long version = ledger.version(ROOM);
            kept.keep(NEWEST, version, 0, page(1, newest(ledger)));
            seen = notBefore(seen, newest(ledger));
            Page page = kept.kept(NEWEST, ledger.version(ROOM), 0);
            if (page != null) {
                seen = notBefore(seen, page.oldest());
                fromPages++;
            }
        }
        return fromPages;
    }

    private static long newest(LedgerReader ledger) {
        return ledger.actions(ROOM, Range.ALL, 1, 1000).oldest();
    }

    private static long notBefore(long seen, long now) {
        assertThat(now).isGreaterThanOrEqualTo(seen);
        return now;
    }
}
