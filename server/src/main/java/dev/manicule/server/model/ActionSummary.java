package dev.manicule.server.model;

import dev.manicule.server.model.Message.Actor;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
     * @param count the sum of their amounts, at least 1
     * @param users how many they are, each of another user: as many as {@code count}, unless the type has amounts
     * @param first the users and timetokens of the oldest of them, ascending, {@value ActionSummary#MOST_FIRST} at most
     * @param mine the reader's own action among them; null when there is none, or no reader was named
     */
    public record Tally(String type, String value, long count, long users, List<Actor> first,
            @Nullable MessageAction mine) {}
}
