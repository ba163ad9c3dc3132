package dev.manicule.server.api;

import dev.manicule.server.access.Permission;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.http.Response;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Message;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.ErrorFormat;
import dev.manicule.server.routing.QueryParameters;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route.Trait;
import dev.manicule.server.routing.Route;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Publish, fire and signal, and the messages that present files. */
public final class PublishApi implements EndpointFamily {
    /** {@code [0,"Invalid Key","14820999375199241"]}. */
    private static final ErrorFormat ERRORS = new ErrorFormat() {
        @Override
        public Response response(int status, String message, long now) {
            return Response.json(status,
                    new JsonWriter().array().number(0).value(message).quoted(now).end().toBytes());
        }

        @Override
        public Response tooLarge(long now) {
            return response(413, "Message Too Large", now);
        }
    };
    /** The largest payload of a signal, in bytes. */
    private static final int SIGNAL_LIMIT = 64;
    /** Up to a thousand years. */
    private static final Pattern HOURS = Pattern.compile("[0-9]{1,7}([.][0-9]{1,9})?");
    private static final BigDecimal STEPS_IN_AN_HOUR = BigDecimal.valueOf(Timetoken.steps(Duration.ofHours(1)));

    private final Journal journal;

    /** The family over a journal. */
    public PublishApi(Journal journal) {
        this.journal = journal;
    }

    @Override
    public String name() {
        return "publish";
    }

    @Override
    public List<Route> routes() {
        String publish = "/publish/{publishKey}/{subscribeKey}/{signature}/{channel}";
        String signal = "/signal/{publishKey}/{subscribeKey}/{signature}/{channel}/{callback}/{payload...}";
        return List.of(
                Route.of("GET", publish + "/{callback}/{payload...}", ERRORS,
                        RequiredPermission.on(Permission.WRITE),
                        request -> publish(request, payload(request), delivery(request))).with(Trait.WITHOUT_HEAD),
                Route.of("POST", publish + "/{callback}/{nothing...}", ERRORS,
                        RequiredPermission.on(Permission.WRITE),
                        request -> publish(request, request.body(), delivery(request))),
                Route.of("POST", publish, ERRORS, RequiredPermission.on(Permission.WRITE),
                        request -> publish(request, request.body(), delivery(request))),
                Route.of("GET", "/v1/files/publish-file/{publishKey}/{subscribeKey}/{signature}/{channel}/{callback}"
                        + "/{payload...}", ERRORS, RequiredPermission.on(Permission.WRITE),
                        request -> publish(request, payload(request), fileDelivery(request)))
                        .with(Trait.WITHOUT_HEAD),
                Route.of("GET", signal, ERRORS, RequiredPermission.on(Permission.WRITE), this::signal)
                        .with(Trait.WITHOUT_HEAD));
    }

    private void signal(ApiRequest request) {
        byte[] payload = payload(request);
        if (payload.length > SIGNAL_LIMIT) {
            request.refuse(400, "Signal size too large");
        } else {
            publish(request, payload, Delivery.SIGNAL);
        }
    }

    private void publish(ApiRequest request, byte[] payload, Delivery delivery) {
        Channel channel = request.messageChannel();
        Json json = JsonReader.value(payload);
        String customType = request.query().text("custom_message_type");
        String sentMeta = request.query().text("meta");
        Json readMeta = request.query().read("meta", JsonReader::value);
        if (!request.keyset().takes(request.segment("publishKey"))) {
            request.refuse(400, "Invalid Key");
        } else if (channel == null) {
            request.refuse(400, "Invalid Channel");
        } else if (json == null) {
            request.refuse(400, "Invalid JSON");
        } else if (customType != null && !Message.isCustomType(customType)) {
            request.refuse(400, "Invalid custom_message_type");
        } else if (sentMeta != null && readMeta == null && JsonReader.hasHalfPair(sentMeta)) {
            request.refuse(400, "Invalid meta");
        } else {
            Json meta = delivery == Delivery.SIGNAL ? null : meta(sentMeta, readMeta);
            Publish command = new Publish(channel, json, meta, request.uuid(), customType, sequence(request),
                    origin(request.query()), delivery)
                    .lasting(delivery.isStored() ? lifetime(request.query()) : 0);
            journal.submit(request.client(), request.idempotent(command), outcome -> {
                switch (outcome) {
                    case Publish.Published published ->
                        request.respond(Response.json(200, sent(published.timetoken())));
                    case Idempotent.KeyReused _ -> request.refuseReusedKey();
                    case Unavailable unavailable -> request.refuse(unavailable);
                }
            });
        }
    }

    private static byte[] sent(long timetoken) {
        return new JsonWriter(32).array().number(1).value("Sent").quoted(timetoken).end().toBytes();
    }

    private static byte[] payload(ApiRequest request) {
        return request.segment("payload").getBytes(StandardCharsets.UTF_8);
    }

    private static Delivery delivery(ApiRequest request) {
        if (!"0".equals(request.query().text("store"))) {
            return Delivery.STORED;
        }
        return request.query().flag("norep") ? Delivery.FIRED : Delivery.TRANSIENT;
    }

    /** Clients publish a file's message as they publish others, once the file is there; nothing checks that it is. */
    private static Delivery fileDelivery(ApiRequest request) {
        return "0".equals(request.query().text("store")) ? Delivery.TRANSIENT_FILE : Delivery.FILE;
    }

    /** How long a message is stored, in 100 ns: {@code ttl} is in hours; 0 when there is none. */
    private static long lifetime(QueryParameters query) {
        String hours = query.text("ttl");
        return hours == null || !HOURS.matcher(hours).matches()
                ? 0
                : new BigDecimal(hours).multiply(STEPS_IN_AN_HOUR).longValue();
    }

    private static @Nullable Long sequence(ApiRequest request) {
        Long sequence = request.query().timetoken("seqn");
        return sequence == null || sequence == Timetoken.INVALID ? null : sequence;
    }

    /** Some clients send meta that is no JSON: then it is a string, with its pluses. */
    private static @Nullable Json meta(@Nullable String sent, @Nullable Json read) {
        return read != null || sent == null ? read : Json.ofText(sent);
    }

    /** Clients send the timetoken of the origin as a number or a string; it is always passed on as a string. */
    private static @Nullable Json origin(QueryParameters query) {
        Map<String, Object> members = query.read("ortt", JsonReader::members);
        if (members == null || !members.containsKey("t")) {
            return null;
        }
        long timetoken = Timetoken.parse(String.valueOf(members.get("t")));
        if (timetoken == Timetoken.INVALID) {
            return null;
        }
        JsonWriter json = new JsonWriter().object().quoted("t", timetoken);
        if (members.get("r") instanceof Long region) {
            json.member("r", region);
        }
        return new Json(json.end().toBytes());
    }
}
