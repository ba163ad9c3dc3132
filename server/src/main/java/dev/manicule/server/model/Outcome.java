package dev.manicule.server.model;

/**
 * What became of a {@link Command}; each kind of command has its own kinds of outcome. All but {@link Unavailable} are
 * decisions of the ledger, durable when told, and the same on every machine that applies the same commands.
 */
public sealed interface Outcome {
    /** Of a {@link Command.Publish}. */
    sealed interface OfPublish extends Outcome {}

    /** Of a {@link Command.AddAction}. */
    sealed interface OfAdd extends Outcome {}

    /** Of a {@link Command.RemoveAction}. */
    sealed interface OfRemove extends Outcome {}

    /** Of a {@link Command.DeleteMessages}. */
    sealed interface OfDelete extends Outcome {}

    /** Of a {@link Command.ChangeGroup} or a {@link Command.DeleteGroup}. */
    sealed interface OfGroup extends Outcome {}

    /** Of a {@link Command.Announce}. */
    sealed interface OfAnnounce extends Outcome {}

    /** Of a {@link Command.Retain}. */
    sealed interface OfRetain extends Outcome {}

    /** Of a {@link Command.Tick}. */
    sealed interface OfTick extends Outcome {}

    /** Of a {@link Command.RevokeToken}. */
    sealed interface OfRevoke extends Outcome {}

    /** Published at this timetoken. */
    record Sent(long timetoken) implements OfPublish {}

    /** The action is on the message now. */
    record ActionAdded(MessageAction action) implements OfAdd {}

    /** The same uuid has put the same type and value on that message before. */
    record ActionAlreadyAdded() implements OfAdd {}

    /** Actions can only be put on messages that are stored, and that one is not. */
    record NoSuchMessage() implements OfAdd {}

    /** The message has as many actions as a message may have. */
    record TooManyActions() implements OfAdd {}

    /** The actions on the message take as many bytes as they may, or would with this one. */
    record TooManyBytesOfActions() implements OfAdd {}

    /** The name of the request is that of another one, and whoever sent it said that it is not. Nothing was changed. */
    record RequestIdReused() implements OfPublish, OfAdd, OfRemove {}

    /** The action is gone. */
    record ActionRemoved() implements OfRemove {}

    /** There is no such action on that message. */
    record NoSuchAction() implements OfRemove {}

    /** The action is somebody else's. */
    record WrongUuid() implements OfRemove {}

    /** No message of the range is left. */
    record MessagesDeleted() implements OfDelete {}

    /** The group has these channels now. */
    record GroupChanged() implements OfGroup {}

    /** The group would have more channels, or longer names, than a group may have; nothing was changed. */
    record GroupFull() implements OfGroup {}

    /** Subscribers are told, from this timetoken on. */
    record Announced(long timetoken) implements OfAnnounce {}

    /** The keyset keeps what it stores for that long now. */
    record Retained() implements OfRetain {}

    /** Time has passed. */
    record Ticked() implements OfTick {}

    /** The token holds no more. */
    record TokenRevoked() implements OfRevoke {}

    /**
     * Nothing was decided. When {@code mayHaveHappened}, the disk failed at the commit and a later restart may find the
     * command applied; otherwise it is certain that nothing was changed.
     *
     * @param reason for people, in one sentence
     */
    record Unavailable(String reason, boolean mayHaveHappened)
            implements
                OfPublish,
                OfAdd,
                OfRemove,
                OfDelete,
                OfGroup,
                OfAnnounce,
                OfRetain,
                OfTick,
                OfRevoke {}
}
