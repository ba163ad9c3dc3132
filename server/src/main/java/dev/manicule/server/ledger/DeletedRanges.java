package dev.manicule.server.ledger;

import java.util.Arrays;

/**
 * Which messages of a channel are deleted although their rows are still there, each with the timetoken of its last
 * deletion. A deletion of any size is one entry here; the rows go later ({@link Removal}). Nothing of a deleted message
 * is visible: not itself, not the actions that were on it, not their events. What came later is visible: an action may
 * be put on the timetoken of a deleted message.
 *
 * <p>Never changed.
 */
final class DeletedRanges {
    /** Nothing is deleted. */
    static final DeletedRanges NONE = new DeletedRanges(new long[0], new long[0]);

    /** Where each stretch of messages begins; it ends where the next one begins. Ascending. */
    private final long[] begins;
    /** When the messages of each stretch were deleted last, 0 for never. */
    private final long[] deletedAt;
    private final long floor;

    private DeletedRanges(long[] begins, long[] deletedAt) {
        this.begins = begins;
        this.deletedAt = deletedAt;
        floor = begins.length == 0 || begins[0] > 0 ? 0 : Arrays.stream(deletedAt).min().orElse(0);
    }

    boolean isEmpty() {
        return begins.length == 0;
    }

    /** How many stretches of messages it holds. */
    int stretches() {
        return begins.length;
    }

    /**
     * The lowest timetoken that need not be deleted, whatever message it belongs to: all messages were deleted then. 0
     * when they never were.
     */
    long floor() {
        return floor;
    }

    /** From a message that is deleted, the first one behind it that its deletion does not hide. */
    long behind(long message) {
        int place = place(message);
        long end = place + 1 < begins.length ? begins[place + 1] : Long.MAX_VALUE;
        return Math.min(end, deletedAt[place]);
    }

    /** From a message that is deleted, the last one before it that its deletion does not hide, −1 for none. */
    long before(long message) {
        return begins[place(message)] - 1;
    }

    /** The timetoken of the last deletion of a message, 0 when it was not deleted. */
    long of(long message) {
        int place = place(message);
        return place < 0 ? 0 : deletedAt[place];
    }

    /**
     * Whether something is deleted.
     *
     * @param message the message that it belongs to
     * @param timetoken its own
     */
    boolean hide(long message, long timetoken) {
        return timetoken < of(message);
    }

    /**
     * The same, and one more deletion.
     *
     * @param from the first message that is deleted
     * @param to the last one
     * @param at the timetoken of the deletion; an earlier one of the same message counts no more
     */
    DeletedRanges with(long from, long to, long at) {
        long after = to == Long.MAX_VALUE ? 0 : of(to + 1);
        int first = place(from);
        int keptBefore = first >= 0 && begins[first] == from ? first : first + 1;
        int keptAfter = to == Long.MAX_VALUE ? begins.length : place(to) + 1;
        boolean endsInside = to != Long.MAX_VALUE && (keptAfter == begins.length || begins[keptAfter] != to + 1);
        int length = keptBefore + 1 + (endsInside ? 1 : 0) + begins.length - keptAfter;
        long[] newBegins = Arrays.copyOf(begins, length);
        long[] newTimes = Arrays.copyOf(deletedAt, length);
        newBegins[keptBefore] = from;
        newTimes[keptBefore] = at;
        if (endsInside) {
            newBegins[keptBefore + 1] = to + 1;
            newTimes[keptBefore + 1] = after;
        }
        int rest = begins.length - keptAfter;
        System.arraycopy(begins, keptAfter, newBegins, length - rest, rest);
        System.arraycopy(deletedAt, keptAfter, newTimes, length - rest, rest);
        return new DeletedRanges(newBegins, newTimes);
    }

    /** The stretch that a message lies in, −1 for that before the first. */
    private int place(long message) {
        int found = Arrays.binarySearch(begins, message);
        return found >= 0 ? found : -found - 2;
    }
}
