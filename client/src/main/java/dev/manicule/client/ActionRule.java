package dev.manicule.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The rule of a keyset for the actions of one type. The server enforces it; a user interface reads it to offer only what
 * the server accepts.
 *
 * @param type the type, such as {@code reaction}; {@link #ANY_TYPE} for all that have no rule of their own
 * @param kind what a second value of one user on a message does
 * @param values the only values there may be, in the order of the keyset's configuration; empty for any
 * @param most what it limits
 * @param isAddedByOwner whether only clients with the secret key add them
 * @param isRemovedByOwner whether only clients with the secret key remove them
 * @see GetActionRules
 * @since 0.1
 */
public record ActionRule(String type, Kind kind, List<String> values, Most most, boolean isAddedByOwner,
        boolean isRemovedByOwner) {
    /** Stands for every type that has no rule of its own. */
    public static final String ANY_TYPE = "*";
    /** The rule of a type that has none. */
    static final ActionRule NONE = new ActionRule(ANY_TYPE, Kind.MANY, List.of(), Most.ANY, false, false);

    /**
     * What a rule limits.
     *
     * @param values how many different values of the type a message may have; empty for no limit of the keyset
     * @param byUser how many actions of the type a user may have on a message, of a {@link Kind#COUNTER} the highest amount
     *        of one; empty for no limit of the keyset
     * @param ttl the time to live of each action, unless the call that adds it sets a shorter one; empty when actions stay
     * @since 0.1
     */
    public record Most(OptionalInt values, OptionalInt byUser, Optional<Duration> ttl) {
        /** No limits. */
        public static final Most ANY = new Most(OptionalInt.empty(), OptionalInt.empty(), Optional.empty());
    }

    /** Copies the list. */
    public ActionRule {
        values = List.copyOf(values);
    }

    /**
     * What a second value of the same type and user on a message does.
     *
     * @since 0.1
     */
    public enum Kind {
        /** It is there beside the first one. */
        MANY,
        /** It replaces the first one. */
        ONE,
        /** It is refused. */
        ONCE,
        /** It is there beside the first one, and the same value again adds to its {@link MessageAction#amount()}. */
        COUNTER,
        /** What a later version of the server says. */
        UNKNOWN
    }

    /**
     * Whether an action of the type may have a value.
     *
     * @param value the value
     * @return whether it is one of {@link #values()}, or these are empty
     */
    public boolean allows(String value) {
        return values.isEmpty() || values.contains(value);
    }
}
