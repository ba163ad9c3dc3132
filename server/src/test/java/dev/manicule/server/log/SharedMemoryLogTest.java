package dev.manicule.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SharedMemoryLogTest extends LogContract {
    private final AtomicLong nanos = new AtomicLong();
    private final MemoryLink link = new MemoryLink();
    private final MemoryLink otherLink = new MemoryLink();
    private final List<String> otherFailures = new ArrayList<>();
    private SharedMemoryLog<String> shared = shared(0, InstantSource.system());
    private Log<String> other = shared.open(otherLink);

    private SharedMemoryLog<String> shared(long firstOffset, InstantSource time) {
        return new SharedMemoryLog<>(firstOffset, time, nanos::get, List.of(link, otherLink));
    }

    @Override
    protected Log<String> create(long firstOffset, InstantSource time) {
        shared = shared(firstOffset, time);
        other = shared.open(otherLink);
        return shared.open(link);
    }

    @Override
    protected void failNext(boolean inDoubt) {
        link.failNext(inDoubt);
    }

    private void appendByOther(String entry) {
        other.append(List.of(entry), (reason, inDoubt) -> otherFailures.add(reason + " " + inDoubt));
    }

    private static List<String> all(Log<String> log) throws Exception {
        List<String> all = new ArrayList<>();
        try (LogReader<String> reader = log.reader(log.begin())) {
            for (Batch<String> batch = reader.next(0); batch != null; batch = reader.next(0)) {
                all.addAll(batch.entries());
            }
        }
        return all;
    }

    @Test
    void concurrentAppendsAreReadInOneOrder() throws Exception {
        Thread thread = Thread.ofPlatform().start(() -> IntStream.range(0, 500).forEach(i -> appendByOther("b" + i)));
        IntStream.range(0, 500).forEach(i -> append("a" + i));
        thread.join();

        List<String> read = all(log());
        assertThat(read).hasSize(1_000).isEqualTo(all(other));
        assertThat(read.stream().filter(entry -> entry.startsWith("b")))
                .isEqualTo(IntStream.range(0, 500).mapToObj(i -> "b" + i).toList());
        assertThat(otherFailures).isEmpty();
    }

    @Test
    void cutOffNodeNeitherAppendsNorReads() throws Exception {
        append("before");
        otherLink.cut();
        append("missed");
        appendByOther("lost");
        appendByOther("refused");

        assertThat(otherFailures).containsExactly("the node is cut off from the log true",
                "an earlier append is in doubt false");
        assertThat(other.resolveDoubt()).isFalse();
        assertThat(other.end()).isZero();
        assertThat(all(log())).containsExactly("before", "missed");
        assertThat(all(other)).isEmpty();
        otherLink.join();
        assertThat(other.resolveDoubt()).isTrue();
        appendByOther("after");
        assertThat(all(other)).containsExactly("before", "missed", "after").isEqualTo(all(log()));
    }

    @Test
    void slowNodeReadsAllAppendsLater() throws Exception {
        append("old");
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(3));
        otherLink.slowDown(Duration.ofSeconds(2));
        append("by one");
        appendByOther("by itself");
        assertThat(all(other)).containsExactly("old");
        assertThat(all(log())).containsExactly("old", "by one", "by itself");
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(2) - 1);
        assertThat(other.end()).isEqualTo(1);
        nanos.incrementAndGet();
        assertThat(all(other)).containsExactly("old", "by one", "by itself");
        append("last");
        assertThat(other.end()).isEqualTo(3);
        otherLink.slowDown(Duration.ZERO);
        assertThat(other.end()).isEqualTo(4);
        for (Duration never : List.of(Duration.ofNanos(-1), Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThatThrownBy(() -> otherLink.slowDown(never)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void joinAndClockReleaseAWaitingReader() throws Exception {
        otherLink.cut();
        append("a");
        try (LogReader<String> reader = other.reader(0)) {
            CompletableFuture<List<String>> next = next(reader);
            otherLink.join();
            assertThat(next.get(20, TimeUnit.SECONDS)).containsExactly("a");
            otherLink.slowDown(Duration.ofSeconds(100));
            append("b");
            CompletableFuture<List<String>> late = next(reader);
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(100));
            assertThat(late.get(20, TimeUnit.SECONDS)).containsExactly("b");
        }
    }

    @Test
    void appendOfAnotherNodeWakesAWaitingReader() throws Exception {
        AtomicReference<List<String>> read = new AtomicReference<>(List.of());
        try (LogReader<String> reader = other.reader(0)) {
            Thread waiting = Thread.ofPlatform().start(() -> read.set(nextOf(reader)));
            await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
            append("a");
            assertThat(waiting.join(Duration.ofSeconds(20))).isTrue();
        }
        assertThat(read.get()).containsExactly("a");
    }

    @Test
    void hurriedReaderDoesNotWait() throws Exception {
        try (LogReader<String> reader = other.reader(0)) {
            CompletableFuture<List<String>> next = next(reader);
            otherLink.hurry();
            assertThat(next.get(20, TimeUnit.SECONDS)).isEmpty();
        }
    }

    private static CompletableFuture<List<String>> next(LogReader<String> reader) {
        return CompletableFuture.supplyAsync(() -> nextOf(reader));
    }

    private static List<String> nextOf(LogReader<String> reader) {
        try {
            Batch<String> batch = reader.next(60_000);
            return batch == null ? List.of() : batch.entries();
        } catch (InterruptedException | LogException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void entryStaysUntilAllNodesReleaseIt() throws Exception {
        IntStream.range(0, 10).forEach(i -> append("x" + i));
        other.release(3);
        other.close();
        log().release(7);
        assertThat(log().begin()).isEqualTo(3);

        Log<String> again = shared.open(otherLink);
        assertThat(all(again)).hasSize(7).startsWith("x3");
        again.release(20);
        assertThat(log().begin()).isEqualTo(7);
        append("goes on");
        assertThat(log().end()).isEqualTo(11);
    }

    @Test
    void pausedLogAppendsNothing() throws Exception {
        append("a");
        Thread appending = Thread.ofPlatform().unstarted(() -> appendByOther("b"));
        try (SharedMemoryLog<String>.Pause pause = shared.pause()) {
            appending.start();
            await().until(() -> appending.getState() == Thread.State.WAITING);
            assertThat(pause.end()).isEqualTo(1);
            assertThat(all(log())).containsExactly("a");
        }
        appending.join();
        assertThat(all(log())).containsExactly("a", "b");
    }

    @Test
    void foreignLinkIsRefused() {
        assertThatThrownBy(() -> shared.open(new MemoryLink())).isInstanceOf(IllegalArgumentException.class);
    }
}
