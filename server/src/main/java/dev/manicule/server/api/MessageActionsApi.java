package dev.manicule.server.api;

import dev.manicule.server.access.Caller.Owner;
import dev.manicule.server.access.Demand;
import dev.manicule.server.access.Permission;
import dev.manicule.server.api.PageCache.Page;
import dev.manicule.server.command.ActionChange;
import dev.manicule.server.command.ActionTerms;
import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.ChangeActions;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.RemoveAction;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.http.Response;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.Actions;
import dev.manicule.server.ledger.LedgerReader.ActionPage;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Range;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.PermissionCheck;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route.Trait;
import dev.manicule.server.routing.Route;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Message actions: add, remove, read those of a channel. {@link ActionReadsApi} has the other reads. */
public final class MessageActionsApi implements EndpointFamily {
    private static final int PAGE_BYTES = 1 << 20;
    private static final Response REMOVED = Response.json(200,
            new JsonWriter().object().member("status", 200).object("data").end().end().toBytes());

    private final Journal journal;
    private final LedgerReader ledger;
    private final PageCache pages;
    private final PermissionCheck permissions;
    private final Limits limits;

    /** The family over a journal and the ledger it writes, with pages of that ledger, permissions and limits. */
    public MessageActionsApi(Journal journal, LedgerReader ledger, PageCache pages, PermissionCheck permissions,
            Limits limits) {
        this.permissions = permissions;
        this.limits = limits;
        this.journal = journal;
        this.pages = pages;
        this.ledger = ledger;
    }

    @Override
    public String name() {
        return "message-actions";
    }

    @Override
    public List<Route> routes() {
        String channel = "/v1/message-actions/{subscribeKey}/channel/{channel}";
        String message = channel + "/message/{messageTimetoken}";
        return List.of(
                Route.of("GET", channel, ActionInput.ERRORS, RequiredPermission.on(Permission.READ), this::get)
                        .with(Trait.LINEARIZABLE),
                Route.of("POST", message, ActionInput.ERRORS, MessageActionsApi::toAdd, this::add),
                Route.of("DELETE", message, ActionInput.ERRORS, RequiredPermission.on(Permission.DELETE),
                        this::removeByValue),
                Route.of("DELETE", message + "/action/{actionTimetoken}", ActionInput.ERRORS,
                        RequiredPermission.on(Permission.DELETE), this::remove));
    }

    /** A toggle may remove an action, so it needs the permission for that too. */
    private static List<Demand> toAdd(ApiRequest request) {
        return isToggle(request)
                ? ActionChangesApi.toAddAndRemove(request)
                : RequiredPermission.on(Permission.WRITE).of(request);
    }

    private static boolean isToggle(ApiRequest request) {
        return request.query().flag("toggle");
    }

    private void add(ApiRequest request) {
        ActionInput input = new ActionInput(request);
        Channel channel = input.channel();
        String uuid = input.uuid();
        long messageTimetoken = input.messageTimetoken();
        Map<String, Object> body = JsonReader.members(request.body());
        if (body == null && JsonReader.value(request.body()) == null) {
            request.refuse(400, "Request payload must be in JSON format.");
            return;
        }
        String type = input.text(body, "type", Limit.ACTION_TYPE_BYTES, limits);
        String value = input.text(body, "value", Limit.ACTION_VALUE_BYTES, limits);
        int seconds = body == null ? ActionRule.ANY_NUMBER : input.seconds(body, "ttlSeconds");
        int amount = body == null ? MessageAction.ONE : input.amount(body, "amount");
        if (channel == null || uuid == null || type == null || value == null || input.isRefused()) {
            input.refuse();
            return;
        }
        ActionRule rule = request.keyset().policy().actionRules().of(type);
        boolean toggles = isToggle(request);
        ActionError error = ActionError.ofAdding(rule, type, value, request);
        if (error == null) {
            error = toggles
                    ? ActionError.ofRemoving(rule, type, request)
                    : ActionError.ofEnding(rule, type, seconds, request);
        }
        if (error == null) {
            error = ActionError.ofAmount(rule, type, amount, toggles, request);
        }
        if (error != null) {
            request.respond(error.response());
            return;
        }
        ActionTerms terms = ActionChangesApi.terms(rule, request, limits);
        long ttl = ActionChangesApi.ttl(rule, seconds);
        if (terms.isPlain() && !toggles && ttl == ActionChange.FOREVER) {
            AddAction command = new AddAction(channel, messageTimetoken, type, value, uuid, terms.strictParent(),
                    terms.mostBytes());
            journal.submit(request.client(), request.idempotent(command), outcome -> added(request, outcome));
        } else {
            MessageAction action = new MessageAction(messageTimetoken, type, value, uuid, 0).times(amount);
            ActionChange change = ActionChangesApi.addition(action, toggles, ttl, terms);
            if (amount < 0) { // it may remove the action
                permissions.of(request, RequiredPermission.on(Permission.DELETE).of(request),
                        () -> change(request, channel, change));
            } else {
                change(request, channel, change);
            }
        }
    }

