package dev.manicule.server.command;

/**
 * A change that a client or the server asks for. All changes are commands; the journal puts them in order. Each command has
 * a file of its own, with its outcomes.
 *
 * @param <O> its outcomes
 */
public sealed interface Command<O extends Outcome>
        permits Retryable, Idempotent, DeleteMessages, Retain, Tick, ChangePresence, ChangeGroup, DeleteGroup,
        RevokeToken, GrantToKeys, ReportNode, RemoveNode, MarkRead, ExpireActions, RemoveEntity, AddFile, DeleteFile,
        ExpireFiles, ChangeDevice, RemoveDevice,
        FollowFeed {
    /** About how many bytes of memory a command holds besides the texts that clients choose. */
    long BYTES_BESIDE_TEXTS = 400;

    /** How many consecutive timetokens it needs, at least 1: one for each of its events. */
    default int timetokens() {
        return 1;
    }

    /** The first version of the rules whose servers can read it, from 1 on. */
    default int leastRules() {
        return 1;
    }

    /** About how many bytes of memory it holds while it waits, more than 0: texts that clients choose, and some more. */
    long weight();

    /**
     * Appends the byte form: a byte for the kind, then the fields in their order. A form never changes: a command with other
     * fields gets another kind, and the one it had is still read.
     *
     * @throws IllegalArgumentException if half of a surrogate pair stands alone in a text
     */
    void writeTo(ByteWriter out);

    /**
     * Reads a command, and nothing that follows it.
     *
     * @throws DamagedFormException if that is no command
     */
    static Command<?> readFrom(ByteReader in) throws DamagedFormException {
        int kind = in.octet();
        return switch (kind) {
            case DeleteMessages.KIND -> DeleteMessages.readFrom(in);
            case Retain.KIND -> Retain.readFrom(in);
            case Tick.KIND -> new Tick();
            case ChangePresence.KIND -> ChangePresence.readFrom(in);
            case ChangePresence.FORMER_KIND ->
                throw in.damaged("it announces presence in the form of data format 6: have the"
                        + " version that wrote it start and stop once, which applies what is in the log");
            case ChangeGroup.KIND -> ChangeGroup.readFrom(in);
            case DeleteGroup.KIND -> DeleteGroup.readFrom(in);
            case RevokeToken.KIND -> RevokeToken.readFrom(in);
            case GrantToKeys.KIND -> GrantToKeys.readFrom(in);
            case ReportNode.KIND -> ReportNode.readFrom(in);
            case RemoveNode.KIND -> RemoveNode.readFrom(in);
            case MarkRead.KIND -> MarkRead.readFrom(in);
            case ExpireActions.KIND -> ExpireActions.readFrom(in);
            case RemoveEntity.KIND -> RemoveEntity.readFrom(in);
            case AddFile.KIND -> AddFile.readFrom(in);
            case DeleteFile.KIND -> DeleteFile.readFrom(in);
            case ExpireFiles.KIND -> ExpireFiles.readFrom(in);
            case ChangeDevice.KIND -> ChangeDevice.readFrom(in);
            case RemoveDevice.KIND -> RemoveDevice.readFrom(in);
            case FollowFeed.KIND -> FollowFeed.readFrom(in);
            case Idempotent.KIND -> Idempotent.readFrom(in);
            default -> Retryable.readFrom(kind, in);
        };
    }
}
