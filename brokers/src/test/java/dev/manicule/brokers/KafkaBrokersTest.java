package dev.manicule.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KafkaBrokersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private static void make(KafkaBrokers brokers, String topic, int copies) throws Exception {
        brokers.admin().createTopics(List.of(new NewTopic(topic, 1, (short) copies))).all().get();
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    @Test
    void acknowledgedRecordsAreReadInOrder() throws Exception {
        try (KafkaBrokers brokers = KafkaBrokers.start(1, folder)) {
            make(brokers, "numbers", 1);
            List<Integer> acknowledged;
            try (Numbers writer = new Numbers(brokers, "numbers")) {
                await().atMost(PATIENCE).until(() -> writer.count() >= 100);
                writer.finish();
                assertThat(writer.failure()).isNull();
                acknowledged = writer.acknowledged();
            }
            assertThat(Numbers.read(brokers, "numbers")).isEqualTo(acknowledged).startsWith(0, 1, 2);
        }
    }

    @Test
    void threeBrokersLoseNothingWhenTheLeaderIsKilled() throws Exception {
        try (KafkaBrokers brokers = KafkaBrokers.start(3, folder)) {
            make(brokers, "numbers", 3);
            Broker leader = brokers.leader("numbers", 0);
            try (Numbers writer = new Numbers(brokers, "numbers")) {
                await().atMost(PATIENCE).until(() -> writer.count() >= 100);

                leader.kill();
                int before = writer.count();
                await().atMost(PATIENCE).until(() -> brokers.leader("numbers", 0) != leader);
                await().atMost(PATIENCE).until(() -> writer.count() > before + 500);

                leader.start();
                leader.awaitStarted();
                await().atMost(PATIENCE)
                        .until(() -> brokers.inSync("numbers", 0).equals(Set.copyOf(brokers.all())));
                writer.finish();
                assertThat(writer.failure()).isNull();
                assertThat(Numbers.read(brokers, "numbers")).isEqualTo(writer.acknowledged());
            }
        }
    }

    @Test
    void pausedControllerIsReplacedAndReturns() throws Exception {
        try (KafkaBrokers brokers = KafkaBrokers.start(3, folder)) {
            make(brokers, "numbers", 3);
            Broker controller = brokers.controller();

            controller.pause();
            assertThat(controller.isAlive()).isTrue();
            await().atMost(PATIENCE).until(() -> brokers.controller() != controller);
            await().atMost(PATIENCE).until(() -> !brokers.inSync("numbers", 0).contains(controller));

            controller.resume();
            await().atMost(PATIENCE).until(() -> brokers.inSync("numbers", 0).size() == 3);
        }
    }

    @Test
    void stoppedBrokerRestartsWithPortAndData() throws Exception {
        try (KafkaBrokers brokers = KafkaBrokers.start(1, folder)) {
            Broker broker = brokers.broker(0);
            make(brokers, "numbers", 1);
            List<Integer> acknowledged;
            try (Numbers writer = new Numbers(brokers, "numbers")) {
                await().atMost(PATIENCE).until(() -> writer.count() >= 100);
                writer.finish();
                acknowledged = writer.acknowledged();
            }
            long first = broker.pid();

            broker.pause();
            broker.stop();
            assertThat(broker.isAlive()).isFalse();
            assertThat(isAlive(first)).isFalse();
            assertThat(folder.resolve("broker-0/data/.kafka_cleanshutdown")).exists();
            assertThatThrownBy(broker::pause).isInstanceOf(IOException.class).hasMessageContaining("not alive");

            broker.start();
            assertThatThrownBy(broker::start).isInstanceOf(IllegalStateException.class)
                    .hasMessage("broker 0 runs already");
            broker.awaitStarted();
            assertThat(broker.pid()).isNotEqualTo(first);
            assertThat(Numbers.read(brokers, "numbers")).isEqualTo(acknowledged);
        }
    }

    @Test
    void closingLeavesNoProcess() throws Exception {
        List<Long> pids;
        Broker broker;
        try (KafkaBrokers brokers = KafkaBrokers.start(3, folder)) {
            pids = brokers.all().stream().map(Broker::pid).toList();
            assertThat(pids).allMatch(KafkaBrokersTest::isAlive).doesNotHaveDuplicates();
            broker = brokers.broker(2);
            broker.pause();
        }
        assertThat(pids).noneMatch(KafkaBrokersTest::isAlive);
        assertThatThrownBy(broker::start).isInstanceOf(IllegalStateException.class).hasMessage("broker 2 is closed");
    }

    @Test
    void aStartThatFailsSaysWhyAndLeavesNoProcess() {
        assertThatThrownBy(() -> KafkaBrokers.start(2, folder, Map.of("num.io.threads", "none")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broker 0 ended with status 1")
                .hasMessageContaining("Invalid value none for configuration num.io.threads");
        assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void brokersEndWithTheirStarter() throws Exception {
        for (String way : List.of("end", "kill")) {
            Process starter = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp", System.getProperty("java.class.path"), Starter.class.getName(),
                    folder.resolve(way).toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            try (BufferedReader output = starter.inputReader()) {
                String line = output.lines().filter(each -> each.matches("\\d+")).findFirst().orElseThrow();
                long pid = Long.parseLong(line);
                assertThat(isAlive(pid)).isTrue();
                if (way.equals("end")) {
                    starter.getOutputStream().close();
                    assertThat(starter.waitFor()).isZero();
                }
                starter.destroyForcibly();
                await().atMost(PATIENCE).until(() -> !isAlive(pid));
            } finally {
                starter.destroyForcibly().waitFor();
            }
        }
    }

    @Test
    void kafkasServerIsNotOnOurClassPath() {
        assertThatThrownBy(() -> Class.forName("kafka.Kafka")).isInstanceOf(ClassNotFoundException.class);
    }
}
