package dev.manicule.server.api;

import dev.manicule.server.access.Caller.Owner;
import dev.manicule.server.access.Demand;
import dev.manicule.server.access.Permission;
import dev.manicule.server.command.ActionChange;
import dev.manicule.server.command.ActionTerms;
import dev.manicule.server.command.ChangeActions;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.http.Response;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.Actions;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes of several message actions at once, which the protocol lacks: batches, whole sets of a user, removals of
 * many; and the rules of the keyset for types of actions.
 */
public final class ActionChangesApi implements EndpointFamily {
    /** How many changes a batch has at most. */
    private static final int MOST_CHANGES = 100;
    /** How many values a set has at most. */
    private static final int MOST_VALUES = ActionChange.MOST_REPLACED;
    private static final int MOST_JSON_VALUES = 10 + 9 * MOST_CHANGES;

    private final Journal journal;
    private final Limits limits;

    /** The family over a journal, with the limits. */
    public ActionChangesApi(Journal journal, Limits limits) {
        this.journal = journal;
        this.limits = limits;
    }

    /** For metrics and faults they are requests for message actions. */
    @Override
    public String name() {
        return "message-actions";
    }

    @Override
    public List<Route> routes() {
        String family = "/v1/message-actions/{subscribeKey}";
        String actions = family + "/channel/{channel}/message/{messageTimetoken}/actions";
        return List.of(
                Route.of("GET", family + "/rules", ActionInput.ERRORS, RequiredPermission.NOTHING,
                        ActionChangesApi::rules),
                Route.of("POST", family + "/channel/{channel}/batch", ActionInput.ERRORS,
                        ActionChangesApi::toAddAndRemove, this::batch),
                Route.of("PUT", actions, ActionInput.ERRORS, ActionChangesApi::toAddAndRemove, this::replace),
                Route.of("DELETE", actions, ActionInput.ERRORS, RequiredPermission.on(Permission.DELETE),
                        this::removeAll));
    }

    /** The permissions of a request that may do both. */
    static List<Demand> toAddAndRemove(ApiRequest request) {
        List<Demand> demands = new ArrayList<>(RequiredPermission.on(Permission.WRITE).of(request));
        demands.addAll(RequiredPermission.on(Permission.DELETE).of(request));
        return demands;
    }

    /** What an action of a type must fulfil, by the keyset of a request. */
    static ActionTerms terms(ActionRule rule, ApiRequest request, Limits limits) {
        return new ActionTerms(request.keyset().policy().strictParents(),
                limits.of(Limit.ACTION_BYTES_BY_MESSAGE), rule);
    }

    /**
     * For how long an action stays, by its rule and a request.
     *
     * @param seconds that the request names; {@link ActionRule#ANY_NUMBER}
     * @return in 100 ns; {@link ActionChange#FOREVER}
     */
    static long ttl(ActionRule rule, int seconds) {
        int least = rule.seconds(seconds);
        return least == ActionRule.ANY_NUMBER ? ActionChange.FOREVER : Timetoken.steps(Duration.ofSeconds(least));
    }

    /**
     * Puts an action on a message; where the rule of its type is to count, it adds to the one that is there.
     *
     * @param action the amount that it adds is its own
     */
    static ActionChange addition(MessageAction action, boolean toggles, long ttl, ActionTerms terms) {
        return terms.kind() == ActionRule.Kind.COUNTER && !toggles
                ? new ActionChange.AddAmount(action.messageTimetoken(), action.type(), action.value(), action.uuid(),
                        action.amount(), ttl, terms)
                : new ActionChange.Put(action.messageTimetoken(), action.type(), action.value(), action.uuid(), ttl,
                        toggles, terms);
    }

    // --- rules

    private static void rules(ApiRequest request) {
        JsonWriter json = new JsonWriter(256).object().member("status", 200).array("data");
        for (ActionRule rule : request.keyset().policy().actionRules().all()) {
            json.object()
                    .member("type", rule.type())
                    .member("rule", rule.kind().name().toLowerCase(Locale.ROOT));
            if (!rule.values().isEmpty()) {
                json.strings("values", rule.values());
            }
            most("mostValues", rule.most().values(), json);
            most("mostByUser", rule.most().byUser(), json);
            most("ttlSeconds", rule.most().seconds(), json);
            json.member("addedBy", rule.isAddedByOwner() ? "owner" : "users")
                    .member("removedBy", rule.isRemovedByOwner() ? "owner" : "author")
                    .end();
        }
        request.respond(Response.json(200, json.end().end().toBytes()));
    }

