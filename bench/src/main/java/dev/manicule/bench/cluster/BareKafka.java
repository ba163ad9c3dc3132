package dev.manicule.bench.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A producer and a consumer of Kafka and nothing else: how long a record takes from one to the other, on brokers that a cluster shares. */
final class BareKafka implements AutoCloseable {
    /** As large as the entry of a small publish. */
    private static final int BYTES = 150;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

    private final TopicPartition partition;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;

    /**
     * On a topic.
     *
     * @param requests that may be on their way at once, 1 to 5. Brokers respond to those of a producer one after the
     *         other, each when it is replicated: with several, a record waits behind as many; with one, all records
     *         that come meanwhile travel in the next request
     */
    BareKafka(String bootstrapServers, String topic, int requests) {
        partition = new TopicPartition(topic, 0);
        producer = new KafkaProducer<>(Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                ProducerConfig.ACKS_CONFIG, "all", ProducerConfig.LINGER_MS_CONFIG, 0,
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, requests),
                new ByteArraySerializer(), new ByteArraySerializer());
        consumer = new KafkaConsumer<>(Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
                new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(List.of(partition));
    }

    /**
     * Sends records at a rate of their own.
     *
     * @return how long each took until it was consumed, in microseconds, counted from when it was due
     * @throws IOException when one has not come within 30 s
     */
    Histogram run(int perSecond, Duration time) throws IOException, InterruptedException {
        consumer.seekToEnd(List.of(partition));
        long from = consumer.position(partition);
        AtomicLong end = new AtomicLong(Long.MAX_VALUE);
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<Histogram> consumed = thread.submit(() -> consume(from, end));
            end.set(from + send(perSecond, time));
            return consumed.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    private long send(int perSecond, Duration time) {
        long interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
        long count = time.toNanos() / interval;
        long begin = System.nanoTime();
        for (long i = 0; i < count; i++) {
            long due = begin + i * interval;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            byte[] value = new byte[BYTES];
            ByteBuffer.wrap(value).putLong(due);
            Future<?> _ = producer.send(new ProducerRecord<>(partition.topic(), 0, null, value));
        }
        producer.flush();
        return count;
    }

    private Histogram consume(long from, AtomicLong end) throws IOException {
        Histogram micros = new Histogram(3);
        long next = from;
        long last = System.nanoTime();
        while (next < end.get()) {
            for (ConsumerRecord<byte[], byte[]> each : consumer.poll(POLL)) {
                last = System.nanoTime();
                micros.recordValue(Math.max(0, last - ByteBuffer.wrap(each.value()).getLong()) / 1000);
                next = each.offset() + 1;
            }
            if (System.nanoTime() - last > PATIENCE) {
                throw new IOException("records are lost: " + next + " of " + end.get());
            }
        }
        return micros;
    }

    @Override
    public void close() {
        producer.close();
        consumer.close();
    }
}
