package dev.manicule.server;

import dev.manicule.server.config.ClusterSettings;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.journal.DataStore;
import dev.manicule.server.ledger.DataFolderException;

/**
 * Opens the data of a server, and finds the log that it follows: when the server starts, and each time that it
 * restarts.
 */
@FunctionalInterface
interface DataSource {
    /** The source that the configuration names: a log of the server's own beside its tables, or that of a cluster. */
    DataSource CONFIGURED = (config, clocks) -> {
        ClusterSettings cluster = config.cluster();
        return cluster == null ? DataStore.open(config.data(), clocks.wall()) : Cluster.open(config.data(), cluster);
    };

    /** The same, but for a log of the server's own that is not meant to survive the machine: it is in memory. */
    DataSource TRANSIENT = (config, clocks) -> config.cluster() == null
            ? DataStore.openTransient(config.data(), clocks.wall())
            : CONFIGURED.open(config, clocks);

    /** Opens it. */
    DataStore open(ManiculeConfig config, Clocks clocks) throws StartException, DataFolderException;
}
