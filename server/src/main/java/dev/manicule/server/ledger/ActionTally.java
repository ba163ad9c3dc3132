package dev.manicule.server.ledger;

import dev.manicule.server.model.ActionSummary;
import dev.manicule.server.model.Message.Actor;
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
 * @param oldest a lower bound of their timetokens; 0 when there is none
 * @param changedAt the timetoken of the last command that changed it: when the message was deleted later, there is none
 * @param first the oldest of them, ascending, up to {@link #FIRST}. After a removal they may be fewer than there are:
 *        the rows of the actions have the others
 */
record ActionTally(long count, long oldest, long changedAt, List<Actor> first) {
    static final ActionTally NONE = new ActionTally(0, 0, 0, List.of());
    /** How many of the oldest actions it holds: as many as a summary names. */
    static final int FIRST = ActionSummary.MOST_FIRST;

    /** With one action more, whose timetoken is that of its command. */
    ActionTally plus(String uuid, long timetoken) {
        return new ActionTally(count + 1, count == 0 ? timetoken : Math.min(oldest, timetoken),
                Math.max(changedAt, timetoken), withFirst(uuid, timetoken));
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
     * @param timetoken that of the action
     * @param at that of the command
     */
    ActionTally minus(long timetoken, long at) {
        return count <= 1
                ? NONE
                : new ActionTally(count - 1, oldest, at,
                        first.stream().filter(actor -> actor.actionTimetoken() != timetoken).toList());
    }

    /** Whether {@link #first} has all that it can have. */
    boolean isFirstWhole() {
        return first.size() >= Math.min(count, FIRST);
    }

    byte[] row() {
        List<byte[]> uuids = new ArrayList<>(first.size());
        int size = 3 * Long.BYTES;
        for (Actor actor : first) {
            byte[] uuid = actor.uuid().getBytes(StandardCharsets.UTF_8);
            uuids.add(uuid);
            size += Long.BYTES + Integer.BYTES + uuid.length;
        }
        ByteBuffer row = ByteBuffer.allocate(size).putLong(count).putLong(oldest).putLong(changedAt);
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
        List<Actor> first = new ArrayList<>(FIRST);
        while (rest.hasRemaining()) {
            long timetoken = rest.getLong();
            first.add(new Actor(Keys.text(rest, rest.getInt()), timetoken));
        }
        return new ActionTally(count, oldest, changedAt, first);
    }

    /** The timetoken of the last change that a row tells of. */
    static long changedAt(byte[] row) {
        return ByteBuffer.wrap(row).getLong(2 * Long.BYTES);
    }
}
