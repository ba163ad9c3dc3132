package dev.manicule.server.command;

import dev.manicule.server.model.Channel;

/**
 * Take an action off a message. Only the uuid that put it there may.
 *
 * @param messageTimetoken the message that the action is on
 * @param actionTimetoken the action
 * @param moderates whether {@code uuid} may take off the actions of others
 */
public record RemoveAction(Channel channel, long messageTimetoken, long actionTimetoken, String uuid, boolean moderates)
        implements
            Retryable<RemoveAction.Outcome> {
    private static final long BYTES = 400;

    /** One of an action of one's own. */
    public RemoveAction(Channel channel, long messageTimetoken, long actionTimetoken, String uuid) {
        this(channel, messageTimetoken, actionTimetoken, uuid, false);
    }

    /** What became of it. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits Removed, NoSuchAction, WrongUuid, Idempotent.KeyReused, Unavailable {}

    /** The action is gone. */
    public record Removed() implements Outcome {}

    /** There is no such action on that message. */
    public record NoSuchAction() implements Outcome {}

    /** The action is another user's. */
    public record WrongUuid() implements Outcome {}

    @Override
    public long weight() {
        return BYTES;
    }

    @Override
    public void addTo(RequestDigest digest) {
        digest.add(2).add(channel.name()).add(messageTimetoken).add(actionTimetoken);
    }
}
