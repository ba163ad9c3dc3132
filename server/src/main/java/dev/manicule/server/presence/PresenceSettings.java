package dev.manicule.server.presence;

import java.time.Duration;

/**
 * How presence is announced.
 *
 * @param intervalAbove a channel with more members than this is announced in intervals
 * @param interval how long such an interval is
 */
public record PresenceSettings(int intervalAbove, Duration interval) {
    /** As the hosted service does it: in intervals of ten seconds above twenty. */
    public static final PresenceSettings DEFAULT = new PresenceSettings(20, Duration.ofSeconds(10));
}
