package dev.manicule.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.acceptance.Wire;
import dev.manicule.brokers.Broker;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * For how long writes stop when the broker that leads is killed, while local reads and polls go on. {@code -Ddeaths=20} measures it and
 * prints the figures of docs/cluster.md; the build does it once, and looks only whether all goes on.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class LeaderDeathTest {
    private static final int DEATHS = Integer.getInteger("deaths", 1);
    private static final int WARM_UP_SECONDS = DEATHS > 1 ? 60 : 2;
    private static final int PAUSE_MILLIS = 20;

    /** A client that repeats a request, and records the longest time until its response. */
    private static final class RequestLoop {
        private final AtomicBoolean isOver = new AtomicBoolean();
        private final Thread thread;
        private final AtomicLong longestNanos = new AtomicLong();
        private final AtomicInteger refused = new AtomicInteger();
        private final AtomicInteger answered = new AtomicInteger();

        RequestLoop(Wire wire, String method, String path) {
            thread = Thread.startVirtualThread(() -> {
                while (!isOver.get()) {
                    long start = System.nanoTime();
                    try {
                        byte[] body = method.equals("POST") ? new byte[]{'1'} : null;
                        while (!isOver.get() && wire.send(method, path, body).status() != 200) {
                            int _ = refused.incrementAndGet();
                        }
                    } catch (UncheckedIOException e) {
                        int _ = refused.incrementAndGet();
                    }
                    long _ = longestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
                    int _ = answered.incrementAndGet();
                    pause();
                }
            });
        }

        void begin() {
            longestNanos.set(0);
            answered.set(0);
            refused.set(0);
        }

        void end() throws InterruptedException {
            isOver.set(true);
            assertThat(thread.join(java.time.Duration.ofSeconds(30))).isTrue();
        }

        private static void pause() {
            try {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void leaderDeathPausesWritesAndNotLocalReads() throws Exception {
        List<Double> stalls = Collections.synchronizedList(new ArrayList<>());
        double longestRead = 0;
        int refused = 0;
        try (Cluster cluster = Cluster.start(3, 3, "  reads: local\n")) {
            cluster.awaitWrites();
            List<RequestLoop> writes = new ArrayList<>();
            List<RequestLoop> reads = new ArrayList<>();
            for (int node = 0; node < 3; node++) {
                writes.add(new RequestLoop(cluster.wire(node), "POST", "/publish/demo/demo/0/stall/0?uuid=w" + node));
                reads.add(new RequestLoop(cluster.wire(node), "GET", "/v3/history/sub-key/demo/channel/stall?max=1"));
            }
            TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
            for (int death = 0; death < DEATHS; death++) {
                writes.forEach(RequestLoop::begin);
                reads.forEach(RequestLoop::begin);
                Broker leader = cluster.leader();
                leader.kill();
                cluster.awaitWrites(2);
                writes.forEach(write -> stalls.add(write.longestNanos.get() / 1e9));
                for (RequestLoop read : reads) {
                    longestRead = Math.max(longestRead, read.longestNanos.get() / 1e9);
                    assertThat(read.answered.get()).isPositive();
                    assertThat(read.refused.get()).as("local reads that were refused").isZero();
                }
                for (RequestLoop write : writes) {
                    refused += write.refused.get();
                }
                leader.start();
                cluster.awaitInSync();
                TimeUnit.MILLISECONDS.sleep(DEATHS > 1 ? 2_000 : 0);
            }
            for (RequestLoop each : writes) {
                each.end();
            }
            for (RequestLoop each : reads) {
                each.end();
            }
        }
        List<Double> sorted = stalls.stream().sorted().toList();
        System.out.printf(
                "%d deaths of the leader: writes stop for %.1f s in the median, %.1f s at most; %d refused; the longest"
                        + " local read takes %.2f s%n",
                DEATHS, sorted.get(sorted.size() / 2), sorted.getLast(), refused,
                longestRead);
    }
}
