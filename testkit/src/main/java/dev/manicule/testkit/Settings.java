package dev.manicule.testkit;

import dev.manicule.server.VirtualClock;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Secret;
import dev.manicule.server.config.ManiculeConfig;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The settings that a server and the nodes of a cluster have in common.
 *
 * @param at the moment at which the clock stands, null where it runs
 * @param secretKey empty where the access manager is off
 * @param configuration changes anything else
 */
record Settings(@Nullable Instant at, String secretKey, UnaryOperator<ManiculeConfig> configuration) {
    /** The clock runs, and every client may do everything. */
    static final Settings USUAL = new Settings(null, "", UnaryOperator.identity());

    Settings withAt(Instant moment) {
        return new Settings(moment, secretKey, configuration);
    }

    Settings withSecretKey(String newSecretKey) {
        return new Settings(at, newSecretKey, configuration);
    }

    Settings withConfiguration(UnaryOperator<ManiculeConfig> change) {
        return new Settings(at, secretKey, change);
    }

    ManiculeConfig config() {
        ManiculeConfig plain = ManiculeConfig.DEFAULT.withPort(0);
        return configuration.apply(secretKey.isEmpty()
                ? plain
                : plain.withKeysets(List.of(Keyset.of(Clients.KEY, Clients.KEY).guarded(new Secret(secretKey)))));
    }

    VirtualClock clock() {
        return at == null ? VirtualClock.running() : VirtualClock.standingAt(at);
    }
}
