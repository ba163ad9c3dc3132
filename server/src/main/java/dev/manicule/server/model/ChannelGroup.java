package dev.manicule.server.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A named set of channels in a keyset, to be subscribed to as one.
 *
 * @param name 1 to {@value Channel#MAX_NAME_BYTES} bytes of UTF-8, no comma or control character
 */
public record ChannelGroup(String keyset, String name) implements Comparable<ChannelGroup> {
    /** The most channels of a group (the protocol's limits page). */
    public static final int MAX_CHANNELS = 2_000;
    /** Before the name of a group, in the name of the channel that stands for it. No client can name a channel so. */
    public static final String MARK = ",";
    private static final int BYTES_BY_CHANNEL = 128;

    /**
     * The most bytes of UTF-8 that a group has in its row. A change of a group writes all of it anew, so it must stay
     * small; names of the protocol's 92 characters fit.
     *
     * @param channels how many channels a group may have
     */
    public static int maxBytes(int channels) {
        return Math.max(channels, MAX_CHANNELS) * BYTES_BY_CHANNEL;
    }

    /** By keyset and name. Maps of groups stay fast by it however their clients choose names to collide. */
    @Override
    public int compareTo(ChannelGroup other) {
        int byKeyset = keyset.compareTo(other.keyset);
        return byKeyset != 0 ? byKeyset : name.compareTo(other.name);
    }

    /** The channel of announcements for subscribers of the group's presence, and for no others. */
    public Channel presence() {
        return new Channel(keyset, MARK + name + Channel.PRESENCE);
    }

    /**
     * A channel while it was in a group: the events on it in that time are events of the group.
     *
     * @param from the timetoken at which it was put in
     * @param to the timetoken at which it was taken out
     */
    public record Former(String channel, long from, long to) {
        /** For how long it is remembered after {@code to}, in steps of timetokens. */
        public static final long REMEMBERED = Timetoken.steps(Duration.ofDays(7));

        /** Whether a timetoken is of that time. */
        public boolean contains(long timetoken) {
            return from < timetoken && timetoken <= to;
        }
    }

    /**
     * The channels of a group. Events on a channel from before it was put into the group, or after it was taken out,
     * are not events of the group.
     *
     * @param since each channel's name with the timetoken at which it was put in; none when there is no such group
     * @param former the channels that were in it and were taken out, the oldest first; the newest {@value ChannelGroup#MAX_CHANNELS} at most
     */
    public record Members(ChannelGroup group, Map<String, Long> since, List<Former> former) {
        /** Copies the map and the list. */
        public Members {
            since = Map.copyOf(since);
            former = List.copyOf(former);
        }

        /** One that has only grown so far. */
        public Members(ChannelGroup group, Map<String, Long> since) {
            this(group, since, List.of());
        }
    }
}
