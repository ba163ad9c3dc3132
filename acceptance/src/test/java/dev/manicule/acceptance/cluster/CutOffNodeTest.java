package dev.manicule.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.manicule.acceptance.ServerProcess;
import dev.manicule.acceptance.Wire;
import dev.manicule.brokers.Broker;
import dev.manicule.brokers.Door;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients of a node see, and who runs it, when it can't reach the brokers. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class CutOffNodeTest {
    private static final int NODE = 0;
    private static final int OTHER = 1;
    /** A write is tried for ten seconds. */
    private static final long PATIENCE_SECONDS = 15;
    private static Cluster cluster;

    /** How it can be. */
    enum Way {
        /** Connections are reset and refused. */
        CUT {
            @Override
            void part(Door door) {
                door.cut();
            }
        },
        /** Nothing comes back. */
        HELD {
            @Override
            void part(Door door) {
                door.hold();
            }
        };

        abstract void part(Door door);
    }

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.startBehindDoors(1, 2);
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
    }

    private static CompletableFuture<Wire.Answer> ask(String method, String path) {
        byte[] body = method.equals("POST") ? "1".getBytes(StandardCharsets.UTF_8) : null;
        return CompletableFuture.supplyAsync(() -> cluster.wire(NODE).send(method, path, body),
                task -> Thread.ofVirtual().start(task));
    }

    @ParameterizedTest
    @EnumSource
    void cutOffNodeRefusesAndCatchesUpItsPollsLater(Way way) throws Exception {
        cluster.awaitWrites();
        String channel = "apart-" + way;
        String history = "/v3/history/sub-key/demo/channel/" + channel + "?max=1";
        long before = cluster.wire(OTHER).publish(channel, "\"before\"");
        try (Wire.Connection waiting = cluster.wire(NODE).connect()) {
            waiting.get("/v2/subscribe/demo/" + channel + "/0?tt=" + before);
            way.part(cluster.door(NODE));
            long during = cluster.wire(OTHER).publish(channel, "\"during\"");
            List<CompletableFuture<Wire.Answer>> reads = new ArrayList<>();
            CompletableFuture<Wire.Answer> write = ask("POST", "/publish/demo/demo/0/" + channel + "-own/0?uuid=u");
            for (int i = 0; i < 5; i++) {
                reads.add(ask("GET", history));
                TimeUnit.MILLISECONDS.sleep(500);
            }
            assertThat(write.get(PATIENCE_SECONDS, TimeUnit.SECONDS).status()).isEqualTo(503);
            for (CompletableFuture<Wire.Answer> each : reads) {
                assertThat(each.get(PATIENCE_SECONDS, TimeUnit.SECONDS).status()).isEqualTo(503);
            }
            assertThat(cluster.wire(NODE).get("/health/ready").status()).isEqualTo(503);

            cluster.door(NODE).mend();
            Wire.Answer told = waiting.read();
            assertThat(told.json().at("/m/0/p/t").asLong()).as(told.body()).isEqualTo(during);
            cluster.awaitWrites();
            assertThat(cluster.wire(NODE).get(history).json().at("/channels/" + channel + "/0/timetoken").asLong())
                    .isEqualTo(during);
        } finally {
            cluster.brokers().mend();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Clients that write, read and poll without an end. */
    private static void load(AtomicBoolean isOver) {
        for (String path : List.of("/publish/demo/demo/0/load/0/1?uuid=u",
                "/v3/history/sub-key/demo/channel/load?max=1", "/v2/subscribe/demo/load/0?tt=0")) {
            for (int i = 0; i < 5; i++) {
                Thread.startVirtualThread(() -> {
                    while (!isOver.get()) {
                        try {
                            int _ = cluster.wire(NODE).get(path).status();
                        } catch (UncheckedIOException e) {
                            pause(); // it has ended
                        }
                    }
                });
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void nodeStopsSoonWithoutReachableBrokers(Way way) throws Exception {
        for (int seconds : new int[]{0, 3, 12}) {
            cluster.awaitWrites();
            AtomicBoolean isOver = new AtomicBoolean();
            load(isOver);
            try {
                TimeUnit.MILLISECONDS.sleep(500);
                way.part(cluster.door(NODE));
                TimeUnit.SECONDS.sleep(seconds);
                ServerProcess node = cluster.node(NODE);
                long start = System.nanoTime();
                assertThat(node.terminate()).as("%s for %d s: %s", way, seconds, node.lines()).isIn(0, 143);
                System.out.printf("A node that is %s for %d s ends within %.1f s%n", way, seconds,
                        (System.nanoTime() - start) / 1e9);
            } finally {
                isOver.set(true);
                cluster.brokers().mend();
                cluster.node(NODE).close();
                cluster.startNode(NODE);
            }
        }
    }

    @Test
    void nodeStopsSoonWithoutBrokers() throws Exception {
        cluster.awaitWrites();
        Broker broker = cluster.brokers().broker(0);
        AtomicBoolean isOver = new AtomicBoolean();
        load(isOver);
        try {
            broker.kill();
            TimeUnit.SECONDS.sleep(1);
            assertThat(cluster.node(NODE).terminate()).isIn(0, 143);
        } finally {
            isOver.set(true);
            cluster.startBrokers(List.of(broker));
            cluster.node(NODE).close();
            cluster.startNode(NODE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void nodeWithoutBrokersReportsItAndDoesNotStart(Way way) throws Exception {
        cluster.awaitWrites();
        int _ = cluster.node(NODE).terminate();
        way.part(cluster.door(NODE));
        try {
            Process refused = ServerProcess.command("serve", "--config", cluster.configuration(NODE).toString());
            if (!refused.waitFor(40, TimeUnit.SECONDS)) {
                refused.destroyForcibly();
                fail("it goes on");
            }
            String words = new String(refused.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(refused.exitValue()).as(words).isEqualTo(1);
            assertThat(words.lines().filter(line -> line.startsWith("manicule: "))).hasSize(1);
            assertThat(words).contains("The brokers at 127.0.0.1:", "do not respond").doesNotContain("Exception");
            System.out.println(way + ": " + words.strip());
        } finally {
            cluster.brokers().mend();
            cluster.startNode(NODE);
        }
    }
}
