package dev.manicule.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import dev.manicule.server.races.Races;
import dev.manicule.server.races.Races.Raced;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The thread that commits, a reader that keeps a page, and one that meets the page kept. All rounds have the same tables. */
@Raced
class ChannelVersionsRaceTest {
    private static final Channel CHANNEL = new Channel("demo", "room");

    @TempDir
    private Path folder;

    private record Kept(long version, long messages) {}

    private static void publish(Ledger ledger) {
        Transaction transaction = ledger.transaction();
        Publish.Outcome _ = ledger.apply(new Publish(CHANNEL, new Json(new byte[]{'1'}), null, null, null, null, null,
                Delivery.STORED), ledger.lastTimetoken() + 1, transaction);
        ledger.commit(transaction);
    }

    private static long messages(LedgerReader reads) {
        return reads.countMessages(CHANNEL, 0, Integer.MAX_VALUE);
    }

    /** One number stands for what is stored; the write of it has no lock. */
    @Test
    void readIsValidWhileTheVersionIsUnchanged() throws Throwable {
        Races.race(race -> {
            ChannelVersions versions = new ChannelVersions();
            byte[] channel = Keys.channel(CHANNEL);
            ChannelVersions.Changing changing = new ChannelVersions.Changing();
            changing.add(channel);
            AtomicLong stored = new AtomicLong();
            race.start(() -> {
                for (int i = 0; i < 2; i++) {
                    versions.begin(changing);
                    stored.incrementAndGet();
                    versions.end(changing);
                }
            });
            AtomicReference<@Nullable Kept> kept = new AtomicReference<>();
            race.start(() -> {
                long version = versions.of(channel);
                kept.set((version & 1) == 0 ? new Kept(version, stored.get()) : null);
            });
            race.await();
            Kept page = kept.get();
            if (page != null && page.version() == versions.of(channel)) {
                assertThat(page.messages()).isEqualTo(stored.get());
            }
        });
    }

    /** A page as {@code Pages} keeps and finds it. */
    @Test
    void cachedPageNeverShowsLessThanBefore() throws Throwable {
        try (Ledger ledger = Ledger.open(folder)) {
            LedgerReader reads = ledger.reads();
            Races.race(race -> {
                AtomicReference<@Nullable Kept> kept = new AtomicReference<>();
                race.start(() -> {
                    publish(ledger);
                    publish(ledger);
                });
                race.start(() -> {
                    long version = reads.version(CHANNEL);
                    long messages = messages(reads);
                    if ((version & 1) == 0) {
                        kept.set(new Kept(version, messages));
                    }
                });
                race.start(() -> {
                    long shown = messages(reads);
                    long version = reads.version(CHANNEL);
                    Kept page = kept.get();
                    if (page != null && page.version() == version) {
                        assertThat(page.messages()).isGreaterThanOrEqualTo(shown);
                    }
                });
                race.await();
                Kept page = kept.get();
                if (page != null && page.version() == reads.version(CHANNEL)) {
                    assertThat(page.messages()).isEqualTo(messages(reads));
                }
            });
        }
    }
}
