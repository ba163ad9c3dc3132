package dev.manicule.acceptance.faults;

import dev.manicule.acceptance.faults.FaultyDisk.Unsynced;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that can go wrong, under load: nothing acknowledged is lost, nothing is there twice, nobody misses anything.
 * {@code -Dfaults.rounds=20} does it at length and prints what was done,
 * {@code -Dfaults.only=Kill} does one of them.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class FaultsTest {
    private static final int ROUNDS = Integer.getInteger("faults.rounds", 1);
    private static final long SEED = Long.getLong("faults.seed", 20_261_121);

    static Stream<Fault> faults() {
        String only = System.getProperty("faults.only", "");
        return Stream.<Fault>of(new Fault.Kill(), new Fault.KillInRecovery(),
                new Fault.KillAfterSync(), new Fault.KillInFlush(".sst"), new Fault.KillInFlush("MANIFEST"),
                new Fault.PowerCut(Unsynced.GONE),
                new Fault.PowerCut(Unsynced.CUT), new Fault.PowerCut(Unsynced.HOLES), new Fault.Stop(),
                new Fault.DiskFull(), new Fault.DiskFails(FaultyDisk.EROFS, false),
                new Fault.DiskFails(FaultyDisk.EIO, false), new Fault.DiskFails(FaultyDisk.EIO, true),
                new Fault.FewFiles(), new Fault.LittleMemory(48), new Fault.SlowReaders())
                .filter(fault -> fault.toString().contains(only));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void nothingAcknowledgedIsLost(Fault fault) throws Exception {
        Instant begin = Instant.now();
        try (FaultHarness harness = new FaultHarness(SEED)) {
            try {
                fault.prepare(harness);
                for (int round = 0; round < ROUNDS; round++) {
                    harness.round(round, fault);
                }
            } finally {
                fault.tidy(harness);
            }
            System.out.printf("| %s%s | %d | %,d | %,d | %,d | 0 | %d s |%n", fault,
                    harness.deaths.get() == 0 ? "" : ", " + harness.deaths + " deaths", ROUNDS, harness.calls,
                    harness.unknown,
                    harness.events,
                    Duration.between(begin, Instant.now()).toSeconds());
        }
    }
}