    private static void most(String name, int most, JsonWriter json) {
        if (most != ActionRule.ANY_NUMBER) {
            json.member(name, most);
        }
    }

    // --- removals of many

    private void removeAll(ApiRequest request) {
        ActionInput input = new ActionInput(request);
        Channel channel = input.channel();
        String uuid = input.uuid();
        long message = input.messageTimetoken();
        String type = request.query().text("type");
        String value = request.query().text("value");
        String of = request.query().text("of");
        boolean isOfEveryone = request.query().flag("everyone");
        for (String name : List.of("type", "value", "of")) { // all that it names, not all that there is
            if (request.query().isEmpty(name)) {
                input.fault("Is empty", name, "query");
            }
        }
        if (value != null && type == null) {
            input.fault("Missing field", "type", "query");
        }
        if (of != null && isOfEveryone) {
            input.fault("Excludes everyone", "of", "query");
        }
        if (channel == null || uuid == null || input.isRefused()) {
            input.refuse();
            return;
        }
        ActionError error = ofRemoving(type, isOfEveryone || (of != null && !of.equals(uuid)), request);
        if (error != null) {
            request.respond(error.response());
            return;
        }
        new Removal(request, channel,
                new ActionChange.TakeOff(message, type, value, isOfEveryone ? null : of == null ? uuid : of, uuid,
                        ActionChange.MOST_TAKEN_OFF))
                .goOn();
    }

    private static @Nullable ActionError ofRemoving(@Nullable String type, boolean isOfOthers, ApiRequest request) {
        if (request.caller() instanceof Owner) {
            return null;
        }
        if (isOfOthers) {
            return ActionError.FOREIGN;
        }
        if (type != null) {
            return ActionError.ofRemoving(request.keyset().policy().actionRules().of(type), type, request);
        }
        return request.keyset().policy().actionRules().areSomeRemovedByOwner()
                ? new ActionError(403, "Name a type: some types of this keyset are removed by its owner only.")
                : null;
    }

    /** Takes off many actions in steps, so that no other command waits for all of them. */
    private final class Removal {
        private final ApiRequest request;
        private final ChangeActions step;
        private long removed;

        Removal(ApiRequest request, Channel channel, ActionChange.TakeOff takeOff) {
            this.request = request;
            step = new ChangeActions(channel, takeOff);
        }

        void goOn() {
            journal.submit(request.client(), step, this::decided);
        }

        private void decided(ChangeActions.Outcome outcome) {
            boolean hasMore = false;
            if (outcome instanceof ChangeActions.ActionsChanged(List<ChangeActions.Result> results)
                    && results.getFirst() instanceof ChangeActions.Changed changed) {
                removed += changed.removed().size();
                hasMore = changed.hasMore();
            } else if (outcome instanceof Unavailable unavailable) {
                request.refuse(removed == 0 // what is gone is gone: the same request goes on
                        ? unavailable
                        : new Unavailable(removed + " actions are removed, and no more: " + unavailable.reason(),
                                unavailable.mayHaveHappened()));
                return;
            }
            if (hasMore) {
                goOn();
            } else {
                request.respond(Response.json(200,
                        new JsonWriter().object().member("status", 200).member("removed", removed).end().toBytes()));
            }
        }
    }

    // --- whole sets

