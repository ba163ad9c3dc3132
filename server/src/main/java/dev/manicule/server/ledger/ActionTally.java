package dev.manicule.server.ledger;

import dev.manicule.server.model.ActionSummary;
import dev.manicule.server.model.Message.Actor;
import dev.manicule.server.model.MessageAction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The actions on a message that share type and value, summed up, as their row holds them.
 *
 * @param count how many actions
 * @param amount the sum of their amounts: as many as there are, unless their type has amounts
 * @param oldest a lower bound of their timetokens; 0 when there is none
 * @param changedAt the timetoken of the last command that changed it: when the message was deleted later, there is none
 * @param first the oldest of them, ascending, up to {@link #FIRST}. After a removal they may be fewer than there are:
 *        the rows of the actions have the others
 */
record ActionTally(long count, long amount, long oldest, long changedAt, List<Actor> first) {
    static final ActionTally NONE = none(0);
    /** How many of the oldest actions it holds: as many as a summary names. */
    static final int FIRST = ActionSummary.MOST_FIRST;

    /** No action, since a command of this timetoken. */
    static ActionTally none(long changedAt) {
        return new ActionTally(0, 0, 0, changedAt, List.of());
    }

    /** With one action more, whose timetoken is that of its command. */
    ActionTally plus(MessageAction action) {
        long timetoken = action.actionTimetoken();
        return new ActionTally(count + 1, amount + action.amount(),
                count == 0 ? timetoken : Math.min(oldest, timetoken),
                Math.max(changedAt, timetoken), withFirst(action.uuid(), timetoken));
    }

    /** An action of an import may be older than those that are there. */
    private List<Actor> withFirst(String uuid, long timetoken) {
        boolean isKnownToBeFirst = first.size() == count
                || (!first.isEmpty() && timetoken < first.getLast().actionTimetoken());
        if (!isKnownToBeFirst || (first.size() == FIRST && timetoken > first.getLast().actionTimetoken())) {
            return first;
        }
        List<Actor> more = new ArrayList<>(first);
        more.add(new Actor(uuid, timetoken));
        more.sort(Comparator.comparingLong(Actor::actionTimetoken));
        return more.subList(0, Math.min(more.size(), FIRST));
    }

    /**
     * With one action less.
     *
     * @param at the timetoken of the command
     */
    ActionTally minus(MessageAction action, long at) {
        return count <= 1
                ? NONE
                : new ActionTally(count - 1, amount - action.amount(), oldest, at,
                        first.stream().filter(actor -> actor.actionTimetoken() != action.actionTimetoken()).toList());
    }

    /** Whether {@link #first} has all that it can have. */
    boolean isFirstWhole() {
        return first.size() >= Math.min(count, FIRST);
    }

    /** Where the sum is another number than the count, it follows the numbers, and the count is inverted. */
    byte[] row() {
        boolean hasAmounts = amount != count;
        List<byte[]> uuids = new ArrayList<>(first.size());
        int size = (hasAmounts ? 4 : 3) * Long.BYTES;
        for (Actor actor : first) {
            byte[] uuid = actor.uuid().getBytes(StandardCharsets.UTF_8);
            uuids.add(uuid);
            size += Long.BYTES + Integer.BYTES + uuid.length;
        }
        ByteBuffer row = ByteBuffer.allocate(size)
                .putLong(hasAmounts ? ~count : count)
                .putLong(oldest)
                .putLong(changedAt);
        if (hasAmounts) {
            row.putLong(amount);
        }
        for (int i = 0; i < uuids.size(); i++) {
            row.putLong(first.get(i).actionTimetoken()).putInt(uuids.get(i).length).put(uuids.get(i));
        }
        return row.array();
    }

    /** Reads what {@link #row} wrote; without a row, there are no actions. */
    static ActionTally read(byte @Nullable [] row) {
        if (row == null) {
            return NONE;
        }
        ByteBuffer rest = ByteBuffer.wrap(row);
        long count = rest.getLong();
        long oldest = rest.getLong();
        long changedAt = rest.getLong();
        long amount = count < 0 ? rest.getLong() : count;
        List<Actor> first = new ArrayList<>(FIRST);
        while (rest.hasRemaining()) {
            long timetoken = rest.getLong();
            first.add(new Actor(Keys.text(rest, rest.getInt()), timetoken));
        }
        return new ActionTally(count < 0 ? ~count : count, amount, oldest, changedAt, first);
    }

    /** The timetoken of the last change that a row tells of. */
    static long changedAt(byte[] row) {
        return ByteBuffer.wrap(row).getLong(2 * Long.BYTES);
    }
}
