package dev.manicule.acceptance.cluster;

import static org.awaitility.Awaitility.await;

import dev.manicule.acceptance.history.Result.Unknown;
import dev.manicule.acceptance.history.Checker;
import dev.manicule.acceptance.history.RecordedHistory;
import dev.manicule.acceptance.history.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three brokers and three nodes, under a load that moves from node to node with each request: nothing acknowledged is lost, nothing is there
 * twice, nobody misses anything, and all answers are those of one order. {@code -Dfaults.rounds=20} does it at length and prints what was
 * done, {@code -Dfaults.only=KillLeader} does one of them.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class ClusterFaultsTest {
    private static final int ROUNDS = Integer.getInteger("faults.rounds", 1);
    private static final long SEED = Long.getLong("faults.seed", 20_261_126);
    private static final int BROKERS = 3;
    private static final int NODES = 3;
    private static final int WORKERS = 8;
    private static final int SUBSCRIBERS = 4;
    private static final int LEAST_ANSWERED = 50;
    private static Cluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.startBehindDoors(BROKERS, NODES);
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
    }

    static Stream<ClusterFault> faults() {
        String only = System.getProperty("faults.only", "");
        return Stream.<ClusterFault>of(new ClusterFault.KillLeader(), new ClusterFault.KillNode(),
                new ClusterFault.KillLeaderAndNode(), new ClusterFault.KillAll(),
                new ClusterFault.PauseNode(ROUNDS > 1 ? 30 : 5), new ClusterFault.PauseLeader(ROUNDS > 1 ? 30 : 5),
                new ClusterFault.RollingRestart(), new ClusterFault.CutNode(5), new ClusterFault.HoldNode(13),
                new ClusterFault.SlowLeader(200, 5), new ClusterFault.CutBroker(5), new ClusterFault.IsolateLeader(5),
                new ClusterFault.FullDiskOfBroker(), new ClusterFault.ClockOff(3_600))
                .filter(fault -> fault.toString().contains(only));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void nothingAcknowledgedIsLost(ClusterFault fault) throws Exception {
        Instant begin = Instant.now();
        Random random = new Random(SEED);
        AtomicLong clients = new AtomicLong();
        int calls = 0;
        long unknown = 0;
        int events = 0;
        try {
            fault.prepare(cluster);
            for (int round = 0; round < ROUNDS; round++) {
                cluster.awaitWrites();
                Workload load = new Workload(() -> new MovingStore(cluster.ports(), SEED + clients.incrementAndGet()),
                        fault.getClass().getSimpleName() + "-" + round, random.nextLong(), WORKERS, SUBSCRIBERS);
                await().atMost(Duration.ofMinutes(1)).until(() -> load.answered() >= LEAST_ANSWERED);
                fault.strike(cluster, random);
                cluster.awaitWrites();
                RecordedHistory history = load.end();
                List<String> violations = Checker.violations(history);
                if (!violations.isEmpty()) {
                    throw new AssertionError(fault + ", round " + round + ": " + violations.size()
                            + " violations; the first: " + violations.subList(0, Math.min(5, violations.size()))
                            + cluster.words());
                }
                calls += history.operations().size();
                unknown += history.operations()
                        .stream()
                        .filter(operation -> operation.result() instanceof Unknown)
                        .count();
                events += history.streams().stream().mapToInt(stream -> stream.delivered().size()).sum();
            }
        } finally {
            fault.tidy(cluster);
        }
        System.out.printf("| %s | %d | %,d | %,d | %,d | 0 | %d s |%n", fault, ROUNDS, calls, unknown, events,
                Duration.between(begin, Instant.now()).toSeconds());
    }
}
