package dev.manicule.bench.compare;

import dev.manicule.bench.peer.Machine;
import dev.manicule.bench.peer.Packages;
import org.jspecify.annotations.Nullable;

/**
 * Where a comparison takes place.
 *
 * @param peers the packages of the peers; null to leave these out
 */
public record Environment(Machine machine, @Nullable Packages peers, RunSize runSize) {
    boolean hasPeers() {
        return peers != null;
    }

    Packages packages() {
        if (peers == null) {
            throw new IllegalStateException("Without peers");
        }
        return peers;
    }
}
