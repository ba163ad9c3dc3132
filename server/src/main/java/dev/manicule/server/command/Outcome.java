package dev.manicule.server.command;

/**
 * The outcome of a {@link Command}. Each command has a sealed interface of its own outcomes. All but
 * {@link Unavailable} are decisions of the state machine: durable when a client gets them, and the same on every
 * machine that applies the same commands.
 */
public sealed interface Outcome
        permits Publish.Outcome, AddAction.Outcome, RemoveAction.Outcome, ChangeActions.Outcome,
        DeleteMessages.Outcome,
        ChangePresence.Outcome,
        ChangeGroup.Outcome, DeleteGroup.Outcome, RevokeToken.Outcome, GrantToKeys.Outcome, Retain.Outcome,
        Tick.Outcome,
        ReportNode.Outcome, RemoveNode.Outcome, MarkRead.Outcome, ExpireActions.Outcome,
        SetEntity.Outcome, RemoveEntity.Outcome, ChangeMemberships.Outcome,
        AddFile.Outcome, DeleteFile.Outcome, ExpireFiles.Outcome,
        ChangeDevice.Outcome, RemoveDevice.Outcome, FollowFeed.Outcome {
    /**
     * Appends the byte form: a byte for the kind, then what the outcome says. A form never changes: an outcome that comes to
     * say something else gets another kind, and the one it had is still read.
     *
     * @throws IllegalArgumentException if half of a surrogate pair stands alone in a text
     */
    void writeTo(ByteWriter out);

    /**
     * Reads an outcome, and nothing that follows it.
     *
     * @throws DamagedFormException if that is no outcome
     */
    static Outcome readFrom(ByteReader in) throws DamagedFormException {
        int kind = in.octet();
        return switch (kind) {
            case Unavailable.KIND -> Unavailable.readFrom(in);
            case Publish.Published.KIND -> Publish.Published.readFrom(in);
            case AddAction.Added.KIND -> AddAction.Added.readFrom(in);
            case AddAction.Exists.KIND -> AddAction.Exists.readFrom(in);
            case AddAction.AlreadyAdded.KIND -> new AddAction.AlreadyAdded();
            case AddAction.NoSuchMessage.KIND -> new AddAction.NoSuchMessage();
            case AddAction.TooManyActions.KIND -> new AddAction.TooManyActions();
            case AddAction.TooManyBytes.KIND -> new AddAction.TooManyBytes();
            case RemoveAction.Removed.KIND -> new RemoveAction.Removed();
            case RemoveAction.NoSuchAction.KIND -> new RemoveAction.NoSuchAction();
            case RemoveAction.WrongUuid.KIND -> new RemoveAction.WrongUuid();
            case ChangeActions.ActionsChanged.KIND -> ChangeActions.ActionsChanged.readFrom(in);
            case ChangeActions.NoActionsChanged.KIND -> ChangeActions.NoActionsChanged.readFrom(in);
            case DeleteMessages.Deleted.KIND -> new DeleteMessages.Deleted();
            case ChangePresence.PresenceChanged.KIND -> ChangePresence.PresenceChanged.readFrom(in);
            case ChangeGroup.Changed.KIND -> new ChangeGroup.Changed();
            case ChangeGroup.GroupFull.KIND -> new ChangeGroup.GroupFull();
            case RevokeToken.Revoked.KIND -> new RevokeToken.Revoked();
            case GrantToKeys.KeysGranted.KIND -> new GrantToKeys.KeysGranted();
            case GrantToKeys.TooManyGrants.KIND -> new GrantToKeys.TooManyGrants();
            case Retain.Retained.KIND -> new Retain.Retained();
            case Tick.Ticked.KIND -> new Tick.Ticked();
            case ReportNode.NodeReported.KIND -> new ReportNode.NodeReported();
            case ReportNode.NodeReplaced.KIND -> new ReportNode.NodeReplaced();
            case RemoveNode.NodeRemoved.KIND -> RemoveNode.NodeRemoved.readFrom(in);
            case RemoveNode.NodeSeen.KIND -> new RemoveNode.NodeSeen();
            case MarkRead.Marked.KIND -> MarkRead.Marked.readFrom(in);
            case MarkRead.TooManyMarks.KIND -> new MarkRead.TooManyMarks();
            case ExpireActions.ActionsExpired.KIND -> ExpireActions.ActionsExpired.readFrom(in);
            case SetEntity.EntitySet.KIND -> SetEntity.EntitySet.readFrom(in);
            case SetEntity.OtherTag.KIND -> new SetEntity.OtherTag();
            case SetEntity.TooManyEntities.KIND -> new SetEntity.TooManyEntities();
            case RemoveEntity.EntityRemoved.KIND -> new RemoveEntity.EntityRemoved();
            case RemoveEntity.MembershipsLeft.KIND -> new RemoveEntity.MembershipsLeft();
            case ChangeMemberships.MembershipsChanged.KIND -> new ChangeMemberships.MembershipsChanged();
            case ChangeMemberships.TooManyMemberships.KIND -> ChangeMemberships.TooManyMemberships.readFrom(in);
            case ChangeMemberships.NoSuchEntity.KIND -> ChangeMemberships.NoSuchEntity.readFrom(in);
            case AddFile.FileAdded.KIND -> new AddFile.FileAdded();
            case AddFile.SameFile.KIND -> new AddFile.SameFile();
            case AddFile.OtherFile.KIND -> new AddFile.OtherFile();
            case AddFile.TooManyFileBytes.KIND -> new AddFile.TooManyFileBytes();
            case DeleteFile.FileDeleted.KIND -> DeleteFile.FileDeleted.readFrom(in);
            case DeleteFile.NoSuchFile.KIND -> new DeleteFile.NoSuchFile();
            case ExpireFiles.FilesExpired.KIND -> ExpireFiles.FilesExpired.readFrom(in);
            case ChangeDevice.DeviceChanged.KIND -> new ChangeDevice.DeviceChanged();
            case ChangeDevice.TooManyChannels.KIND -> new ChangeDevice.TooManyChannels();
            case ChangeDevice.TooManyDevices.KIND -> new ChangeDevice.TooManyDevices();
            case RemoveDevice.DeviceRemoved.KIND -> RemoveDevice.DeviceRemoved.readFrom(in);
            case FollowFeed.FeedFollowed.KIND -> FollowFeed.FeedFollowed.readFrom(in);
            case FollowFeed.FollowedByOther.KIND -> new FollowFeed.FollowedByOther();
            case Idempotent.KeyReused.KIND -> new Idempotent.KeyReused();
            default -> throw in.damaged("no outcome is of kind " + kind);
        };
    }
}
