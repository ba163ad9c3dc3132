package dev.manicule.testkit;

import dev.manicule.client.ClientConfig;
import dev.manicule.client.ManiculeClient;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * A real server for a test, on a free port of this machine. Its keys are {@code demo} and {@code demo}. Any thread may use it.
 *
 * <p>With JUnit, {@link Manicule} starts and stops it; else:
 *
 * <pre>{@code
 * try (ManiculeServer server = ManiculeServer.builder().start()) {
 *     ManiculeClient alice = server.client("alice");
 *     ...
 * }
 * }</pre>
 */
public final class ManiculeServer implements AutoCloseable {
    private final Controls controls;
    private final int port;
    private final Clients clients;

    private ManiculeServer(Controls controls, int port, String secretKey) {
        this.controls = controls;
        this.port = port;
        clients = new Clients(origin(), secretKey);
    }

    /** A server with the defaults: it stores in memory, its clock runs, and every client may do everything. */
    public static Builder builder() {
        return new Builder();
    }

    /** The settings of a server. */
    public static final class Builder {
        private Storage storage = Storage.MEMORY;
        private Settings settings = Settings.USUAL;

        private Builder() {}

        /** Where it stores. */
        public Builder storage(Storage newStorage) {
            storage = newStorage;
            return this;
        }

        /** The moment at which its clock stands, from {@link ManiculeClock#FIRST} to {@link ManiculeClock#LAST}. */
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
         * Anything else of the configuration, as in a configuration file: limits, presence, more keysets. The data folder
         * is always a temporary one.
         *
         * <pre>{@code
         * ManiculeServer.builder().configuration("presence: {intervalAbove: 2}").start();
         * }</pre>
         *
         * @param yaml the file's content; a relative path in it is relative to the working directory
         */
        public Builder configuration(String yaml) {
            settings = settings.withConfiguration(yaml);
            return this;
        }

        /**
         * Starts it; it accepts requests when this returns. In a virtual machine older than Java 25, the first server
         * starts a process for all, which takes about a second.
         *
         * @throws IllegalStateException when it can't start, with the reason; also when it needs a JDK 25 and none is
         *         found
         * @throws IllegalArgumentException when its clock can't stand at that moment, or the configuration has a mistake
         */
        public ManiculeServer start() {
            Host host = Host.present();
            String[] started = host.call(List.of("host", "start-server", storage.name(), settings.moment(),
                    settings.secretKey(), settings.configuration())).split(" ", -1);
            return new ManiculeServer(new Controls(host, started[0]), Integer.parseInt(started[1]),
                    settings.secretKey());
        }
    }

    /** Where clients reach it, such as {@code 127.0.0.1:40123}: the origin to set in SDKs of the protocol. */
    public String origin() {
        return "127.0.0.1:" + port;
    }

    /** The same as a URI, such as {@code http://127.0.0.1:40123/}. */
    public URI uri() {
        return URI.create("http://" + origin() + "/");
    }

    /** A client of a user: the same each time, closed with the server. */
    public ManiculeClient client(String uuid) {
        return clients.of(uuid);
    }

    /** A new client of a user, set up as this says: with other retries, say. It is the caller's to close. */
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

    /** Its time. */
    public ManiculeClock clock() {
        return new ManiculeClock(controls);
    }

    /**
     * Advances its time: what is due by then happens within about a fifth of a second.
     *
     * @throws IllegalArgumentException when that is past {@link ManiculeClock#LAST}; nothing has moved then
     */
    public void advance(Duration time) {
        controls.advance(time);
    }

    /**
     * Stops its time at a moment. To go back, nothing later may be stored; then the server starts over, and clients
     * stay connected.
     *
     * @throws IllegalArgumentException when something later is stored, or the moment is not from {@link ManiculeClock#FIRST}
     *         to {@link ManiculeClock#LAST}; nothing has moved then
     */
    public void standAt(Instant moment) {
        controls.standAt(moment);
    }

    /**
     * Injects a fault into the next matching requests:
     *
     * <pre>{@code
     * server.inject(Fault.loseAnswer().on("message-actions"));
     * }</pre>
     *
     * @return counts how often it has happened
     * @throws IllegalArgumentException when no request can match; the message lists the possible ones
     */
    public InjectedFault inject(Fault fault) {
        return controls.inject(fault);
    }

    /** Removes all faults. */
    public void clearFaults() {
        controls.call("clear-faults");
    }

    /** All data that was stored at some time, and whether and where the clock stood. */
    public record Snapshot(String name) {}

    /** Keeps the stored data of now, to be restored later. */
    public Snapshot snapshot() {
        Snapshot snapshot = new Snapshot(UUID.randomUUID().toString());
        controls.call("snapshot", snapshot.name());
        return snapshot;
    }

    /** Restores a snapshot. Clients stay connected, and may hold cursors of a time that has not been. */
    public void restore(Snapshot snapshot) {
        controls.call("restore", snapshot.name());
    }

    /** Deletes all data, sets the clock as in the beginning, and ends all faults. */
    public void reset() {
        controls.call("reset");
    }

    /** Closes its clients, stops it, and deletes what it has stored. */
    @Override
    public void close() {
        clients.close();
        controls.close();
    }
}
