package dev.manicule.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real brokers behind doors, one test after the other. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DoorTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration DELAY = Duration.ofMillis(300);
    @TempDir
    static Path folder;
    private static KafkaBrokers brokers;

    @BeforeAll
    static void start() throws Exception {
        brokers = KafkaBrokers.start(3, folder, Map.of(), List.of("node-0", "node-1"));
    }

    @AfterAll
    static void stop() {
        brokers.close();
    }

    private static void make(String topic) throws Exception {
        brokers.admin().createTopics(List.of(new NewTopic(topic, 1, (short) 3))).all().get();
    }

    private static Numbers behind(String client, String topic) {
        Numbers writer = new Numbers(brokers.bootstrapServers(client), topic);
        awaitMore(writer, 100);
        return writer;
    }

    private static void awaitMore(Numbers writer, int more) {
        int before = writer.count();
        await().atMost(PATIENCE).until(() -> writer.count() >= before + more);
    }

    private static int countAtRest(Numbers writer) throws InterruptedException {
        int before = writer.count();
        for (int now = -1; now != before;) { // an answer may be on its way through the client
            TimeUnit.MILLISECONDS.sleep(200);
            now = before;
            before = writer.count();
        }
        return before;
    }

    @Test
    void heldDoorDelaysOnlyItsClient() throws Exception {
        make("held");
        try (Numbers one = behind("node-0", "held"); Numbers other = behind("node-1", "held")) {
            brokers.door("node-0").hold();
            int held = countAtRest(one);
            awaitMore(other, 1_000);
            assertThat(one.count()).isEqualTo(held);

            brokers.door("node-0").mend();
            awaitMore(one, 500);
            one.finish();
            other.finish();
            assertThat(one.failure()).isNull();
            Set<Integer> both = new TreeSet<>(one.acknowledged());
            both.addAll(other.acknowledged());
            List<Integer> there = Numbers.read(brokers, "held");
            assertThat(new HashSet<>(there)).isEqualTo(both);
            assertThat(there).hasSize(one.count() + other.count());
        }
    }

    @Test
    void cutDoorRefusesOnlyItsClient() throws Exception {
        make("cut");
        try (Numbers one = behind("node-0", "cut"); Numbers other = behind("node-1", "cut")) {
            brokers.door("node-0").cut();
            int cut = countAtRest(one);
            awaitMore(other, 1_000);
            assertThat(one.count()).isEqualTo(cut);

            brokers.door("node-0").mend();
            awaitMore(one, 500);
        }
    }

    @Test
    void aBrokerCanBeCutFromOneClient() throws Exception {
        make("one");
        Broker leader = brokers.leader("one", 0);
        try (Numbers one = behind("node-0", "one"); Numbers other = behind("node-1", "one")) {
            brokers.door("node-0").to(leader).cut();
            int cut = countAtRest(one);
            awaitMore(other, 500);
            assertThat(one.count()).isEqualTo(cut);

            brokers.lead("one", 0, brokers.broker((leader.id() + 1) % 3));
            awaitMore(one, 500);
            brokers.mend();
        }
    }

    @Test
    void slowDoorDelaysItsClient() throws Exception {
        make("slow");
        brokers.door("node-0").slow(DELAY);
        long start = System.nanoTime();
        try (Numbers writer = behind("node-0", "slow")) {
            assertThat(System.nanoTime() - start).isGreaterThan(2 * DELAY.toNanos());
            brokers.mend();
            awaitMore(writer, 500);
        }
    }

    @Test
    void cutOffBrokerLosesLeadershipAndReturns() throws Exception {
        make("apart");
        Broker leader = brokers.leader("apart", 0);
        try (Numbers writer = new Numbers(brokers, "apart")) {
            awaitMore(writer, 100);
            brokers.door(leader).cut();
            await().atMost(PATIENCE).ignoreExceptions().until(() -> brokers.leader("apart", 0) != leader);
            await().atMost(PATIENCE).ignoreExceptions().until(() -> !brokers.inSync("apart", 0).contains(leader));

            brokers.mend();
            await().atMost(PATIENCE).ignoreExceptions().until(() -> brokers.inSync("apart", 0).size() == 3);
            awaitMore(writer, 500);
            writer.finish();
            assertThat(writer.failure()).isNull();
            assertThat(Numbers.read(brokers, "apart")).isEqualTo(writer.acknowledged());
        }
    }

    @Test
    void clientWithoutADoorIsUnknown() {
        assertThatThrownBy(() -> brokers.door("node-7")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no client node-7 but [node-0, node-1]");
    }
}
