package dev.manicule.server.command;

import dev.manicule.server.model.Channel;

/**
 * Take an action off a message. Only the uuid that put it there may.
 *
 * @param messageTimetoken the message that the action is on
 * @param actionTimetoken the action
 * @param moderates whether {@code uuid} may take off actions of other users
 */
public record RemoveAction(Channel channel, long messageTimetoken, long actionTimetoken, String uuid, boolean moderates)
        implements
            Retryable<RemoveAction.Outcome> {
    static final int KIND = 3;

    /** A removal of the user's own action. */
    public RemoveAction(Channel channel, long messageTimetoken, long actionTimetoken, String uuid) {
        this(channel, messageTimetoken, actionTimetoken, uuid, false);
    }

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits Removed, NoSuchAction, WrongUuid, Idempotent.KeyReused, Unavailable {}

    /** The action is gone. */
    public record Removed() implements Outcome {
        static final int KIND = 0x30;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    /** There is no such action on that message. */
    public record NoSuchAction() implements Outcome {
        static final int KIND = 0x31;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    /** The action is another user's. */
    public record WrongUuid() implements Outcome {
        static final int KIND = 0x32;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS;
    }

    @Override
    public void addTo(RequestDigest digest) {
        digest.add(2).add(channel.name()).add(messageTimetoken).add(actionTimetoken);
    }

    static RemoveAction readFrom(ByteReader in) throws DamagedFormException {
        return new RemoveAction(in.channel(), in.number(), in.number(), in.text(), in.flag());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.channel(channel);
        out.number(messageTimetoken);
        out.number(actionTimetoken);
        out.text(uuid);
        out.flag(moderates);
    }
}
