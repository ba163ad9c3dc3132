package dev.manicule.server.kafka;

import dev.manicule.server.kafka.TopicWatch.Topic;
import dev.manicule.server.log.Batch;
import dev.manicule.server.log.LogException;
import dev.manicule.server.log.LogReader;
import dev.manicule.server.model.Timetoken;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a partition. Records that came together and have the same time are a batch, so where batches end differs from reader to reader.
 *
 * @param <E> an entry
 */
final class KafkaLogReader<E> implements LogReader<E> {
    /** The most entries of a batch, so that memory has room for the entries that wait to be applied. */
    private static final int MOST_ENTRIES = 1_024;

    private final KafkaLog<E> log;
    private final KafkaConsumer<byte[], byte[]> consumer;
    /** The records that have come and were not returned yet. */
    private final Queue<ConsumerRecord<byte[], byte[]>> records = new ArrayDeque<>();
    private long next;
    private boolean isPaused;

    KafkaLogReader(KafkaLog<E> log, long from) throws LogException {
        this.log = log;
        next = from;
        KafkaConsumer<byte[], byte[]> made = KafkaClients.consumer(log.settings());
        boolean isReady = false;
        try {
            made.assign(Set.of(log.partition()));
            made.seek(log.partition(), from);
            isReady = true;
        } catch (KafkaException e) {
            throw new LogException("Reading " + log.settings() + ": " + Reasons.of(e), e);
        } finally {
            if (!isReady) {
                made.close();
            }
        }
        consumer = made;
    }

    @Override
    public @Nullable Batch<E> next(long millis) throws InterruptedException, LogException {
        log.requireOpen();
        if (records.isEmpty()) {
            fetch(millis);
        }
        return records.isEmpty() ? null : batch();
    }

    private void fetch(long millis) throws InterruptedException, LogException {
        boolean isKnown = next < log.end();
        long patience = isKnown ? log.settings().patience().toMillis() : 0;
        long start = System.nanoTime();
        long left = Math.max(millis, patience);
        do {
            poll(left);
            left = Math.max(millis, patience) - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        } while (records.isEmpty() && left > 0);
        if (isKnown && records.isEmpty()) {
            throw new LogException("No broker sends offset " + next + " of " + log.settings() + ".");
        }
    }

    private void pauseWhile(boolean isMissing) {
        if (isMissing == isPaused) {
            return;
        }
        isPaused = isMissing;
        if (isMissing) {
            consumer.pause(Set.of(log.partition()));
        } else {
            consumer.resume(Set.of(log.partition()));
        }
    }

    private void poll(long millis) throws InterruptedException, LogException {
        try {
            pauseWhile(log.topic() == Topic.MISSING);
            for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(millis))) {
                records.add(each);
            }
            consumer.currentLag(log.partition())
                    .ifPresent(lag -> log.heardOf(consumer.position(log.partition()) + lag));
        } catch (org.apache.kafka.common.errors.InterruptException e) {
            Thread.interrupted(); // which that exception has set again
            throw new InterruptedException(e.getMessage());
        } catch (InvalidOffsetException e) {
            log.missing(next);
            throw new LogException("Offset " + next + " of " + log.settings()
                    + " is not there any more: the topic keeps less than this node needs.", e);
        } catch (KafkaException e) {
            throw new LogException("Reading " + log.settings() + ": " + Reasons.of(e), e);
        }
    }

    private Batch<E> batch() throws LogException {
        long first = next;
        ConsumerRecord<byte[], byte[]> record = records.element();
        long time = record.timestamp();
        List<E> entries = new ArrayList<>();
        for (; record != null && record.timestamp() == time && entries.size() < MOST_ENTRIES; record = records.peek()) {
            try {
                entries.add(entry(record, first + entries.size()));
            } catch (LogException e) {
                if (entries.isEmpty()) {
                    throw e;
                }
                break; // the records before it are to be applied first
            }
            records.remove();
        }
        next = first + entries.size();
        log.reached(next);
        return new Batch<>(first, Timetoken.of(Instant.ofEpochMilli(time)), entries);
    }

    private E entry(ConsumerRecord<byte[], byte[]> record, long offset) throws LogException {
        if (record.offset() != offset) {
            throw new LogException("There is a hole in " + log.settings() + ", from offset " + offset + " to "
                    + record.offset() + ": it must not be compacted, and no transactions may write to it.");
        }
        if (log.isStray(record.key())) {
            return log.codec().stray();
        }
        byte[] value = record.value();
        try {
            return log.codec().decode(ByteBuffer.wrap(value == null ? new byte[0] : value));
        } catch (RuntimeException e) {
            throw new LogException("Offset " + record.offset() + " of " + log.settings() + " is no entry: "
                    + Reasons.of(e), e.getCause() == null ? e : e.getCause());
        }
    }

    @Override
    public void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
    }
}
