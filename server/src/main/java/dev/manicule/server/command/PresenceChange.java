package dev.manicule.server.command;

import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that a node reports of the presence of a channel. Joins and leaves begin and end a <em>lease</em>: the
 * statement of a node that a user is on the channel. A user is there as long as any node has a lease.
 *
 * <p>
 * All of them can be applied twice in a row without being announced twice, except what {@link #again} leaves out.
 */
public sealed interface PresenceChange {
    /** About how many bytes of memory one takes besides its texts. */
    int BYTES_BESIDE_TEXTS = 200;

    /** The channel that the user is on; not the one with the announcements. */
    Channel channel();

    /** Whether it may be announced to subscribers. */
    boolean isAnnounced();

    /** About how many bytes of memory it takes, more than 0. */
    int weight();

    /**
     * How many timetokens it takes, 1 or 2: one for its announcement, and one for that of a join which it makes due (a
     * node reported a user who is {@link Join#isLater} announced, and another node is first to report more).
     */
    default int timetokens() {
        return 1;
    }

    /** The part of it to report again when it is not certain whether it was applied; null for none. */
    @Nullable
    PresenceChange again();

    /** Appends the byte form: a byte for the kind, then the fields in their order. */
    void writeTo(ByteWriter out);

    /** Reads what {@link #writeTo} wrote. */
    static PresenceChange readFrom(ByteReader in) throws DamagedFormException {
        int kind = in.octet();
        return switch (kind) {
            case Join.KIND -> Join.readFrom(in);
            case Leave.KIND -> Leave.readFrom(in);
            case SetState.KIND -> SetState.readFrom(in);
            case Interval.KIND -> Interval.readFrom(in);
            case LeaveEverywhere.KIND -> LeaveEverywhere.readFrom(in);
            default -> throw in.damaged("no change of presence is of kind " + kind);
        };
    }

    /**
     * A lease begins, or changes from now on. The join is announced once while the user is there, with the first change
     * that may be announced.
     *
     * @param patience for how long the user stays after the last sign of life of the node, in 100 ns
     * @param state the user's state on the channel; null for none, or to keep the present one
     * @param isLater whether another join of the same lease will say whether it is announced. Until then the user is
     *         there, and announcements do not count it
     */
    record Join(Channel channel, String uuid, long patience, @Nullable Json state, boolean isAnnounced, boolean isLater)
            implements
                PresenceChange {
        static final int KIND = 1;
        private static final int ANNOUNCED = 1;
        private static final int LATER = 2;

        /** A join that is announced now is not announced later. */
        public Join {
            if (isAnnounced && isLater) {
                throw new IllegalArgumentException("a join is announced now or later");
            }
        }

        /** A join that is announced now or never. */
        public Join(Channel channel, String uuid, long patience, @Nullable Json state, boolean isAnnounced) {
            this(channel, uuid, patience, state, isAnnounced, false);
        }

        static Join readFrom(ByteReader in) throws DamagedFormException {
            Channel channel = in.channel();
            String uuid = in.text();
            long patience = in.number();
            Json state = in.flag() ? in.json() : null;
            int when = in.octet();
            if (when > LATER) {
                throw in.damaged("a join can't be announced by " + when);
            }
            return new Join(channel, uuid, patience, state, when == ANNOUNCED, when == LATER);
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.channel(channel);
            out.text(uuid);
            out.number(patience);
            out.flag(state != null);
            if (state != null) {
                out.json(state);
            }
            out.octet(isAnnounced ? ANNOUNCED : isLater ? LATER : 0);
        }

        @Override
        public int weight() {
            return BYTES_BESIDE_TEXTS + uuid.length() + (state == null ? 0 : state.utf8().length);
        }

        @Override
        public PresenceChange again() {
            return this;
        }
    }

    /**
     * A lease ends. With the last one the user is gone.
     *
     * @param isTimeout whether the user timed out; otherwise the user has left
     */
    record Leave(Channel channel, String uuid, boolean isTimeout, boolean isAnnounced) implements PresenceChange {
        static final int KIND = 2;

        static Leave readFrom(ByteReader in) throws DamagedFormException {
            return new Leave(in.channel(), in.text(), in.flag(), in.flag());
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.channel(channel);
            out.text(uuid);
            out.flag(isTimeout);
            out.flag(isAnnounced);
        }

        @Override
        public int weight() {
            return BYTES_BESIDE_TEXTS + uuid.length();
        }

        @Override
        public PresenceChange again() {
            return this;
        }
    }

    /**
     * A user has left a channel on all nodes that have heard of the user there. All leases end; or, if the user left by
     * a group, those nodes end their leases unless the user is there for another reason.
     *
     * @param group by which group; null when the channel itself was named
     */
    record LeaveEverywhere(Channel channel, String uuid, @Nullable String group, boolean isAnnounced)
            implements
                PresenceChange {
        static final int KIND = 5;

        static LeaveEverywhere readFrom(ByteReader in) throws DamagedFormException {
            return new LeaveEverywhere(in.channel(), in.text(), in.flag() ? in.text() : null, in.flag());
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.channel(channel);
            out.text(uuid);
            out.flag(group != null);
            if (group != null) {
                out.text(group);
            }
            out.flag(isAnnounced);
        }

        @Override
        public int timetokens() {
            return 2;
        }

        @Override
        public int weight() {
            return BYTES_BESIDE_TEXTS + uuid.length() + (group == null ? 0 : group.length());
        }

        @Override
        public PresenceChange again() {
            return this;
        }
    }

    /** A user has another state on a channel, there or not. */
    record SetState(Channel channel, String uuid, Json state, boolean isAnnounced) implements PresenceChange {
        static final int KIND = 3;

        static SetState readFrom(ByteReader in) throws DamagedFormException {
            return new SetState(in.channel(), in.text(), in.json(), in.flag());
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.channel(channel);
            out.text(uuid);
            out.json(state);
            out.flag(isAnnounced);
        }

        @Override
        public int timetokens() {
            return 2;
        }

        @Override
        public int weight() {
            return BYTES_BESIDE_TEXTS + uuid.length() + state.utf8().length;
        }

        @Override
        public PresenceChange again() {
            return new SetState(channel, uuid, state, false);
        }
    }

    /**
     * The last action of each user on a channel in interval mode since the last interval. Users for whom it is no
     * longer true when it is applied are left out.
     *
     * @param refresh whether clients have to fetch the members: there were too many changes, or some could not be
     *         announced
     * @param to the group to whose subscribers alone it is announced; null for all subscribers of the channel
     */
    record Interval(Channel channel, List<String> joined, List<String> left, List<String> timedOut, boolean refresh,
            @Nullable ChannelGroup to) implements PresenceChange {
        /** How many names its announcement should hold at most. */
        public static final int MOST_NAMES = 400;
        /** How many characters these should have at most, so that the announcement stays below the size of a message. */
        public static final int MOST_CHARACTERS = 20_000;
        static final int KIND = 4;

        /** Copies the lists. */
        public Interval {
            joined = List.copyOf(joined);
            left = List.copyOf(left);
            timedOut = List.copyOf(timedOut);
        }

        /** An interval that has clients fetch the members. */
        public static Interval refresh(Channel channel, @Nullable ChannelGroup to) {
            return new Interval(channel, List.of(), List.of(), List.of(), true, to);
        }

        static Interval readFrom(ByteReader in) throws DamagedFormException {
            return new Interval(in.channel(), in.texts(), in.texts(), in.texts(), in.flag(),
                    in.flag() ? in.group() : null);
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.channel(channel);
            out.texts(joined);
            out.texts(left);
            out.texts(timedOut);
            out.flag(refresh);
            out.flag(to != null);
            if (to != null) {
                out.group(to);
            }
        }

        @Override
        public boolean isAnnounced() {
            return true;
        }

        @Override
        public int weight() {
            return BYTES_BESIDE_TEXTS + bytes(joined) + bytes(left) + bytes(timedOut);
        }

        private static int bytes(List<String> names) {
            int bytes = 0;
            for (String name : names) {
                bytes += name.length() + 3;
            }
            return bytes;
        }

        /** Some of its changes may have been announced: clients fetch the members themselves. */
        @Override
        public PresenceChange again() {
            return refresh(channel, to);
        }
    }
}
