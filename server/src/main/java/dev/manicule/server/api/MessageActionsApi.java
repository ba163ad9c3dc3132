package dev.manicule.server.api;

import dev.manicule.server.access.Caller.Owner;
import dev.manicule.server.access.Permission;
import dev.manicule.server.api.Pages.Page;
import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.RemoveAction;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.http.Answer;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonText;
import dev.manicule.server.ledger.Actions;
import dev.manicule.server.ledger.LedgerReads;
import dev.manicule.server.ledger.LedgerReads.ActionPage;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Timetoken;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Message actions: add, remove, get. */
public final class MessageActionsApi implements Api.Family {
    private static final int DEFAULT_LIMIT = 100;
    private static final int MOST = 1000;
    private static final int PAGE_BYTES = 1 << 20;
    private static final Answer REMOVED = Answer.json(200, "{\"status\":200,\"data\":{}}");

    private final Journal journal;
    private final LedgerReads ledger;
    private final Pages pages;
    private final Limits limits;

    /** The family over a journal and the ledger it writes, with pages of that ledger, and what is too much. */
    public MessageActionsApi(Journal journal, LedgerReads ledger, Pages pages, Limits limits) {
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
        return List.of(Route.of("GET", channel, ErrorShape.ACTIONS, Need.on(Permission.READ), this::get).ofPresent(),
                Route.of("POST", message, ErrorShape.ACTIONS, Need.on(Permission.WRITE), this::add),
                Route.of("DELETE", message + "/action/{actionTimetoken}", ErrorShape.ACTIONS,
                        Need.on(Permission.DELETE), this::remove));
    }

    /** Something about the input that is wrong, in the words of the wire. */
    private record Detail(String message, String location, String locationType) {}

    private void add(Call call) {
        List<Detail> details = new ArrayList<>();
        Channel channel = channel(call, details);
        String uuid = uuid(call, details);
        long messageTimetoken = timetoken(call, "messageTimetoken", "message_timetoken", details);
        Map<String, Object> body = JsonReader.members(call.body());
        if (body == null && JsonReader.value(call.body()) == null) {
            call.refuse(400, "Request payload must be in JSON format.");
            return;
        }
        String type = string(body, "type", Limit.ACTION_TYPE_BYTES, details);
        String value = string(body, "value", Limit.ACTION_VALUE_BYTES, details);
        if (channel == null || uuid == null || type == null || value == null || !details.isEmpty()) {
            refuse(call, details);
            return;
        }
        AddAction command = new AddAction(channel, messageTimetoken, type, value, uuid, call.keyset().strictParents(),
                limits.of(Limit.ACTION_BYTES_BY_MESSAGE));
        journal.submit(call.client(), call.idempotent(command),
                outcome -> {
                    switch (outcome) {
                        case AddAction.Added added -> call.answer(Answer.json(200,
                                new JsonText().raw("{\"status\":200,\"data\":")
                                        .raw(Actions.row(added.action()))
                                        .raw("}")
                                        .toBytes()));
                        case AddAction.AlreadyAdded _ -> call.refuse(409, "Action Already Added");
                        case AddAction.NoSuchMessage _ ->
                            call.refuse(404, "Message Not Found: this keyset takes actions on stored messages");
                        case AddAction.TooManyActions _ ->
                            call.refuse(400, "Maximum number of actions reached for this message.");
                        case AddAction.TooManyBytes _ -> {
                            limits.reached(Limit.ACTION_BYTES_BY_MESSAGE);
                            call.refuse(400, "Maximum size of all actions reached for this message.");
                        }
                        case Idempotent.KeyReused _ -> call.refuseReusedKey();
                        case Unavailable unavailable -> call.refuse(unavailable);
                    }
                });
    }

    private void remove(Call call) {
        List<Detail> details = new ArrayList<>();
        Channel channel = channel(call, details);
        String uuid = uuid(call, details);
        long messageTimetoken = timetoken(call, "messageTimetoken", "message_timetoken", details);
        long actionTimetoken = timetoken(call, "actionTimetoken", "action_timetoken", details);
        if (channel == null || uuid == null || !details.isEmpty()) {
            refuse(call, details);
            return;
        }
        RemoveAction command = new RemoveAction(channel, messageTimetoken, actionTimetoken, uuid,
                call.caller() instanceof Owner);
        journal.submit(call.client(), call.idempotent(command),
                outcome -> {
                    switch (outcome) {
                        case RemoveAction.Removed _ -> call.answer(REMOVED);
                        case RemoveAction.NoSuchAction _ -> call.refuse(400, "No matching message actions to delete");
                        case RemoveAction.WrongUuid _ ->
                            call.refuse(400, "Not deleting message action: wrong uuid specified");
                        case Idempotent.KeyReused _ -> call.refuseReusedKey();
                        case Unavailable unavailable -> call.refuse(unavailable);
                    }
                });
    }