    private void replace(ApiRequest request) {
        ActionInput input = new ActionInput(request);
        Channel channel = input.channel();
        String uuid = input.uuid();
        long message = input.messageTimetoken();
        String type = input.text("type");
        if (type != null && limits.isOver(Limit.ACTION_TYPE_BYTES, JsonReader.utf8Length(type))) {
            input.fault("Longer than " + limits.of(Limit.ACTION_TYPE_BYTES) + " bytes", "type", "query");
        }
        Map<String, @Nullable Object> body = JsonReader.trees(request.body(), Set.of("values", "ttlSeconds"),
                MOST_VALUES + 10);
        if (body == null) {
            request.refuse(400, "Request payload must be a JSON object with a list \"values\" of at most "
                    + MOST_VALUES + " texts.");
            return;
        }
        List<String> values = values(body.get("values"), input);
        int seconds = input.seconds(body, "ttlSeconds");
        if (channel == null || uuid == null || type == null || input.isRefused()) {
            input.refuse();
            return;
        }
        ActionRule rule = request.keyset().policy().actionRules().of(type);
        ActionError error = ActionError.ofRemoving(rule, type, request);
        for (String value : values) {
            error = error == null ? ActionError.ofAdding(rule, type, value, request) : error;
        }
        if (error != null) {
            request.respond(error.response());
            return;
        }
        submit(request, new ChangeActions(channel,
                new ActionChange.Replace(message, type, values, uuid, ttl(rule, seconds),
                        terms(rule, request, limits))));
    }

