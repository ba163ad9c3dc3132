package dev.manicule.server.command;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.MessageAction;

/**
 * Take an action off a message that is known by its type, its value and its user.
 *
 * @param messageTimetoken the message that the action is on
 * @param uuid the user of the action
 * @param by the user that removes it
 */
public record RemoveByValue(Channel channel, long messageTimetoken, String type, String value, String uuid, String by)
        implements
            Retryable<RemoveByValue.Outcome> {
    static final int KIND = 16;

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits TakenOff, RemoveAction.NoSuchAction, Idempotent.KeyReused, Unavailable {}

    /** The action was on the message, and is gone. */
    public record TakenOff(MessageAction action) implements Outcome, ToggleAction.Outcome {
        static final int KIND = 0xE0;

        static TakenOff readFrom(ByteReader in) throws DamagedFormException {
            return new TakenOff(MessageActionForm.readFrom(in));
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            MessageActionForm.writeTo(out, action);
        }
    }

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS + type.length() + value.length() + uuid.length();
    }

    @Override
    public void addTo(RequestDigest digest) {
        digest.add(5).add(channel.name()).add(messageTimetoken).add(type).add(value).add(uuid);
    }

    static RemoveByValue readFrom(ByteReader in) throws DamagedFormException {
        return new RemoveByValue(in.channel(), in.number(), in.text(), in.text(), in.text(), in.text());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.channel(channel);
        out.number(messageTimetoken);
        out.text(type);
        out.text(value);
        out.text(uuid);
        out.text(by);
    }
}
