package dev.manicule.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.manicule.server.log.MemoryLink;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterBeatsTest {
    private final AtomicLong nanos = new AtomicLong();
    private final ClusterBeats beats = new ClusterBeats(nanos::get);
    private final AtomicInteger ofOne = new AtomicInteger();
    private final AtomicInteger ofOther = new AtomicInteger();

    @AfterEach
    void close() {
        beats.close();
    }

    private void pass(int seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void leapLeavesNoNodeAhead() {
        List<String> ahead = new CopyOnWriteArrayList<>();
        List<CompletableFuture<Void>> reports = new CopyOnWriteArrayList<>();
        Beats.Beat _ = beats.of(new MemoryLink()).start(() -> {
            if (!reports.stream().allMatch(CompletableFuture::isDone)) {
                ahead.add("beat " + ofOne);
            }
            ofOne.incrementAndGet();
            return CompletableFuture.completedFuture(null);
        });
        Beats.Beat _ = beats.of(new MemoryLink()).start(() -> {
            ofOther.incrementAndGet();
            CompletableFuture<Void> report = new CompletableFuture<Void>().completeOnTimeout(null, 20,
                    TimeUnit.MILLISECONDS);
            reports.add(report);
            return report;
        });
        await().until(() -> ofOther.get() > 0);
        int before = ofOther.get();
        pass(12);
        await().untilAsserted(() -> assertThat(ofOther.get()).isGreaterThanOrEqualTo(before + 12));
        assertThat(ahead).isEmpty();
    }

    @Test
    void longLeapOwesAtMostTheRemovalTime() {
        Beats.Beat _ = beats.of(new MemoryLink()).start(() -> {
            ofOne.incrementAndGet();
            return CompletableFuture.completedFuture(null);
        });
        await().until(() -> ofOne.get() > 0); // once, or twice where it came just as the first beat began
        pass(86_400);
        await().until(() -> ofOne.get() >= 14);
        pass(1);
        await().until(() -> ofOne.get() >= 15);
        assertThat(ofOne).hasValueLessThanOrEqualTo(16);
    }

    @Test
    void slowNodeDelaysNoBeat() {
        MemoryLink slow = new MemoryLink();
        slow.slowDown(Duration.ofSeconds(1));
        Beats.Beat never = beats.of(slow).start(() -> {
            ofOne.incrementAndGet();
            return new CompletableFuture<>();
        });
        Beats.Beat _ = beats.of(new MemoryLink()).start(() -> {
            ofOther.incrementAndGet();
            return CompletableFuture.completedFuture(null);
        });
        await().until(() -> ofOther.get() > 0);
        pass(13);
        await().until(() -> ofOther.get() >= 14);
        never.close();
        int last = ofOne.get();
        int before = ofOther.get();
        pass(3);
        await().until(() -> ofOther.get() >= before + 3);
        assertThat(ofOne).as("it has ended").hasValue(last);
    }
}
