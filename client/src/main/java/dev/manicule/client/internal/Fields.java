package dev.manicule.client.internal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.client.ActionPage;
import dev.manicule.client.ActionRule;
import dev.manicule.client.ActionSummary;
import dev.manicule.client.ActionTally;
import dev.manicule.client.Category;
import dev.manicule.client.ChangeMessageActions.Outcome;
import dev.manicule.client.ChangedActions;
import dev.manicule.client.FetchMessages.Actor;
import dev.manicule.client.MessageAction;
import dev.manicule.client.Page;
import dev.manicule.client.ReadMark;
import dev.manicule.client.ReadMarkPage;
import dev.manicule.client.Status.ErrorData;
import dev.manicule.client.ToggleMessageAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads the fields that responses have in common. Throws when a field is missing or of another type. */
public final class Fields {
    private static final String OWNER = "owner";

    private Fields() {}

    /** A field that must be there. */
    public static JsonNode member(JsonNode json, String name) {
        return json.required(name);
    }

    /** A field that must be a text. */
    public static String text(JsonNode json, String name) {
        JsonNode member = member(json, name);
        if (!member.isTextual()) {
            throw new IllegalArgumentException(name + " is no string");
        }
        return member.asText();
    }

    /** A field that may be absent or null. */
    public static @Nullable String textOrNull(JsonNode json, String name) {
        JsonNode member = json.get(name);
        return member == null || member.isNull() ? null : member.asText();
    }

    /** A timetoken, as a string or as a number, whichever is there. */
    public static long timetoken(JsonNode json) {
        if (json.isTextual()) {
            return Long.parseLong(json.asText());
        }
        if (!json.isIntegralNumber()) {
            throw new IllegalArgumentException("not a timetoken: " + json);
        }
        return json.asLong();
    }

    /** The metadata of a message: the protocol has {@code ""} for none. */
    public static @Nullable JsonNode meta(JsonNode json, String name) {
        JsonNode member = json.get(name);
        return member == null || member.isNull() || (member.isTextual() && member.asText().isEmpty()) ? null : member;
    }

    /** A message action. */
    public static MessageAction action(JsonNode json) {
        return new MessageAction(text(json, "type"), text(json, "value"), timetoken(member(json, "messageTimetoken")),
                textOrNull(json, "uuid"), timetoken(member(json, "actionTimetoken")),
                expires(json), amount(json));
    }

    private static long expires(JsonNode json) {
        JsonNode expires = json.get("expires");
        return expires == null ? 0 : timetoken(expires);
    }

    private static int amount(JsonNode json) {
        return intOrEmpty(json, "amount").orElse(1);
    }

    /** The error of a response, or of a part of one, that has this status. */
    static ErrorData error(int code, String message, JsonNode json) {
        return new ErrorData(message, null, HttpStatus.category(code) == Category.CONFLICT ? existing(json) : null,
                intOrEmpty(json, "change"));
    }

    /** The action that the response to a conflict carries, null when it carries none. */
    private static @Nullable MessageAction existing(JsonNode json) {
        try {
            return action(json.path("data"));
        } catch (IllegalArgumentException e) {
            return null; // a server of the protocol does without
        }
    }

    /** What a toggle did. */
    public static ToggleMessageAction.Result toggled(JsonNode json) {
        String how = text(json, "toggled");
        boolean isAdded = how.equals("added");
        if (!isAdded && !how.equals("removed")) {
            throw new IllegalArgumentException("toggled is neither added nor removed: " + how);
        }
        return new ToggleMessageAction.Result(action(member(json, "data")), isAdded, replaced(json));
    }

    /** What an addition did. */
    public static ChangedActions added(JsonNode json) {
        List<MessageAction> action = List.of(action(member(json, "data")));
        if (json.path("removed").asBoolean()) {
            return new ChangedActions(List.of(), action);
        }
        return json.path("renewed").asBoolean()
                ? new ChangedActions(List.of(), List.of(), action)
                : new ChangedActions(action, replaced(json));
    }

    /** The action that an addition put on a message; with an amount of 0 when it has taken back all of it. */
    public static MessageAction addition(JsonNode json) {
        MessageAction action = action(member(json, "data"));
        return json.path("removed").asBoolean() ? action.withAmount(0) : action;
    }

    /** What the added action is in place of; most additions replace nothing, and say nothing of it. */
    private static List<MessageAction> replaced(JsonNode json) {
        return actions(json.path("replaced"));
    }

    /** What a change did. */
    public static ChangedActions changed(JsonNode json) {
        return new ChangedActions(actions(member(json, "added")), actions(member(json, "removed")),
                actions(json.path("renewed")));
    }

    /** What each change of a batch did, of so many. */
    public static List<Outcome> outcomes(JsonNode array, int count) {
        if (array.size() != count) {
            throw new IllegalArgumentException(array.size() + " results of " + count + " changes");
        }
        List<Outcome> outcomes = new ArrayList<>(count);
        array.forEach(each -> outcomes.add(outcome(each)));
        return outcomes;
    }

    private static Outcome outcome(JsonNode json) {
        int code = (int) number(json, "status");
        boolean isDone = code == HttpStatus.OK;
        return new Outcome(HttpStatus.category(code), code,
                isDone ? changed(json) : new ChangedActions(List.of(), List.of()),
                isDone ? null : error(code, ResponseReader.message(json), json));
    }

