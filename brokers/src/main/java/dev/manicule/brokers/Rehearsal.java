package dev.manicule.brokers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a virtual machine learns of a broker once, so that later starts take half the time: classes loaded and linked, kept beside Kafka's
 * jars. The build does it before the tests; nothing depends on it but how fast brokers start.
 */
final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);

    private Rehearsal() {}

    /**
     * Lets a broker start, take a record and stop, unless that was done with the same jars.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Kafka kafka = Kafka.find();
        Path cache = kafka.cache();
        if (Files.exists(cache)) {
            return;
        }
        long begun = System.nanoTime();
        Path learned = cache.resolveSibling("kafka.aot.new");
        Path folder = Files.createTempDirectory(cache.getParent(), "rehearsal");
        try {
            run(kafka.with("-XX:AOTCacheOutput=" + learned), folder);
            Files.move(learned, cache, StandardCopyOption.ATOMIC_MOVE);
            LOG.info("A start of Kafka's broker was rehearsed in {} ms", (System.nanoTime() - begun) / 1_000_000);
        } catch (IOException | ExecutionException e) {
            LOG.warn("The rehearsal in {} failed: brokers start slowly, and nothing else", folder, e);
        }
    }

    private static void run(Kafka kafka, Path folder) throws IOException, InterruptedException, ExecutionException {
        try (KafkaBrokers brokers = KafkaBrokers.start(kafka, 1, folder, Map.of(), List.of())) {
            brokers.admin().createTopics(List.of(new NewTopic("rehearsal", 1, (short) 1))).all().get();
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers.bootstrapServers()),
                    new ByteArraySerializer(), new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>("rehearsal", new byte[1])).get();
            }
            brokers.broker(0).stop(); // which is when it writes down what it has learned
        }
    }
}
