package dev.manicule.server.model;

import dev.manicule.server.json.Json;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a request about presence, to one node of a cluster, means for what other nodes keep in memory. They take it in when it comes through the log. */
public sealed interface PresenceNotice {
    /** The channel that it is about. */
    Channel channel();

    /** The user. */
    String uuid();

    /** Whether it means anything for a node. */
    boolean isFor(long node);

    /**
     * A user has left a channel, though other nodes than the one that was asked had heard of the user there too.
     *
     * @param group as far as the user was there by that group; null for altogether
     * @param nodes those others
     */
    record Left(Channel channel, String uuid, @Nullable String group, Set<Long> nodes) implements PresenceNotice {
        /** Copies the set. */
        public Left {
            nodes = Set.copyOf(nodes);
        }

        @Override
        public boolean isFor(long node) {
            return nodes.contains(node);
        }
    }

    /**
     * A user who is not on a channel has a state there, for some minutes.
     *
     * @param by the node that was asked
     */
    record StateSet(Channel channel, String uuid, Json state, long by) implements PresenceNotice {
        @Override
        public boolean isFor(long node) {
            return node != by;
        }
    }
}