    /** An array of rules for types of actions. */
    public static List<ActionRule> rules(JsonNode array) {
        List<ActionRule> rules = new ArrayList<>(array.size());
        array.forEach(each -> rules.add(new ActionRule(text(each, "type"), kind(text(each, "rule")),
                texts(each, "values"), most(each),
                text(each, "addedBy").equals(OWNER), text(each, "removedBy").equals(OWNER))));
        return rules;
    }

    private static ActionRule.Most most(JsonNode rule) {
        OptionalInt seconds = intOrEmpty(rule, "ttlSeconds");
        return new ActionRule.Most(intOrEmpty(rule, "mostValues"), intOrEmpty(rule, "mostByUser"),
                seconds.isEmpty() ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds.getAsInt())));
    }

    private static ActionRule.Kind kind(String name) {
        return switch (name) {
            case "many" -> ActionRule.Kind.MANY;
            case "one" -> ActionRule.Kind.ONE;
            case "once" -> ActionRule.Kind.ONCE;
            case "counter" -> ActionRule.Kind.COUNTER;
            default -> ActionRule.Kind.UNKNOWN;
        };
    }

    /** An array of message actions. */
    public static List<MessageAction> actions(JsonNode array) {
        List<MessageAction> actions = new ArrayList<>(array.size());
        array.forEach(element -> actions.add(action(element)));
        return actions;
    }

    /** A page of actions. */
    public static ActionPage actionPage(JsonNode json) {
        return new ActionPage(actions(member(json, "data")), cursor(json));
    }

    /** A page of read marks. */
    public static ReadMarkPage readMarks(JsonNode json) {
        List<ReadMark> marks = new ArrayList<>();
        member(json, "data").forEach(mark -> marks.add(new ReadMark(text(mark, "uuid"),
                timetoken(member(mark, "timetoken")), timetoken(member(mark, "markedAt")))));
        return new ReadMarkPage(marks, cursor(json));
    }

    /** What continues after a page, null when it is the last one. */
    private static @Nullable String cursor(JsonNode json) {
        JsonNode more = json.get("more");
        return more == null ? null : textOrNull(more, "cursor");
    }

    /** An array of users of actions. */
    public static List<Actor> actors(JsonNode array) {
        List<Actor> actors = new ArrayList<>(array.size());
        array.forEach(actor -> actors.add(actor(actor)));
        return actors;
    }

    /** The user of an action. */
    public static Actor actor(JsonNode json) {
        return new Actor(text(json, "uuid"), timetoken(member(json, "actionTimetoken")), expires(json),
                amount(json));
    }

    /** The summary of the actions on a message, for a user. */
    public static ActionSummary summary(String channel, long messageTimetoken, String reader, JsonNode json) {
        Map<String, Map<String, ActionTally>> types = new LinkedHashMap<>();
        member(json, "actions").properties().forEach(type -> {
            Map<String, ActionTally> values = new LinkedHashMap<>();
            type.getValue().properties().forEach(value -> values.put(value.getKey(), tally(value.getValue())));
            types.put(type.getKey(), values);
        });
        return new ActionSummary(channel, messageTimetoken, reader, timetoken(member(json, "asOf")), types,
                json.path("more").asBoolean());
    }

    private static ActionTally tally(JsonNode json) {
        JsonNode mine = json.get("mine");
        long count = number(json, "count");
        return new ActionTally(count, numberOrEmpty(json, "users").orElse(count), actors(member(json, "first")),
                mine == null ? OptionalLong.empty() : OptionalLong.of(timetoken(mine)),
                mine == null ? 0 : intOrEmpty(json, "mineAmount").orElse(1));
    }

    /** A whole number that must be there. */
    public static long number(JsonNode json, String name) {
        return numberOrEmpty(json, name).orElseThrow(() -> new IllegalArgumentException(name + " is no number"));
    }

    /** A whole number that may be absent. */
    public static OptionalLong numberOrEmpty(JsonNode json, String name) {
        JsonNode member = json.get(name);
        return member != null && member.isIntegralNumber() ? OptionalLong.of(member.asLong()) : OptionalLong.empty();
    }

    private static OptionalInt intOrEmpty(JsonNode json, String name) {
        JsonNode member = json.path(name);
        return member.isInt() ? OptionalInt.of(member.intValue()) : OptionalInt.empty();
    }

    /** An array of texts in a field, empty where the field is absent. */
    public static List<String> texts(JsonNode json, String name) {
        List<String> texts = new ArrayList<>();
        json.path(name).forEach(text -> texts.add(text.asText()));
        return texts;
    }

    /** The page of older entries, null when there are none. */
    public static @Nullable Page more(JsonNode json) {
        JsonNode more = json.get("more");
        if (more == null || !more.hasNonNull("start")) {
            return null;
        }
        JsonNode end = more.get("end");
        JsonNode limit = more.has("limit") ? more.get("limit") : more.path("max");
        return new Page(timetoken(more.get("start")), end == null || end.isNull() ? null : (Long) timetoken(end),
                limit.asInt());
    }
}
