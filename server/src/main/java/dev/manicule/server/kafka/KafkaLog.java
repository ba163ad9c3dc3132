package dev.manicule.server.kafka;

import dev.manicule.server.kafka.TopicWatch.Topic;
import dev.manicule.server.log.AppendFailure;
import dev.manicule.server.log.EntryCodec;
import dev.manicule.server.log.Log;
import dev.manicule.server.log.LogException;
import dev.manicule.server.log.LogListener;
import dev.manicule.server.log.LogReader;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log that is a partition of a topic, shared by all nodes of a cluster: a record an entry, the record's offset the entry's.
 *
 * <p>A write is acknowledged when all replicas that are in sync have it ({@code acks=all}). Kafka's producer repeats
 * what got no response, and the brokers drop duplicates. A write that is not acknowledged in time is in doubt, and this
 * class never sends it again: it may come through the log later.
 *
 * <p>The key of each record says which log it was meant for. Kafka's producer follows the name of the topic: a process that
 * was cut off, or stood still, while the topic was deleted and made anew would put its entries into the new one. Readers get
 * {@linkplain EntryCodec#stray an entry without an effect} for these.
 *
 * @param <E> an entry
 */
public final class KafkaLog<E> implements Log<E> {
    private static final String CLOSED = "the log is closed";
    private static final String MISSING = "there is no topic of the name that the log is in";
    private static final String REPLACED = "another topic has the name of the one that the log is in";
    /** The time limit of a check whether the brokers accept writes again: other appends wait meanwhile. */
    private static final Duration A_LOOK = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(KafkaLog.class);

    private final KafkaSettings settings;
    private final TopicPartition partition;
    /** Which log it is. */
    private final long id;
    /** The key of its records, which says so. */
    private final byte[] key;
    private final EntryCodec<E> codec;
    private final LogListener listener;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final AtomicLong begin;
    private final AtomicLong end;
    /** Of the appender; replaced after a failure. */
    private @Nullable Producer<byte[], byte[]> producer;
    /** The end of the entries as a broker last reported it. */
    private volatile long heardOf;
    private volatile boolean isInDoubt;
    private volatile boolean isClosed;
    private volatile @Nullable TopicWatch watch;

    private KafkaLog(KafkaSettings settings, TopicPartition partition, long id, EntryCodec<E> codec,
            LogListener listener, Supplier<Producer<byte[], byte[]>> producers, Extent extent) {
        this.settings = settings;
        this.partition = partition;
        this.id = id;
        key = ByteBuffer.allocate(Long.BYTES).putLong(id).array();
        this.codec = codec;
        this.listener = listener;
        this.producers = producers;
        begin = new AtomicLong(extent.begin);
        end = new AtomicLong(extent.end);
    }

    /** The offsets at which the entries begin and end. */
    private record Extent(long begin, long end) {}

    /**
     * The log in a partition of a topic, which is there.
     *
     * @param partition the partition, from 0
     * @param id the id of the topic: {@link KafkaTopic#id}
     * @param codec the byte form of entries
     * @param listener observes appends
     * @throws LogException when the brokers do not respond in time
     */
    public static <E> KafkaLog<E> open(KafkaSettings settings, int partition, long id, EntryCodec<E> codec,
            LogListener listener) throws LogException {
        return open(settings, partition, id, codec, listener, () -> KafkaClients.producer(settings));
    }

    /** The same with producers that a test makes. */
    static <E> KafkaLog<E> open(KafkaSettings settings, int partition, long id, EntryCodec<E> codec,
            LogListener listener, Supplier<Producer<byte[], byte[]>> producers) throws LogException {
        TopicPartition place = new TopicPartition(settings.topic(), partition);
        return new KafkaLog<>(settings, place, id, codec, listener, producers,
                extent(settings, place, settings.patience()));
    }

    /** Notifies the listener when another topic has the name of this one. Until {@link #close}. */
    public void watch() {
        watch = TopicWatch.start(settings, id, listener::replaced);
    }

    private static Extent extent(KafkaSettings settings, TopicPartition partition, Duration patience)
            throws LogException {
        try (KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(settings)) {
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(Set.of(partition), patience);
            Map<TopicPartition, Long> ends = consumer.endOffsets(Set.of(partition), patience);
            return new Extent(begins.getOrDefault(partition, 0L), ends.getOrDefault(partition, 0L));
        } catch (KafkaException e) {
            throw new LogException("Asking for the extent of " + settings + ": " + Reasons.of(e), e);
        }
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public void append(List<E> entries, AppendFailure onFailure) {
        if (entries.isEmpty()) {
            return;
        }
        String refusal = refusal();
        if (refusal != null) {
            AppendFailure.report(onFailure, refusal, false);
            return;
        }
        List<byte[]> values = new ArrayList<>(entries.size());
        try {
            for (E entry : entries) {
                values.add(codec.encode(entry));
            }
        } catch (RuntimeException e) {
            LOG.error("An entry has no byte form", e);
            AppendFailure.report(onFailure, "an entry has no byte form", false);
            return;
        }
        Failure failure = send(values);
        if (failure != null) {
            isInDoubt = failure.inDoubt;
            renewProducer();
            AppendFailure.report(onFailure, failure.reason, failure.inDoubt);
        }
    }

    /** Why nothing can be appended; null when that can be tried. */
    private @Nullable String refusal() {
        if (isClosed) {
            return CLOSED;
        }
        return switch (topic()) {
            case REPLACED -> REPLACED;
            case MISSING -> MISSING;
            case SAME -> isInDoubt ? "an earlier append is in doubt" : null;
        };
    }

    @Override
    public @Nullable String fault() {
        return switch (topic()) {
            case SAME -> null;
            case MISSING -> "Kafka has no topic \"" + partition.topic() + "\" any more.";
            case REPLACED -> "Another topic has the name \"" + partition.topic() + "\" by now.";
        };
    }

    /** What has the name of the topic by now. While no topic has, Kafka's consumer would ask for it without a pause. */
    Topic topic() {
        TopicWatch watching = watch;
        return watching == null ? Topic.SAME : watching.topic();
    }

    /** Why an append failed, and whether some of it may be in the log or come there. */
    private record Failure(String reason, boolean inDoubt) {}

    private @Nullable Failure send(List<byte[]> values) {
        long start = System.nanoTime();
        List<Future<RecordMetadata>> sent = new ArrayList<>(values.size());
        long bytes = 0;
        try {
            Producer<byte[], byte[]> present = producer();
            for (byte[] value : values) {
                bytes += value.length;
                sent.add(present.send(new ProducerRecord<>(partition.topic(), partition.partition(), key, value)));
            }
            present.flush();
        } catch (RuntimeException e) { // the record is not even on its way
            if (sent.isEmpty()) {
                return new Failure(Reasons.of(e), false);
            }
            LOG.debug("Some entries of an append were not sent", e);
            return new Failure(Reasons.of(e), true);
        }
        Failure failure = await(sent);
        if (failure == null) {
            listener.appended(values.size(), bytes, System.nanoTime() - start);
        }
        return failure;
    }

    private @Nullable Failure await(List<Future<RecordMetadata>> sent) {
        @Nullable String reason = null;
        boolean isAnyUncertain = false;
        boolean isInterrupted = false;
        long reached = 0;
        for (Future<RecordMetadata> each : sent) {
            try {
                reached = Math.max(reached, each.get().offset() + 1);
                isAnyUncertain = true; // if a later one fails, this one is there
            } catch (ExecutionException e) {
                reason = Reasons.of(e.getCause());
                isAnyUncertain |= !isCertainlyRefused(e.getCause());
            } catch (InterruptedException e) {
                isInterrupted = true;
                reason = "interrupted";
                isAnyUncertain = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
        reached(reached);
        return reason == null ? null : new Failure(reason, isAnyUncertain);
    }

    private static boolean isCertainlyRefused(@Nullable Throwable cause) {
        return cause instanceof RecordTooLargeException || cause instanceof AuthorizationException;
    }

    private Producer<byte[], byte[]> producer() {
        Producer<byte[], byte[]> present = producer;
        if (present == null) {
            present = producers.get();
            producer = present;
        }
        return present;
    }

    /** Whether a record with this key was meant for another log. */
    boolean isStray(byte @Nullable [] recordKey) {
        return recordKey != null && !Arrays.equals(recordKey, key);
    }

    /** Drops what a failed producer has not sent yet. */
    private void renewProducer() {
        Producer<byte[], byte[]> failed = producer;
        producer = null;
        if (failed != null) {
            close(failed);
        }
    }

    private static void close(Producer<byte[], byte[]> producer) {
        try {
            producer.close(Duration.ZERO);
        } catch (RuntimeException e) {
            LOG.debug("A producer could not be closed", e);
        }
    }

    @Override
    public boolean resolveDoubt() {
        if (isInDoubt && !isClosed) {
            try {
                reached(extent(settings, partition, A_LOOK).end);
                isInDoubt = false;
            } catch (LogException e) {
                LOG.debug("The brokers do not respond yet", e);
            }
        }
        return !isInDoubt;
    }

    @Override
    public LogReader<E> reader(long from) throws LogException {
        if (from < begin() || from > end()) {
            Extent present = extent(settings, partition, settings.patience());
            begin.accumulateAndGet(present.begin, Math::max);
            reached(present.end);
        }
        noteOutrun(from);
        if (from < begin() || from > end()) {
            throw new LogException("Offset " + from + " is not in " + settings + ", which has " + begin() + " to "
                    + end() + ".");
        }
        return new KafkaLogReader<>(this, from);
    }

    /** Notifies the listener when a reader needs entries that the log has dropped. */
    private void noteOutrun(long next) {
        if (next < begin()) {
            try {
                listener.outrun(next, begin());
            } catch (RuntimeException e) {
                LOG.error("A listener of the log failed", e);
            }
        }
    }

    /** The brokers do not have an offset that a reader needs: they have dropped it, or what they had. */
    void missing(long next) throws LogException {
        begin.accumulateAndGet(extent(settings, partition, settings.patience()).begin, Math::max);
        noteOutrun(next);
    }

    /** Entries below an offset are durable. */
    void reached(long offset) {
        end.accumulateAndGet(offset, Math::max);
    }

    /** A broker has reported entries below an offset. Called by the replica's reader. */
    void heardOf(long offset) {
        heardOf = offset;
    }

    @Override
    public long countFrom(long offset) {
        return Math.max(Math.max(heardOf, end()) - offset, 0);
    }

    KafkaSettings settings() {
        return settings;
    }

    TopicPartition partition() {
        return partition;
    }

    EntryCodec<E> codec() {
        return codec;
    }

    void requireOpen() throws LogException {
        if (isClosed || topic() == Topic.REPLACED) {
            throw new LogException(isClosed ? CLOSED : REPLACED);
        }
    }

    @Override
    public long begin() {
        return begin.get();
    }

    @Override
    public long end() {
        return end.get();
    }

    /** Does nothing: the retention of the topic is set at its brokers, and other nodes may need the entries. */
    @Override
    public void release(long below) {
        LOG.trace("Entries below {} are not needed here", below);
    }

    @Override
    public void close() {
        isClosed = true;
        TopicWatch watching = watch;
        if (watching != null) {
            watching.close();
        }
        renewProducer();
    }
}
