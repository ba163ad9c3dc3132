package dev.manicule.testkit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The settings that a server and the nodes of a cluster have in common.
 *
 * @param at the moment at which the clock stands, null where it runs
 * @param secretKey empty where the access manager is off
 * @param configuration anything else, as in a configuration file
 */
record Settings(@Nullable Instant at, String secretKey, String configuration) {
    /** The clock runs, and every client may do everything. */
    static final Settings USUAL = new Settings(null, "", "");

    Settings withAt(Instant moment) {
        return new Settings(moment, secretKey, configuration);
    }

    Settings withSecretKey(String newSecretKey) {
        return new Settings(at, newSecretKey, configuration);
    }

    Settings withConfiguration(String yaml) {
        return new Settings(at, secretKey, yaml);
    }

    /** The moment in a command: empty where the clock runs. */
    String moment() {
        return at == null ? "" : at.toString();
    }
}
