package dev.manicule.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.manicule.acceptance.Folders;
import dev.manicule.acceptance.ServerProcess;
import dev.manicule.acceptance.ServerProcess.Ended;
import dev.manicule.acceptance.ServerProcess.Launch;
import dev.manicule.acceptance.Wire;
import dev.manicule.brokers.Broker;
import dev.manicule.brokers.Door;
import dev.manicule.brokers.KafkaBrokers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/** Brokers, and nodes in processes of their own, whose ports and folders stay. */
final class Cluster implements AutoCloseable {
    private static final String TOPIC = "manicule";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Path folder;
    private final KafkaBrokers brokers;
    private final List<Integer> ports = new ArrayList<>();
    private final Map<Integer, ServerProcess> nodes = new HashMap<>();
    private final String moreConfiguration;
    private final boolean hasDoors;

    private Cluster(Path folder, KafkaBrokers brokers, String moreConfiguration, boolean hasDoors) {
        this.folder = folder;
        this.brokers = brokers;
        this.moreConfiguration = moreConfiguration;
        this.hasDoors = hasDoors;
    }

    /** Starts brokers, makes the topic with the command line, and starts nodes. */
    static Cluster start(int brokerCount, int nodeCount, String moreConfiguration) throws Exception {
        return start(brokerCount, nodeCount, moreConfiguration, false);
    }

    /** The same, whose configuration names a file beside it with the secret of the cluster. */
    static Cluster startWithSecret(int brokerCount, int nodeCount, String secret) throws Exception {
        return start(brokerCount, nodeCount, "  secret: {file: secret}\n", false, secret);
    }

    /** The same with a door for each node, and doors between brokers. What passes a door takes longer. */
    static Cluster startBehindDoors(int brokerCount, int nodeCount) throws Exception {
        return start(brokerCount, nodeCount, "", true);
    }

    private static Cluster start(int brokerCount, int nodeCount, String moreConfiguration, boolean hasDoors)
            throws Exception {
        return start(brokerCount, nodeCount, moreConfiguration, hasDoors, "");
    }

    private static Cluster start(int brokerCount, int nodeCount, String moreConfiguration, boolean hasDoors,
            String secret) throws Exception {
        Path folder = Folders.temporary();
        Files.writeString(folder.resolve("secret"), secret);
        List<String> clients = IntStream.range(0, hasDoors ? nodeCount : 0).mapToObj(Cluster::name).toList();
        KafkaBrokers brokers = KafkaBrokers.start(brokerCount, folder.resolve("brokers"), Map.of(), clients);
        Cluster cluster = new Cluster(folder, brokers, moreConfiguration, hasDoors);
        boolean isStarted = false;
        try {
            for (int node = 0; node < nodeCount; node++) {
                cluster.ports.add(ServerProcess.freePort());
                cluster.configure(node);
            }
            cluster.createTopic(Math.min(brokerCount, 3));
            for (int node = 0; node < nodeCount; node++) {
                cluster.startNode(node);
            }
            isStarted = true;
            return cluster;
        } finally {
            if (!isStarted) {
                cluster.close();
            }
        }
    }

    private void configure(int node) throws IOException {
        Files.writeString(configuration(node), """
                port: %d
                data: data-%d
                cluster:
                  node: %s
                  advertisedAddress: %s
                  bootstrapServers: %s
                  topic: %s
                %s""".formatted(ports.get(node), node, name(node), address(node),
                hasDoors ? brokers.bootstrapServers(name(node)) : brokers.bootstrapServers(), TOPIC,
                moreConfiguration));
    }

    /** Where others reach a node. */
    String address(int node) {
        return "http://127.0.0.1:" + ports.get(node);
    }

    /** Adds a node, which is not started yet and has nothing; gives its number. */
    int addNode() throws IOException {
        ports.add(ServerProcess.freePort());
        configure(size() - 1);
        return size() - 1;
    }

