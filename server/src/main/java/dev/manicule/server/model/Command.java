package dev.manicule.server.model;

import dev.manicule.server.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that somebody wants changed. All changes are commands; the journal puts them in order.
 *
 * @param <O> what may become of it
 */
public sealed interface Command<O extends Outcome> {
    /** How many consecutive timetokens it needs, at least 1: one for each of its events. */
    default int timetokens() {
        return 1;
    }

    /**
     * Publish a message, fire or signal.
     *
     * @param uuid who publishes, null when nobody is named
     * @param customType the publisher's own name for the kind of message
     * @param sequence the publisher's counter, copied to the envelope
     * @param origin the publisher's original timetoken, a JSON object copied to the envelope
     * @param delivery what becomes of it
     * @param lifetime for how long it is stored, in 100 ns; 0 for as long as its keyset stores
     */
    record Publish(Channel channel, Json payload, @Nullable Json meta, @Nullable String uuid,
            @Nullable String customType, @Nullable Long sequence, @Nullable Json origin, Delivery delivery,
            long lifetime)
            implements
                Command<Outcome.OfPublish> {
        /** One that is stored as long as its keyset stores. */
        public Publish(Channel channel, Json payload, @Nullable Json meta, @Nullable String uuid,
                @Nullable String customType, @Nullable Long sequence, @Nullable Json origin, Delivery delivery) {
            this(channel, payload, meta, uuid, customType, sequence, origin, delivery, 0);
        }
    }

    /** What becomes of something published. */
    enum Delivery {
        /** Kept in history and told to subscribers. */
        STORED,
        /** Told to subscribers, also to those away for a little while, and not kept in history. */
        TRANSIENT,
        /** A signal: told as {@link #TRANSIENT} is, and marked as a signal. */
        SIGNAL,
        /** Given a timetoken, told to nobody, not kept. */
        FIRED
    }

    /**
     * Put an action on a message.
     *
     * @param strictParent whether the message must be stored
     * @param mostBytes how many bytes all actions on the message may take
     */
    record AddAction(Channel channel, long messageTimetoken, String type, String value, String uuid,
            boolean strictParent, long mostBytes)
            implements
                Command<Outcome.OfAdd> {
        /** One that does not ask for its message, nor how much is on it. */
        public AddAction(Channel channel, long messageTimetoken, String type, String value, String uuid) {
            this(channel, messageTimetoken, type, value, uuid, false, Long.MAX_VALUE);
        }
    }

    /**
     * Take an action off a message; only who put it there may.
     *
     * @param moderates whether {@code uuid} may all the same
     */
    record RemoveAction(Channel channel, long messageTimetoken, long actionTimetoken, String uuid,
            boolean moderates)
            implements
                Command<Outcome.OfRemove> {
        /** One of an action of one's own. */
        public RemoveAction(Channel channel, long messageTimetoken, long actionTimetoken, String uuid) {
            this(channel, messageTimetoken, actionTimetoken, uuid, false);
        }
    }

    /** Delete the messages of a range, and all actions on messages of that range. Tells nobody. */
    record DeleteMessages(Channel channel, Range range) implements Command<Outcome.OfDelete> {}

    /**
     * Tell subscribers what happened on presence channels. Each announcement has a timetoken of its own, in their order.
     *
     * @param announcements at least one
     */
    record Announce(List<Announcement> announcements) implements Command<Outcome.OfAnnounce> {
        private static final int BYTES_BESIDE_PAYLOAD = 400;

        /** Copies the list. */
        public Announce {
            announcements = List.copyOf(announcements);
            if (announcements.isEmpty()) {
                throw new IllegalArgumentException("an announcement is needed");
            }
        }

        @Override
        public int timetokens() {
            return announcements.size();
        }

        /** About how many bytes of memory it holds. */
        public long bytes() {
            long bytes = 0;
            for (Announcement announcement : announcements) {
                bytes += BYTES_BESIDE_PAYLOAD + announcement.payload().utf8().length;
            }
            return bytes;
        }
    }

    /**
     * Something that happened to the presence of a channel.
     *
     * @param channel the presence channel
     * @param to the group whose subscribers alone are told; null for all that listen to the channel
     */
    record Announcement(Channel channel, Json payload, @Nullable ChannelGroup to) {
        /** One for all that listen to the channel. */
        public Announcement(Channel channel, Json payload) {
            this(channel, payload, null);
        }

        /** The channel on which it is told. */
        public Channel place() {
            return to == null ? channel : to.presence();
        }
    }

    /**
     * Put channels into a group, which is made where there is none, then take others out.
     *
     * @param most the most channels that the group may have when channels were put in
     */
    record ChangeGroup(ChannelGroup group, List<String> add, List<String> remove, int most)
            implements
                Command<Outcome.OfGroup> {
        /** Copies the lists. */
        public ChangeGroup {
            add = List.copyOf(add);
            remove = List.copyOf(remove);
        }

        /** One of a group that may have as many channels as the protocol allows. */
        public ChangeGroup(ChannelGroup group, List<String> add, List<String> remove) {
            this(group, add, remove, ChannelGroup.MAX_CHANNELS);
        }
    }

    /**
     * Let a token hold no more.
     *
     * @param keyset the subscribe key of its keyset
     * @param token its signature in hexadecimal digits
     * @param expiry when it would have ended, in seconds since 1970
     * @param now by the clock that tokens are held against, in seconds since 1970: not that of timetokens, which never goes
     *        back when the clock does
     */
    record RevokeToken(String keyset, String token, long expiry, long now) implements Command<Outcome.OfRevoke> {}

    /**
     * Keep what a keyset stores for so long from now on. What is older is gone at once, for everybody.
     *
     * @param steps in 100 ns, at least 1; {@link #FOREVER}
     */
    record Retain(String keyset, long steps) implements Command<Outcome.OfRetain> {
        /** Nothing ever gets too old. */
        public static final long FOREVER = -1;
    }

    /** Let time pass: what is due happens, although nothing else does. */
    record Tick() implements Command<Outcome.OfTick> {}

    /**
     * Do something, unless the request of this name was done a while ago: then the outcome is what it was then. A while is
     * at least {@link Timetoken#SHORTLY}.
     *
     * @param command a publish, an add or a remove
     */
    record Once<O extends Outcome>(Command<O> command, RequestId id) implements Command<O> {}

    /** Take all channels out of a group. */
    record DeleteGroup(ChannelGroup group) implements Command<Outcome.OfGroup> {}
}
