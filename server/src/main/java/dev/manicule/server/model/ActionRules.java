package dev.manicule.server.model;

import java.util.List;

/**
 * The rules of a keyset for the types of actions.
 *
 * @param all at most one for each type
 */
public record ActionRules(List<ActionRule> all) {
    /** No rules. */
    public static final ActionRules NONE = new ActionRules(List.of());

    /** Copies the list. */
    public ActionRules {
        all = List.copyOf(all);
    }

    /** The rule for a type: its own, else that of {@link ActionRule#ANY_TYPE}, else {@link ActionRule#NONE}. */
    public ActionRule of(String type) {
        ActionRule ofOthers = ActionRule.NONE;
        for (ActionRule rule : all) {
            if (rule.type().equals(type)) {
                return rule;
            }
            if (rule.type().equals(ActionRule.ANY_TYPE)) {
                ofOthers = rule;
            }
        }
        return ofOthers;
    }

    /** Whether the owner of the keyset alone adds or removes actions of some type. */
    public boolean areSomeOfOwner() {
        return all.stream().anyMatch(rule -> rule.isAddedByOwner() || rule.isRemovedByOwner());
    }

    /** Whether actions of some type can only be removed by the owner of the keyset. */
    public boolean areSomeRemovedByOwner() {
        return all.stream().anyMatch(ActionRule::isRemovedByOwner);
    }
}
