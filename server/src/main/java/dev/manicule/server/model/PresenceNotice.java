package dev.manicule.server.model;

import dev.manicule.server.json.Json;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The effect of a presence request to one node of a cluster on the memory of other nodes. They apply it when it comes
 * through the log.
 */
public sealed interface PresenceNotice {
    /** The channel that it is about. */
    Channel channel();

    /** The user. */
    String uuid();

    /** Whether it concerns a node. */
    boolean isFor(long node);

    /**
     * A user has left a channel by a request to one node, though other nodes had heard of the user there too.
     *
     * @param group the group, when the user has left only as far as it was there by that group; null when it has left
     *         altogether
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
     * @param by the node that got the request
     */
    record StateSet(Channel channel, String uuid, Json state, long by) implements PresenceNotice {
        @Override
        public boolean isFor(long node) {
            return node != by;
        }
    }
}
