package dev.manicule.server.command;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.MessageAction;

/**
 * Put an action on a message.
 *
 * @param messageTimetoken the message; it need not be stored unless {@code strictParent}
 * @param strictParent whether the message must be stored
 * @param mostBytes how many bytes all actions on the message may take
 */
public record AddAction(Channel channel, long messageTimetoken, String type, String value, String uuid,
        boolean strictParent, long mostBytes)
        implements
            Retryable<AddAction.Outcome> {
    static final int KIND = 2;

    /** An action on a message that need not be stored, and may have any number of bytes of actions. */
    public AddAction(Channel channel, long messageTimetoken, String type, String value, String uuid) {
        this(channel, messageTimetoken, type, value, uuid, false, Long.MAX_VALUE);
    }

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits Added, Exists, AlreadyAdded, NoSuchMessage, TooManyActions, TooManyBytes, Idempotent.KeyReused,
            Unavailable {}

    /** The action is on the message now. */
    public record Added(MessageAction action) implements Outcome {
        static final int KIND = 0x20;

        static Added readFrom(ByteReader in) throws DamagedFormException {
            return new Added(MessageActionForm.readFrom(in));
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            MessageActionForm.writeTo(out, action);
        }
    }

    /** The same uuid has put the same type and value on that message before: that action is still there. */
    public record Exists(MessageAction action) implements Outcome {
        static final int KIND = 0x25;

        static Exists readFrom(ByteReader in) throws DamagedFormException {
            return new Exists(MessageActionForm.readWholeFrom(in));
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            MessageActionForm.writeWholeTo(out, action);
        }
    }

    /** The same, as the first version of the rules says it. */
    public record AlreadyAdded() implements Outcome {
        static final int KIND = 0x21;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    /** Actions can only be put on messages that are stored, and that one is not. */
    public record NoSuchMessage() implements Outcome {
        static final int KIND = 0x22;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    /** The message has as many actions as a message may have. */
    public record TooManyActions() implements Outcome {
        static final int KIND = 0x23;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    /** The actions on the message take as many bytes as they may, or would with this one. */
    public record TooManyBytes() implements Outcome {
        static final int KIND = 0x24;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS + type.length() + value.length();
    }

    @Override
    public void addTo(RequestDigest digest) {
        digest.add(1).add(channel.name()).add(messageTimetoken).add(type).add(value);
    }

    static AddAction readFrom(ByteReader in) throws DamagedFormException {
        return new AddAction(in.channel(), in.number(), in.text(), in.text(), in.text(), in.flag(), in.number());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.channel(channel);
        out.number(messageTimetoken);
        out.text(type);
        out.text(value);
        out.text(uuid);
        out.flag(strictParent);
        out.number(mostBytes);
    }
}
