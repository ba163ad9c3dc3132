package dev.manicule.server.ledger;

import dev.manicule.server.model.Command;
import dev.manicule.server.model.Command.AddAction;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Outcome;
import dev.manicule.server.model.RequestId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * How a request that was decided stands in its row: what it asked (a digest), one byte for its outcome, and the timetoken
 * that it was given.
 */
final class RequestRow {
    /** The outcomes that say nothing more, by their byte; the two that carry a timetoken come after them. */
    private static final List<Outcome> PLAIN = List.of(new Outcome.ActionAlreadyAdded(), new Outcome.NoSuchMessage(),
            new Outcome.TooManyActions(), new Outcome.ActionRemoved(), new Outcome.NoSuchAction(),
            new Outcome.WrongUuid(), new Outcome.TooManyBytesOfActions());
    private static final byte SENT = 100;
    private static final byte ADDED = 101;

    private RequestRow() {}

    static byte[] of(RequestId id, Outcome outcome, long timetoken) {
        byte code = switch (outcome) {
            case Outcome.Sent _ -> SENT;
            case Outcome.ActionAdded _ -> ADDED;
            default -> (byte) PLAIN.indexOf(outcome);
        };
        return ByteBuffer.allocate(RequestId.BYTES + 1 + Long.BYTES)
                .put(id.content())
                .put(code)
                .putLong(timetoken)
                .array();
    }

    /** Whether the row is of a request for the same thing. */
    static boolean isOfSame(byte[] row, RequestId id) {
        return Arrays.equals(row, 0, RequestId.BYTES, id.content(), 0, RequestId.BYTES);
    }

    /** The outcome that was told then, to a command that asks the same. */
    static Outcome outcome(byte[] row, Command<?> command) {
        ByteBuffer rest = ByteBuffer.wrap(row).position(RequestId.BYTES);
        byte code = rest.get();
        long timetoken = rest.getLong();
        return switch (code) {
            case SENT -> new Outcome.Sent(timetoken);
            case ADDED -> {
                AddAction add = (AddAction) command;
                yield new Outcome.ActionAdded(new MessageAction(add.messageTimetoken(), add.type(), add.value(),
                        add.uuid(), timetoken));
            }
            default -> PLAIN.get(code);
        };
    }
}
