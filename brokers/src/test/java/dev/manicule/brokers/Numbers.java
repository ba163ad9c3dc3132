package dev.manicule.brokers;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Writes numbers from 0 on to partition 0 of a topic, a hundred on their way at a time, and notes which were acknowledged by all replicas in sync. */
final class Numbers implements AutoCloseable {
    private final Semaphore onTheirWay = new Semaphore(100);
    private final Set<Integer> acknowledged = new ConcurrentSkipListSet<>();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final CompletableFuture<Void> done;
    private volatile boolean closed;

    Numbers(KafkaBrokers brokers, String topic) {
        this(brokers.bootstrapServers(), topic);
    }

    /** The same behind a door. */
    Numbers(String bootstrapServers, String topic) {
        this.topic = topic;
        producer = new KafkaProducer<>(Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                ProducerConfig.ACKS_CONFIG, "all", ProducerConfig.LINGER_MS_CONFIG, 0,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 2_000, ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 90_000,
                ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, 500L), new ByteArraySerializer(),
                new ByteArraySerializer());
        done = CompletableFuture.runAsync(this::write, task -> Thread.ofPlatform().name("writer").start(task));
    }

    private void write() {
        for (int number = 0; !closed; number++) {
            int sent = number;
            onTheirWay.acquireUninterruptibly();
            byte[] value = Integer.toString(sent).getBytes(StandardCharsets.US_ASCII);
            var _ = producer.send(new ProducerRecord<>(topic, 0, null, value), (where, problem) -> {
                onTheirWay.release();
                if (problem == null) {
                    acknowledged.add(sent);
                } else {
                    failure.compareAndSet(null, problem);
                }
            });
        }
    }

    /** How many were acknowledged. */
    int count() {
        return acknowledged.size();
    }

    /** Which were acknowledged, in order. */
    List<Integer> acknowledged() {
        return List.copyOf(acknowledged);
    }

    /** What was the matter with a record that was not. */
    @Nullable
    Exception failure() {
        return failure.get();
    }

    /** Writes no more, and returns when all that is on its way has an answer. */
    void finish() {
        closed = true;
        done.join();
        producer.close();
    }

    @Override
    public void close() {
        finish();
    }

    /** The numbers in partition 0 of the topic, in its order. */
    static List<Integer> read(KafkaBrokers brokers, String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers.bootstrapServers()),
                new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            consumer.seekToBeginning(List.of(partition));
            List<Integer> numbers = new ArrayList<>();
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(100))) {
                    numbers.add(Integer.valueOf(new String(each.value(), StandardCharsets.US_ASCII)));
                }
            }
            return numbers;
        }
    }
}
