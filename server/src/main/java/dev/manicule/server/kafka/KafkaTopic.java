package dev.manicule.server.kafka;

import dev.manicule.server.log.LogException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * A topic as its brokers describe it.
 *
 * @param id identifies the topic: a topic of the same name, made after this one was deleted, has another id
 * @param partitions how many partitions it has
 * @param replicas how many brokers have a copy of each partition, at least
 * @param inSync how many of them have all of the first partition, as its leader knows; 0 when no broker leads it
 * @param faults why it can't hold a log, in sentences; empty when it can
 * @param warnings the guarantees that it does not give, in sentences
 */
public record KafkaTopic(long id, int partitions, int replicas, int inSync, List<String> faults,
        List<String> warnings) {
    private static final int USUAL_REPLICAS = 3;
    private static final Duration LEAST_RETENTION = Duration.ofHours(1);

    /** Copies the lists. */
    public KafkaTopic {
        faults = List.copyOf(faults);
        warnings = List.copyOf(warnings);
    }

    /**
     * Makes a topic with the settings that a log needs, unless it exists; then its settings stay as they are.
     *
     * @param partitions how many partitions, at least 1
     * @param replicas how many brokers have a copy of each, at least 1
     * @return whether it was made
     * @throws LogException when the brokers refuse
     */
    public static boolean create(KafkaSettings settings, int partitions, int replicas) throws LogException {
        NewTopic topic = new NewTopic(settings.topic(), partitions, (short) replicas).configs(Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE,
                TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime",
                TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, replicas > 1 ? "2" : "1",
                TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG, "false",
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(KafkaClients.MOST_BYTES),
                TopicConfig.COMPRESSION_TYPE_CONFIG, "producer"));
        try (Admin admin = KafkaClients.admin(settings)) {
            admin.createTopics(List.of(topic)).all().get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return false;
            }
            throw new LogException("The " + settings + " can't be made: " + Reasons.of(e.getCause()) + ".", e);
        } catch (KafkaException e) {
            throw new LogException("The " + settings + " can't be made: " + Reasons.of(e) + ".", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /**
     * Has a log that has no entries yet begin behind its first offset. A node with empty tables then detects that it
     * lacks what came before.
     *
     * @param first an entry, of which nothing stays but its offset
     * @return the offset at which the log begins
     * @throws LogException when it has entries already, or the brokers refuse
     */
    public static long beginBehind(KafkaSettings settings, byte[] first) throws LogException {
        TopicPartition partition = new TopicPartition(settings.topic(), 0);
        try (Admin admin = KafkaClients.admin(settings);
                Producer<byte[], byte[]> producer = KafkaClients.producer(settings)) {
            long end = admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
            if (end > 0) {
                throw new LogException("The log in " + settings + " has " + end
                        + " entries already; nothing was changed. If no node runs with it, another attempt to adopt was cut off:"
                        + " delete it, and make it anew. Otherwise make another topic.");
            }
            Future<RecordMetadata> sent = producer.send(new ProducerRecord<>(settings.topic(), 0, null, first));
            producer.flush();
            long begin = sent.get().offset() + 1;
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(begin))).all().get();
            return begin;
        } catch (ExecutionException e) {
            throw new LogException("The log in " + settings + " can't be begun: " + Reasons.of(e.getCause()) + ".", e);
        } catch (KafkaException e) {
            throw new LogException("The log in " + settings + " can't be begun: " + Reasons.of(e) + ".", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /**
     * Fetches the description of a topic.
     *
     * @throws LogException when there is none, or the brokers don't respond in time
     */
    public static KafkaTopic of(KafkaSettings settings) throws LogException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, settings.topic());
        try (Admin admin = KafkaClients.admin(settings)) {
            TopicDescription description = describe(settings, admin);
            Config config = admin.describeConfigs(Set.of(resource)).all().get().get(resource);
            if (config == null) {
                throw new LogException("The brokers say nothing of " + settings + ".");
            }
            return judge(description, config);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw new LogException("There is no " + settings
                        + ". For a new cluster, \"manicule cluster create-topic\" makes it. If it was"
                        + " deleted, its log is lost: stop all nodes before another one is made.", e);
            }
            throw unanswered(settings, e.getCause());
        } catch (KafkaException e) {
            throw unanswered(settings, e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static TopicDescription describe(KafkaSettings settings, Admin admin)
            throws InterruptedException, ExecutionException, LogException {
        TopicDescription description = admin.describeTopics(Set.of(settings.topic()))
                .allTopicNames()
                .get()
                .get(settings.topic());
        if (description == null) {
            throw new LogException("The brokers say nothing of " + settings + ".");
        }
        return description;
    }

    /** The id of the topic that the brokers have under the name now; empty when they have none. */
    static OptionalLong presentId(KafkaSettings settings, Admin admin) throws InterruptedException, LogException {
        try {
            return OptionalLong.of(id(describe(settings, admin)));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return OptionalLong.empty();
            }
            throw unanswered(settings, e.getCause());
        }
    }

    private static LogException unanswered(KafkaSettings settings, @Nullable Throwable cause) {
        return new LogException("The brokers at " + settings.bootstrapServers() + " do not respond: "
                + Reasons.of(cause) + ".", cause);
    }

    private static long id(TopicDescription description) {
        Uuid id = description.topicId();
        return id.getMostSignificantBits() ^ id.getLeastSignificantBits();
    }

    private static LogException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new LogException("Asking the brokers was interrupted.", e);
    }

    private static KafkaTopic judge(TopicDescription description, Config config) {
        int replicas = USUAL_REPLICAS;
        for (TopicPartitionInfo partition : description.partitions()) {
            replicas = Math.min(replicas, partition.replicas().size());
        }
        List<String> faults = new ArrayList<>();
        require(config, TopicConfig.CLEANUP_POLICY_CONFIG, List.of("delete"), "compaction makes holes in the log",
                faults);
        require(config, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, List.of("LogAppendTime"),
                "the time of the log is that of its brokers", faults);
        require(config, TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG, List.of("false"),
                "a broker that lacks entries must not become the leader", faults);
        require(config, TopicConfig.COMPRESSION_TYPE_CONFIG, List.of("producer", "uncompressed", "gzip"),
                "nodes have no other decompression", faults);
        long largest = Long.parseLong(value(config, TopicConfig.MAX_MESSAGE_BYTES_CONFIG));
        if (largest < KafkaClients.MOST_BYTES) {
            faults.add(wrong(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(largest),
                    "at least " + KafkaClients.MOST_BYTES, "the largest entry has to fit"));
        }
        TopicPartitionInfo log = description.partitions().getFirst();
        int inSync = log.leader() == null || log.leader().isEmpty() ? 0 : log.isr().size();
        int needed = Integer.parseInt(value(config, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG));
        return new KafkaTopic(id(description), description.partitions().size(), replicas, inSync, faults,
                warnings(description.partitions().size(), replicas, needed,
                        Long.parseLong(value(config, TopicConfig.RETENTION_MS_CONFIG))));
    }

    private static List<String> warnings(int partitions, int replicas, int needed, long retentionMillis) {
        List<String> warnings = new ArrayList<>();
        if (retentionMillis >= 0 && retentionMillis < LEAST_RETENTION.toMillis()) {
            warnings.add(TopicConfig.RETENTION_MS_CONFIG + " is " + retentionMillis
                    + ": a node that was away for longer needs a checkpoint of another one, and when all are killed no node has"
                    + " what was written last. Hours at least are usual.");
        }
        String has = "The topic has " + replicas + (replicas == 1 ? " replica" : " replicas") + ", and "
                + TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG + " is " + needed;
        if (needed < 2 || replicas < 2) {
            warnings.add(has + ": the loss of one broker can lose acknowledged writes. 3 and 2 are usual.");
        }
        if (needed > replicas) {
            warnings.add(has
                    + ": some versions of Kafka take no write then, others acknowledge what fewer replicas have. 3 and 2 are"
                    + " usual.");
        } else if (needed == replicas) {
            warnings.add(has + ": while one broker is away, all writes wait. 3 and 2 are usual.");
        }
        if (partitions > 1) {
            warnings.add("The topic has " + partitions + " partitions: the log is in the first one, and the others stay"
                    + " empty.");
        }
        return warnings;
    }

    private static void require(Config config, String name, List<String> good, String reason, List<String> faults) {
        String value = value(config, name);
        if (!good.contains(value)) {
            faults.add(wrong(name, value, String.join(" or ", good), reason));
        }
    }

    private static String wrong(String name, String value, String good, String reason) {
        return name + " is " + value + ", and has to be " + good + ": " + reason + ".";
    }

    private static String value(Config config, String name) {
        ConfigEntry entry = config.get(name);
        return entry == null || entry.value() == null ? "not set" : entry.value();
    }
}
