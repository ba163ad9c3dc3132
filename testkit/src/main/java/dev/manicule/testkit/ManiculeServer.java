package dev.manicule.testkit;

import dev.manicule.client.ClientConfig;
import dev.manicule.client.ManiculeClient;
import dev.manicule.server.DevServer;
import dev.manicule.server.StartException;
import dev.manicule.server.VirtualClock;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.routing.Fault;
import dev.manicule.server.routing.Faults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
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
    private final DevServer server;
    private final Clients clients;

    private ManiculeServer(DevServer server, String secretKey) {
        this.server = server;
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

        /** The moment at which its clock stands, from {@link VirtualClock#FIRST} to {@link VirtualClock#LAST}. */
        public Builder at(Instant moment) {
            settings = settings.withAt(moment);
            return this;
        }

        /** Turns the access manager on, with this secret key. */
        public Builder secretKey(String newSecretKey) {
            settings = settings.withSecretKey(newSecretKey);
            return this;
        }

        /** Anything else of the configuration: limits, presence, more keysets. The data folder is always a temporary one. */
        public Builder configuration(UnaryOperator<ManiculeConfig> change) {
            settings = settings.withConfiguration(change);
            return this;
        }

        /**
         * Starts it; it accepts requests when this returns.
         *
         * @throws IllegalStateException when it can't start, with the reason
         * @throws IllegalArgumentException when its clock can't stand at that moment
         */
        public ManiculeServer start() {
            DevServer.Storage where = storage == Storage.MEMORY ? DevServer.Storage.MEMORY : DevServer.Storage.DISK;
            try {
                return new ManiculeServer(DevServer.start(settings.config(), where, settings.clock()),
                        settings.secretKey());
            } catch (StartException e) {
                throw new IllegalStateException("The server did not start: " + e.getMessage(), e);
            }
        }
    }

    /** Where clients reach it, such as {@code 127.0.0.1:40123}: the origin to set in SDKs of the protocol. */
    public String origin() {
        return "127.0.0.1:" + server.port();
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
    public VirtualClock clock() {
        return server.clock();
    }

    /**
     * Advances its time: what is due by then happens within about a fifth of a second.
     *
     * @throws IllegalArgumentException when that is past {@link VirtualClock#LAST}; nothing has moved then
     */
    public void advance(Duration time) {
        server.clock().advance(time);
    }

    /**
     * Stops its time at a moment. To go back, nothing later may be stored; then the server starts over, and clients
     * stay connected.
     *
     * @throws IllegalArgumentException when something later is stored, or the moment is not from {@link VirtualClock#FIRST}
     *         to {@link VirtualClock#LAST}; nothing has moved then
     */
    public void standAt(Instant moment) {
        patiently(() -> server.standAt(moment));
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
    public Faults.Injected inject(Fault fault) {
        return server.faults().inject(fault);
    }

    /** Removes all faults. */
    public void clearFaults() {
        server.faults().clear();
    }

    /** All data that was stored at some time, and whether and where the clock stood. */
    public record Snapshot(String name) {}

    /** Keeps the stored data of now, to be restored later. */
    public Snapshot snapshot() {
        Snapshot snapshot = new Snapshot(UUID.randomUUID().toString());
        server.snapshot(snapshot.name());
        return snapshot;
    }

    /** Restores a snapshot. Clients stay connected, and may hold cursors of a time that has not been. */
    public void restore(Snapshot snapshot) {
        patiently(() -> server.restore(snapshot.name()));
    }

    /** Deletes all data, sets the clock as in the beginning, and ends all faults. */
    public void reset() {
        patiently(server::reset);
    }

    /** Work on the data of servers. */
    interface Work {
        void run() throws IOException;
    }

    /** Does it, and throws disk errors unchecked: a test can do nothing about them. */
    static void patiently(Work work) {
        try {
            work.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Closes its clients, stops it, and deletes what it has stored. */
    @Override
    public void close() {
        clients.close();
        server.close();
    }
}
