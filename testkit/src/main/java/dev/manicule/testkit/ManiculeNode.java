package dev.manicule.testkit;

import dev.manicule.client.ClientConfig;
import dev.manicule.client.ManiculeClient;
import dev.manicule.server.DevNode;
import dev.manicule.server.StartException;
import dev.manicule.server.routing.Fault;
import dev.manicule.server.routing.Faults;
import java.net.URI;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** A node of a {@link ManiculeCluster}: a real server, which can die, be cut off and be slow. Any thread may use it. */
public final class ManiculeNode {
    private final DevNode node;
    private final Clients clients;

    ManiculeNode(DevNode node, String secretKey) {
        this.node = node;
        clients = new Clients(origin(), secretKey);
    }

    /** Its name in the cluster, such as {@code node-0}. */
    public String name() {
        return node.name();
    }

    /** Where clients reach this node and no other, such as {@code 127.0.0.1:40123}. It stays the same when the node starts again. */
    public String origin() {
        return "127.0.0.1:" + node.port();
    }

    /** The same as a URI, such as {@code http://127.0.0.1:40123/}. */
    public URI uri() {
        return URI.create("http://" + origin() + "/");
    }

    /** A client of a user at this node and no other: the same each time, closed with the cluster. */
    public ManiculeClient client(String uuid) {
        return clients.of(uuid);
    }

    /** A new client of a user at this node, set up as this says. It is the caller's to close. */
    public ManiculeClient client(String uuid, UnaryOperator<ClientConfig.Builder> change) {
        return clients.of(uuid, change);
    }

    /** Whether it runs. */
    public boolean isRunning() {
        return node.isRunning();
    }

    /**
     * Kills it, as {@code kill -9} does: connections end without a response, its port is closed, and the other nodes
     * get no message. They have its users time out when ten seconds of the
     * {@linkplain ManiculeCluster#clock() cluster's time} have passed without it. When it is stopped, nothing happens.
     */
    public void stop() {
        node.stop();
    }

    /**
     * Starts it again, on the same port, with the data that it had; when this returns, it also has what the others have
     * written since then. When it runs, nothing happens.
     *
     * @throws IllegalStateException when something else listens on its port by now
     */
    public void start() {
        try {
            node.start();
        } catch (StartException e) {
            throw new IllegalStateException("The node " + name() + " did not start: " + e.getMessage(), e);
        }
    }

    /**
     * Cuts it off from the log, and not from its clients, as a network can: writes and reads get {@code 503}, and never
     * old data; polls get no response, and wait. After ten seconds of the cluster's time without it, the others have
     * its users time out.
     *
     * @throws IllegalStateException when it is stopped
     */
    public void cutOff() {
        node.cutOff();
    }

    /**
     * Slows it down: it gets all writes, its own too, so much later by the cluster's time. So its polls lag behind, and
     * its writes and reads take that long. To slow down only its responses, {@linkplain #inject inject} a delay. It
     * gets its own reports that late too, so when the clock leaps the others may take it for dead.
     *
     * @param time from zero, for no longer, to a year
     * @throws IllegalStateException when it is stopped
     */
    public void slowDown(Duration time) {
        node.slowDown(time);
    }

    /**
     * Ends a cut or a slow-down. It accepts writes again when this returns.
     *
     * @throws IllegalStateException when it is stopped
     */
    public void join() {
        node.join();
    }

    /**
     * Injects a fault into the next matching requests to this node, as {@link ManiculeServer#inject} does.
     *
     * @return counts how often it has happened
     * @throws IllegalArgumentException when no request can match; the message lists the possible ones
     */
    public Faults.Injected inject(Fault fault) {
        return node.faults().inject(fault);
    }

    /** Removes all faults that were injected into this node. */
    public void clearFaults() {
        node.faults().clear();
    }

    void closeClients() {
        clients.close();
    }

    /** Name and address. */
    @Override
    public String toString() {
        return name() + " at " + origin();
    }
}