    /** Has the topic keep nothing of what there is now, when nodes have applied it. */
    void cutLog(int... applied) throws Exception {
        TopicPartition log = new TopicPartition(TOPIC, 0);
        long end = brokers.admin().listOffsets(Map.of(log, OffsetSpec.latest())).partitionResult(log).get().offset();
        for (int node : applied) {
            String read = "/v1/message-actions/demo/channel/probe?limit=1"; // it comes behind all that there was
            await().atMost(PATIENCE).until(() -> wire(node).get(read).status() == 200);
        }
        brokers.admin().deleteRecords(Map.of(log, RecordsToDelete.beforeOffset(end))).all().get();
    }

    /** Deletes the topic, and makes another one of its name. */
    void replaceTopic() throws Exception {
        brokers.admin().deleteTopics(List.of(TOPIC)).all().get();
        await().atMost(PATIENCE)
                .ignoreException(AssertionError.class) // it goes a while later
                .until(() -> {
                    createTopic(1);
                    return true;
                });
    }

    private static String name(int node) {
        return "node-" + node;
    }

    /** The file with a node's configuration. */
    Path configuration(int node) {
        return folder.resolve(name(node) + ".yaml");
    }

    private void createTopic(int replicas) throws Exception {
        Process made = ServerProcess.command("cluster", "create-topic", "--config", configuration(0).toString(),
                "--replicas", String.valueOf(replicas));
        Ended ended = Ended.of(made);
        assertThat(ended.code()).as(ended.words()).isZero();
    }

    KafkaBrokers brokers() {
        return brokers;
    }

    /** A folder for whatever belongs to it; it is gone after {@link #close}. */
    Path folder() {
        return folder;
    }

    /** The way between a node and all brokers. */
    Door door(int node) {
        return brokers.door(name(node));
    }

    List<Integer> ports() {
        return List.copyOf(ports);
    }

    int size() {
        return ports.size();
    }

    Path data(int node) {
        return folder.resolve("data-" + node);
    }

    ServerProcess node(int node) {
        ServerProcess process = nodes.get(node);
        if (process == null) {
            throw new IllegalStateException("node " + node + " has not been started");
        }
        return process;
    }

    Wire wire(int node) {
        return new Wire(ports.get(node));
    }

    void startNode(int node) throws Exception {
        nodes.put(node, Launch.LOGGING.serve("--config", configuration(node).toString()));
    }

    /** Waits until all brokers have all of the log, and each node takes writes. */
    void awaitWrites() {
        awaitWrites(brokers.all().size());
    }

    /** Waits until so many brokers are named to have all of the log, no more, and each node takes writes. */
    void awaitWrites(int inSync) {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> brokers.inSync(TOPIC, 0).size() == inSync);
        for (int node = 0; node < size(); node++) {
            Wire wire = wire(node);
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(50))
                    .ignoreException(UncheckedIOException.class)
                    .until(() -> wire.post("/publish/demo/demo/0/probe/0?uuid=probe", "1").status() == 200);
        }
    }

    /** The broker that leads the log. */
    Broker leader() throws Exception {
        return brokers.leader(TOPIC, 0);
    }

    /** Has a broker lead the log. */
    void lead(Broker broker) throws Exception {
        brokers.lead(TOPIC, 0, broker);
    }

    /** Starts brokers that have been stopped, and waits until all have what was acknowledged. */
    void startBrokers(List<Broker> stopped) throws Exception {
        for (Broker broker : stopped) {
            broker.start();
        }
        awaitInSync();
    }

    /** Waits until each broker has all of the log: else the loss of one more would stop writes. */
    void awaitInSync() {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> brokers.inSync(TOPIC, 0).size() == brokers.all().size());
    }

    /** Stops a process where it is. */
    static void pause(long pid) throws Exception {
        signal("STOP", pid);
    }

    /** Has a process go on. */
    static void resume(long pid) throws Exception {
        signal("CONT", pid);
    }

    private static void signal(String name, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, "" + pid).start().waitFor()).isZero();
    }

    /** What the nodes have printed. */
    String words() {
        StringBuilder words = new StringBuilder();
        nodes.forEach((node, process) -> words.append("\nnode ").append(node).append(": ").append(process.lines()));
        return words.toString();
    }

    @Override
    public void close() throws IOException {
        nodes.values().forEach(ServerProcess::close);
        brokers.close();
        if (Files.exists(folder)) {
            Folders.delete(folder);
        }
    }
}