    private void added(ApiRequest request, AddAction.Outcome outcome) {
        switch (outcome) {
            case AddAction.Added(MessageAction action) -> request.respond(response(action));
            case AddAction.Exists(MessageAction action) ->
                request.respond(new ActionError(409, ActionError.ALREADY_ADDED.message(), action).response());
            case AddAction.AlreadyAdded _ -> request.respond(ActionError.ALREADY_ADDED.response());
            case AddAction.NoSuchMessage _ -> request.respond(ActionError.NO_SUCH_MESSAGE.response());
            case AddAction.TooManyActions _ -> request.respond(ActionError.TOO_MANY_ACTIONS.response());
            case AddAction.TooManyBytes _ -> {
                limits.reached(Limit.ACTION_BYTES_BY_MESSAGE);
                request.respond(ActionError.TOO_MANY_BYTES.response());
            }
            case Idempotent.KeyReused _ -> request.refuseReusedKey();
            case Unavailable unavailable -> request.refuse(unavailable);
        }
    }

    /** A response with an action. */
    private static Response response(MessageAction action) {
        return Response.json(200, begun(action).end().toBytes());
    }

    private static JsonWriter begun(MessageAction action) {
        return new JsonWriter().object().member("status", 200).name("data").json(Actions.row(action));
    }

    /** Submits a change that puts one action on a message, or takes one off. */
    private void change(ApiRequest request, Channel channel, ActionChange change) {
        journal.submit(request.client(), request.idempotent(new ChangeActions(channel, change)), outcome -> {
            switch (outcome) {
                case ChangeActions.ActionsChanged(List<ChangeActions.Result> results) -> {
                    switch (results.getFirst()) {
                        case ChangeActions.Changed changed -> request.respond(response(changed, change));
                        case ChangeActions.Refused refused -> refused(request, refused);
                    }
                }
                case ChangeActions.NoActionsChanged none -> refused(request, none.refused());
                case Idempotent.KeyReused _ -> request.refuseReusedKey();
                case Unavailable unavailable -> request.refuse(unavailable);
            }
        });
    }

    private void refused(ApiRequest request, ChangeActions.Refused refused) {
        if (refused.why() == ChangeActions.Refusal.TOO_MANY_BYTES) {
            limits.reached(Limit.ACTION_BYTES_BY_MESSAGE);
        }
        request.respond(ActionError.of(refused).response());
    }

    private static Response response(ChangeActions.Changed changed, ActionChange change) {
        if (!changed.renewed().isEmpty()) {
            return Response.json(200, begun(changed.renewed().getFirst()).member("renewed", true).end().toBytes());
        }
        boolean isAdded = !changed.added().isEmpty();
        JsonWriter json = begun(isAdded ? changed.added().getFirst() : changed.removed().getFirst());
        if (change instanceof ActionChange.Put put && put.toggles()) {
            json.member("toggled", isAdded ? "added" : "removed");
        } else if (change instanceof ActionChange.AddAmount && !isAdded) {
            json.member("removed", true); // nothing is left of it
        }
        if (isAdded && !changed.removed().isEmpty()) {
            json.array("replaced");
            changed.removed().forEach(action -> json.json(Actions.row(action)));
            json.end();
        }
        return Response.json(200, json.end().toBytes());
    }

