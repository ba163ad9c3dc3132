package dev.manicule.server.command;

import java.util.ArrayList;
import java.util.List;

/**
 * Reports changes of the presence of channels, as one node sees it. Changes that hold for all nodes together are
 * announced on presence channels, each with timetokens of its own, in their order. A report is also a sign that a node
 * of a cluster is alive.
 *
 * @param node which node reports
 * @param changes at least one
 */
public record ChangePresence(long node, List<PresenceChange> changes) implements Command<ChangePresence.Outcome> {
    /** The node of a log that belongs to one process. No node of a cluster has its number. */
    public static final long ONLY_NODE = 1;
    static final int KIND = 12;
    /** In logs of data format 6: announcements as they were delivered. */
    static final int FORMER_KIND = 6;

    /** Copies the list. */
    public ChangePresence {
        changes = List.copyOf(changes);
        if (changes.isEmpty()) {
            throw new IllegalArgumentException("a change is needed");
        }
    }

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome permits PresenceChanged, Unavailable {}

    /** All changes are in force; the announcements have timetokens from this one on. */
    public record PresenceChanged(long timetoken) implements Outcome {
        static final int KIND = 0x60;

        static PresenceChanged readFrom(ByteReader in) throws DamagedFormException {
            return new PresenceChanged(in.number());
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.number(timetoken);
        }
    }

    @Override
    public int timetokens() {
        int timetokens = 0;
        for (PresenceChange change : changes) {
            timetokens += change.timetokens();
        }
        return timetokens;
    }

    @Override
    public long weight() {
        long bytes = BYTES_BESIDE_TEXTS;
        for (PresenceChange change : changes) {
            bytes += change.weight();
        }
        return bytes;
    }

    static ChangePresence readFrom(ByteReader in) throws DamagedFormException {
        long node = in.number();
        int size = in.size();
        if (size == 0) {
            throw in.damaged("nothing of presence has changed");
        }
        List<PresenceChange> changes = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            changes.add(PresenceChange.readFrom(in));
        }
        return new ChangePresence(node, changes);
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.number(node);
        out.size(changes.size());
        for (PresenceChange change : changes) {
            change.writeTo(out);
        }
    }
}
