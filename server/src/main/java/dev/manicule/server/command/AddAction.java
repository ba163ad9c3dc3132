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
    private static final long BYTES_BESIDE_TEXTS = 400;

    /** One on a message that need not be stored, and may have any number of bytes of actions. */
    public AddAction(Channel channel, long messageTimetoken, String type, String value, String uuid) {
        this(channel, messageTimetoken, type, value, uuid, false, Long.MAX_VALUE);
    }

    /** What became of it. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits Added, AlreadyAdded, NoSuchMessage, TooManyActions, TooManyBytes, Idempotent.KeyReused,
            Unavailable {}

    /** The action is on the message now. */
    public record Added(MessageAction action) implements Outcome {}

    /** The same uuid has put the same type and value on that message before. */
    public record AlreadyAdded() implements Outcome {}

    /** Actions can only be put on messages that are stored, and that one is not. */
    public record NoSuchMessage() implements Outcome {}

    /** The message has as many actions as a message may have. */
    public record TooManyActions() implements Outcome {}

    /** The actions on the message take as many bytes as they may, or would with this one. */
    public record TooManyBytes() implements Outcome {}

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS + type.length() + value.length();
    }

    @Override
    public void addTo(RequestDigest digest) {
        digest.add(1).add(channel.name()).add(messageTimetoken).add(type).add(value);
    }
}