    /** Removes an action that is known by its type and value: one's own, or, for the owner of the keyset, any user's. */
    private void removeByValue(ApiRequest request) {
        ActionInput input = new ActionInput(request);
        Channel channel = input.channel();
        String uuid = input.uuid();
        long messageTimetoken = input.messageTimetoken();
        String type = input.text("type");
        String value = input.text("value");
        String of = request.query().text("of");
        if (channel == null || uuid == null || type == null || value == null || input.isRefused()) {
            input.refuse();
            return;
        }
        ActionError error = of != null && !of.equals(uuid) && !(request.caller() instanceof Owner)
                ? ActionError.FOREIGN
                : ActionError.ofRemoving(request.keyset().policy().actionRules().of(type), type, request);
        if (error != null) {
            request.respond(error.response());
            return;
        }
        change(request, channel,
                ActionChange.TakeOff.one(messageTimetoken, type, value, of == null ? uuid : of, uuid));
    }

    private void remove(ApiRequest request) {
        ActionInput input = new ActionInput(request);
        Channel channel = input.channel();
        String uuid = input.uuid();
        long messageTimetoken = input.messageTimetoken();
        long actionTimetoken = input.actionTimetoken();
        if (channel == null || uuid == null || input.isRefused()) {
            input.refuse();
            return;
        }
        RemoveAction command = new RemoveAction(channel, messageTimetoken, actionTimetoken, uuid,
                request.caller() instanceof Owner);
        if (command.moderates() || !request.keyset().policy().actionRules().areSomeRemovedByOwner()) {
            submit(request, command);
        } else if (journal.isPresent(fault -> {
            if (fault == null) {
                removeUnlessOfOwner(request, command);
            } else {
                request.refuse(fault);
            }
        })) {
            removeUnlessOfOwner(request, command);
        }
    }

    /** Only the action itself says its type, which never changes. */
    private void removeUnlessOfOwner(ApiRequest request, RemoveAction command) {
        request.inSlices(() -> {
            long timetoken = command.actionTimetoken();
            ActionError error = null;
            for (byte[] row : ledger.actions(command.channel(), new Range(timetoken, timetoken, true), 1, PAGE_BYTES)
                    .rows()) {
                String type = Actions.type(row);
                error = ActionError.ofRemoving(request.keyset().policy().actionRules().of(type), type, request);
            }
            if (error == null) {
                submit(request, command);
            } else {
                request.respond(error.response());
            }
            return false;
        });
    }

    private void submit(ApiRequest request, RemoveAction command) {
        journal.submit(request.client(), request.idempotent(command), outcome -> {
            switch (outcome) {
                case RemoveAction.Removed _ -> request.respond(REMOVED);
                case RemoveAction.NoSuchAction _ -> request.respond(ActionError.NO_SUCH_ACTION.response());
                case RemoveAction.WrongUuid _ ->
                    request.refuse(400, "Not deleting message action: wrong uuid specified");
                case Idempotent.KeyReused _ -> request.refuseReusedKey();
                case Unavailable unavailable -> request.refuse(unavailable);
            }
        });
    }

    private void get(ApiRequest request) {
        ActionInput input = new ActionInput(request);
        Channel channel = input.channel();
        Long start = input.bound("start");
        Long end = input.bound("end");
        int limit = input.limit();
        if (start != null && end != null && start < end) {
            input.fault("Must not be lower than end", "start", "query");
        }
        if (channel == null || input.isRefused()) {
            input.refuse();
            return;
        }
        ActionsPageKey asked = new ActionsPageKey(channel, end, start, limit);
        Range range = new Range(end == null ? 0 : end, start == null ? Long.MAX_VALUE : start - 1, true)
                .notBefore(request.horizon());
        pages.respond(request, asked,
                () -> page(asked, range.isEmpty()
                        ? new ActionPage(List.of(), 0, false)
                        : ledger.actions(channel, range, limit, PAGE_BYTES)));
    }

    private record ActionsPageKey(Channel channel, @Nullable Long end, @Nullable Long start,
            int limit) implements PageCache.PageKey {}

    private static Page page(ActionsPageKey asked, ActionPage page) {
        JsonWriter json = new JsonWriter(64 + page.rows().size() * 160).object()
                .member("status", 200)
                .array("data");
        page.rows().forEach(json::json);
        json.end();
        if (page.more()) {
            new NextPage(page.oldest(), asked.end, false, "", "limit", asked.limit)
                    .write("/v1/message-actions/", asked.channel, json);
        }
        return new Page(Response.json(200, json.end().toBytes()),
                page.rows().isEmpty() ? Long.MAX_VALUE : page.oldest());
    }
}
