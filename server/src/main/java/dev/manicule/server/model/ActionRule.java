package dev.manicule.server.model;

import java.util.List;

/**
 * The rule of a keyset for the actions of one type.
 *
 * @param type the type; {@link #ANY_TYPE} for all that have no rule of their own
 * @param kind how actions of one user and message exclude each other
 * @param values the only ones there may be; none for any
 * @param most the numbers that it limits
 * @param isAddedByOwner whether only requests with the signature of the keyset add them
 * @param isRemovedByOwner whether only requests with the signature of the keyset remove them
 */
public record ActionRule(String type, Kind kind, List<String> values, Most most, boolean isAddedByOwner,
        boolean isRemovedByOwner) {
    /** As many as a message can have anyway. */
    public static final int ANY_NUMBER = Integer.MAX_VALUE;
    /** The highest limit for one user and message. */
    public static final int MOST_BY_USER = 100;
    /** The longest time that an action can be given: 365 days. */
    public static final int MOST_SECONDS = 365 * 24 * 60 * 60;
    /** Stands for every type that has no rule of its own. */
    public static final String ANY_TYPE = "*";
    /** The rule where there is none. */
    public static final ActionRule NONE = new ActionRule(ANY_TYPE, Kind.MANY, List.of(), Most.ANY, false, false);

    /**
     * What a rule limits.
     *
     * @param values how many different values a message may have, 1 to {@link #ANY_NUMBER}
     * @param byUser how many actions one user may have on a message, 1 to {@link #MOST_BY_USER}, or {@link #ANY_NUMBER};
     *        of a {@link Kind#COUNTER}, the highest amount of one action, up to {@link MessageAction#MOST_AMOUNT}
     * @param seconds for how long an action stays, in seconds, 1 to {@link #MOST_SECONDS}, or {@link #ANY_NUMBER}
     */
    public record Most(int values, int byUser, int seconds) {
        /** No limits. */
        public static final Most ANY = new Most(ANY_NUMBER, ANY_NUMBER, ANY_NUMBER);
    }

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
        ONCE,
        /** A user's action has an amount, and another addition adds to it. */
        COUNTER
    }

    /**
     * For how long an action stays.
     *
     * @param requested the time that a request names, in seconds; {@link #ANY_NUMBER} when it names none
     * @return in seconds; {@link #ANY_NUMBER} for until it is removed
     */
    public int seconds(int requested) {
        return Math.min(requested, most.seconds());
    }

    /** Whether it has this value, or any. */
    public boolean allows(String value) {
        return values.isEmpty() || values.contains(value);
    }
}
