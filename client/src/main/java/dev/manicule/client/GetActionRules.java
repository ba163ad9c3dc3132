package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.List;

/**
 * Gets the rules of the keyset for types of actions.
 *
 * <pre>{@code
 * List<String> offered = client.getActionRules().sync().orThrow().rule("reaction").values();
 * }</pre>
 *
 * @since 0.1
 */
public final class GetActionRules extends Call<GetActionRules.Result> {
    /**
     * The rules.
     *
     * @param rules in the order of the keyset's configuration; empty when it has none
     * @since 0.1
     */
    public record Result(List<ActionRule> rules) {
        /** Copies the list. */
        public Result {
            rules = List.copyOf(rules);
        }

        /**
         * The rule that holds for a type.
         *
         * @param type the type, such as {@code reaction}
         * @return its own, else that of {@link ActionRule#ANY_TYPE}, else one that allows everything; never null
         */
        public ActionRule rule(String type) {
            return rules.stream()
                    .filter(rule -> rule.type().equals(type))
                    .findFirst()
                    .or(() -> rules.stream().filter(rule -> rule.type().equals(ActionRule.ANY_TYPE)).findFirst())
                    .orElse(ActionRule.NONE);
        }
    }

    GetActionRules(Transport transport) {
        super(transport);
    }

    @Override
    Request<Result> request() {
        return Request.get(Operation.GET_ACTION_RULES, Path.of("v1", "message-actions", subscribeKey(), "rules"),
                Query.NONE, json -> new Result(Fields.rules(Fields.member(json, "data"))));
    }
}
