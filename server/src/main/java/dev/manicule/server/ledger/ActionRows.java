package dev.manicule.server.ledger;

import dev.manicule.server.ledger.LedgerReader.SummaryPage;
import dev.manicule.server.ledger.LedgerReader.WithActions;
import dev.manicule.server.model.ActionSummary;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Message;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Revision;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;

/**
 * Walks over the messages of a channel and over what is to be read of the actions on them. Sums, the reader's own
 * actions and revisions are of one moment: a snapshot holds it. For one thread.
 */
final class ActionRows implements VisibleWalk.Walk {
    /** How many rows a page of summaries looks at, unless one message needs more: some milliseconds of work. */
    private static final int MOST_ROWS = 10_000;

    private final RocksDB db;
    private final long present;
    private final byte[] channel;
    private final WithActions with;
    private final @Nullable Snapshot snapshot;
    private final @Nullable Scan messages;
    private final Scan byMessage;
    private final byte[] ofReader;
    private final @Nullable Scan byReader;
    private final @Nullable Revisions revisions;

    private ActionRows(Tables open, byte[] channel, Range range, WithActions with, boolean withMessages) {
        db = open.db;
        // before the snapshot: all events up to it are in there; a subscriber goes on from it, and not from 0
        present = Math.max(1, open.state().lastTimetoken());
        this.channel = channel;
        this.with = with;
        Revision.Authority revisedBy = with.revisedBy();
        snapshot = with.isSummed() || revisedBy != null ? db.getSnapshot() : null;
        messages = withMessages ? new Scan(db, open.of(Messages.TABLE), channel, range, snapshot) : null;
        byMessage = new Scan(db, open.of(ActionsByMessage.TABLE), channel, range, snapshot);
        String reader = with.reader();
        ofReader = reader == null ? channel : ActionsByUser.prefix(channel, reader.getBytes(StandardCharsets.UTF_8));
        byReader = reader == null ? null : new Scan(db, open.of(ActionsByUser.TABLE), ofReader, range, snapshot);
        revisions = revisedBy == null ? null : new Revisions(open, channel, revisedBy, byMessage, snapshot);
    }

    /** Those of the messages of a range. */
    static ActionRows withMessages(Tables open, byte[] channel, Range range, WithActions with) {
        return new ActionRows(open, channel, range, with, true);
    }

    /** The messages. */
    Scan messages() {
        return Objects.requireNonNull(messages);
    }

    /** What was requested of the actions on a message; those read until they are more than {@code room} bytes. */
    OnMessage on(long message, Visible visible, long room) throws RocksDBException {
        OnMessage all = with.isAll()
                ? ActionsByMessage.on(byMessage, channel, message, visible, room)
                : OnMessage.NONE;
        if (with.isSummed()) {
            ActionsByMessage.Summed summed = summed(message, visible);
            all = all.with(summed.summary(), all.actions().revision(), summed.bytes());
        }
        if (revisions != null) {
            Revisions.Found found = revisions.of(Messages.read(messages().row(), message, Message.Actions.NONE),
                    visible);
            all = all.with(all.actions().summary(), found.revision(), found.bytes());
        }
        return all;
    }

    /**
     * What was read of the actions on a message.
     *
     * @param bytes about how many bytes it takes
     */
    record OnMessage(Message.Actions actions, long bytes) {
        static final OnMessage NONE = new OnMessage(Message.Actions.NONE, 0);

        /** With these in place of its own, which take more bytes. */
        OnMessage with(@Nullable ActionSummary summary, @Nullable Revision revision, long more) {
            return new OnMessage(new Message.Actions(actions.groups(), actions.hasMore(), summary, revision),
                    bytes + more);
        }
    }

    private ActionsByMessage.Summed summed(long message, Visible visible) throws RocksDBException {
        Map<List<String>, MessageAction> mine = byReader == null
                ? Map.of()
                : ActionsByUser.on(byReader, ofReader, message, channel.length, visible);
        return ActionsByMessage.summary(byMessage, channel, message, visible, mine, present);
    }

    /** See {@link LedgerReader#summaries}. */
    static SummaryPage summaries(Tables open, Channel channel, List<Long> messages, WithActions with, int bytes)
            throws RocksDBException {
        List<ActionSummary> summaries = new ArrayList<>();
        long size = 0;
        int rows = 0;
        byte[] key = Keys.channel(channel);
        Range range = new Range(messages.getFirst(), messages.getLast(), false);
        try (VisibleWalk<ActionRows> walk = VisibleWalk.ofWhole(open.state(), channel,
                () -> new ActionRows(open, key, range, with, false))) {
            for (long message : messages) {
                if (!summaries.isEmpty() && (size >= bytes || rows >= MOST_ROWS)) {
                    break;
                }
                ActionsByMessage.Summed summed = walk.walks().summed(message, walk.visible());
                summaries.add(summed.summary());
                size += summed.bytes();
                rows += summed.rows();
            }
        }
        return new SummaryPage(summaries, size);
    }

    @Override
    public void close() {
        if (revisions != null) {
            revisions.close();
        }
        if (byReader != null) {
            byReader.close();
        }
        byMessage.close();
        if (messages != null) {
            messages.close();
        }
        if (snapshot != null) {
            db.releaseSnapshot(snapshot);
        }
    }
}
