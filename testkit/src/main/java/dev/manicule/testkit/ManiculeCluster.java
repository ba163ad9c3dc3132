package dev.manicule.testkit;

import dev.manicule.client.ClientConfig;
import dev.manicule.client.ManiculeClient;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * Several real servers for a test that share all writes, as the nodes of a cluster do: each has tables, presence and
 * subscribers of its own. They are in one process, and share a log in memory where other clusters have one in Apache
 * Kafka. In front of them is a balancer. Their keys are {@code demo} and {@code demo}. Any thread may use it.
 *
 * <p>With JUnit, {@link Manicule} starts and stops it; else:
 *
 * <pre>{@code
 * try (ManiculeCluster cluster = ManiculeCluster.builder().nodes(3).start()) {
 *     ManiculeClient alice = cluster.client("alice");
 *     cluster.node(0).stop();
 *     ...
 * }
 * }</pre>
 */
public final class ManiculeCluster implements AutoCloseable {
    /** So many nodes at most. */
    public static final int MOST_NODES = 9;

    private final Controls controls;
    private final List<ManiculeNode> nodes;
    private final int port;
    private final Clients clients;

    private ManiculeCluster(Controls controls, int port, List<ManiculeNode> nodes, String secretKey) {
        this.controls = controls;
        this.port = port;
        this.nodes = List.copyOf(nodes);
        clients = new Clients(origin(), secretKey);
    }

    /**
     * A cluster with the defaults: three nodes, a clock that runs, linearizable reads, and no access manager, so that
     * every client may do everything.
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The settings of a cluster. */
    public static final class Builder {
        private static final int USUAL_NODES = 3;

        private int nodes = USUAL_NODES;
        private Reads reads = Reads.LINEARIZABLE;
        private Settings settings = Settings.USUAL;

        private Builder() {}

        /** How many nodes, from 1 to {@value ManiculeCluster#MOST_NODES}. */
        public Builder nodes(int count) {
            nodes = count;
            return this;
        }

        /**
         * The consistency of reads: a read sees all that any node had returned before, or the data of the node that
         * receives it.
         */
        public Builder reads(Reads newReads) {
            reads = newReads;
            return this;
        }

        /** The moment at which the clock of all nodes stands, from {@link ManiculeClock#FIRST} to {@link ManiculeClock#LAST}. */
        public Builder at(Instant moment) {
            settings = settings.withAt(moment);
            return this;
        }

        /** Turns the access manager on, with this secret key. */
        public Builder secretKey(String newSecretKey) {
            settings = settings.withSecretKey(newSecretKey);
            return this;
        }

        /**
         * Anything else of the configuration of all nodes, as in a configuration file: limits, presence, more keysets.
         * Data folders and ports are each node's own.
         *
         * @param yaml the file's content; a relative path in it is relative to the working directory
         */
        public Builder configuration(String yaml) {
            settings = settings.withConfiguration(yaml);
            return this;
        }

        /**
         * Starts it; all nodes take requests when this returns. In a virtual machine older than Java 25, the first server
         * or cluster starts a process for all, which takes about a second.
         *
         * @throws IllegalStateException when a node can't start, with the reason; also when it needs a JDK 25 and none is
         *         found
         * @throws IllegalArgumentException when there can't be so many nodes, their clock can't stand at that moment, or
         *         the configuration has a mistake
         */
        public ManiculeCluster start() {
            Host host = Host.present();
            String[] started = host.call(List.of("host", "start-cluster", String.valueOf(nodes), reads.name(),
                    settings.moment(), settings.secretKey(), settings.configuration())).split(" ", -1);
            List<ManiculeNode> all = new ArrayList<>();
            for (int i = 0; i < nodes; i++) {
                String[] node = started[2 + i].split(":", -1);
                all.add(new ManiculeNode(new Controls(host, started[0] + "." + i), node[0], Integer.parseInt(node[1]),
                        settings.secretKey()));
            }
            return new ManiculeCluster(new Controls(host, started[0]), Integer.parseInt(started[1]), all,
                    settings.secretKey());
        }
    }

    /** The nodes, also those that are stopped, in the order of their numbers. */
    public List<ManiculeNode> nodes() {
        return nodes;
    }

    /**
     * A node.
     *
     * @param number from 0
     * @throws IllegalArgumentException when there is none of this number
     */
    public ManiculeNode node(int number) {
        if (number < 0 || number >= nodes.size()) {
            throw new IllegalArgumentException(
                    "There is no node " + number + ": the nodes are 0 to " + (nodes.size() - 1) + ".");
        }
        return nodes.get(number);
    }

    /**
     * Where clients reach the cluster, such as {@code 127.0.0.1:40123}: a balancer, which sends each connection to the
     * next node that runs and is not cut off.
     */
    public String origin() {
        return "127.0.0.1:" + port;
    }

    /** The same as a URI, such as {@code http://127.0.0.1:40123/}. */
    public URI uri() {
        return URI.create("http://" + origin() + "/");
    }

    /** Where clients reach each of the nodes. */
    public List<URI> uris() {
        return nodes.stream().map(ManiculeNode::uri).toList();
    }

    /** A client of a user, through the balancer: the same each time, closed with the cluster. */
    public ManiculeClient client(String uuid) {
        return clients.of(uuid);
    }

    /** A new client of a user, through the balancer, set up as this says. It is the caller's to close. */
    public ManiculeClient client(String uuid, UnaryOperator<ClientConfig.Builder> change) {
        return clients.of(uuid, change);
    }

    /**
     * A client that may do everything and grants tokens, since it has the secret key.
     *
     * @throws IllegalStateException when the access manager is off
     */
    public ManiculeClient owner() {
        return clients.owner();
    }

    /**
     * Ends all connections through the balancer, so that their clients come to the next node: waiting requests get no
     * response.
     */
    public void moveClients() {
        controls.call("move-clients");
    }

    /** The time of all nodes. */
    public ManiculeClock clock() {
        return new ManiculeClock(controls);
    }

    /**
     * Advances their time: what is due by then happens soon, such as the time-out of the users of a node that died.
     * Live nodes stay alive.
     *
     * @throws IllegalArgumentException when that is past {@link ManiculeClock#LAST}; nothing has moved then
     */
    public void advance(Duration time) {
        controls.advance(time);
    }

    /**
     * Stops their time at a moment.
     *
     * @throws IllegalArgumentException when that has passed, or is after {@link ManiculeClock#LAST}; nothing has moved then
     */
    public void standAt(Instant moment) {
        controls.standAt(moment);
    }

    /**
     * Keeps the stored data of now, to be restored later.
     *
     * @throws IllegalStateException when each node is stopped, cut off or slow
     */
    public ManiculeServer.Snapshot snapshot() {
        ManiculeServer.Snapshot snapshot = new ManiculeServer.Snapshot(UUID.randomUUID().toString());
        controls.call("snapshot", snapshot.name());
        return snapshot;
    }

    /**
     * Restores the stored data and the time on all nodes. Clients stay connected, and may hold cursors of a time that
     * has not been. Nodes that are stopped or cut off stay so.
     */
    public void restore(ManiculeServer.Snapshot snapshot) {
        controls.call("restore", snapshot.name());
    }

    /** Starts all nodes, deletes all data, sets the clock as in the beginning, and ends all faults. */
    public void reset() {
        controls.call("reset");
    }

    /** Closes its clients, stops all nodes, and deletes what they have stored. */
    @Override
    public void close() {
        clients.close();
        nodes.forEach(ManiculeNode::closeClients);
        controls.close();
    }
}
