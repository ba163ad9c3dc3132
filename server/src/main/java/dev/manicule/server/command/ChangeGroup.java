package dev.manicule.server.command;

import dev.manicule.server.model.ChannelGroup;
import java.util.List;

/**
 * Put channels into a group, which is made where there is none, then take others out.
 *
 * @param add names of channels; never changed
 * @param remove names of channels; never changed
 * @param most the most channels that the group may have when channels were put in
 */
public record ChangeGroup(ChannelGroup group, List<String> add, List<String> remove, int most)
        implements
            Command<ChangeGroup.Outcome> {
    static final int KIND = 7;
    private static final long BYTES_BESIDE_NAME = 60;

    /** Copies the lists. */
    public ChangeGroup {
        add = List.copyOf(add);
        remove = List.copyOf(remove);
    }

    /** A change of a group that may have as many channels as the protocol allows. */
    public ChangeGroup(ChannelGroup group, List<String> add, List<String> remove) {
        this(group, add, remove, ChannelGroup.MAX_CHANNELS);
    }

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits Changed, GroupFull, Unavailable {}

    /** The group has these channels now; or, after a {@link DeleteGroup}, none. */
    public record Changed() implements Outcome, DeleteGroup.Outcome {
        static final int KIND = 0x70;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    /** The group would have more channels, or longer names, than a group may have; nothing was changed. */
    public record GroupFull() implements Outcome {
        static final int KIND = 0x71;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    @Override
    public long weight() {
        long bytes = BYTES_BESIDE_TEXTS;
        for (String name : add) {
            bytes += BYTES_BESIDE_NAME + name.length();
        }
        for (String name : remove) {
            bytes += BYTES_BESIDE_NAME + name.length();
        }
        return bytes;
    }

    static ChangeGroup readFrom(ByteReader in) throws DamagedFormException {
        return new ChangeGroup(in.group(), in.texts(), in.texts(), in.integer());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.group(group);
        out.texts(add);
        out.texts(remove);
        out.integer(most);
    }
}
