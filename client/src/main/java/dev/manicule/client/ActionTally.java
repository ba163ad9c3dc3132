package dev.manicule.client;

import java.util.List;
import java.util.OptionalLong;

/**
 * The actions on a message that share a type and a value, counted by the server.
 *
 * <pre>{@code
 * ActionTally waves = summary.tally("reaction", "wave");
 * System.out.println(waves.count() + (waves.mine().isPresent() ? ", yours too" : ""));
 * }</pre>
 *
 * @param count how many there are; where the rule of their type is {@link ActionRule.Kind#COUNTER}, the sum of their
 *        amounts
 * @param users how many users they are of, which is how many actions there are
 * @param first the users of the oldest of them, ascending; up to three
 * @param mine the timetoken of the reader's own action among them, by which it is removed, in 100-nanosecond steps since
 *        1970; empty when there is none
 * @param mineAmount for how many the reader's own action counts; 0 when there is none
 * @see ActionSummary
 * @since 0.1
 */
public record ActionTally(long count, long users, List<FetchMessages.Actor> first, OptionalLong mine,
        int mineAmount) {
    /** Of a type and a value that no action has. */
    static final ActionTally NONE = new ActionTally(0, List.of(), OptionalLong.empty());

    /**
     * Those of a type without amounts.
     *
     * @param count how many there are
     * @param first the users of the oldest of them, ascending; up to three
     * @param mine the timetoken of the reader's own action among them; empty when there is none
     */
    public ActionTally(long count, List<FetchMessages.Actor> first, OptionalLong mine) {
        this(count, count, first, mine, mine.isPresent() ? 1 : 0);
    }

    /** Copies the list. */
    public ActionTally {
        first = List.copyOf(first);
    }
}
