package dev.manicule.server.push;

import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.PushDevice.Gateway;
import dev.manicule.server.model.PushDevice;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Apple's gateway, by HTTP/2 with a provider token. */
final class ApnsCarrier implements Carrier {
    static final String NAME = "apns";
    /** The apps that a message names, of which the others get nothing: each device looks for its own. */
    private static final int MOST_TARGETS = 20;
    /** The gateway takes a token for an hour, and rejects those that change more often than each 20 minutes. */
    private static final Duration TOKEN_LASTS = Duration.ofMinutes(40);
    private static final Duration WRONG_KEY_WAIT = Duration.ofMinutes(1);
    private static final int MOST_BYTES_OF_COLLAPSE_ID = 64;

    private final PushSettings.Apns settings;
    private final HttpClient client;
    private final InstantSource wall;
    /** Guarded by this. */
    private ProviderToken token = new ProviderToken("", Instant.MIN);

    private record ProviderToken(String text, Instant since) {}

    ApnsCarrier(PushSettings.Apns settings, HttpClient client, InstantSource wall) {
        this.settings = settings;
        this.client = client;
        this.wall = wall;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Gateway first() {
        return Gateway.APNS;
    }

    @Override
    public Gateway last() {
        return Gateway.APNS2_PRODUCTION;
    }

    /**
     * A part of a message that says which apps get it, and how.
     *
     * @param excluded the tokens of devices that get nothing
     * @param fields the fields that the gateway gets with it
     */
    private record Target(PushSettings.App app, Set<String> excluded, Map<String, String> fields) {}

    @Override
    public @Nullable Notice notice(Map<String, Json> message, long timetoken) {
        Map<String, Json> part = NoticeParts.members(message.get("pn_apns"));
        if (part == null) {
            return null;
        }
        Set<String> excluded = NoticeParts.texts(NoticeParts.tree(part, "pn_exceptions"));
        String usualType = isSilent(part) ? "background" : "alert"; // the part is read once for all
        Map<String, String> usual = fields(Map.of(), usualType);
        List<Target> targets = targets(part, usualType);
        JsonWriter json = new JsonWriter(1024).object();
        NoticeParts.foreign(part).forEach((name, value) -> json.nameOf(name).value(value));
        byte[] body = json.end().toBytes();
        return device -> {
            PushSettings.App app = app(device);
            if (app == null || excluded.contains(device.token())) {
                return null;
            }
            Target target = device.gateway() == Gateway.APNS
                    ? new Target(app, Set.of(), usual)
                    : targets.stream().filter(each -> each.app().equals(app)).findFirst().orElse(null);
            return target == null || target.excluded().contains(device.token())
                    ? null
                    : () -> send(device, target, timetoken, body);
        };
    }

    private PushSettings.@Nullable App app(PushDevice device) {
        return switch (device.gateway()) {
            case APNS -> settings.usual();
            case APNS2_DEVELOPMENT -> new PushSettings.App(device.topic(), false);
            case APNS2_PRODUCTION -> new PushSettings.App(device.topic(), true);
            case FCM -> null;
        };
    }

    private static List<Target> targets(Map<String, Json> part, String usualType) {
        List<Target> targets = new ArrayList<>();
        for (Object each : NoticeParts.tree(part, "pn_push") instanceof List<?> all ? all : List.of()) {
            if (each instanceof Map<?, ?> push && push.get("targets") instanceof List<?> named) {
                Map<String, String> fields = fields(push, usualType);
                for (Object target : named) {
                    if (targets.size() < MOST_TARGETS && target instanceof Map<?, ?> members
                            && members.get("topic") instanceof String topic) {
                        targets.add(new Target(
                                new PushSettings.App(topic, "production".equals(members.get("environment"))),
                                NoticeParts.texts(members.get("excluded_devices")), fields));
                    }
                }
            }
        }
        return targets;
    }

    /** The fields of a notification, of which the gateway rejects what makes no sense. */
    private static Map<String, String> fields(Map<?, ?> push, String usualType) {
        Map<String, String> fields = new LinkedHashMap<>();
        String type = push.get("push_type") instanceof String text && text.matches("[a-z]{1,20}")
                ? text
                : usualType;
        fields.put("apns-push-type", type);
        fields.put("apns-priority", type.equals("background") ? "5" : "10");
        String expiration = expiration(push.get("expiration"));
        if (expiration != null) {
            fields.put("apns-expiration", expiration);
        }
        if (push.get("collapse_id") instanceof String id && id.matches("[\\x21-\\x7E]+")
                && id.length() <= MOST_BYTES_OF_COLLAPSE_ID) {
            fields.put("apns-collapse-id", id);
        }
        return fields;
    }

    /** Whether the device shows nothing: the gateway rejects such a notification with a high priority. */
    private static boolean isSilent(Map<String, Json> part) {
        return NoticeParts.tree(part, "aps") instanceof Map<?, ?> aps && aps.containsKey("content-available")
                && !aps.containsKey("alert") && !aps.containsKey("sound") && !aps.containsKey("badge");
    }

    /** The Unix time at which a notification is of no use any more; null when that is not said. */
    private static @Nullable String expiration(@Nullable Object said) {
        if (said instanceof Double seconds && seconds >= 0) {
            return Long.toString(seconds.longValue());
        }
        try {
            return said instanceof String text ? Long.toString(Instant.parse(text).getEpochSecond()) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private Verdict send(PushDevice device, Target target, long timetoken, byte[] body)
            throws IOException, InterruptedException {
        String access = access();
        // the same for each attempt, so that the owner of the app finds them by it
        UUID id = UUID.nameUUIDFromBytes((timetoken + device.token()).getBytes(StandardCharsets.UTF_8));
        HttpRequest.Builder request = HttpRequest
                .newBuilder((target.app().isProduction() ? settings.production() : settings.development())
                        .resolve("/3/device/" + device.token()))
                .header("authorization", "bearer " + access)
                .header("apns-topic", target.app().topic())
                .header("apns-id", id.toString());
        target.fields().forEach(request::header);
        HttpResponse<byte[]> response = WholeAnswer.to(
                request.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(), client);
        return verdict(response, access);
    }

    private Verdict verdict(HttpResponse<byte[]> response, String access) {
        int status = response.statusCode();
        if (status == 200) {
            return new Verdict.Taken();
        }
        Map<?, ?> said = JsonReader.tree(response.body()) instanceof Map<?, ?> members ? members : Map.of();
        String reason = said.get("reason") instanceof String text ? text : "";
        String why = status + " " + reason;
        if (status == 410) {
            return new Verdict.Gone(said.get("timestamp") instanceof Double millis
                    ? Instant.ofEpochMilli(millis.longValue())
                    : Instant.MAX);
        } else if (status == 400 && reason.equals("BadDeviceToken")) {
            return new Verdict.Gone(Instant.MAX);
        } else if (status == 403 && reason.equals("ExpiredProviderToken")) {
            forget(access);
            return new Verdict.Later(why, Duration.ZERO);
        } else if (status == 403 && reason.endsWith("ProviderToken")) {
            return new Verdict.Later(why, WRONG_KEY_WAIT);
        }
        return status == 429 || status >= 500
                ? Verdict.later(response, why, wall.instant())
                : new Verdict.Refused(why);
    }

    private synchronized void forget(String access) {
        if (token.text().equals(access)) {
            token = new ProviderToken("", Instant.MIN);
        }
    }

    private synchronized String access() {
        Instant now = wall.instant();
        if (token.since().equals(Instant.MIN) || now.isAfter(token.since().plus(TOKEN_LASTS))) {
            token = new ProviderToken(settings.key()
                    .sign(
                            new JsonWriter().object()
                                    .member("alg", "ES256")
                                    .member("kid", settings.keyId())
                                    .end()
                                    .toBytes(),
                            new JsonWriter().object()
                                    .member("iss", settings.teamId())
                                    .member("iat", now.getEpochSecond())
                                    .end()
                                    .toBytes()),
                    now);
        }
        return token.text();
    }
}
