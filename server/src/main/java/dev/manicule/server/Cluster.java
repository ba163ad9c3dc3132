package dev.manicule.server;

import dev.manicule.server.command.Entry;
import dev.manicule.server.journal.DataStore;
import dev.manicule.server.journal.EntryBytes;
import dev.manicule.server.kafka.KafkaLog;
import dev.manicule.server.kafka.KafkaTopic;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.log.LogException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the data of a node: tables in a folder that follow a log in Kafka. */
final class Cluster {
    /** All that is written has one order. */
    private static final int PARTITION = 0;
    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

    private Cluster() {}

    /**
     * Opens the data of a node, when it has applied all that the log had.
     *
     * @throws StartException when the brokers can't be asked, the topic is not made for a log, or the folder can't be opened
     */
    static DataStore open(Path data, ClusterSettings cluster) throws StartException {
        try {
            KafkaTopic topic = KafkaTopic.of(cluster.log());
            if (!topic.faults().isEmpty()) {
                throw new StartException("The log can't be in " + cluster.log() + ": "
                        + String.join(" ", topic.faults()));
            }
            if (topic.partitions() > 1) {
                LOG.warn("The topic {} has {} partitions; the log is in the first one.", cluster.topic(),
                        topic.partitions());
            }
            topic.warnings().forEach(LOG::warn);
            DataStore.ListenedTo listened = new DataStore.ListenedTo();
            KafkaLog<Entry> log = KafkaLog.open(cluster.log(), PARTITION, new EntryBytes(), listened);
            return DataStore.openShared(data, log, topic.id(), listened);
        } catch (LogException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        } catch (DataFolderException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }
}
