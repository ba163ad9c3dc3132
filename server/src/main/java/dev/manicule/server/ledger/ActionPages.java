package dev.manicule.server.ledger;

import dev.manicule.server.ledger.LedgerReader.ActionsFrom;
import dev.manicule.server.ledger.LedgerReader.FoundActions;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Range;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Pages of actions that are found by their message or by their user. Each ends with the {@link PageCursor} of its last
 * row.
 */
final class ActionPages {
    /** How many rows a page looks at, also those that are hidden: some milliseconds of work. */
    private static final int MOST_ROWS = 5_000;

    private final Scan scan;
    private final Visible visible;
    /** What all keys of the walk begin with, and a cursor leaves out. */
    private final byte[] beginning;
    /** What the keys of the requested actions begin with. */
    private final byte[] prefix;
    private final Rows rows;

    private ActionPages(VisibleWalk<Scan> walk, byte[] beginning, byte[] prefix, Rows rows) {
        scan = walk.walks();
        visible = walk.visible();
        this.beginning = beginning;
        this.prefix = prefix;
        this.rows = rows;
    }

    /** Reads the rows of a table. */
    @FunctionalInterface
    private interface Rows {
        /**
         * The action of a row.
         *
         * @param row null to try only whether it can be a key
         * @throws RuntimeException when it can't
         */
        MessageAction read(byte[] key, byte @Nullable [] row);
    }

    /** See {@link LedgerReader#actionsOn}. */
    static @Nullable FoundActions on(Tables open, Channel channel, long message, @Nullable String type,
            @Nullable String value, ActionsFrom from, int limit) throws RocksDBException {
        byte[] key = Keys.channel(channel);
        Range range = new Range(message, message, false);
        try (VisibleWalk<Scan> walk = VisibleWalk.ofWhole(open.state(), channel,
                () -> new Scan(open.db, open.of(ActionsByMessage.TABLE), key, range))) {
            byte[] beginning = ActionsByMessage.actionsOn(key, message);
            return new ActionPages(walk, beginning, ActionsByMessage.prefix(key, message, type, value),
                    (each, row) -> ActionsByMessage.Place.of(each, key.length).action(row == null ? new byte[0] : row))
                    .read(from, limit);
        }
    }

    /** See {@link LedgerReader#actionsBy}. */
    static @Nullable FoundActions by(Tables open, Channel channel, String uuid, ActionsFrom from, int limit)
            throws RocksDBException {
        byte[] key = Keys.channel(channel);
        byte[] prefix = ActionsByUser.prefix(key, uuid.getBytes(StandardCharsets.UTF_8));
        try (VisibleWalk<Scan> walk = VisibleWalk.ofWhole(open.state(), channel,
                () -> new Scan(open.db, open.of(ActionsByUser.TABLE), prefix, new Range(0, Long.MAX_VALUE, false)))) {
            return new ActionPages(walk, prefix, prefix,
                    (each, row) -> ActionsByUser.read(each, row == null ? Keys.number(0) : row, key.length))
                    .read(from, limit);
        }
    }

    private @Nullable FoundActions read(ActionsFrom from, int limit) throws RocksDBException {
        byte[] last = null;
        if (from.cursor() != null) {
            last = key(from.cursor());
            if (last == null) {
                return null;
            }
        }
        begin(last, from.isNewestFirst());
        List<MessageAction> found = new ArrayList<>();
        int looked = 0;
        while (scan.isValid() && found.size() < limit && looked < MOST_ROWS) {
            byte[] key = scan.key();
            if (!Keys.startsWith(key, prefix)) {
                scan.check();
                return new FoundActions(found, null);
            }
            MessageAction action = rows.read(key, scan.row());
            if (visible.isAction(action.messageTimetoken(), action.actionTimetoken())) {
                found.add(action);
            }
            last = key;
            looked++;
            step(from.isNewestFirst());
        }
        scan.check();
        boolean hasMore = scan.isValid() && Keys.startsWith(scan.key(), prefix);
        return new FoundActions(found, hasMore && last != null ? PageCursor.of(beginning, last) : null);
    }

    private void begin(byte @Nullable [] last, boolean isNewestFirst) {
        if (!isNewestFirst) {
            scan.seek(last == null ? prefix : Keys.directlyAfter(last));
            return;
        }
        scan.seekBelow(last == null ? Keys.after(prefix) : last);
    }

    private void step(boolean isNewestFirst) {
        if (isNewestFirst) {
            scan.previous();
        } else {
            scan.next();
        }
    }

    /** The key of a cursor; null when it is none of this walk. */
    private byte @Nullable [] key(String cursor) {
        byte[] key = PageCursor.key(beginning, cursor);
        if (key == null || !Keys.startsWith(key, prefix)) {
            return null;
        }
        try {
            MessageAction _ = rows.read(key, null);
            return key;
        } catch (RuntimeException e) {
            return null;
        }
    }
}
