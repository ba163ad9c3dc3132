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
 * @param count how many there are
 * @param first the users of the oldest of them, ascending; up to three
 * @param mine the timetoken of the reader's own action among them, by which it is removed, in 100-nanosecond steps since
 *        1970; empty when there is none
 * @see ActionSummary
 * @since 0.1
 */
public record ActionTally(long count, List<FetchMessages.Actor> first, OptionalLong mine) {
    /** Of a type and a value that no action has. */
    static final ActionTally NONE = new ActionTally(0, List.of(), OptionalLong.empty());

    /** Copies the list. */
    public ActionTally {
        first = List.copyOf(first);
    }
}