    private void get(Call call) {
        List<Detail> details = new ArrayList<>();
        Channel channel = channel(call, details);
        Long start = bound(call, "start", details);
        Long end = bound(call, "end", details);
        int limit = call.query().count("limit", DEFAULT_LIMIT, MOST);
        if (limit < 0) {
            details.add(new Detail("Must be a whole number from 1 on", "limit", "query"));
        }
        if (start != null && end != null && start < end) {
            details.add(new Detail("Must not be lower than end", "start", "query"));
        }
        if (channel == null || !details.isEmpty()) {
            refuse(call, details);
            return;
        }
        Asked asked = new Asked(channel, end, start, limit);
        Range range = new Range(end == null ? 0 : end, start == null ? Long.MAX_VALUE : start - 1, true)
                .notBefore(call.horizon());
        pages.answer(call, asked,
                () -> page(asked, range.isEmpty()
                        ? new ActionPage(List.of(), 0, false)
                        : ledger.actions(channel, range, limit, PAGE_BYTES)));
    }

    private record Asked(Channel channel, @Nullable Long end, @Nullable Long start, int limit) implements Pages.Asked {}

    private static Page page(Asked asked, ActionPage page) {
        JsonText json = new JsonText(64 + page.rows().size() * 160).raw("{\"status\":200,\"data\":[");
        String comma = "";
        for (byte[] row : page.rows()) {
            json.raw(comma).raw(row);
            comma = ",";
        }
        json.raw("]");
        if (page.more()) {
            new More(page.oldest(), asked.end, false, "limit", asked.limit)
                    .write("/v1/message-actions/", asked.channel, json);
        }
        return new Page(Answer.json(200, json.raw("}").toBytes()),
                page.rows().isEmpty() ? Long.MAX_VALUE : page.oldest());
    }

    private static @Nullable Channel channel(Call call, List<Detail> details) {
        Channel channel = call.messageChannel();
        if (channel == null) {
            details.add(new Detail("Invalid channel", "channel", "path"));
        }
        return channel;
    }

    /** Who acts must be known here: whose an action is decides who may remove it. */
    private static @Nullable String uuid(Call call, List<Detail> details) {
        String uuid = call.uuid();
        if (uuid == null) {
            details.add(new Detail("Missing field", "uuid", "query"));
        }
        return uuid;
    }

    private static long timetoken(Call call, String segment, String wireName, List<Detail> details) {
        long timetoken = Timetoken.parse(call.segment(segment));
        if (timetoken == Timetoken.INVALID) {
            details.add(new Detail("Invalid timetoken", wireName, "path"));
        }
        return timetoken;
    }

    private static @Nullable Long bound(Call call, String name, List<Detail> details) {
        Long timetoken = call.query().timetoken(name);
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
        } else if (!JsonText.isUnicode(text)) {
            details.add(new Detail("Invalid Unicode", name, "body")); // half of a surrogate pair, by \\u escape
        } else if (text.getBytes(StandardCharsets.UTF_8).length > limits.of(most)) {
            limits.reached(most);
            details.add(new Detail("Longer than " + limits.of(most) + " bytes", name, "body"));
        } else {
            return text;
        }
        return null;
    }

    private static void refuse(Call call, List<Detail> details) {
        JsonText json = new JsonText().raw("{\"status\":400,\"error\":{\"source\":\"actions\",")
                .raw("\"message\":\"Request payload contained invalid input.\",\"details\":[");
        String comma = "";
        for (Detail detail : details) {
            json.raw(comma)
                    .raw("{\"message\":")
                    .quoted(detail.message())
                    .raw(",\"location\":")
                    .quoted(detail.location())
                    .raw(",\"locationType\":")
                    .quoted(detail.locationType())
                    .raw("}");
            comma = ",";
        }
        call.answer(Answer.json(400, json.raw("]}}").toBytes()));
    }
}
