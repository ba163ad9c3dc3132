package dev.manicule.server.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.manicule.brokers.KafkaBrokers;
import dev.manicule.server.log.Batch;
import dev.manicule.server.log.Log;
import dev.manicule.server.log.LogContract;
import dev.manicule.server.log.LogException;
import dev.manicule.server.log.LogListener;
import dev.manicule.server.log.LogReader;
import dev.manicule.server.log.StringCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a real broker. What happens when brokers die is tested where there are several. */
class KafkaLogTest extends LogContract {
    private static final AtomicInteger TOPICS = new AtomicInteger();
    @TempDir
    private static Path folder;
    private static KafkaBrokers brokers;

    /** Of the contract's log. */
    private FailingProducers producers = new FailingProducers(() -> {
        throw new IllegalStateException("there is no log yet");
    });

    @BeforeAll
    static void startBroker() throws Exception {
        brokers = KafkaBrokers.start(1, folder);
    }

    @AfterAll
    static void stopBroker() {
        brokers.close();
    }

    private static KafkaSettings settings() {
        return new KafkaSettings(brokers.bootstrapServers(), "log-" + TOPICS.incrementAndGet(), Map.of(),
                KafkaSettings.USUAL_PATIENCE);
    }

    @Override
    protected Log<String> create(long firstOffset, InstantSource clock) throws Exception {
        KafkaSettings settings = settings();
        assertThat(KafkaTopic.create(settings, 1, 1)).isTrue();
        if (firstOffset > 0) {
            fill(settings, firstOffset);
        }
        producers = new FailingProducers(() -> KafkaClients.producer(settings));
        return KafkaLog.open(settings, 0, KafkaTopic.of(settings).id(), new StringCodec(), LogListener.NONE, producers);
    }

    /** Has entries be there, and be dropped, up to an offset. */
    private static void fill(KafkaSettings settings, long below) throws Exception {
        try (Log<String> log = open(settings)) {
            log.append(IntStream.range(0, (int) below).mapToObj(i -> "dropped").toList(), KafkaLogTest::unexpected);
        }
        try (Admin admin = KafkaClients.admin(settings)) {
            admin.deleteRecords(Map.of(new TopicPartition(settings.topic(), 0), RecordsToDelete.beforeOffset(below)))
                    .all()
                    .get();
        }
    }

    private static Log<String> open(KafkaSettings settings) throws LogException {
        return KafkaLog.open(settings, 0, KafkaTopic.of(settings).id(), new StringCodec(), LogListener.NONE);
    }

    private static void unexpected(String reason, boolean inDoubt) {
        throw new AssertionError(reason);
    }

    @Override
    protected void failNext(boolean inDoubt) {
        producers.failNext(inDoubt);
    }

    @Test
    void concurrentAppendsAreReadInOneOrder() throws Exception {
        KafkaSettings settings = settings();
        assertThat(KafkaTopic.create(settings, 1, 1)).isTrue();
        try (Log<String> one = open(settings); Log<String> other = open(settings)) {
            Thread thread = Thread.ofPlatform().start(() -> append(other, "b"));
            append(one, "a");
            thread.join();

            List<String> all = read(one, 400);
            assertThat(read(other, 400)).isEqualTo(all);
            assertThat(all.stream().filter(entry -> entry.startsWith("a")))
                    .isEqualTo(IntStream.range(0, 200).mapToObj(i -> "a" + i).toList());
            assertThat(all.stream().filter(entry -> entry.startsWith("b")))
                    .isEqualTo(IntStream.range(0, 200).mapToObj(i -> "b" + i).toList());
        }
    }

    private static void append(Log<String> log, String name) {
        for (int i = 0; i < 200; i += 4) {
            log.append(List.of(name + i, name + (i + 1), name + (i + 2), name + (i + 3)), KafkaLogTest::unexpected);
        }
    }

    private static List<String> read(Log<String> log, int count) throws Exception {
        List<String> all = new ArrayList<>();
        try (LogReader<String> reader = log.reader(0)) {
            while (all.size() < count) {
                Batch<String> batch = reader.next(10_000);
                assertThat(batch).isNotNull();
                all.addAll(batch.entries());
            }
        }
        return all;
    }

    @Test
    void largeAppendIsWhole() throws Exception {
        KafkaSettings settings = settings();
        assertThat(KafkaTopic.create(settings, 1, 1)).isTrue();
        try (Log<String> log = open(settings)) {
            List<String> large = IntStream.range(0, 40).mapToObj(i -> i + "x".repeat(1_500_000)).toList();
            log.append(large, KafkaLogTest::unexpected);
            assertThat(read(log, 40)).isEqualTo(large);
        }
    }

    @Test
    void anEntryThatIsTooLargeIsRefusedWithoutDoubt() throws Exception {
        KafkaSettings settings = settings();
        assertThat(KafkaTopic.create(settings, 1, 1)).isTrue();
        List<String> failures = new ArrayList<>();
        try (Log<String> log = open(settings)) {
            log.append(List.of("x".repeat(KafkaClients.MOST_BYTES)),
                    (reason, inDoubt) -> failures.add(reason + inDoubt));
            assertThat(failures).singleElement().asString().contains("max.request.size").endsWith("false");
            log.append(List.of("small"), KafkaLogTest::unexpected);
            assertThat(read(log, 1)).containsExactly("small");
        }
    }

