package dev.manicule.bench.cluster;

import dev.manicule.bench.peer.WorkFolders;
import dev.manicule.bench.peer.Machine;
import dev.manicule.bench.peer.ManiculeProcess;
import dev.manicule.bench.peer.PeerProcess;
import dev.manicule.brokers.KafkaBrokers;
import dev.manicule.server.Cluster;
import dev.manicule.server.StartException;
import dev.manicule.server.config.ClusterSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Three brokers, two equal topics, and nodes that are started one after the other. */
final class MeasuredCluster implements AutoCloseable {
    private static final int BROKERS = 3;
    /** The default of Kafka's producer. */
    private static final int USUAL_REQUESTS = 5;

    private final Path folder;
    private final KafkaBrokers brokers;
    private final BareKafka usual;
    private final BareKafka oneAtATime;
    private final List<PeerProcess> nodes = new ArrayList<>();

    private MeasuredCluster(Path folder, KafkaBrokers brokers) throws StartException {
        this.folder = folder;
        this.brokers = brokers;
        createTopic("manicule");
        createTopic("bare");
        usual = new BareKafka(brokers.bootstrapServers(), "bare", USUAL_REQUESTS);
        oneAtATime = new BareKafka(brokers.bootstrapServers(), "bare", 1);
    }

    /** Starts the brokers; there are no nodes yet. */
    static MeasuredCluster start() throws IOException, InterruptedException, StartException {
        Path folder = WorkFolders.make("cluster");
        KafkaBrokers brokers = KafkaBrokers.start(BROKERS, folder.resolve("brokers"));
        try {
            return new MeasuredCluster(folder, brokers);
        } catch (StartException | RuntimeException e) {
            brokers.close();
            WorkFolders.delete(folder);
            throw e;
        }
    }

    private void createTopic(String topic) throws StartException {
        boolean _ = Cluster.createTopic(new ClusterSettings("bench", brokers.bootstrapServers(), topic,
                ClusterSettings.Reads.LINEARIZABLE, null, null, Map.of()), BROKERS);
    }

    /** Starts one more node. */
    void startNode(Machine machine) throws IOException, InterruptedException {
        Path own = WorkFolders.make("node");
        int port = PeerProcess.freePort();
        Path configuration = Files.writeString(own.resolve("node.yaml"), """
                port: %d
                data: data
                cluster:
                  node: node-%d
                  bootstrapServers: %s
                """.formatted(port, nodes.size() + 1, brokers.bootstrapServers()));
        nodes.add(ManiculeProcess.start(machine, own, port, configuration));
    }

    /** The running nodes, in the order in which they were started. */
    List<PeerProcess> nodes() {
        return List.copyOf(nodes);
    }

    /** Kafka's own clients on the same brokers, with as many requests on their way as is usual. */
    BareKafka usual() {
        return usual;
    }

    /** The same with one request on its way. */
    BareKafka oneAtATime() {
        return oneAtATime;
    }

    @Override
    public void close() {
        nodes.forEach(PeerProcess::close);
        usual.close();
        oneAtATime.close();
        brokers.close();
        WorkFolders.delete(folder);
    }
}
