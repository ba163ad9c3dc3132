package dev.manicule.server.model;

/**
 * What became of a {@link Command}. All but {@link Unavailable} are decisions of the ledger, durable when told, and the
 * same on every machine that applies the same commands.
 */
public sealed interface Outcome {
    /** Published at this timetoken. */
    record Sent(long timetoken) implements Outcome {}

    /** The action is on the message now. */
    record ActionAdded(MessageAction action) implements Outcome {}

    /** The same uuid has put the same type and value on that message before. */
    record ActionAlreadyAdded() implements Outcome {}

    /** The message has as many actions as a message may have. */
    record TooManyActions() implements Outcome {}

    /** The action is gone. */
    record ActionRemoved() implements Outcome {}

    /** There is no such action on that message. */
    record NoSuchAction() implements Outcome {}

    /** The action is somebody else's. */
    record WrongUuid() implements Outcome {}

    /** No message of the range is left. */
    record MessagesDeleted() implements Outcome {}

    /**
     * Nothing was decided. When {@code mayHaveHappened}, the disk failed at the commit and a later restart may find the
     * command applied; otherwise it is certain that nothing was changed.
     *
     * @param reason for people, in one sentence
     */
    record Unavailable(String reason, boolean mayHaveHappened) implements Outcome {}
}
