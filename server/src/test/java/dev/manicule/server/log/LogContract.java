package dev.manicule.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every log promises, whichever it is. */
public abstract class LogContract {
    /** What the clock shows. */
    protected final AtomicReference<Instant> clock = new AtomicReference<>(Instant.parse("2026-11-26T10:00:00Z"));
    private final List<String> failures = new ArrayList<>();
    private Log<String> log;

    /** An empty log, whose first offset is the given one. */
    protected abstract Log<String> create(long firstOffset, InstantSource clock) throws Exception;

    /** Has the next append to the log fail. */
    protected abstract void failNext(boolean inDoubt);

    @BeforeEach
    void start() throws Exception {
        log = create(0, clock::get);
    }

    @Test
    void entriesAreReadInAppendOrderWithoutGaps() throws Exception {
        append("a", "b");
        append("c");
        append("d", "e", "f");

        assertThat(readFrom(0)).containsExactly("0 a", "1 b", "2 c", "3 d", "4 e", "5 f");
        assertThat(log.begin()).isZero();
        assertThat(log.end()).isEqualTo(6);
    }

    @Test
    void aLogMayBeginAtAnyOffset() throws Exception {
        log = create(1_000, clock::get);
        append("a");

        assertThat(readFrom(1_000)).containsExactly("1000 a");
        assertThat(log.begin()).isEqualTo(1_000);
    }

    @Test
    void aReaderBeginsAtAnyOffset() throws Exception {
        IntStream.range(0, 50).forEach(i -> append("x" + 3 * i, "x" + (3 * i + 1), "x" + (3 * i + 2)));

        for (int from = 0; from <= 150; from++) {
            assertThat(readFrom(from)).isEqualTo(IntStream.range(from, 150).mapToObj(i -> i + " x" + i).toList());
        }
    }

    @Test
    void aReaderOutsideOfTheLogIsRefused() {
        append("a");

        assertThatThrownBy(() -> log.reader(2)).isInstanceOf(LogException.class);
        assertThatThrownBy(() -> log.reader(-1)).isInstanceOf(LogException.class);
    }

    @Test
    void waitingReaderGetsAppendedEntries() throws Exception {
        try (LogReader<String> reader = log.reader(0)) {
            assertThat(reader.next(0)).isNull();
            CompletableFuture<Batch<String>> next = CompletableFuture.supplyAsync(() -> {
                try {
                    return reader.next(10_000);
                } catch (InterruptedException | LogException e) {
                    throw new IllegalStateException(e);
                }
            });
            append("a");
            assertThat(next.get(10, TimeUnit.SECONDS).entries()).containsExactly("a");
        }
    }

    @Test
    void failedAppendIsNotInTheLog() throws Exception {
        append("a");
        failNext(false);
        append("lost ".repeat(1_000));
        assertThat(failures).hasSize(1).first().asString().endsWith("false");
        append("b");

        assertThat(readFrom(0)).containsExactly("0 a", "1 b");
    }

    @Test
    void appendInDoubtThatSucceededIsReadInPlace() throws Exception {
        append("a");
        failNext(true);
        append("b", "c");
        append("refused");
        assertThat(failures).hasSize(2);
        assertThat(failures.get(0)).endsWith("true");
        assertThat(failures.get(1)).endsWith("false");

        assertThat(log.resolveDoubt()).isTrue();
        append("d");
        assertThat(readFrom(0)).containsExactly("0 a", "1 b", "2 c", "3 d");
    }

    @Test
    void aCallbackThatThrowsChangesNothing() throws Exception {
        failNext(true);
        log.append(List.of("a"), (_, _) -> {
            throw new IllegalStateException("thrown by the test");
        });
        assertThat(log.resolveDoubt()).isTrue();
        failNext(false);
        log.append(List.of("lost ".repeat(1_000)), (_, _) -> {
            throw new AssertionError("thrown by the test");
        });
        append("b");

        assertThat(readFrom(0)).containsExactly("0 a", "1 b");
    }

    @Test
    void closedLogRefusesAppends() throws Exception {
        append("a");
        try (LogReader<String> reader = log.reader(0)) {
            log.close();
            append("b");
            assertThat(failures).hasSize(1).first().asString().endsWith("false");
            assertThatThrownBy(() -> reader.next(0)).isInstanceOf(LogException.class);
        }
    }

    /** The log. */
    final Log<String> log() {
        return log;
    }

    final void append(String... entries) {
        log.append(List.of(entries), (reason, inDoubt) -> failures.add(reason + " " + inDoubt));
    }

    final List<Batch<String>> batches(long from) throws Exception {
        List<Batch<String>> all = new ArrayList<>();
        try (LogReader<String> reader = log.reader(from)) {
            for (Batch<String> batch = reader.next(0); batch != null; batch = reader.next(0)) {
                all.add(batch);
            }
        }
        return all;
    }

    final List<String> readFrom(long from) throws Exception {
        List<String> all = new ArrayList<>();
        for (Batch<String> batch : batches(from)) {
            for (int i = 0; i < batch.entries().size(); i++) {
                all.add(batch.firstOffset() + i + " " + batch.entries().get(i));
            }
        }
        return all;
    }
}