    private List<String> values(@Nullable Object list, ActionInput input) {
        if (!(list instanceof List<?> all)) {
            input.fault("Missing field", "values", "body");
            return List.of();
        }
        List<String> values = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Object each : all) {
            String value = input.text(each, "values", Limit.ACTION_VALUE_BYTES, limits);
            if (value == null) {
                return values;
            }
            if (seen.add(value)) {
                values.add(value);
            }
        }
        if (values.size() > MOST_VALUES) {
            input.fault("More than " + MOST_VALUES + " values", "values", "body");
        }
        return values;
    }

    /** Submits one change. */
    private void submit(ApiRequest request, ChangeActions command) {
        journal.submit(request.client(), request.idempotent(command), outcome -> {
            switch (outcome) {
                case ChangeActions.ActionsChanged(List<ChangeActions.Result> results) ->
                    request.respond(response(results.getFirst()));
                case ChangeActions.NoActionsChanged none ->
                    request.respond(ActionError.of(none.refused()).response());
                case Idempotent.KeyReused _ -> request.refuseReusedKey();
                case Unavailable unavailable -> request.refuse(unavailable);
            }
        });
    }

    private static Response response(ChangeActions.Result result) {
        return switch (result) {
            case ChangeActions.Changed changed -> {
                JsonWriter json = new JsonWriter().object().member("status", 200).object("data");
                write(changed, json);
                yield Response.json(200, json.end().end().toBytes());
            }
            case ChangeActions.Refused refused -> ActionError.of(refused).response();
        };
    }

    private static void write(ChangeActions.Changed changed, JsonWriter json) {
        write("added", changed.added(), json);
        write("removed", changed.removed(), json);
        if (!changed.renewed().isEmpty()) {
            write("renewed", changed.renewed(), json);
        }
    }

    private static void write(String name, List<MessageAction> actions, JsonWriter json) {
        json.array(name);
        actions.forEach(action -> json.json(Actions.row(action)));
        json.end();
    }

    // --- batches

    /** A change of a batch: it goes to the log unless there is an error. */
    private record Part(@Nullable ActionChange change, @Nullable ActionError error) {}

    private void batch(ApiRequest request) {
        ActionInput input = new ActionInput(request);
        Channel channel = input.channel();
        String uuid = input.uuid();
        Map<String, @Nullable Object> body = JsonReader.trees(request.body(), Set.of("changes", "atomic"),
                MOST_JSON_VALUES);
        if (body == null || !(body.get("changes") instanceof List<?> changes) || changes.isEmpty()
                || changes.size() > MOST_CHANGES) {
            request.refuse(400, "Request payload must be a JSON object with a list \"changes\" of 1 to "
                    + MOST_CHANGES + " changes.");
            return;
        }
        if (uuid == null || channel == null) {
            input.refuse();
            return;
        }
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            parts.add(part(changes.get(i), "changes[" + i + "]", uuid, request, input));
        }
        Object atomic = body.get("atomic");
        if (atomic != null && !(atomic instanceof Boolean)) {
            input.fault("Must be true or false", "atomic", "body");
        }
        if (input.isRefused()) {
            input.refuse();
            return;
        }
        submit(request, channel, parts, Boolean.TRUE.equals(atomic));
    }

    private Part part(@Nullable Object change, String place, String uuid, ApiRequest request, ActionInput input) {
        if (!(change instanceof Map<?, ?> members)) {
            input.fault("Must be an object", place, "body");
            return new Part(null, null);
        }
        long message = members.get("messageTimetoken") instanceof String text
                ? Timetoken.parse(text)
                : Timetoken.INVALID;
        if (message == Timetoken.INVALID) {
            input.fault("Invalid timetoken: it is a string of digits", place + ".messageTimetoken", "body");
        }
        String type = input.text(members.get("type"), place + ".type", Limit.ACTION_TYPE_BYTES, limits);
        String value = input.text(members.get("value"), place + ".value", Limit.ACTION_VALUE_BYTES, limits);
        Object of = members.get("of");
        if (of != null && !(of instanceof String)) {
            input.fault("Invalid type", place + ".of", "body");
        }
        int seconds = input.seconds(members, place + ".ttlSeconds");
        int amount = input.amount(members, place + ".amount");
        String operation = String.valueOf(members.get("change"));
        boolean isKnown = Set.of("add", "remove", "toggle").contains(operation);
        if (!isKnown) {
            input.fault("Must be add, remove or toggle", place + ".change", "body");
        }
        if (of != null && !operation.equals("remove")) {
            input.fault("Only a removal names a user", place + ".of", "body");
        }
        if (type == null || value == null || !isKnown || message == Timetoken.INVALID) {
            return new Part(null, null);
        }
        ActionRule rule = request.keyset().policy().actionRules().of(type);
        boolean removes = operation.equals("remove");
        boolean toggles = operation.equals("toggle");
        ActionError error = removes ? null : ActionError.ofAdding(rule, type, value, request);
        if (error == null && !removes) {
            error = ActionError.ofAmount(rule, type, amount, toggles, request);
        }
        if (error == null) {
            error = operation.equals("add")
                    ? ActionError.ofEnding(rule, type, seconds, request)
                    : ActionError.ofRemoving(rule, type, request);
        }
        if (!removes) {
            return new Part(addition(new MessageAction(message, type, value, uuid, 0).times(amount), toggles,
                    ttl(rule, seconds), terms(rule, request, limits)), error);
        }
        String owner = of instanceof String other ? other : uuid;
        if (error == null && !owner.equals(uuid) && !(request.caller() instanceof Owner)) {
            error = ActionError.FOREIGN;
        }
        return new Part(ActionChange.TakeOff.one(message, type, value, owner, uuid), error);
    }

    private void submit(ApiRequest request, Channel channel, List<Part> parts, boolean isAtomic) {
        List<ActionChange> changes = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            ActionError error = parts.get(i).error();
            ActionChange change = parts.get(i).change();
            if (error != null && isAtomic) {
                request.respond(refused(error, i));
                return;
            }
            if (error == null && change != null) {
                changes.add(change);
            }
        }
        if (changes.isEmpty()) {
            request.respond(response(parts, List.of()));
            return;
        }
        journal.submit(request.client(), request.idempotent(new ChangeActions(channel, changes, isAtomic)),
                outcome -> {
                    switch (outcome) {
                        case ChangeActions.ActionsChanged(List<ChangeActions.Result> results) ->
                            request.respond(response(parts, results));
                        case ChangeActions.NoActionsChanged none ->
                            request.respond(refused(ActionError.of(none.refused()), none.place()));
                        case Idempotent.KeyReused _ -> request.refuseReusedKey();
                        case Unavailable unavailable -> request.refuse(unavailable);
                    }
                });
    }

    /** All or none were wanted: none, because of the change at this place. */
    private static Response refused(ActionError error, int place) {
        return Response.json(error.status(), error.begin().member("change", place).end().toBytes());
    }

    private static Response response(List<Part> parts, List<ChangeActions.Result> results) {
        JsonWriter json = new JsonWriter(1024).object().member("status", 200).array("data");
        int next = 0;
        for (Part part : parts) {
            ActionError error = part.error();
            ChangeActions.Result result = error == null ? results.get(next++) : null;
            if (result instanceof ChangeActions.Changed changed) {
                json.object().member("status", 200);
                write(changed, json);
                json.end();
            } else {
                ActionError refusal = result instanceof ChangeActions.Refused refused
                        ? ActionError.of(refused)
                        : error;
                if (refusal != null) {
                    refusal.begin(json).end();
                }
            }
        }
        return Response.json(200, json.end().end().toBytes());
    }
}
