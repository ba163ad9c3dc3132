package dev.manicule.server.ledger;

import dev.manicule.server.command.ExpireActions;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.MessageAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Actions that leave by themselves, by when they do. The keys are those of {@link Expiries}, with the action's timetoken
 * in the place of the message's; there is nothing in the row. A row may be left from an action that is gone or stays
 * longer: the action itself says its end.
 */
final class ActionExpiries {
    static final String TABLE = "actionExpiries";
    static final Family FAMILY = new Family(TABLE, Family.ALL, inspection -> Expiries::inspect);

    private static final byte[] NOTHING = {};

    private ActionExpiries() {}

    private static byte[] key(byte[] channel, MessageAction action) {
        return Expiries.key(action.expires(), channel, action.actionTimetoken());
    }

    /** Has an action leave at its end, if it has one. */
    static void put(byte[] channel, MessageAction action, Transaction transaction) {
        if (action.isExpiring()) {
            transaction.put(transaction.tables().of(TABLE), key(channel, action), NOTHING);
            transaction.setNextActionExpiry(Math.min(transaction.nextActionExpiry(), action.expires()));
        }
    }

    /** An action is gone before its end, or gets another one. */
    static void takeOut(byte[] channel, MessageAction action, Transaction transaction) {
        if (action.isExpiring()) {
            transaction.delete(transaction.tables().of(TABLE), key(channel, action));
        }
    }

    /** Takes out the first rows that are due, and gives the actions that leave with them, in order. */
    static List<Map.Entry<Channel, MessageAction>> takeDue(ExpireActions command, long timetoken,
            Transaction transaction) throws RocksDBException {
        List<Map.Entry<Channel, MessageAction>> leaving = new ArrayList<>();
        Expiries.Due due = Expiries.due(TABLE, transaction.nextActionExpiry(), timetoken, command.most(), transaction);
        for (byte[] key : due.keys()) {
            byte[] channel = Expiries.channel(key);
            MessageAction action = find(channel, Expiries.message(key), transaction);
            if (action != null && action.expires() == Expiries.expiry(key)) {
                leaving.add(Map.entry(Keys.parseChannel(channel), action));
            }
            transaction.delete(transaction.tables().of(TABLE), key);
        }
        transaction.setNextActionExpiry(due.next());
        return leaving;
    }

    private static @Nullable MessageAction find(byte[] channel, long timetoken, Transaction transaction)
            throws RocksDBException {
        byte[] row = transaction.get(transaction.tables().of(Actions.TABLE), Keys.newestFirst(channel, timetoken));
        return row == null ? null : Actions.read(row);
    }

    /** Notes when an action that leaves by itself has no row here. */
    static void mustHave(MessageAction action, byte[] channel, IntegrityCheck inspection) throws RocksDBException {
        if (action.isExpiring() && inspection.tables().db.get(inspection.tables().of(TABLE),
                key(channel, action)) == null) {
            inspection.wrong("actions: it never leaves, at " + Keys.show(Keys.at(channel, action.actionTimetoken())));
        }
    }

    /** When the next action may leave, {@link Expiries#NEVER} when none does. */
    static long first(Tables tables) throws RocksDBException {
        return Expiries.first(TABLE, tables);
    }
}
