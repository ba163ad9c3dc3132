package dev.manicule.server.api;

import dev.manicule.server.access.Caller.Owner;
import dev.manicule.server.access.Permission;
import dev.manicule.server.api.PageCache.Page;
import dev.manicule.server.command.AddAction;
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
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.ErrorFormat;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route.Trait;
import dev.manicule.server.routing.Route;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Message actions: add, remove, get. */
public final class MessageActionsApi implements EndpointFamily {
    private static final ErrorFormat ERRORS = new ErrorFormat() {
        @Override
        public Response response(int status, String message, long now) {
            return Response.json(status, new JsonWriter().object()
                    .member("status", status)
                    .object("error")
                    .member("source", "actions")
                    .member("message", message)
                    .end()
                    .end()
                    .toBytes());
        }

        @Override
        public Response unknownKeyset(long now) {
            return response(400, "Invalid Subkey", now);
        }
    };
    private static final int DEFAULT_LIMIT = 100;
    private static final int MOST = 1000;
    private static final int PAGE_BYTES = 1 << 20;
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
                Route.of("GET", channel, ERRORS, RequiredPermission.on(Permission.READ), this::get)
                        .with(Trait.LINEARIZABLE),
                Route.of("POST", message, ERRORS, RequiredPermission.on(Permission.WRITE), this::add),
                Route.of("DELETE", message + "/action/{actionTimetoken}", ERRORS,
                        RequiredPermission.on(Permission.DELETE), this::remove));
    }

    /** A fault of the input, in the words of the protocol. */
    private record Detail(String message, String location, String locationType) {}

    private void add(ApiRequest request) {
        List<Detail> details = new ArrayList<>();
        Channel channel = channel(request, details);
        String uuid = uuid(request, details);
        long messageTimetoken = timetoken(request, "messageTimetoken", "message_timetoken", details);
        Map<String, Object> body = JsonReader.members(request.body());
        if (body == null && JsonReader.value(request.body()) == null) {
            request.refuse(400, "Request payload must be in JSON format.");
            return;
        }
        String type = string(body, "type", Limit.ACTION_TYPE_BYTES, details);
        String value = string(body, "value", Limit.ACTION_VALUE_BYTES, details);
        if (channel == null || uuid == null || type == null || value == null || !details.isEmpty()) {
            refuse(request, details);
            return;
        }
        AddAction command = new AddAction(channel, messageTimetoken, type, value, uuid,
                request.keyset().policy().strictParents(),
                limits.of(Limit.ACTION_BYTES_BY_MESSAGE));
        journal.submit(request.client(), request.idempotent(command),
                outcome -> {
                    switch (outcome) {
                        case AddAction.Added added -> request.respond(Response.json(200,
                                new JsonWriter().object()
                                        .member("status", 200)
                                        .name("data")
                                        .json(Actions.row(added.action()))
                                        .end()
                                        .toBytes()));
                        case AddAction.AlreadyAdded _ -> request.refuse(409, "Action Already Added");
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
                });
    }

    private void remove(ApiRequest request) {
        List<Detail> details = new ArrayList<>();
        Channel channel = channel(request, details);
        String uuid = uuid(request, details);
        long messageTimetoken = timetoken(request, "messageTimetoken", "message_timetoken", details);
        long actionTimetoken = timetoken(request, "actionTimetoken", "action_timetoken", details);
        if (channel == null || uuid == null || !details.isEmpty()) {
            refuse(request, details);
            return;
        }
        RemoveAction command = new RemoveAction(channel, messageTimetoken, actionTimetoken, uuid,
                request.caller() instanceof Owner);
        journal.submit(request.client(), request.idempotent(command),
                outcome -> {
                    switch (outcome) {
                        case RemoveAction.Removed _ -> request.respond(REMOVED);
                        case RemoveAction.NoSuchAction _ ->
                            request.refuse(400, "No matching message actions to delete");
                        case RemoveAction.WrongUuid _ ->
                            request.refuse(400, "Not deleting message action: wrong uuid specified");
                        case Idempotent.KeyReused _ -> request.refuseReusedKey();
                        case Unavailable unavailable -> request.refuse(unavailable);
                    }
                });
    }

    private void get(ApiRequest request) {
        List<Detail> details = new ArrayList<>();
        Channel channel = channel(request, details);
        Long start = bound(request, "start", details);
        Long end = bound(request, "end", details);
        int limit = request.query().count("limit", DEFAULT_LIMIT, MOST);
        if (limit < 0) {
            details.add(new Detail("Must be a whole number from 1 on", "limit", "query"));
        }
        if (start != null && end != null && start < end) {
            details.add(new Detail("Must not be lower than end", "start", "query"));
        }
        if (channel == null || !details.isEmpty()) {
            refuse(request, details);
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

    private static @Nullable Channel channel(ApiRequest request, List<Detail> details) {
        Channel channel = request.messageChannel();
        if (channel == null) {
            details.add(new Detail("Invalid channel", "channel", "path"));
        }
        return channel;
    }

    /** The uuid of the acting user, which is required here: only the user of an action may remove it. */
    private static @Nullable String uuid(ApiRequest request, List<Detail> details) {
        String uuid = request.uuid();
        if (uuid == null) {
            details.add(new Detail("Missing field", "uuid", "query"));
        }
        return uuid;
    }

    private static long timetoken(ApiRequest request, String segment, String wireName, List<Detail> details) {
        long timetoken = Timetoken.parse(request.segment(segment));
        if (timetoken == Timetoken.INVALID) {
            details.add(new Detail("Invalid timetoken", wireName, "path"));
        }
        return timetoken;
    }

    private static @Nullable Long bound(ApiRequest request, String name, List<Detail> details) {
        Long timetoken = request.query().timetoken(name);
        if (timetoken != null && timetoken == Timetoken.INVALID) {
            details.add(new Detail("Invalid timetoken", name, "query"));
        }
        return timetoken;
    }

    private @Nullable String string(@Nullable Map<String, Object> body, String name, Limit most,
            List<Detail> details) {
        Object member = body == null ? null : body.get(name);
        if (member == null || member.equals("")) {
            details.add(new Detail("Missing field", name, "body"));
        } else if (!(member instanceof String text)) {
            details.add(new Detail("Invalid type", name, "body"));
        } else if (!JsonReader.isUnicode(text)) {
            details.add(new Detail("Invalid Unicode", name, "body")); // half of a surrogate pair, by \\u escape
        } else if (limits.isOver(most, text.getBytes(StandardCharsets.UTF_8).length)) {
            details.add(new Detail("Longer than " + limits.of(most) + " bytes", name, "body"));
        } else {
            return text;
        }
        return null;
    }

    private static void refuse(ApiRequest request, List<Detail> details) {
        JsonWriter json = new JsonWriter().object()
                .member("status", 400)
                .object("error")
                .member("source", "actions")
                .member("message", "Request payload contained invalid input.")
                .array("details");
        for (Detail detail : details) {
            json.object()
                    .member("message", detail.message())
                    .member("location", detail.location())
                    .member("locationType", detail.locationType())
                    .end();
        }
        request.respond(Response.json(400, json.end().end().end().toBytes()));
    }
}
