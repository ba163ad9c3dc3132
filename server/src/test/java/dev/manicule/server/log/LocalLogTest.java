package dev.manicule.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalLogTest extends OwnLogContract {
    private static final InstantSource CLOCK = () -> Instant.parse("2026-11-26T10:00:00Z");
    private static final StringCodec CODEC = new StringCodec();

    /** Of the contract's log. */
    private SimulatedDisk contractDisk = new SimulatedDisk(1, 1 << 20);
    private final SimulatedDisk disk = new SimulatedDisk(2, 1 << 20);
    @TempDir
    private Path temporary;

    @Override
    protected Log<String> create(long firstOffset, InstantSource clock) throws Exception {
        contractDisk = new SimulatedDisk(1, 1 << 20);
        return LocalLog.create(contractDisk, CODEC, options(clock, LogListener.NONE), firstOffset);
    }

    @Override
    protected void failNext(boolean inDoubt) {
        if (inDoubt) {
            contractDisk.failNext();
        } else {
            contractDisk.fill(true); // which the next append meets when it is larger than a segment
        }
    }

    @Test
    void durableEntriesSurviveReopeningARealFolder() throws Exception {
        LogFiles files = FolderLogFiles.in(temporary.resolve("log"));
        LocalLog<String> log = LocalLog.create(files, CODEC, options(CLOCK, LogListener.NONE), 7);
        for (int round = 0; round < 6; round++) {
            for (int i = 0; i < 10; i++) {
                log.append(List.of("round " + round + " entry " + i, "x".repeat(100 * i)), LocalLogTest::unexpected);
            }
            if (round % 2 == 0) {
                log.close();
            }
            log = LocalLog.open(files, CODEC, options(CLOCK, LogListener.NONE));
            assertThat(log.end()).isEqualTo(7 + (round + 1) * 20);
        }
        assertThat(read(log, 7)).hasSize(120).contains("round 5 entry 9");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary.resolve("log"))))
                .isEqualTo("rwx------");
        for (String name : files.list()) {
            assertThat(PosixFilePermissions
                    .toString(Files.getPosixFilePermissions(temporary.resolve("log").resolve(name))))
                    .isEqualTo("rw-------");
        }
        log.release(log.end());
        assertThat(log.begin()).isGreaterThan(7);
        log.close();
    }

    @Test
    void anInterruptIsNoFailureOfTheDisk() throws Exception {
        LogFiles files = FolderLogFiles.in(temporary.resolve("log"));
        LocalLog<String> log = LocalLog.create(files, CODEC, options(CLOCK, LogListener.NONE), 0);
        Thread.currentThread().interrupt();
        log.append(List.of("a"), LocalLogTest::unexpected);
        assertThat(Thread.interrupted()).isTrue();
        log.append(List.of("b"), LocalLogTest::unexpected);

        assertThat(read(log, 0)).containsExactly("a", "b");
        log.close();
    }

    @Test
    void filesThatResembleSparesAreKept() throws Exception {
        LogFiles files = FolderLogFiles.in(temporary.resolve("log"));
        LocalLog.create(files, CODEC, options(CLOCK, LogListener.NONE), 0).close();
        Path notes = Files.writeString(temporary.resolve("log/spare-notes"), "mine");
        Path half = Files.writeString(temporary.resolve("log/spare-77"), "half a file");
        LocalLog.open(files, CODEC, options(CLOCK, LogListener.NONE)).close();
        assertThat(notes).hasContent("mine");
        assertThat(half).doesNotExist();
    }

    @Test
    void openingCreatesNoMissingLog() {
        assertThatThrownBy(() -> LocalLog.open(new SimulatedDisk(3, 1 << 20), CODEC, options(CLOCK, LogListener.NONE)))
                .isInstanceOf(LogDamagedException.class)
                .hasMessageContaining("The log is missing");
        SimulatedDisk other = new SimulatedDisk(3, 1 << 20);
        assertThatThrownBy(() -> {
            for (int i = 0; i < 2; i++) {
                LocalLog.create(other, CODEC, options(CLOCK, LogListener.NONE), 0).close();
            }
        }).isInstanceOf(LogException.class).hasMessageContaining("already");
    }

    @Test
    void aMissingSegmentBetweenTwoIsDamage() throws Exception {
        LocalLog<String> log = filled();
        List<String> segments = LogRecovery.segmentNames(disk);
        log.close();
        disk.delete(segments.get(1));

        assertThatThrownBy(() -> LocalLog.open(disk, CODEC, options(CLOCK, LogListener.NONE)))
                .isInstanceOf(LogDamagedException.class)
                .hasMessageContaining(segments.getFirst())
                .hasMessageContaining("at byte ");
    }

    @Test
    void aReaderThatIsBehindReadsTheSegments() throws Exception {
        LocalLog<String> log = filled();

        assertThat(read(log, 0)).hasSize(200).startsWith("entry 0").endsWith("entry 199");
    }

    @Test
    void aReaderAtTheEndGetsTheVeryObjects() throws Exception {
        LocalLog<String> log = filled();
        String entry = new String("the same");
        try (LogReader<String> reader = log.reader(200)) {
            log.append(List.of(entry), LocalLogTest::unexpected);
            Batch<String> batch = reader.next(0);
            assertThat(batch).isNotNull();
            assertThat(batch.entries().getFirst()).isSameAs(entry);
        }
    }

    @Test
    void clientBytesAreNeverReadAsAFrame() throws Exception {
        LocalLog<String> log = LocalLog.create(disk, CODEC, options(CLOCK, LogListener.NONE), 0);
        log.append(List.of("a".repeat(64)), LocalLogTest::unexpected);
        String name = LogRecovery.segmentNames(disk).getFirst();
        log.close();
        byte[] bytes = disk.contents(name);
        Seal guess = new Seal(1, 2);
        new Frame().encode(List.of("forged".getBytes(StandardCharsets.UTF_8)), 1, 1, guess)
                .get(bytes, Segment.START + 104, 48);

        assertThat(LocalLog.open(disk, CODEC, options(CLOCK, LogListener.NONE)).end()).isEqualTo(1);
    }

    /** The virtual machine needs memory of its own for a large write. */
    @Test
    void failedWriteIsInDoubt() throws Exception {
        LocalLog<String> log = LocalLog.create(disk, CODEC, options(CLOCK, LogListener.NONE), 0);
        disk.throwNext();
        List<Boolean> failures = new ArrayList<>();
        log.append(List.of("a"), (reason, inDoubt) -> failures.add(inDoubt));
        assertThat(failures).containsExactly(true);
        assertThat(read(log, 0)).isEmpty();
        assertThat(log.resolveDoubt()).isTrue();
        assertThat(read(log, 0)).hasSize(1);
    }

    @Test
    void aListenerThatThrowsChangesNothing() throws Exception {
        LocalLog<String> log = LocalLog.create(disk, CODEC, options(CLOCK, (_, _, _) -> {
            throw new IllegalStateException("thrown by the test");
        }), 0);
        for (int i = 0; i < 10; i++) {
            log.append(List.of("entry " + i), LocalLogTest::unexpected);
        }

        assertThat(read(log, 0)).hasSize(10);
        log.close();
        assertThat(LocalLog.open(disk, CODEC, options(CLOCK, LogListener.NONE)).end()).isEqualTo(10);
    }

    @Test
    void segmentsThatAreReleasedBecomeSpares() throws Exception {
        LocalLog<String> log = filled();
        long used = disk.list().size();
        for (int i = 200; i < 2_000; i++) {
            log.append(List.of("entry " + i), LocalLogTest::unexpected);
            log.release(i - 100);
        }

        assertThat(disk.list().size()).isLessThanOrEqualTo((int) used);
        assertThat(log.begin()).isGreaterThan(1_000);
        assertThat(read(log, 1_990)).hasSize(10);
    }

    private LocalLog<String> filled() throws LogException {
        LocalLog<String> log = LocalLog.create(disk, CODEC, options(CLOCK, LogListener.NONE), 0);
        for (int i = 0; i < 200; i++) {
            log.append(List.of("entry " + i), LocalLogTest::unexpected);
        }
        return log;
    }

    private static List<String> read(Log<String> log, long from) throws Exception {
        List<String> all = new ArrayList<>();
        try (LogReader<String> reader = log.reader(from)) {
            for (Batch<String> batch = reader.next(0); batch != null; batch = reader.next(0)) {
                all.addAll(batch.entries());
            }
        }
        return all;
    }

    private static void unexpected(String reason, boolean inDoubt) {
        throw new AssertionError(reason + " " + inDoubt);
    }

    private static LocalLogOptions options(InstantSource clock, LogListener listener) {
        return new LocalLogOptions(1 << 11, 1 << 9, clock, () -> 0, new Random(5)::nextLong, Runnable::run, listener);
    }
}
