package dev.manicule.server;

import dev.manicule.server.access.Keyset;
import dev.manicule.server.presence.PresenceSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a server is started with. Immutable; begin with {@link #DEFAULT} and change what should differ.
 *
 * @param host the address to listen on, a name or a number
 * @param port 1 to 65535, or 0 for any free one
 * @param data the folder for all that is stored; made where there is none
 * @param pollTimeout how long a poll is parked before it is answered with nothing; more than 300 seconds is more than
 *        clients wait
 * @param presence how presence is told
 * @param keysets the keysets that are served; none means that any key works
 */
public record ManiculeConfig(String host, int port, Path data, Duration pollTimeout, PresenceSettings presence,
        List<Keyset> keysets) {
    /** Loopback only, port 8090, {@code ./data}, polls of 280 seconds, any key. */
    public static final ManiculeConfig DEFAULT = new ManiculeConfig("127.0.0.1", 8090, Path.of("data"),
            Duration.ofSeconds(280), PresenceSettings.DEFAULT, List.of());

    /** Copies the list. */
    public ManiculeConfig {
        keysets = List.copyOf(keysets);
    }

    /** The same, listening on another address. */
    public ManiculeConfig withHost(String newHost) {
        return new ManiculeConfig(newHost, port, data, pollTimeout, presence, keysets);
    }

    /** The same, listening on another port. */
    public ManiculeConfig withPort(int newPort) {
        return new ManiculeConfig(host, newPort, data, pollTimeout, presence, keysets);
    }

    /** The same with another data folder. */
    public ManiculeConfig withData(Path newData) {
        return new ManiculeConfig(host, port, newData, pollTimeout, presence, keysets);
    }

    /** The same with another time that polls are parked. */
    public ManiculeConfig withPollTimeout(Duration newPollTimeout) {
        return new ManiculeConfig(host, port, data, newPollTimeout, presence, keysets);
    }

    /** The same with presence told otherwise. */
    public ManiculeConfig withPresence(PresenceSettings newPresence) {
        return new ManiculeConfig(host, port, data, pollTimeout, newPresence, keysets);
    }

    /** The same with these keysets and no others. */
    public ManiculeConfig withKeysets(List<Keyset> newKeysets) {
        return new ManiculeConfig(host, port, data, pollTimeout, presence, newKeysets);
    }
}
