package dev.manicule.server.config;

import dev.manicule.server.config.ConfigNodes.Members;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.ActionRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.nodes.Node;

/** The rules of a keyset for types of actions. */
final class ActionRulesSection {
    private static final int MOST_RULES = 100;
    private static final int MOST_VALUES = 25_000;
    private static final String OWNER = "owner";

    private ActionRulesSection() {}

    static ActionRules all(ConfigNodes nodes, Node node) throws ConfigException {
        List<ActionRule> rules = new ArrayList<>();
        Set<String> types = new HashSet<>();
        for (Node entry : nodes.entries(node)) {
            ActionRule rule = one(nodes, entry);
            if (!types.add(rule.type())) {
                throw nodes.at(entry, "the type " + rule.type() + " is there twice; each has one rule.");
            }
            if (types.size() > MOST_RULES) {
                throw nodes.at(entry, "there are more than " + MOST_RULES + " rules.");
            }
            rules.add(rule);
        }
        return new ActionRules(rules);
    }

    private static ActionRule one(ConfigNodes nodes, Node node) throws ConfigException {
        Members members = nodes.members(node,
                List.of("type", "rule", "values", "mostValues", "mostByUser", "ttlSeconds", "addedBy", "removedBy"));
        String type = members.get("type", nodes::text);
        if (type == null || type.isEmpty()) {
            throw nodes.at(node, "a rule for actions needs a `type`, or `\"*\"` for all types without a rule.");
        }
        ActionRule.Kind kind = members.get("rule", each -> kind(nodes, each), ActionRule.Kind.MANY);
        if (mostByUserOf(kind) == 0 && members.get("mostByUser", each -> true, false)) {
            throw nodes.at(node, "`mostByUser` has no place beside `rule: " + word(kind)
                    + "`: a user has one value of the type.");
        }
        boolean isRemovedByOwner = members.get("removedBy", each -> isOwner(nodes, each, "author"), false);
        if (kind == ActionRule.Kind.ONE && isRemovedByOwner) {
            throw nodes.at(node, "`rule: one` has a user's new value take the old one off, which `removedBy: owner`"
                    + " forbids; `once` lets the first one stay.");
        }
        return new ActionRule(type, kind,
                members.get("values", each -> values(nodes, each), List.of()),
                new ActionRule.Most(
                        members.get("mostValues", each -> nodes.number(each, 1, MOST_VALUES), ActionRule.ANY_NUMBER),
                        members.get("mostByUser", each -> nodes.number(each, 1, mostByUserOf(kind)),
                                ActionRule.ANY_NUMBER),
                        members.get("ttlSeconds", each -> nodes.number(each, 1, ActionRule.MOST_SECONDS),
                                ActionRule.ANY_NUMBER)),
                members.get("addedBy", each -> isOwner(nodes, each, "users"), false),
                isRemovedByOwner);
    }

    /** The highest limit of actions by one user; 0 where there is none to set. */
    private static int mostByUserOf(ActionRule.Kind kind) {
        return switch (kind) {
            case MANY -> ActionRule.MOST_BY_USER;
            case COUNTER -> MessageAction.MOST_AMOUNT;
            case ONE, ONCE -> 0;
        };
    }

    private static List<String> values(ConfigNodes nodes, Node node) throws ConfigException {
        List<String> values = nodes.texts(node, value -> null);
        if (values.isEmpty()) {
            throw nodes.at(node, "`values` is empty; leave it out for any value, or say `addedBy: owner`.");
        }
        return values;
    }

    private static ActionRule.Kind kind(ConfigNodes nodes, Node node) throws ConfigException {
        String word = nodes.text(node);
        for (ActionRule.Kind kind : ActionRule.Kind.values()) {
            if (word.equals(word(kind))) {
                return kind;
            }
        }
        throw nodes.at(node, "the rule is one of " + Arrays.stream(ActionRule.Kind.values())
                .map(ActionRulesSection::word)
                .collect(Collectors.joining(", ")) + ".");
    }

    private static String word(ActionRule.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static boolean isOwner(ConfigNodes nodes, Node node, String otherwise) throws ConfigException {
        String word = nodes.text(node);
        if (!word.equals(OWNER) && !word.equals(otherwise)) {
            throw nodes.at(node, "it is `" + otherwise + "` or `" + OWNER + "`: requests with the keyset's signature.");
        }
        return word.equals(OWNER);
    }
}