    @Test
    void recreatedTopicIsAnotherLog() throws Exception {
        KafkaSettings settings = settings();
        assertThat(KafkaTopic.create(settings, 1, 1)).isTrue();
        long id = KafkaTopic.of(settings).id();
        assertThat(KafkaTopic.of(settings).id()).isEqualTo(id);
        assertThat(KafkaTopic.create(settings, 1, 1)).as("it is there already").isFalse();
        try (Admin admin = KafkaClients.admin(settings)) {
            admin.deleteTopics(List.of(settings.topic())).all().get();
        }
        await().ignoreExceptions().until(() -> KafkaTopic.create(settings, 1, 1));
        assertThat(KafkaTopic.of(settings).id()).isNotEqualTo(id);
    }

    /** As of a process that stood still while the topic was deleted and made anew. */
    @Test
    void entriesForAnotherLogAreIgnored() throws Exception {
        KafkaSettings settings = settings();
        assertThat(KafkaTopic.create(settings, 1, 1)).isTrue();
        long id = KafkaTopic.of(settings).id();
        try (Log<String> log = open(settings);
                Log<String> former = KafkaLog.open(settings, 0, id + 1, new StringCodec(), LogListener.NONE)) {
            log.append(List.of("a"), KafkaLogTest::unexpected);
            former.append(List.of("b", "c"), KafkaLogTest::unexpected);
            log.append(List.of("d"), KafkaLogTest::unexpected);
            assertThat(read(log, 4)).containsExactly("a", "stray", "stray", "d");
        }
    }

    @Test
    void deletedTopicIsReportedAndRefusesAppends() throws Exception {
        KafkaSettings settings = settings();
        assertThat(KafkaTopic.create(settings, 1, 1)).isTrue();
        List<String> failures = new ArrayList<>();
        try (KafkaLog<String> log = KafkaLog.open(settings, 0, KafkaTopic.of(settings).id(), new StringCodec(),
                LogListener.NONE)) {
            log.watch();
            assertThat(log.fault()).isNull();
            try (Admin admin = KafkaClients.admin(settings)) {
                admin.deleteTopics(List.of(settings.topic())).all().get();
            }
            await().untilAsserted(() -> assertThat(log.fault())
                    .isEqualTo("Kafka has no topic \"" + settings.topic() + "\" any more."));
            log.append(List.of("a"), (reason, inDoubt) -> failures.add(reason + ", in doubt: " + inDoubt));
            assertThat(failures)
                    .containsExactly("there is no topic of the name that the log is in, in doubt: false");
        }
    }

    @Test
    void topicThatMayLoseEntriesIsRefused() throws Exception {
        KafkaSettings settings = settings();
        assertThatThrownBy(() -> KafkaTopic.of(settings)).isInstanceOf(LogException.class)
                .hasMessageContaining("manicule cluster create-topic");
        try (Admin admin = KafkaClients.admin(settings)) {
            admin.createTopics(List.of(new NewTopic(settings.topic(), 1, (short) 1)
                    .configs(Map.of("cleanup.policy", "compact", "unclean.leader.election.enable", "true"))))
                    .all()
                    .get();
        }
        assertThat(KafkaTopic.of(settings).faults()).hasSize(4)
                .anySatisfy(fault -> assertThat(fault).startsWith("cleanup.policy is compact, and has to be delete"))
                .anySatisfy(fault -> assertThat(fault).startsWith("message.timestamp.type is CreateTime"))
                .anySatisfy(fault -> assertThat(fault).startsWith("unclean.leader.election.enable is true"))
                .anySatisfy(fault -> assertThat(fault).startsWith("max.message.bytes is 1048588"));

        KafkaSettings good = settings();
        assertThat(KafkaTopic.create(good, 1, 1)).isTrue();
        KafkaTopic topic = KafkaTopic.of(good);
        assertThat(topic.faults()).isEmpty();
        assertThat(topic.warnings()).containsExactly(
                "The topic has 1 replica, and min.insync.replicas is 1: the loss of one broker can lose acknowledged writes."
                        + " 3 and 2 are usual.",
                "The topic has 1 replica, and min.insync.replicas is 1: while one broker is away, all writes wait. 3 and 2 are"
                        + " usual.");
        assertThat(topic.partitions()).isEqualTo(1);
        assertThat(topic.inSync()).isEqualTo(1);

        KafkaSettings wide = settings();
        assertThat(KafkaTopic.create(wide, 2, 1)).isTrue();
        assertThat(KafkaTopic.of(wide).warnings()).last().asString().contains("2 partitions");
    }

    @Test
    void missingBrokersAreReported() {
        KafkaSettings nowhere = new KafkaSettings("127.0.0.1:9", "log", Map.of(), Duration.ofSeconds(3));
        assertThatThrownBy(() -> KafkaTopic.of(nowhere)).isInstanceOf(LogException.class)
                .hasMessageContaining("127.0.0.1:9");
        KafkaSettings nameless = new KafkaSettings("no-such-host.invalid:9092", "log", Map.of(), Duration.ofSeconds(3));
        assertThatThrownBy(() -> KafkaTopic.of(nameless)).isInstanceOf(LogException.class)
                .hasMessageContaining("no-such-host.invalid:9092")
                .hasMessageContaining("No resolvable");
        KafkaSettings unknown = new KafkaSettings("127.0.0.1:9", "log", Map.of("security.protocol", "NONE"),
                Duration.ofSeconds(3));
        assertThatThrownBy(() -> KafkaTopic.of(unknown)).hasMessageContaining("NONE");
    }
}
