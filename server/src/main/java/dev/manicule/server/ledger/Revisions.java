package dev.manicule.server.ledger;

import dev.manicule.server.json.JsonReader;
import dev.manicule.server.model.Message.Actor;
import dev.manicule.server.model.Message;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Revision;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;

/**
 * Reads which edit or deletion of a message counts. The actions of the publisher are found by user, those of any user
 * by message: a seek for each type, and a row for each of these actions, never those of other users or types. For one
 * thread.
 */
final class Revisions implements VisibleWalk.Walk {
    private final Revision.Authority authority;
    private final byte[] channel;
    private final Scan byMessage;
    private final Scan byUser;

    /**
     * Reads what was committed when a snapshot was taken.
     *
     * @param byMessage a walk over {@link ActionsByMessage}, which others use too and close
     */
    Revisions(Tables open, byte[] channel, Revision.Authority authority, Scan byMessage, @Nullable Snapshot snapshot) {
        this.authority = authority;
        this.channel = channel;
        this.byMessage = byMessage;
        byUser = new Scan(open.db, open.of(ActionsByUser.TABLE), channel, Range.ALL, snapshot);
    }

    /**
     * What was read.
     *
     * @param revision null when nothing changes the message
     * @param bytes about how many bytes were read for it and how many it takes, so that a page with very many edits ends
     *        early
     */
    record Found(@Nullable Revision revision, long bytes) {}

    /** The revision of a message. */
    Found of(Message message, Visible visible) throws RocksDBException {
        String publisher = message.uuid() != null && JsonReader.tree(message.uuid().utf8()) instanceof String uuid
                ? uuid
                : null;
        Newest deletion = newest(message, Revision.DELETED, authority.areDeletionsOfOwner(), publisher, visible);
        if (deletion.action() != null) {
            return new Found(new Revision(null, by(deletion.action())), deletion.bytes());
        }
        Newest edit = newest(message, Revision.EDIT, authority.areEditsOfOwner(), publisher, visible);
        long bytes = deletion.bytes() + edit.bytes();
        if (edit.action() == null) {
            return new Found(null, bytes);
        }
        Revision edited = new Revision(Revision.edited(message.payload(), edit.action().value()), by(edit.action()));
        return new Found(edited, bytes + message.payload().utf8().length);
    }

    private static Actor by(MessageAction action) {
        return new Actor(action.uuid(), action.actionTimetoken());
    }

    /** The newest of some actions, null when there is none, and how many bytes the keys of all have. */
    private record Newest(@Nullable MessageAction action, long bytes) {
        static final Newest NONE = new Newest(null, 0);
    }

    private Newest newest(Message message, String type, boolean isOfAnyUser, @Nullable String publisher,
            Visible visible) throws RocksDBException {
        if (isOfAnyUser) {
            return newest(byMessage, ActionsByMessage.prefix(channel, message.timetoken(), type, null), message,
                    visible,
                    (key, row) -> ActionsByMessage.Place.of(key, channel.length).action(row));
        }
        return publisher == null
                ? Newest.NONE
                : newest(byUser, ActionsByUser.prefix(channel, publisher, message.timetoken(), type), message, visible,
                        (key, row) -> ActionsByUser.read(key, row, channel.length));
    }

    /** The action of a row. */
    private interface ActionOf {
        MessageAction read(byte[] key, byte[] row);
    }

    private static Newest newest(Scan rows, byte[] beginning, Message message, Visible visible, ActionOf format)
            throws RocksDBException {
        MessageAction newest = null;
        long bytes = 0;
        for (rows.seek(beginning); rows.isValid(); rows.next()) {
            byte[] key = rows.key();
            if (!Keys.startsWith(key, beginning)) {
                break;
            }
            bytes += key.length;
            MessageAction action = format.read(key, rows.row());
            if ((newest == null || action.actionTimetoken() > newest.actionTimetoken())
                    && visible.isAction(message.timetoken(), action.actionTimetoken())) {
                newest = action;
            }
        }
        rows.check();
        return bytes == 0 ? Newest.NONE : new Newest(newest, bytes);
    }

    @Override
    public void close() {
        byUser.close();
    }
}
