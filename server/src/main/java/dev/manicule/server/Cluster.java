package dev.manicule.server;

import dev.manicule.server.access.PeerKey;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.OperationId;
import dev.manicule.server.command.Tick;
import dev.manicule.server.config.ClusterSettings;
import dev.manicule.server.files.FileFault;
import dev.manicule.server.files.OwnerOnly;
import dev.manicule.server.journal.DataStore;
import dev.manicule.server.journal.EntryBytes;
import dev.manicule.server.kafka.KafkaLog;
import dev.manicule.server.kafka.KafkaTopic;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.Progress;
import dev.manicule.server.log.LogException;
import dev.manicule.server.log.LogListener;
import dev.manicule.server.peers.CheckpointFetch;
import dev.manicule.server.peers.CheckpointManifest;
import dev.manicule.server.peers.Checkpoints;
import dev.manicule.server.peers.Peers;
import dev.manicule.server.peers.ProgressInLog;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Nodes that share a log in Apache Kafka: the topic of the log, and the data of a node, which follows it. */
public final class Cluster {
    /** All writes have one order. */
    private static final int PARTITION = 0;
    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

    private Cluster() {}

    /**
     * The properties of a topic.
     *
     * @param inSync how many replicas have all of the log, by what its leader knows; 0 when no broker leads it
     * @param faults why no log can be in it, in sentences; none when one can
     * @param warnings the guarantees that it does not give, in sentences
     */
    public record Topic(int partitions, int replicas, int inSync, List<String> faults, List<String> warnings) {
        /** Copies the lists. */
        public Topic {
            faults = List.copyOf(faults);
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * Makes the topic of a cluster, unless it exists.
     *
     * @param replicas how many brokers have a copy, at least 1; 3 is usual
     * @return whether it was made
     * @throws StartException when the brokers refuse
     */
    public static boolean createTopic(ClusterSettings cluster, int replicas) throws StartException {
        try {
            return KafkaTopic.create(cluster.log(), PARTITION + 1, replicas);
        } catch (LogException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Queries the brokers for the topic of a cluster.
     *
     * @throws StartException when there is none, or no broker answers
     */
    public static Topic topic(ClusterSettings cluster) throws StartException {
        try {
            KafkaTopic topic = KafkaTopic.of(cluster.log());
            return new Topic(topic.partitions(), topic.replicas(), topic.inSync(), topic.faults(),
                    topic.warnings());
        } catch (LogException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Makes the stored data of a single server the beginning of a cluster, whose log is empty: the server's folder is
     * that of a node then, and the other nodes begin with empty folders, and fetch checkpoints of it.
     *
     * @param data the folder; no server may run on it
     * @throws StartException when the log has entries, the topic is not made for a log, or the folder can't be opened; then nothing has
     *        changed, or this can be done again with another topic
     */
    public static void adopt(Path data, ClusterSettings cluster) throws StartException {
        try {
            KafkaTopic topic = good(cluster);
            Maintenance.refuseNoData(data);
            refuseAdopted(data, topic);
            DataStore.open(data, InstantSource.system()).close(); // before the topic is changed
            Entry first = new Entry(new OperationId(0, 0), Ledger.RULES, 0, new Tick());
            long begin = KafkaTopic.beginBehind(cluster.log(), new EntryBytes().encode(first));
            DataStore.follow(data, InstantSource.system(), topic.id(), begin);
        } catch (LogException | DataFolderException | IOException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    private static void refuseAdopted(Path data, KafkaTopic topic) throws DataFolderException, StartException {
        try (Ledger ledger = Ledger.open(data)) {
            if (ledger.isLogShared() && ledger.logId().equals(OptionalLong.of(topic.id()))) {
                throw new StartException("The data in " + data.toAbsolutePath().normalize()
                        + " is that of a node of this cluster already: start it. Nothing was changed.");
            }
        }
    }

    private static KafkaTopic good(ClusterSettings cluster) throws LogException, StartException {
        KafkaTopic topic = KafkaTopic.of(cluster.log());
        if (!topic.faults().isEmpty()) {
            throw new StartException("The log can't be in " + cluster.log() + ": "
                    + String.join(" ", topic.faults()));
        }
        return topic;
    }

    /**
     * Finds the nodes that report in the log of a cluster. Takes some seconds.
     *
     * @throws StartException when the log can't be read
     */
    public static Peers peers(ClusterSettings cluster) throws StartException {
        try {
            return listen(cluster, KafkaTopic.of(cluster.log()).id());
        } catch (LogException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static Peers listen(ClusterSettings cluster, long id) throws LogException, InterruptedException {
        try (KafkaLog<Entry> log = log(cluster, id, LogListener.NONE)) {
            return Peers.heard(log, Peers.USUAL_PATIENCE);
        }
    }

    private static KafkaLog<Entry> log(ClusterSettings cluster, long id, LogListener listener) throws LogException {
        return KafkaLog.open(cluster.log(), PARTITION, id, new EntryBytes(), listener);
    }

    /**
     * Replaces the tables of a node, which is stopped, by those of another node.
     *
     * @param from the address of that node; null for any that reports in the log
     * @param isForced whether to replace usable tables too
     * @param progress receives the progress
     * @throws StartException when they are usable, or no node gives a checkpoint; then they are as they were
     */
    public static CheckpointManifest checkpoint(Path data, ClusterSettings cluster, @Nullable URI from,
            boolean isForced, Progress progress) throws StartException {
        try {
            CheckpointManifest fetched = checkpoints(data, cluster, good(cluster), progress).replace(from, isForced);
            OwnerOnly.giveToOwner(data);
            return fetched;
        } catch (LogException | DataFolderException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new StartException("The owner of " + data + " can't be set: " + FileFault.reason(e), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static Checkpoints checkpoints(Path data, ClusterSettings cluster, KafkaTopic topic, Progress progress) {
        PeerKey key = cluster.secret() == null ? null : new PeerKey(cluster.secret());
        return new Checkpoints(data, new Checkpoints.Self(cluster.number(), cluster.node(), key, topic.id()),
                () -> listen(cluster, topic.id()), CheckpointFetch.Waiting.USUAL, progress);
    }

    /**
     * Fetches a checkpoint of another node where the log, which begins at an offset, lacks entries that the tables
     * lack; returns whether it did.
     */
    private static boolean isCheckpointFetched(Path data, ClusterSettings cluster, KafkaTopic topic, long begin)
            throws LogException, DataFolderException, StartException {
        try {
            return checkpoints(data, cluster, topic, new ProgressInLog(System::nanoTime)).replaceIfUseless(begin);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static StartException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new StartException("It was interrupted.", e);
    }

    /**
     * Opens the data of a node, when it has applied all that the log had. Where the log lacks entries that the node
     * lacks, it fetches a checkpoint of another node first, and waits until there is one.
     *
     * @throws StartException when the brokers can't be reached, the topic is not made for a log, or the folder can't be
     *        opened
     */
    static DataStore open(Path data, ClusterSettings cluster) throws StartException {
        try {
            KafkaTopic topic = good(cluster);
            topic.warnings().forEach(LOG::warn);
            DataStore.ListenedTo listened = new DataStore.ListenedTo();
            KafkaLog<Entry> log = log(cluster, topic.id(), listened);
            boolean isKept = false;
            try {
                isKept = !isCheckpointFetched(data, cluster, topic, log.begin());
            } finally {
                if (!isKept) { // after a fetch, the earlier view of the log is old
                    log.close();
                }
            }
            if (!isKept) {
                log = log(cluster, topic.id(), listened);
            }
            log.watch();
            return DataStore.openShared(data, log, topic.id(), listened);
        } catch (LogException | DataFolderException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }
}
