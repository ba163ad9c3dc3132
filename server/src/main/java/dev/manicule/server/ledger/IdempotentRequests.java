package dev.manicule.server.ledger;

import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.AddFile;
import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.ByteReader;
import dev.manicule.server.command.ByteWriter;
import dev.manicule.server.command.ChangeActions;
import dev.manicule.server.command.ChangeDevice;
import dev.manicule.server.command.ChangeGroup;
import dev.manicule.server.command.ChangeMemberships;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.DamagedFormException;
import dev.manicule.server.command.DeleteFile;
import dev.manicule.server.command.DeleteMessages;
import dev.manicule.server.command.ExpireActions;
import dev.manicule.server.command.ExpireFiles;
import dev.manicule.server.command.FollowFeed;
import dev.manicule.server.command.GrantToKeys;
import dev.manicule.server.command.IdempotencyKey;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.MarkRead;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.RemoveAction;
import dev.manicule.server.command.RemoveEntity;
import dev.manicule.server.command.RemoveDevice;
import dev.manicule.server.command.RemoveNode;
import dev.manicule.server.command.ReportNode;
import dev.manicule.server.command.Retain;
import dev.manicule.server.command.RevokeToken;
import dev.manicule.server.command.SetEntity;
import dev.manicule.server.command.Tick;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.model.MessageAction;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Decided requests that had an idempotency key, in {@link Recent#TABLE}: the period, and the key. Row: a digest of the
 * request, one byte for the outcome, and the timetoken that was given. The byte is not the kind of the outcome's own
 * byte form, which would repeat texts of the command, and which folders of earlier versions don't have.
 */
final class IdempotentRequests {
    private static final byte ALREADY_ADDED = 0;
    private static final byte NO_SUCH_MESSAGE = 1;
    private static final byte TOO_MANY_ACTIONS = 2;
    private static final byte REMOVED = 3;
    private static final byte NO_SUCH_ACTION = 4;
    private static final byte WRONG_UUID = 5;
    private static final byte TOO_MANY_BYTES = 6;
    private static final byte PUBLISHED = 100;
    private static final byte ADDED = 101;
    /** The byte form of the outcome follows: it may be about many actions. */
    private static final byte IN_BYTES = 102;

    private IdempotentRequests() {}

    /** A request that was decided. */
    static byte[] key(long period, IdempotencyKey key) {
        return ByteBuffer.allocate(Long.BYTES + 1 + key.name().length)
                .putLong(period)
                .put(Recent.REQUEST)
                .put(key.name())
                .array();
    }

    /** The row of a request of that key, if it was decided a while ago; null when it was not. */
    static byte @Nullable [] known(IdempotencyKey id, long timetoken, Transaction transaction) throws RocksDBException {
        for (long period : transaction.recent().and(Recent.period(timetoken))) {
            byte[] row = transaction.get(transaction.tables().of(Recent.TABLE), key(period, id));
            if (row != null) {
                return row;
            }
        }
        return null;
    }

    /** Stores the outcome of a request. */
    static void put(IdempotencyKey id, Outcome outcome, long timetoken, Transaction transaction) {
        transaction.put(transaction.tables().of(Recent.TABLE), key(Recent.period(timetoken), id),
                row(id, outcome, timetoken));
    }

    static byte[] row(IdempotencyKey key, Outcome outcome, long timetoken) {
        byte code = code(outcome);
        byte[] form = code == IN_BYTES ? form(outcome) : new byte[0];
        return ByteBuffer.allocate(IdempotencyKey.BYTES + 1 + Long.BYTES + form.length)
                .put(key.content())
                .put(code)
                .putLong(timetoken)
                .put(form)
                .array();
    }

    private static byte[] form(Outcome outcome) {
        ByteWriter out = new ByteWriter();
        outcome.writeTo(out);
        return out.toBytes();
    }

    private static Outcome form(byte[] form) {
        try {
            return Outcome.readFrom(new ByteReader(form));
        } catch (DamagedFormException e) {
            throw new IllegalStateException("the outcome of a request is damaged", e);
        }
    }

    private static byte code(Outcome outcome) {
        return switch (outcome) {
            case AddAction.AlreadyAdded _ -> ALREADY_ADDED;
            case AddAction.NoSuchMessage _ -> NO_SUCH_MESSAGE;
            case AddAction.TooManyActions _ -> TOO_MANY_ACTIONS;
            case RemoveAction.Removed _ -> REMOVED;
            case RemoveAction.NoSuchAction _ -> NO_SUCH_ACTION;
            case RemoveAction.WrongUuid _ -> WRONG_UUID;
            case AddAction.TooManyBytes _ -> TOO_MANY_BYTES;
            case Publish.Published _ -> PUBLISHED;
            case AddAction.Added _ -> ADDED;
            case AddAction.Exists _,ChangeActions.ActionsChanged _,ChangeActions.NoActionsChanged _,SetEntity.EntitySet _,SetEntity.OtherTag _,SetEntity.TooManyEntities _,ChangeMemberships.MembershipsChanged _,ChangeMemberships.TooManyMemberships _,ChangeMemberships.NoSuchEntity _ ->
                IN_BYTES;
            case DeleteMessages.Deleted _,ChangePresence.PresenceChanged _,ChangeGroup.Changed _,ChangeGroup.GroupFull _,RevokeToken.Revoked _,GrantToKeys.KeysGranted _,GrantToKeys.TooManyGrants _,Retain.Retained _,Tick.Ticked _,MarkRead.Marked _,MarkRead.TooManyMarks _,ExpireActions.ActionsExpired _,RemoveEntity.EntityRemoved _,RemoveEntity.MembershipsLeft _,AddFile.FileAdded _,AddFile.SameFile _,AddFile.OtherFile _,AddFile.TooManyFileBytes _,DeleteFile.FileDeleted _,DeleteFile.NoSuchFile _,ExpireFiles.FilesExpired _,ChangeDevice.DeviceChanged _,ChangeDevice.TooManyChannels _,ChangeDevice.TooManyDevices _,RemoveDevice.DeviceRemoved _,FollowFeed.FeedFollowed _,FollowFeed.FollowedByOther _,ReportNode.NodeReported _,ReportNode.NodeReplaced _,RemoveNode.NodeRemoved _,RemoveNode.NodeSeen _,Idempotent.KeyReused _,Unavailable _ ->
                throw new IllegalArgumentException("no outcome of a request that is applied once: " + outcome);
        };
    }

    /** Whether the row is of a request for the same thing. */
    static boolean isOfSame(byte[] row, IdempotencyKey key) {
        return Arrays.equals(row, 0, IdempotencyKey.BYTES, key.content(), 0, IdempotencyKey.BYTES);
    }

    /** The outcome that was returned then, for a command that requests the same. */
    static Outcome outcome(byte[] row, Command<?> command) {
        ByteBuffer rest = ByteBuffer.wrap(row).position(IdempotencyKey.BYTES);
        byte code = rest.get();
        long timetoken = rest.getLong();
        return switch (code) {
            case ALREADY_ADDED -> new AddAction.AlreadyAdded();
            case NO_SUCH_MESSAGE -> new AddAction.NoSuchMessage();
            case TOO_MANY_ACTIONS -> new AddAction.TooManyActions();
            case REMOVED -> new RemoveAction.Removed();
            case NO_SUCH_ACTION -> new RemoveAction.NoSuchAction();
            case WRONG_UUID -> new RemoveAction.WrongUuid();
            case TOO_MANY_BYTES -> new AddAction.TooManyBytes();
            case PUBLISHED -> new Publish.Published(timetoken);
            case ADDED -> new AddAction.Added(action(command, timetoken));
            case IN_BYTES -> form(Arrays.copyOfRange(row, rest.position(), row.length));
            default -> throw new IllegalStateException("no outcome of a request has the code " + code);
        };
    }

    /** The action that a command is about, with its timetoken. */
    private static MessageAction action(Command<?> command, long timetoken) {
        return switch (command) {
            case AddAction add -> new MessageAction(add.messageTimetoken(), add.type(), add.value(), add.uuid(),
                    timetoken);
            default -> throw new IllegalStateException("not about an action that is known by its value: " + command);
        };
    }
}
