package dev.manicule.server.command;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.MessageAction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Change actions on messages of a channel, one change after the other. Each removal and each addition has an event with
 * a timetoken of its own, in their order. A change that is refused leaves nothing behind.
 *
 * @param changes at least one
 * @param isAllOrNone whether a refused change undoes all others as well
 */
public record ChangeActions(Channel channel, List<ActionChange> changes, boolean isAllOrNone)
        implements
            Retryable<ChangeActions.Outcome> {
    static final int KIND = 15;

    /** Copies the list. */
    public ChangeActions {
        changes = List.copyOf(changes);
        if (changes.isEmpty()) {
            throw new IllegalArgumentException("a change is needed");
        }
    }

    /** One change. */
    public ChangeActions(Channel channel, ActionChange change) {
        this(channel, List.of(change), false);
    }

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits ActionsChanged, NoActionsChanged, Idempotent.KeyReused, Unavailable {}

    /** What each change led to, in their order. */
    public record ActionsChanged(List<Result> results) implements Outcome {
        static final int KIND = 0xE0;

        /** Copies the list. */
        public ActionsChanged {
            results = List.copyOf(results);
        }

        static ActionsChanged readFrom(ByteReader in) throws DamagedFormException {
            int size = in.size();
            List<Result> results = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                results.add(in.flag() ? Changed.readFrom(in) : Refused.readFrom(in));
            }
            return new ActionsChanged(results);
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.size(results.size());
            for (Result result : results) {
                out.flag(result instanceof Changed);
                result.writeTo(out);
            }
        }
    }

    /**
     * All or none were wanted, and one was refused: none is in force.
     *
     * @param place that of the refused change, from 0 on
     */
    public record NoActionsChanged(int place, Refused refused) implements Outcome {
        static final int KIND = 0xE1;

        static NoActionsChanged readFrom(ByteReader in) throws DamagedFormException {
            return new NoActionsChanged(in.integer(), Refused.readFrom(in));
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.integer(place);
            refused.writeTo(out);
        }
    }

    /** What one change led to. */
    public sealed interface Result {
        /** Appends the byte form. */
        void writeTo(ByteWriter out);
    }

    /**
     * The change is in force.
     *
     * @param removed the actions that are gone
     * @param added the actions that are there now
     * @param renewed the actions that were there and stay longer
     * @param hasMore whether there are more actions of those that were to be taken off
     */
    public record Changed(List<MessageAction> removed, List<MessageAction> added, List<MessageAction> renewed,
            boolean hasMore) implements Result {
        /** Copies the lists. */
        public Changed {
            removed = List.copyOf(removed);
            added = List.copyOf(added);
            renewed = List.copyOf(renewed);
        }

        /** Some are gone and some are there now; that is all. */
        public Changed(List<MessageAction> removed, List<MessageAction> added) {
            this(removed, added, List.of(), false);
        }

        static Changed readFrom(ByteReader in) throws DamagedFormException {
            return new Changed(actions(in), actions(in), actions(in), in.flag());
        }

        private static List<MessageAction> actions(ByteReader in) throws DamagedFormException {
            int size = in.size();
            List<MessageAction> actions = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                actions.add(MessageActionForm.readWholeFrom(in));
            }
            return actions;
        }

        @Override
        public void writeTo(ByteWriter out) {
            for (List<MessageAction> each : List.of(removed, added, renewed)) {
                out.size(each.size());
                each.forEach(action -> MessageActionForm.writeWholeTo(out, action));
            }
            out.flag(hasMore);
        }
    }

    /**
     * The change is refused.
     *
     * @param there the action that it collides with; null when it is another reason
     */
    public record Refused(Refusal why, @Nullable MessageAction there) implements Result {
        /** A refusal that no action is the reason of. */
        public Refused(Refusal why) {
            this(why, null);
        }

        static Refused readFrom(ByteReader in) throws DamagedFormException {
            return new Refused(Refusal.readFrom(in), in.flag() ? MessageActionForm.readWholeFrom(in) : null);
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(why.code);
            out.flag(there != null);
            if (there != null) {
                MessageActionForm.writeWholeTo(out, there);
            }
        }
    }

    /** Why a change is refused. */
    public enum Refusal {
        /** The action is there already, or the one that the user may have. */
        EXISTS(0),
        /** No such action is on the message. */
        NO_SUCH_ACTION(1),
        /** Actions can only be put on messages that are stored, and that one is not. */
        NO_SUCH_MESSAGE(2),
        /** The message has as many actions as a message may have. */
        TOO_MANY_ACTIONS(3),
        /** The actions on the message would take more bytes than they may. */
        TOO_MANY_BYTES(4),
        /** The message has as many values of the type as it may have. */
        TOO_MANY_VALUES(5),
        /** The user has as many actions of the type on the message as one may have. */
        TOO_MANY_BY_USER(6),
        /** The user has more than {@link ActionChange#MOST_REPLACED} actions of the type on the message: too many to replace. */
        TOO_MANY_TO_REPLACE(7),
        /** The amount of the user's action would be below zero. */
        AMOUNT_TOO_LOW(8),
        /** The amount of the user's action would be higher than one may be. */
        AMOUNT_TOO_HIGH(9);

        private final int code;

        Refusal(int code) {
            this.code = code;
        }

        private static Refusal readFrom(ByteReader in) throws DamagedFormException {
            int code = in.octet();
            for (Refusal refusal : values()) {
                if (refusal.code == code) {
                    return refusal;
                }
            }
            throw in.damaged("no refusal has the number " + code);
        }
    }

    /** One for each event, and one by which time has passed: what expires meanwhile is gone with the last one. */
    @Override
    public int timetokens() {
        int timetokens = 1;
        for (ActionChange change : changes) {
            timetokens += change.timetokens();
        }
        return timetokens;
    }

    @Override
    public int leastRules() {
        return 2;
    }

    @Override
    public long weight() {
        long bytes = 0;
        for (ActionChange change : changes) {
            bytes += BYTES_BESIDE_TEXTS + change.weight();
        }
        return bytes;
    }

    @Override
    public void addTo(RequestDigest digest) {
        digest.add(6).add(channel.name()).add(isAllOrNone ? 1 : 0).add(changes.size());
        changes.forEach(change -> change.addTo(digest));
    }

    static ChangeActions readFrom(ByteReader in) throws DamagedFormException {
        Channel channel = in.channel();
        List<ActionChange> changes = ActionChange.all(in);
        if (changes.isEmpty()) {
            throw in.damaged("no action is to be changed");
        }
        return new ChangeActions(channel, changes, in.flag());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.channel(channel);
        out.size(changes.size());
        changes.forEach(change -> change.writeTo(out));
        out.flag(isAllOrNone);
    }
}
