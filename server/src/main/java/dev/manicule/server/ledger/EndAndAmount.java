package dev.manicule.server.ledger;

import dev.manicule.server.model.MessageAction;
import java.nio.ByteBuffer;

/**
 * What the rows of an action say that is not plain, at their end.
 *
 * @param expires the timetoken of its end, {@link MessageAction#NEVER} without one
 * @param amount under the rule {@code counter} the amount, and else {@link MessageAction#ONE}
 */
record EndAndAmount(long expires, int amount) {
    /** Those of a plain action, whose rows have no place for them. */
    static final EndAndAmount PLAIN = new EndAndAmount(MessageAction.NEVER, MessageAction.ONE);
    /** How many bytes they take. */
    static final int BYTES = Long.BYTES + Integer.BYTES;

    /** Those that are in a row from a place on. */
    static EndAndAmount read(byte[] row, int place) {
        ByteBuffer in = ByteBuffer.wrap(row, place, BYTES);
        return new EndAndAmount(in.getLong(), in.getInt());
    }

    /** A row with those of an action, unless it is plain, behind some bytes. */
    static byte[] row(MessageAction action, byte[] plain, byte... between) {
        return action.isPlain()
                ? plain
                : ByteBuffer.allocate(plain.length + between.length + BYTES)
                        .put(plain)
                        .put(between)
                        .putLong(action.expires())
                        .putInt(action.amount())
                        .array();
    }
}
