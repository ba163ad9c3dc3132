package dev.manicule.server.model;

import dev.manicule.server.model.Message.Actor;
import java.util.List;

/**
 * The actions on a message, counted. All of it is of one moment.
 *
 * @param messageTimetoken the message, which need not be stored
 * @param asOf every event of an action on the message up to this timetoken is counted, removals included, and none after it: that
 *        of the last one, or, where none is known, the last timetoken of all
 * @param tallies one for each type and value of which there is an action; those of a type adjoin
 * @param hasMore whether there are more types and values than these
 */
public record ActionSummary(long messageTimetoken, long asOf, List<Tally> tallies, boolean hasMore) {
    /** How many of the first users a {@link Tally} names at most. */
    public static final int MOST_FIRST = 3;

    /**
     * The actions that share a type and a value.
     *
     * @param count how many, at least 1
     * @param first the oldest of them, ascending, {@value ActionSummary#MOST_FIRST} at most
     * @param mine the timetoken of the reader's own action among them; 0 when there is none, or no reader was named
     */
    public record Tally(String type, String value, long count, List<Actor> first, long mine) {}
}
