package dev.manicule.testkit;

import dev.manicule.client.ClientConfig;
import dev.manicule.client.ManiculeClient;
import java.net.URI;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** A node of a {@link ManiculeCluster}: a real server, which can die, be cut off and be slow. Any thread may use it. */
public final class ManiculeNode {
    private final Controls controls;
    private final String name;
    private final int port;
    private final Clients clients;

    ManiculeNode(Controls controls, String name, int port, String secretKey) {
        this.controls = controls;
        this.name = name;
        this.port = port;
        clients = new Clients(origin(), secretKey);
    }

    /** Its name in the cluster, such as {@code node-0}. */
    public String name() {
        return name;
    }

    /** Where clients reach this node and no other, such as {@code 127.0.0.1:40123}. It stays the same when the node starts again. */
    public String origin() {
        return "127.0.0.1:" + port;
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
        return controls.is("is-running");
    }

    /**
     * Kills it, as {@code kill -9} does: connections end without a response, its port is closed, and the other nodes
     * get no message. They have its users time out when ten seconds of the
     * {@linkplain ManiculeCluster#clock() cluster's time} have passed without it. When it is stopped, nothing happens.
     */
    public void stop() {
        controls.call("stop");
    }

    /**
     * Starts it again, on the same port, with the data that it had; when this returns, it also has what the others have
     * written since then. When it runs, nothing happens.
     *
     * @throws IllegalStateException when something else listens on its port by now
     */
    public void start() {
        controls.call("start");
    }

    /**
     * Cuts it off from the log, and not from its clients, as a network can: writes and reads get {@code 503}, and never
     * old data; polls get no response, and wait. After ten seconds of the cluster's time without it, the others have
     * its users time out.
     *
     * @throws IllegalStateException when it is stopped
     */
    public void cutOff() {
        controls.call("cut-off");
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
        controls.call("slow-down", time.toString());
    }

    /**
     * Ends a cut or a slow-down. It accepts writes again when this returns.
     *
     * @throws IllegalStateException when it is stopped
     */
    public void join() {
        controls.call("join");
    }

    /**
     * Injects a fault into the next matching requests to this node, as {@link ManiculeServer#inject} does.
     *
     * @return counts how often it has happened
     * @throws IllegalArgumentException when no request can match; the message lists the possible ones
     */
    public InjectedFault inject(Fault fault) {
        return controls.inject(fault);
    }

    /** Removes all faults that were injected into this node. */
    public void clearFaults() {
        controls.call("clear-faults");
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
