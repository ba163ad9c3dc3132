package dev.manicule.server.api;

import dev.manicule.server.access.Permission;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.http.Answer;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonText;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Message;
import dev.manicule.server.model.Timetoken;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Publish, fire and signal. */
public final class PublishApi implements Api.Family {
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
                Route.of("GET", publish + "/{callback}/{payload...}", ErrorShape.ARRAY, Need.on(Permission.WRITE),
                        call -> publish(call, payload(call), delivery(call))).notForHead(),
                Route.of("POST", publish + "/{callback}/{nothing...}", ErrorShape.ARRAY, Need.on(Permission.WRITE),
                        call -> publish(call, call.body(), delivery(call))),
                Route.of("POST", publish, ErrorShape.ARRAY, Need.on(Permission.WRITE),
                        call -> publish(call, call.body(), delivery(call))),
                Route.of("GET", signal, ErrorShape.ARRAY, Need.on(Permission.WRITE), this::signal).notForHead());
    }

    private void signal(Call call) {
        byte[] payload = payload(call);
        if (payload.length > SIGNAL_LIMIT) {
            call.refuse(400, "Signal size too large");
        } else {
            publish(call, payload, Delivery.SIGNAL);
        }
    }

    private void publish(Call call, byte[] payload, Delivery delivery) {
        Channel channel = call.messageChannel();
        Json json = JsonReader.value(payload);
        String customType = call.query().text("custom_message_type");
        String sentMeta = call.query().text("meta");
        Json readMeta = call.query().read("meta", JsonReader::value);
        if (!call.keyset().takes(call.segment("publishKey"))) {
            call.refuse(400, "Invalid Key");
        } else if (channel == null) {
            call.refuse(400, "Invalid Channel");
        } else if (json == null) {
            call.refuse(400, "Invalid JSON");
        } else if (customType != null && !Message.isCustomType(customType)) {
            call.refuse(400, "Invalid custom_message_type");
        } else if (sentMeta != null && readMeta == null && JsonReader.hasHalfPair(sentMeta)) {
            call.refuse(400, "Invalid meta");
        } else {
            Json meta = delivery == Delivery.SIGNAL ? null : meta(sentMeta, readMeta);
            Publish command = new Publish(channel, json, meta, call.uuid(), customType, sequence(call),
                    origin(call.query()), delivery, delivery == Delivery.STORED ? lifetime(call.query()) : 0);
            journal.submit(call.client(), call.idempotent(command), outcome -> {
                switch (outcome) {
                    case Publish.Published published ->
                        call.answer(Answer.json(200, "[1,\"Sent\",\"" + published.timetoken() + "\"]"));
                    case Idempotent.KeyReused _ -> call.refuseReusedKey();
                    case Unavailable unavailable -> call.refuse(unavailable);
                }
            });
        }
    }

    private static byte[] payload(Call call) {
        return call.segment("payload").getBytes(StandardCharsets.UTF_8);
    }

    private static Delivery delivery(Call call) {
        if (!"0".equals(call.query().text("store"))) {
            return Delivery.STORED;
        }
        return call.query().flag("norep") ? Delivery.FIRED : Delivery.TRANSIENT;
    }

    /** How long a message is stored, in 100 ns: {@code ttl} says how many hours; 0 when it says none. */
    private static long lifetime(Query query) {
        String hours = query.text("ttl");
        return hours == null || !HOURS.matcher(hours).matches()
                ? 0
                : new BigDecimal(hours).multiply(STEPS_IN_AN_HOUR).longValue();
    }

    private static @Nullable Long sequence(Call call) {
        Long sequence = call.query().timetoken("seqn");
        return sequence == null || sequence == Timetoken.INVALID ? null : sequence;
    }

    /** Some clients send meta that is no JSON: then it is a string, with its pluses. */
    private static @Nullable Json meta(@Nullable String sent, @Nullable Json read) {
        return read != null || sent == null ? read : new Json(JsonText.quote(sent));
    }

    /** Clients send the timetoken of the origin as a number or a string; it is always passed on as a string. */
    private static @Nullable Json origin(Query query) {
        Map<String, Object> members = query.read("ortt", JsonReader::members);
        if (members == null || !members.containsKey("t")) {
            return null;
        }
        long timetoken = Timetoken.parse(String.valueOf(members.get("t")));
        if (timetoken == Timetoken.INVALID) {
            return null;
        }
        JsonText json = new JsonText().raw("{\"t\":").quoted(timetoken);
        if (members.get("r") instanceof Long region) {
            json.raw(",\"r\":").number(region);
        }
        return new Json(json.raw("}").toBytes());
    }
}
