package dev.manicule.brokers;

import java.io.IOException;
import java.io.StringReader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeMetadataQuorumOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster of Kafka's brokers on 127.0.0.1, each a process and a controller too. They notice a death within a second or two, and are small
 * rather than fast. They end at {@link #close}, and when the process that started them ends, however it does; only one that is paused
 * stays when that process is killed.
 *
 * <p>Its methods may be called by any thread.
 */
public final class KafkaBrokers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaBrokers.class);
    private static final int PAUSE_MILLIS = 20;
    /** How long an answer may take, while controllers are elected on a busy machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** How long one broker is asked, which may be a paused one. */
    private static final int QUESTION_MILLIS = 2_000;

    private final List<Broker> brokers;
    private final List<String> clients;
    private final Listeners listeners;
    private final List<Gate> gates = new ArrayList<>();
    /** Of each client. */
    private final List<Door> doors = new ArrayList<>();
    /** Of each broker to the others. */
    private final List<Door> doorsBetween = new ArrayList<>();
    private final Admin admin;
    private final Thread hook = new Thread(this::killAll, "manicule-brokers-end");

    private KafkaBrokers(Kafka kafka, int count, Path folder, Map<String, String> settings, List<String> clients)
            throws IOException {
        this.clients = List.copyOf(clients);
        listeners = new Listeners(count, clients);
        String cluster = Uuid.randomUuid().toString();
        List<Broker> made = new ArrayList<>();
        for (int id = 0; id < count; id++) {
            Path own = Files.createDirectory(Files.createDirectories(folder).resolve("broker-" + id)).toAbsolutePath();
            Path data = own.resolve("data");
            Properties all = new Properties();
            all.load(new StringReader(settings(count)));
            all.putAll(listeners.settings(id));
            all.putAll(Map.of("node.id", "" + id, "log.dirs", data.toString()));
            all.putAll(settings);
            Path file = own.resolve("server.properties");
            try (Writer writer = Files.newBufferedWriter(file)) {
                all.store(writer, null);
            }
            Kafka program = kafka;
            for (String option : listeners.options(id, own)) {
                program = program.with(option);
            }
            made.add(new Broker(id, listeners.port(id), data, own.resolve("output"), program.command(file, cluster)));
        }
        brokers = List.copyOf(made);
        admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 2_000, AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                10_000, AdminClientConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, 500L,
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 200L));
    }

    /** What all brokers of a cluster have. */
    private static String settings(int count) {
        return """
                process.roles=broker,controller
                # A death is noticed soon.
                broker.session.timeout.ms=1000
                broker.heartbeat.interval.ms=200
                controller.quorum.fetch.timeout.ms=500
                controller.quorum.election.timeout.ms=200
                controller.quorum.election.backoff.max.ms=200
                controller.quorum.request.timeout.ms=400
                replica.lag.time.max.ms=1500
                # A controller that has nothing new answers a follower after 500 ms, which is when the follower gives it up: without
                # something new before, the quorum elects again and again.
                metadata.max.idle.interval.ms=250
                # What a broker has sent on to a controller that is paused would be waited for for 30 s.
                controller.socket.timeout.ms=1000
                # What is acknowledged is on two of three.
                default.replication.factor=%1$d
                min.insync.replicas=%2$d
                unclean.leader.election.enable=false
                auto.create.topics.enable=false
                offsets.topic.replication.factor=%1$d
                transaction.state.log.replication.factor=%1$d
                transaction.state.log.min.isr=%2$d
                share.coordinator.state.topic.replication.factor=%1$d
                share.coordinator.state.topic.min.isr=%2$d
                # Small: few threads, few partitions, and not 128 MiB of heap for the cleaner.
                num.network.threads=2
                num.io.threads=2
                background.threads=2
                log.cleaner.threads=1
                log.cleaner.dedupe.buffer.size=4194304
                offsets.topic.num.partitions=1
                transaction.state.log.num.partitions=1
                share.coordinator.state.topic.num.partitions=1
                group.initial.rebalance.delay.ms=0
                """
                .formatted(Math.min(3, count), count < 3 ? 1 : 2);
    }

    /** As {@link #start(int, Path, Map)}, with no other settings. */
    public static KafkaBrokers start(int count, Path folder) throws IOException, InterruptedException {
        return start(count, folder, Map.of());
    }

    /** As {@link #start(int, Path, Map, List)}, with no doors. */
    public static KafkaBrokers start(int count, Path folder, Map<String, String> settings)
            throws IOException, InterruptedException {
        return start(count, folder, settings, List.of());
    }

    /**
     * Starts a new cluster and waits until all its brokers take requests. What has been started is ended when that fails.
     *
     * @param count how many brokers, at least 1; of three a topic has three copies by default, and two acknowledge
     * @param folder for their data and output, empty or absent; it is left behind
     * @param settings Kafka's, for each broker, which win over those that are set here
     * @param clients names of clients that get a {@link #door(String) door} of their own; when there are any, there are doors
     *        {@linkplain #door(Broker) between brokers} too, which take a loopback of more than one address, as Linux has it
     * @throws IOException when a broker does not start within 90 s, with the end of its output; or when Kafka's jars are not there
     */
    public static KafkaBrokers start(int count, Path folder, Map<String, String> settings, List<String> clients)
            throws IOException, InterruptedException {
        if (count < 1) {
            throw new IllegalArgumentException("a cluster of " + count);
        }
        return start(Kafka.find().rehearsed(), count, folder, settings, clients);
    }

    static KafkaBrokers start(Kafka kafka, int count, Path folder, Map<String, String> settings, List<String> clients)
            throws IOException, InterruptedException {
        long begun = System.nanoTime();
        KafkaBrokers started = new KafkaBrokers(kafka, count, folder, settings, clients);
        try {
            Runtime.getRuntime().addShutdownHook(started.hook);
            started.openDoors();
            for (Broker broker : started.brokers) {
                broker.start();
            }
            for (Broker broker : started.brokers) {
                broker.awaitStarted();
            }
        } catch (Throwable e) {
            started.close();
            throw e;
        }
        LOG.info("{} of Kafka's brokers started in {} ms", count, (System.nanoTime() - begun) / 1_000_000);
        return started;
    }

    private void openDoors() throws IOException {
        for (int client = 0; client < clients.size(); client++) {
            List<Door.Passage> passages = new ArrayList<>();
            List<Gate> made = listeners.gatesOf(client);
            for (Broker broker : brokers) {
                passages.add(new Door.Passage(broker, made.get(broker.id())));
            }
            gates.addAll(made);
            doors.add(new Door(clients.get(client), passages));
        }
        List<List<Door.Passage>> between = new ArrayList<>();
        brokers.forEach(broker -> between.add(new ArrayList<>()));
        for (Broker from : brokers) {
            for (Broker to : brokers) {
                List<Gate> made = from.equals(to) ? List.of() : listeners.gatesBetween(from.id(), to.id());
                made.forEach(gate -> {
                    between.get(from.id()).add(new Door.Passage(to, gate));
                    between.get(to.id()).add(new Door.Passage(from, gate));
                });
                gates.addAll(made);
            }
        }
        brokers.forEach(broker -> doorsBetween.add(new Door("" + broker, between.get(broker.id()))));
    }

    /** Where clients without a door find them: host and port of each, joined by commas. */
    public String bootstrapServers() {
        return brokers.stream().map(broker -> Listeners.HOST + ":" + broker.port()).collect(Collectors.joining(","));
    }

    /**
     * Where a client with a door finds them: host and port of each, joined by commas. Brokers tell it no other addresses.
     *
     * @param client its name
     */
    public String bootstrapServers(String client) {
        return listeners.bootstrapServers(number(client));
    }

    /**
     * The way between a client and all brokers.
     *
     * @param client its name
     */
    public Door door(String client) {
        return doors.get(number(client));
    }

    private int number(String client) {
        int number = clients.indexOf(client);
        if (number < 0) {
            throw new IllegalArgumentException("no client " + client + " but " + clients);
        }
        return number;
    }

    /** All that leads from clients with doors to a broker. */
    public Door doorsTo(Broker broker) {
        return new Door("all clients", doors.stream().flatMap(door -> door.passages(broker)).toList());
    }

    /**
     * All that leads from a broker to the others, and from them to it, as brokers and as controllers. Clients are not kept from it.
     *
     * @throws IllegalStateException when no client has a door: then there are none between brokers
     */
    public Door door(Broker broker) {
        if (clients.isEmpty()) {
            throw new IllegalStateException("brokers without doors");
        }
        return doorsBetween.get(broker.id());
    }

    /** Mends all doors. */
    public void mend() throws IOException {
        for (Gate gate : gates) {
            gate.mend();
        }
    }

    /** All of them, by their ids. */
    public List<Broker> all() {
        return brokers;
    }

    /**
     * The broker with that id.
     *
     * @param id from 0
     */
    public Broker broker(int id) {
        return brokers.get(id);
    }

    /**
     * A client of the cluster for all that brokers can be asked and told: topics, settings, groups. It is closed with the cluster. A call
     * of it fails after 10 s, and takes as long when it goes to a broker that is paused.
     */
    public Admin admin() {
        return admin;
    }

    /**
     * The leader of a partition, as the brokers have it: for a second or two after its death they still name it. Waits while there is none.
     *
     * @throws IOException when they name none within 60 s
     */
    public Broker leader(String topic, int partition) throws IOException, InterruptedException {
        return ask("Who leads partition %d of %s".formatted(partition, topic), () -> {
            Node leader = partition(topic, partition).leader();
            return leader == null || leader.isEmpty() ? Optional.empty() : Optional.of(broker(leader.id()));
        });
    }

    /**
     * The brokers that have all of a partition that is acknowledged, its leader among them, as the brokers have it: one that is paused or
     * killed is still named for a second or two.
     *
     * @throws IOException when they do not say within 60 s
     */
    public Set<Broker> inSync(String topic, int partition) throws IOException, InterruptedException {
        return ask("Who has partition %d of %s".formatted(partition, topic), () -> Optional.of(
                partition(topic, partition).isr().stream().map(node -> broker(node.id())).collect(Collectors.toSet())));
    }

    private TopicPartitionInfo partition(String topic, int partition) throws ExecutionException, InterruptedException {
        TopicDescription description = admin
                .describeTopics(List.of(topic), new DescribeTopicsOptions().timeoutMs(QUESTION_MILLIS))
                .allTopicNames()
                .get()
                .get(topic);
        return Objects.requireNonNull(description, "another topic").partitions().get(partition);
    }

    /**
     * The active controller, as the brokers have it: for a second or two after its death they still name it. Waits while there is none.
     *
     * @throws IOException when they name none within 60 s
     */
    public Broker controller() throws IOException, InterruptedException {
        return ask("Who is the controller", () -> {
            // describeCluster() would name any broker: clients need not know the controller
            int leader = admin.describeMetadataQuorum(new DescribeMetadataQuorumOptions().timeoutMs(QUESTION_MILLIS))
                    .quorumInfo()
                    .get()
                    .leaderId();
            return leader < 0 ? Optional.empty() : Optional.of(broker(leader));
        });
    }

    /**
     * Has a broker lead a partition that it has all of, and waits until it does.
     *
     * @throws IOException when it does not within 60 s
     */
    public void lead(String topic, int partition, Broker broker) throws IOException, InterruptedException {
        TopicPartition place = new TopicPartition(topic, partition);
        boolean _ = ask("Does %s lead partition %d of %s".formatted(broker, partition, topic), () -> {
            List<Integer> copies = new ArrayList<>(
                    partition(topic, partition).replicas().stream().map(Node::id).toList());
            copies.remove(Integer.valueOf(broker.id()));
            copies.addFirst(broker.id()); // which is the one that is preferred
            admin.alterPartitionReassignments(Map.of(place, Optional.of(new NewPartitionReassignment(copies))))
                    .all()
                    .get();
            if (partition(topic, partition).leader().id() != broker.id()) {
                var _ = admin.electLeaders(ElectionType.PREFERRED, Set.of(place)).partitions().get();
            }
            return partition(topic, partition).leader().id() == broker.id() ? Optional.of(true) : Optional.empty();
        });
    }

    private interface Question<T> {
        Optional<T> ask() throws ExecutionException, InterruptedException;
    }

    private static <T> T ask(String what, Question<T> question) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        ExecutionException last = null;
        do {
            try {
                Optional<T> answer = question.ask();
                if (answer.isPresent()) {
                    return answer.get();
                }
            } catch (ExecutionException e) {
                last = e; // they may be choosing another one
            }
            Thread.sleep(PAUSE_MILLIS);
        } while (System.nanoTime() < end);
        throw new IOException("%s? No answer within %s".formatted(what, PATIENCE), last);
    }

    /** Kills all brokers, whatever state they are in, and returns when their processes are gone. Their folders stay. */
    @Override
    public void close() {
        killAll();
        admin.close(Duration.ZERO);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // it is running
        }
    }

    private void killAll() {
        brokers.forEach(Broker::close);
        gates.forEach(Gate::close);
    }
}
