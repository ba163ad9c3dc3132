package dev.manicule.server.command;

/**
 * Nothing was decided: an outcome of every command, and the only one that does not come from the state machine. It
 * comes from the machine that the command was sent to, which is full, stopping, or can't write. When
 * {@code mayHaveHappened}, the disk failed at the commit and a later restart may find the command applied; otherwise
 * nothing was changed.
 *
 * @param reason for people, in one sentence
 * @param mayHaveHappened whether the command may have been applied, or may still be
 */
public record Unavailable(String reason, boolean mayHaveHappened)
        implements
            Publish.Outcome,
            AddAction.Outcome,
            RemoveAction.Outcome,
            ChangeActions.Outcome,
            DeleteMessages.Outcome,
            ChangePresence.Outcome,
            ChangeGroup.Outcome,
            DeleteGroup.Outcome,
            RevokeToken.Outcome,
            GrantToKeys.Outcome,
            Retain.Outcome,
            Tick.Outcome,
            ReportNode.Outcome,
            RemoveNode.Outcome,
            MarkRead.Outcome,
            ExpireActions.Outcome,
            SetEntity.Outcome,
            RemoveEntity.Outcome,
            ChangeMemberships.Outcome,
            AddFile.Outcome,
            DeleteFile.Outcome,
            ExpireFiles.Outcome,
            ChangeDevice.Outcome,
            RemoveDevice.Outcome,
            FollowFeed.Outcome {
    static final int KIND = 0x01;

    static Unavailable readFrom(ByteReader in) throws DamagedFormException {
        return new Unavailable(in.text(), in.flag());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.text(reason);
        out.flag(mayHaveHappened);
    }
}
