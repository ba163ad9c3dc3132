package dev.manicule.server.model;

import java.util.Set;

/**
 * A user has left a channel by a request to one node, though others had heard of the user there too.
 *
 * @param nodes those others
 */
public record Departure(Channel channel, String uuid, Set<Long> nodes) {
    /** Copies the set. */
    public Departure {
        nodes = Set.copyOf(nodes);
    }
}
