package dev.manicule.server.api;

import dev.manicule.server.access.Caller.Owner;
import dev.manicule.server.access.Demand;
import dev.manicule.server.access.Permission;
import dev.manicule.server.api.PageCache.Page;
import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.RemoveAction;
import dev.manicule.server.command.RemoveByValue;
import dev.manicule.server.command.ToggleAction;
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
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Range;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route.Trait;
import dev.manicule.server.routing.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Message actions: add, remove, read those of a channel. {@link ActionReadsApi} has the other reads. */
public final class MessageActionsApi implements EndpointFamily {
    private static final int PAGE_BYTES = 1 << 20;
    private static final String ALREADY_ADDED = "Action Already Added";
    private static final String NO_SUCH_ACTION = "No matching message actions to delete";
    private static final Response REMOVED = Response.json(200,
            new JsonWriter().object().member("status", 200).object("data").end().end().toBytes());

    private final Journal journal;
    private final LedgerReader ledger;
    private final PageCache pages;
    private final Limits limits;

    /** The family over a journal and the ledger it writes, with pages of that ledger, and the limits. */
    public MessageActionsApi(Journal journal, LedgerReader ledger, PageCache pages, Limits limits) {
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
        List<Demand> demands = new ArrayList<>(RequiredPermission.on(Permission.WRITE).of(request));
        if (isToggle(request)) {
            demands.addAll(RequiredPermission.on(Permission.DELETE).of(request));
        }
        return demands;
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
        if (channel == null || uuid == null || type == null || value == null || input.isRefused()) {
            input.refuse();
            return;
        }
        AddAction command = new AddAction(channel, messageTimetoken, type, value, uuid,
                request.keyset().policy().strictParents(),
                limits.of(Limit.ACTION_BYTES_BY_MESSAGE));
        if (isToggle(request)) {
            journal.submit(request.client(), request.idempotent(new ToggleAction(command)),
                    outcome -> {
                        switch (outcome) {
                            case RemoveByValue.TakenOff(MessageAction action) ->
                                request.respond(toggled(action, "removed"));
                            case AddAction.Added(MessageAction action) ->
                                request.respond(toggled(action, "added"));
                            case AddAction.Outcome other -> added(request, other);
                        }
                    });
        } else {
            journal.submit(request.client(), request.idempotent(command), outcome -> added(request, outcome));
        }
    }

    private void added(ApiRequest request, AddAction.Outcome outcome) {
        switch (outcome) {
            case AddAction.Added(MessageAction action) -> request.respond(response(action));
            case AddAction.Exists(MessageAction action) -> request.respond(Response.json(409,
                    ActionInput.error(409, ALREADY_ADDED)
                            .end()
                            .name("data")
                            .json(Actions.row(action))
                            .end()
                            .toBytes()));
            case AddAction.AlreadyAdded _ -> request.refuse(409, ALREADY_ADDED);
            case AddAction.NoSuchMessage _ ->
                request.refuse(404, "Message Not Found: this keyset takes actions on stored messages");
            case AddAction.TooManyActions _ ->
                request.refuse(400, "Maximum number of actions reached for this message.");
            case AddAction.TooManyBytes _ -> {
                limits.reached(Limit.ACTION_BYTES_BY_MESSAGE);
                request.refuse(400, "Maximum size of all actions reached for this message.");
            }
            case Idempotent.KeyReused _ -> request.refuseReusedKey();
            case Unavailable unavailable -> request.refuse(unavailable);
        }
    }

    /** A response with an action. */
    private static Response response(MessageAction action) {
        return Response.json(200, begun(action).end().toBytes());
    }

    private static Response toggled(MessageAction action, String how) {
        return Response.json(200, begun(action).member("toggled", how).end().toBytes());
    }

    private static JsonWriter begun(MessageAction action) {
        return new JsonWriter().object().member("status", 200).name("data").json(Actions.row(action));
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
        if (of != null && !of.equals(uuid) && !(request.caller() instanceof Owner)) {
            request.refuse(403, "Only a request with the signature of the keyset removes actions of other users.");
            return;
        }
        RemoveByValue command = new RemoveByValue(channel, messageTimetoken, type, value, of == null ? uuid : of,
                uuid);
        journal.submit(request.client(), request.idempotent(command),
                outcome -> {
                    switch (outcome) {
                        case RemoveByValue.TakenOff(MessageAction action) -> request.respond(response(action));
                        case RemoveAction.NoSuchAction _ -> request.refuse(400, NO_SUCH_ACTION);
                        case Idempotent.KeyReused _ -> request.refuseReusedKey();
                        case Unavailable unavailable -> request.refuse(unavailable);
                    }
                });
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
        journal.submit(request.client(), request.idempotent(command),
                outcome -> {
                    switch (outcome) {
                        case RemoveAction.Removed _ -> request.respond(REMOVED);
                        case RemoveAction.NoSuchAction _ ->
                            request.refuse(400, NO_SUCH_ACTION);
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
            new NextPage(page.oldest(), asked.end, false, "limit", asked.limit)
                    .write("/v1/message-actions/", asked.channel, json);
        }
        return new Page(Response.json(200, json.end().toBytes()),
                page.rows().isEmpty() ? Long.MAX_VALUE : page.oldest());
    }
}
