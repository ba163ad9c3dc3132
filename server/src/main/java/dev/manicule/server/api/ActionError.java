package dev.manicule.server.api;

import dev.manicule.server.access.Caller.Owner;
import dev.manicule.server.command.ChangeActions.Refused;
import dev.manicule.server.http.Response;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.Actions;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.routing.ApiRequest;
import org.jspecify.annotations.Nullable;

/**
 * Why actions on a message are not changed.
 *
 * @param status of the response
 * @param message in the words of the protocol where it has some
 * @param there the action that is there already; null when it is another reason
 */
record ActionError(int status, String message, @Nullable MessageAction there) {
    static final ActionError ALREADY_ADDED = new ActionError(409, "Action Already Added");
    static final ActionError NO_SUCH_ACTION = new ActionError(400, "No matching message actions to delete");
    static final ActionError NO_SUCH_MESSAGE = new ActionError(404,
            "Message Not Found: this keyset takes actions on stored messages");
    static final ActionError TOO_MANY_ACTIONS = new ActionError(400,
            "Maximum number of actions reached for this message.");
    static final ActionError TOO_MANY_BYTES = new ActionError(400,
            "Maximum size of all actions reached for this message.");
    /** Only the owner may do it to other users' actions. */
    static final ActionError FOREIGN = new ActionError(403,
            "Only a request with the signature of the keyset removes actions of other users.");

    /** One without an action. */
    ActionError(int status, String message) {
        this(status, message, null);
    }

    /** That of a refused change. */
    static ActionError of(Refused refused) {
        return switch (refused.why()) {
            case EXISTS -> new ActionError(409, ALREADY_ADDED.message, refused.there());
            case NO_SUCH_ACTION -> NO_SUCH_ACTION;
            case NO_SUCH_MESSAGE -> NO_SUCH_MESSAGE;
            case TOO_MANY_ACTIONS -> TOO_MANY_ACTIONS;
            case TOO_MANY_BYTES -> TOO_MANY_BYTES;
            case TOO_MANY_VALUES -> new ActionError(400,
                    "Maximum number of different values of this type reached for this message.");
            case TOO_MANY_BY_USER -> new ActionError(400,
                    "Maximum number of actions of this type reached for this user and message.");
            case AMOUNT_TOO_LOW -> new ActionError(400, "The amount of the user's action would be below zero.",
                    refused.there());
            case AMOUNT_TOO_HIGH -> new ActionError(400,
                    "The amount of the user's action would be higher than this keyset allows.", refused.there());
            case TOO_MANY_TO_REPLACE -> new ActionError(400,
                    "The user has more than 100 actions of this type on the message: remove some before.");
        };
    }

    /** Why a rule forbids the caller of a request to put a value on a message; null when it does not. */
    static @Nullable ActionError ofAdding(ActionRule rule, String type, String value, ApiRequest request) {
        if (rule.isAddedByOwner() && !(request.caller() instanceof Owner)) {
            return new ActionError(403, "Only a request with the signature of the keyset adds actions of type "
                    + type + ".");
        }
        return rule.allows(value)
                ? null
                : new ActionError(400, "The value is not one of those that the keyset has for type " + type
                        + ": see /v1/message-actions/" + request.subscribeKey() + "/rules.");
    }

    /**
     * Why a rule forbids the caller of a request to give an action an end, which takes it off as a removal does; null when
     * it does not.
     *
     * @param seconds that the request names; {@link ActionRule#ANY_NUMBER} when it names none
     */
    static @Nullable ActionError ofEnding(ActionRule rule, String type, int seconds, ApiRequest request) {
        return seconds == ActionRule.ANY_NUMBER ? null : ofRemoving(rule, type, request);
    }

    /**
     * Why a rule forbids the caller of a request to add an amount; null when it does not.
     *
     * @param amount {@link MessageAction#ONE} when the request names none
     * @param toggles whether the request toggles the action
     */
    static @Nullable ActionError ofAmount(ActionRule rule, String type, int amount, boolean toggles,
            ApiRequest request) {
        if (amount == MessageAction.ONE) {
            return null;
        }
        if (rule.kind() != ActionRule.Kind.COUNTER) {
            return new ActionError(400, "Actions of type " + type
                    + " have no amount: the rule of the type is not \"counter\".");
        }
        if (toggles) {
            return new ActionError(400, "A toggle has no amount.");
        }
        return amount < 0 ? ofRemoving(rule, type, request) : null;
    }

    /** Why a rule forbids the caller of a request to take off actions of a type; null when it does not. */
    static @Nullable ActionError ofRemoving(ActionRule rule, String type, ApiRequest request) {
        return rule.isRemovedByOwner() && !(request.caller() instanceof Owner)
                ? new ActionError(403, "Only a request with the signature of the keyset removes actions of type "
                        + type + ".")
                : null;
    }

    /** Begins an object with it. */
    JsonWriter begin() {
        return begin(new JsonWriter());
    }

    /** Begins an object with it, as the value that is due. */
    JsonWriter begin(JsonWriter json) {
        ActionInput.error(status, message, json).end();
        if (there != null) {
            json.name("data").json(Actions.row(there));
        }
        return json;
    }

    /** A response with it. */
    Response response() {
        return Response.json(status, begin().end().toBytes());
    }
}
