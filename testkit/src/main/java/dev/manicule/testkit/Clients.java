package dev.manicule.testkit;

import dev.manicule.client.ClientConfig;
import dev.manicule.client.ManiculeClient;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** The clients of one address: this closes those that are the same each time. Any thread may use it. */
final class Clients implements AutoCloseable {
    /** The keys of a server for tests. */
    static final String KEY = "demo";

    private final String origin;
    private final String secretKey;
    private final Map<String, ManiculeClient> clients = new ConcurrentHashMap<>();

    /**
     * The clients of an address.
     *
     * @param origin host and port
     * @param secretKey empty where the access manager is off
     */
    Clients(String origin, String secretKey) {
        this.origin = origin;
        this.secretKey = secretKey;
    }

    /** A client of a user: the same each time. */
    ManiculeClient of(String uuid) {
        return clients.computeIfAbsent(uuid, name -> of(name, config -> config));
    }

    /** A new client of a user, which is the caller's to close. */
    ManiculeClient of(String uuid, UnaryOperator<ClientConfig.Builder> change) {
        ClientConfig.Builder config = ClientConfig.forUser(uuid).origin(origin).subscribeKey(KEY).publishKey(KEY);
        return ManiculeClient.of(change.apply(config).build());
    }

    /** The client that has the secret key. */
    ManiculeClient owner() {
        if (secretKey.isEmpty()) {
            throw new IllegalStateException("The access manager is off: @Manicule(secretKey = \"…\") switches it on.");
        }
        return clients.computeIfAbsent("owner", name -> of(name, config -> config.secretKey(secretKey)));
    }

    @Override
    public void close() {
        clients.values().forEach(ManiculeClient::close);
        clients.clear();
    }
}
