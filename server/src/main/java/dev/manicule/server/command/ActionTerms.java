package dev.manicule.server.command;

import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.MessageAction;

/**
 * What an action must fulfil to be put on a message: the rule for its type, as its keyset had it when the command was
 * made. It travels with the command, so that a changed configuration changes no decision of the past, and nodes whose
 * configurations differ decide alike.
 *
 * @param strictParent whether the message must be stored
 * @param mostBytes how many bytes all actions on the message may take
 * @param kind how actions of one user, message and type exclude each other
 * @param mostValues see {@link ActionRule.Most#values}
 * @param mostByUser see {@link ActionRule.Most#byUser}
 */
public record ActionTerms(boolean strictParent, long mostBytes, ActionRule.Kind kind, int mostValues, int mostByUser) {
    private static final int MANY = 0;
    private static final int ONE = 1;
    private static final int ONCE = 2;
    private static final int COUNTER = 3;

    /** Those of a rule. */
    public ActionTerms(boolean strictParent, long mostBytes, ActionRule rule) {
        this(strictParent, mostBytes, rule.kind(), rule.most().values(), rule.most().byUser());
    }

    /** Whether an addition depends on nothing but the same action and the size of all. */
    public boolean isPlain() {
        return kind == ActionRule.Kind.MANY && mostValues == ActionRule.ANY_NUMBER
                && mostByUser == ActionRule.ANY_NUMBER;
    }

    /** How many actions of the type one user may have on a message. */
    public int mostActions() {
        return kind == ActionRule.Kind.COUNTER ? ActionRule.ANY_NUMBER : mostByUser;
    }

    /** The highest amount of one action. */
    public int mostAmount() {
        return Math.min(MessageAction.MOST_AMOUNT, mostByUser);
    }

    static ActionTerms readFrom(ByteReader in) throws DamagedFormException {
        boolean strictParent = in.flag();
        long mostBytes = in.number();
        return new ActionTerms(strictParent, mostBytes, kind(in), in.integer(), in.integer());
    }

    private static ActionRule.Kind kind(ByteReader in) throws DamagedFormException {
        int kind = in.octet();
        return switch (kind) {
            case MANY -> ActionRule.Kind.MANY;
            case ONE -> ActionRule.Kind.ONE;
            case ONCE -> ActionRule.Kind.ONCE;
            case COUNTER -> ActionRule.Kind.COUNTER;
            default -> throw in.damaged("no rule for actions has the number " + kind);
        };
    }

    void writeTo(ByteWriter out) {
        out.flag(strictParent);
        out.number(mostBytes);
        out.octet(switch (kind) {
            case MANY -> MANY;
            case ONE -> ONE;
            case ONCE -> ONCE;
            case COUNTER -> COUNTER;
        });
        out.integer(mostValues);
        out.integer(mostByUser);
    }
}
