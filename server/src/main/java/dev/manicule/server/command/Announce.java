package dev.manicule.server.command;

import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Deliver to subscribers what happened on presence channels. Each announcement has a timetoken of its own, in their order.
 *
 * @param announcements at least one
 */
public record Announce(List<Announcement> announcements) implements Command<Announce.Outcome> {
    static final int KIND = 6;
    private static final int BYTES_BESIDE_PAYLOAD = 400;

    /** Copies the list. */
    public Announce {
        announcements = List.copyOf(announcements);
        if (announcements.isEmpty()) {
            throw new IllegalArgumentException("an announcement is needed");
        }
    }

    /**
     * Something that happened to the presence of a channel.
     *
     * @param channel the presence channel
     * @param to the group to whose subscribers alone it is delivered; null for all subscribers of the channel
     */
    public record Announcement(Channel channel, Json payload, @Nullable ChannelGroup to) {
        /** One for all subscribers of the channel. */
        public Announcement(Channel channel, Json payload) {
            this(channel, payload, null);
        }

        /** The channel on which it is delivered. */
        public Channel place() {
            return to == null ? channel : to.presence();
        }
    }

    /** What became of it. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome permits Announced, Unavailable {}

    /** Subscribers get the announcements, the first of which has this timetoken. */
    public record Announced(long timetoken) implements Outcome {
        static final int KIND = 0x60;

        static Announced readFrom(ByteReader in) throws DamagedFormException {
            return new Announced(in.number());
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.number(timetoken);
        }
    }

    @Override
    public int timetokens() {
        return announcements.size();
    }

    @Override
    public long weight() {
        long bytes = 0;
        for (Announcement announcement : announcements) {
            bytes += BYTES_BESIDE_PAYLOAD + announcement.payload().utf8().length;
        }
        return bytes;
    }

    static Announce readFrom(ByteReader in) throws DamagedFormException {
        int size = in.size();
        if (size == 0) {
            throw in.damaged("nothing is announced");
        }
        List<Announcement> announcements = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            announcements.add(new Announcement(in.channel(), in.json(), in.flag() ? in.group() : null));
        }
        return new Announce(announcements);
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.size(announcements.size());
        for (Announcement announcement : announcements) {
            out.channel(announcement.channel);
            out.json(announcement.payload);
            out.flag(announcement.to != null);
            if (announcement.to != null) {
                out.group(announcement.to);
            }
        }
    }
}
