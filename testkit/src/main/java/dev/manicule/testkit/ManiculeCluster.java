package dev.manicule.testkit;

import dev.manicule.client.ClientConfig;
import dev.manicule.client.ManiculeClient;
import dev.manicule.server.DevCluster;
import dev.manicule.server.StartException;
import dev.manicule.server.VirtualClock;
import dev.manicule.server.config.ClusterSettings.Reads;
import dev.manicule.server.config.ManiculeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * Several real servers for a test that share all writes, as the nodes of a cluster do: each has tables, presence and
 * subscribers of its own. They are in this process, and share a log in memory where other clusters have one in Apache
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
    private final DevCluster cluster;
    private final List<ManiculeNode> nodes;
    private final Balancer balancer;
    private final Clients clients;

    private ManiculeCluster(DevCluster cluster, Balancer balancer, String secretKey) {
        this.cluster = cluster;
        this.balancer = balancer;
        nodes = cluster.nodes().stream().map(node -> new ManiculeNode(node, secretKey)).toList();
        clients = new Clients(balancer.origin(), secretKey);
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

        /** How many nodes, from 1 to {@value DevCluster#MOST_NODES}. */
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

        /** The moment at which the clock of all nodes stands, from {@link VirtualClock#FIRST} to {@link VirtualClock#LAST}. */
        public Builder at(Instant moment) {
            settings = settings.withAt(moment);
            return this;
        }

        /** Turns the access manager on, with this secret key. */
        public Builder secretKey(String newSecretKey) {
            settings = settings.withSecretKey(newSecretKey);
            return this;
        }

        /** Anything else of the configuration of all nodes: limits, presence, more keysets. Data folders and ports are each node's own. */
        public Builder configuration(UnaryOperator<ManiculeConfig> change) {
            settings = settings.withConfiguration(change);
            return this;
        }

        /**
         * Starts it; all nodes take requests when this returns.
         *
         * @throws IllegalStateException when a node can't start, with the reason
         * @throws IllegalArgumentException when there can't be so many nodes, or their clock can't stand at that moment
         */
        public ManiculeCluster start() {
            DevCluster started;
            try {
                started = DevCluster.start(settings.config(), reads, nodes, settings.clock());
            } catch (StartException e) {
                throw new IllegalStateException("The cluster did not start: " + e.getMessage(), e);
            }
            try {
                return new ManiculeCluster(started, new Balancer(started.nodes()), settings.secretKey());
            } catch (IOException e) {
                started.close();
                throw new UncheckedIOException(e);
            }
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
        return balancer.origin();
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
        balancer.cut();
    }

    /** The time of all nodes. */
    public VirtualClock clock() {
        return cluster.clock();
    }

    /**
     * Advances their time: what is due by then happens soon, such as the time-out of the users of a node that died.
     * Live nodes stay alive.
     *
     * @throws IllegalArgumentException when that is past {@link VirtualClock#LAST}; nothing has moved then
     */
    public void advance(Duration time) {
        cluster.clock().advance(time);
    }

    /**
     * Stops their time at a moment.
     *
     * @throws IllegalArgumentException when that has passed, or is after {@link VirtualClock#LAST}; nothing has moved then
     */
    public void standAt(Instant moment) {
        cluster.clock().standAt(moment);
    }

    /**
     * Keeps the stored data of now, to be restored later.
     *
     * @throws IllegalStateException when each node is stopped, cut off or slow
     */
    public ManiculeServer.Snapshot snapshot() {
        ManiculeServer.Snapshot snapshot = new ManiculeServer.Snapshot(UUID.randomUUID().toString());
        cluster.snapshot(snapshot.name());
        return snapshot;
    }

    /**
     * Restores the stored data and the time on all nodes. Clients stay connected, and may hold cursors of a time that
     * has not been. Nodes that are stopped or cut off stay so.
     */
    public void restore(ManiculeServer.Snapshot snapshot) {
        ManiculeServer.patiently(() -> cluster.restore(snapshot.name()));
    }

    /** Starts all nodes, deletes all data, sets the clock as in the beginning, and ends all faults. */
    public void reset() {
        ManiculeServer.patiently(cluster::reset);
    }

    /** Closes its clients, stops all nodes, and deletes what they have stored. */
    @Override
    public void close() {
        clients.close();
        nodes.forEach(ManiculeNode::closeClients);
        balancer.close();
        cluster.close();
    }
}
