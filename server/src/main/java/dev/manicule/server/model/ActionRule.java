package dev.manicule.server.model;

import java.util.List;

/**
 * The rule of a keyset for the actions of one type.
 *
 * @param type the type; {@link #ANY_TYPE} for all that have no rule of their own
 * @param kind how actions of one user and message exclude each other
 * @param values the only ones there may be; none for any
 * @param mostValues how many different values a message may have, 1 to {@link #ANY_NUMBER}
 * @param mostByUser how many actions one user may have on a message, 1 to {@link #MOST_BY_USER}, or {@link #ANY_NUMBER}
 * @param isAddedByOwner whether only requests with the signature of the keyset add them
 * @param isRemovedByOwner whether only requests with the signature of the keyset remove them
 */
public record ActionRule(String type, Kind kind, List<String> values, int mostValues, int mostByUser,
        boolean isAddedByOwner, boolean isRemovedByOwner) {
    /** As many as a message can have anyway. */
    public static final int ANY_NUMBER = Integer.MAX_VALUE;
    /** The highest limit for one user and message. */
    public static final int MOST_BY_USER = 100;
    /** Stands for every type that has no rule of its own. */
    public static final String ANY_TYPE = "*";
    /** The rule where there is none. */
    public static final ActionRule NONE = new ActionRule(ANY_TYPE, Kind.MANY, List.of(), ANY_NUMBER, ANY_NUMBER,
            false, false);

    /** Copies the list. */
    public ActionRule {
        values = List.copyOf(values);
    }

    /** How actions of one type, user and message exclude each other. */
    public enum Kind {
        /** A user puts any number of values on a message. */
        MANY,
        /** A new value replaces the one that the user has put there before. */
        ONE,
        /** A user puts one value on a message; a second one is refused. */
        ONCE
    }

    /** Whether it has this value, or any. */
    public boolean allows(String value) {
        return values.isEmpty() || values.contains(value);
    }
}
