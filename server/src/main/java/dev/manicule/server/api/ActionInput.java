package dev.manicule.server.api;

import dev.manicule.server.http.Response;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.ErrorFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The input of a request for message actions: what it holds, and all that is wrong with it, in the words of the protocol. */
final class ActionInput {
    private static final String ACTIONS = "actions";
    /** Of all requests for message actions. */
    static final ErrorFormat ERRORS = errors(ACTIONS);
    private static final int DEFAULT_LIMIT = 100;
    private static final int MOST = 1000;

    private final ApiRequest request;
    private final String source;
    private final List<Detail> details = new ArrayList<>();

    private record Detail(String message, String location, String locationType) {}

    /** That of a request. */
    ActionInput(ApiRequest request) {
        this(request, ACTIONS);
    }

    /**
     * That of a request for something else than actions.
     *
     * @param source the name of the family, in its errors
     */
    ActionInput(ApiRequest request, String source) {
        this.request = request;
        this.source = source;
    }

    /**
     * The errors of a family.
     *
     * @param source its name, in the errors
     */
    static ErrorFormat errors(String source) {
        return new ErrorFormat() {
            @Override
            public Response response(int status, String message, long now) {
                return Response.json(status,
                        error(status, message, source, new JsonWriter()).end().end().toBytes());
            }

            @Override
            public Response unknownKeyset(long now) {
                return response(400, "Invalid Subkey", now);
            }
        };
    }

    /**
     * Begins an object with an error, as the value that is due: more of the error may follow, and behind that more of the
     * object.
     */
    static JsonWriter error(int status, String message, JsonWriter json) {
        return error(status, message, ACTIONS, json);
    }

    private static JsonWriter error(int status, String message, String source, JsonWriter json) {
        return json.object()
                .member("status", status)
                .object("error")
                .member("source", source)
                .member("message", message);
    }

    /** The response to a cursor that no page of the list gave. */
    static Response foreignCursor(ErrorFormat errors, ApiRequest request) {
        return errors.response(400, "The cursor is none of this list: use the one that the page before gave.",
                request.now());
    }

    /** Notes a fault. */
    void fault(String message, String location, String locationType) {
        details.add(new Detail(message, location, locationType));
    }

    /** Whether a fault was found. */
    boolean isRefused() {
        return !details.isEmpty();
    }

    /** Responds with the faults that were found. */
    void refuse() {
        JsonWriter json = error(400, "Request payload contained invalid input.", source, new JsonWriter())
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

    @Nullable
    Channel channel() {
        Channel channel = request.messageChannel();
        if (channel == null) {
            fault("Invalid channel", "channel", "path");
        }
        return channel;
    }

    /** The uuid of the acting user, which is required here: only the user of an action may remove it. */
    @Nullable
    String uuid() {
        String uuid = request.uuid();
        if (uuid == null) {
            fault("Missing field", "uuid", "query");
        }
        return uuid;
    }

    long messageTimetoken() {
        return timetoken("messageTimetoken", "message_timetoken");
    }

    long actionTimetoken() {
        return timetoken("actionTimetoken", "action_timetoken");
    }

    private long timetoken(String segment, String wireName) {
        long timetoken = Timetoken.parse(request.segment(segment));
        if (timetoken == Timetoken.INVALID) {
            fault("Invalid timetoken", wireName, "path");
        }
        return timetoken;
    }

    /** A timetoken of the query, null when it is absent or wrong. */
    @Nullable
    Long bound(String name) {
        Long timetoken = request.query().timetoken(name);
        if (timetoken != null && timetoken == Timetoken.INVALID) {
            fault("Invalid timetoken", name, "query");
        }
        return timetoken;
    }

    /** Whether a page begins with the newest, otherwise with the oldest. */
    boolean isNewestFirst() {
        String order = request.query().text("order");
        if (order != null && !order.equals("oldest") && !order.equals("newest")) {
            fault("Must be oldest or newest", "order", "query");
        }
        return "newest".equals(order);
    }

    /** The most entries of a page. */
    int limit() {
        int limit = request.query().count("limit", DEFAULT_LIMIT, MOST);
        if (limit < 0) {
            fault("Must be a whole number from 1 on", "limit", "query");
        }
        return limit;
    }

    /**
     * A time to live of the body, in whole seconds.
     *
     * @param members those of the object that may have {@code ttlSeconds}
     * @param place of that member in the body
     * @return {@link ActionRule#ANY_NUMBER} when the object has none, or a wrong one
     */
    int seconds(Map<?, ? extends @Nullable Object> members, String place) {
        return whole(members, "ttlSeconds", place, each -> each >= 1 && each <= ActionRule.MOST_SECONDS,
                "Must be a whole number from 1 to " + ActionRule.MOST_SECONDS, ActionRule.ANY_NUMBER);
    }

    /**
     * An amount of the body: a whole number that is not zero.
     *
     * @param members those of the object that may have {@code amount}
     * @param place of that member in the body
     * @return {@link MessageAction#ONE} when the object has none, or a wrong one
     */
    int amount(Map<?, ? extends @Nullable Object> members, String place) {
        return whole(members, "amount", place,
                each -> each != 0 && Math.abs((long) each) <= MessageAction.MOST_AMOUNT,
                "Must be a whole number from 1 to " + MessageAction.MOST_AMOUNT + ", or a negative one",
                MessageAction.ONE);
    }

    /** A whole number that fits; what is there instead when there is none, or a wrong one, which is a fault. */
    private int whole(Map<?, ? extends @Nullable Object> members, String name, String place, IntPredicate fits,
            String words, int instead) {
        if (members.get(name) instanceof Number number && number.intValue() == number.doubleValue()
                && fits.test(number.intValue())) {
            return number.intValue();
        }
        if (members.containsKey(name)) {
            fault(words, place, "body");
        }
        return instead;
    }

    /** A required text of the query. */
    @Nullable
    String text(String name) {
        String text = request.query().text(name);
        if (text == null) {
            fault("Missing field", name, "query");
        }
        return text;
    }

    /** A required text of the body. */
    @Nullable
    String text(@Nullable Map<String, Object> body, String name, Limit most, Limits limits) {
        return text(body == null ? null : body.get(name), name, most, limits);
    }

    /**
     * A required text of the body.
     *
     * @param member what the body has there
     * @param name its place in the body
     */
    @Nullable
    String text(@Nullable Object member, String name, Limit most, Limits limits) {
        if (member == null || member.equals("")) {
            fault("Missing field", name, "body");
        } else if (!(member instanceof String text)) {
            fault("Invalid type", name, "body");
        } else if (!JsonReader.isUnicode(text)) {
            fault("Invalid Unicode", name, "body"); // half of a surrogate pair, by \\u escape
        } else if (limits.isOver(most, JsonReader.utf8Length(text))) {
            fault("Longer than " + limits.of(most) + " bytes", name, "body");
        } else {
            return text;
        }
        return null;
    }
}
