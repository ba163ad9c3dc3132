package dev.manicule.server.model;

import java.util.Map;

/**
 * A named set of channels in a keyset, to be subscribed to as one.
 *
 * @param name 1 to {@value Channel#MAX_NAME_BYTES} bytes of UTF-8, no comma or control character
 */
public record ChannelGroup(String keyset, String name) {
    /** The most channels of a group (the protocol's limits page). */
    public static final int MAX_CHANNELS = 2_000;

    /**
     * Who is in a group. What happened on a channel before it was put into the group did not happen in the group.
     *
     * @param since each channel's name with the timetoken at which it was put in; none when there is no such group
     */
    public record Members(ChannelGroup group, Map<String, Long> since) {
        /** Copies the map. */
        public Members {
            since = Map.copyOf(since);
        }
    }
}
