package dev.manicule.server.push;

import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.PushDevice.Gateway;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Firebase Cloud Messaging, by the first version of its HTTP interface. */
final class FcmCarrier implements Carrier {
    static final String NAME = "fcm";
    private static final Duration HOUR = Duration.ofHours(1);
    /** A token is replaced when so much of its time is left. */
    private static final Duration EARLY = Duration.ofMinutes(5);
    private static final String SCOPE = "https://www.googleapis.com/auth/firebase.messaging";
    private static final String GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    /** What the first interface of the gateway has in a notification for all platforms. */
    private static final Set<String> OF_ALL_PLATFORMS = Set.of("title", "body", "image");
    private static final Set<String> ADDRESSES = Set.of("token", "topic", "condition");

    private final PushSettings.Fcm settings;
    private final HttpClient client;
    private final InstantSource wall;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock. */
    private AccessToken token = new AccessToken("", Instant.MIN);

    private record AccessToken(String text, Instant end) {}

    FcmCarrier(PushSettings.Fcm settings, HttpClient client, InstantSource wall) {
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
        return Gateway.FCM;
    }

    @Override
    public Gateway last() {
        return Gateway.FCM;
    }

    @Override
    public @Nullable Notice notice(Map<String, Json> message, long timetoken) {
        Map<String, Json> present = NoticeParts.members(message.get("pn_fcm"));
        Map<String, Json> former = NoticeParts.members(message.get("pn_gcm"));
        Map<String, Json> part = present == null ? former : present;
        if (part == null) {
            return null;
        }
        Set<String> excluded = NoticeParts.texts(NoticeParts.tree(part, "pn_exceptions"));
        Map<String, Json> members = NoticeParts.foreign(part);
        Map<String, Json> content = present == null ? ofFormer(members) : ofPresent(members);
        return device -> excluded.contains(device.token()) ? null : () -> send(body(content, device.token()));
    }

    private static Map<String, Json> ofPresent(Map<String, Json> members) {
        Map<String, Json> content = new TreeMap<>(members);
        content.keySet().removeAll(ADDRESSES);
        Map<String, Json> data = NoticeParts.members(members.get("data"));
        if (data != null) {
            content.put("data", NoticeParts.ofTexts(data));
        }
        return content;
    }

    /** The same in the words of the present interface, for a message in those of the one that Google has shut down. */
    private static Map<String, Json> ofFormer(Map<String, Json> members) {
        Map<String, Json> content = new TreeMap<>();
        JsonWriter android = new JsonWriter(256).object();
        Map<String, Json> notification = NoticeParts.members(members.get("notification"));
        if (notification != null) {
            Map<String, Json> ofAll = new TreeMap<>(notification);
            ofAll.keySet().retainAll(OF_ALL_PLATFORMS);
            content.put("notification", NoticeParts.ofTexts(ofAll));
            Map<String, Json> others = new TreeMap<>(notification);
            others.keySet().removeAll(OF_ALL_PLATFORMS);
            Json channel = others.remove("android_channel_id");
            if (channel != null) {
                others.put("channel_id", channel);
            }
            if (!others.isEmpty()) {
                android.member("notification", NoticeParts.ofTexts(others));
            }
        }
        Map<String, Json> data = NoticeParts.members(members.get("data"));
        if (data != null) {
            content.put("data", NoticeParts.ofTexts(data));
        }
        if (NoticeParts.tree(members, "collapse_key") instanceof String key) {
            android.member("collapse_key", key);
        }
        if (NoticeParts.tree(members, "priority") instanceof String priority) {
            android.member("priority", priority);
        }
        if (NoticeParts.tree(members, "time_to_live") instanceof Double seconds) {
            android.member("ttl", Math.max(seconds.longValue(), 0) + "s");
        }
        content.put("android", new Json(android.end().toBytes()));
        return content;
    }

    private static byte[] body(Map<String, Json> content, String device) {
        JsonWriter json = new JsonWriter(1024).object().object("message");
        content.forEach((name, value) -> json.nameOf(name).value(value));
        return json.member("token", device).end().end().toBytes();
    }

    private Verdict send(byte[] body) throws IOException, InterruptedException {
        String access = access();
        HttpResponse<byte[]> response = WholeAnswer.to(
                HttpRequest
                        .newBuilder(settings.endpoint()
                                .resolve("/v1/projects/" + settings.account().project() + "/messages:send"))
                        .header("Authorization", "Bearer " + access)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build(),
                client);
        int status = response.statusCode();
        if (status == 200) {
            return new Verdict.Taken();
        }
        String error = error(response.body());
        if (status == 401) {
            forget(access);
            return new Verdict.Later("401 " + error, Duration.ZERO);
        }
        if (status == 429 || status >= 500) {
            return Verdict.later(response, status + " " + error, wall.instant());
        }
        boolean isGone = (status == 404 && error.equals("UNREGISTERED"))
                || (status == 400 && error.equals("INVALID_ARGUMENT") && isAboutToken(response.body()));
        return isGone ? new Verdict.Gone(Instant.MAX) : new Verdict.Refused(status + " " + error);
    }

    /** The gateway's own word for an error, else the general one; empty when it says nothing. */
    private static String error(byte[] body) {
        Map<?, ?> error = errorOf(body);
        for (Object detail : error.get("details") instanceof List<?> details ? details : List.of()) {
            if (detail instanceof Map<?, ?> members && members.get("errorCode") instanceof String code) {
                return code;
            }
        }
        return error.get("status") instanceof String status ? status : "";
    }

    private static boolean isAboutToken(byte[] body) {
        for (Object detail : errorOf(body).get("details") instanceof List<?> details ? details : List.of()) {
            if (detail instanceof Map<?, ?> members && members.get("fieldViolations") instanceof List<?> fields) {
                return fields.stream()
                        .anyMatch(
                                each -> each instanceof Map<?, ?> field && "message.token".equals(field.get("field")));
            }
        }
        return false;
    }

    private static Map<?, ?> errorOf(byte[] body) {
        return JsonReader.tree(body) instanceof Map<?, ?> members && members.get("error") instanceof Map<?, ?> error
                ? error
                : Map.of();
    }

    private void forget(String access) {
        lock.lock();
        try {
            if (token.text().equals(access)) {
                token = new AccessToken("", Instant.MIN);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A token that holds for a while yet. One request at a time gets it. */
    private String access() throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            Instant now = wall.instant();
            if (now.isAfter(token.end())) {
                token = newToken(now);
            }
            return token.text();
        } finally {
            lock.unlock();
        }
    }

    private AccessToken newToken(Instant now) throws IOException, InterruptedException {
        PushSettings.ServiceAccount account = settings.account();
        byte[] header = new JsonWriter().object().member("alg", "RS256").member("typ", "JWT").end().toBytes();
        byte[] claims = new JsonWriter().object()
                .member("iss", account.email())
                .member("scope", SCOPE)
                .member("aud", account.tokens().toString())
                .member("iat", now.getEpochSecond())
                .member("exp", now.plus(HOUR).getEpochSecond())
                .end()
                .toBytes();
        String form = "grant_type=" + URLEncoder.encode(GRANT, StandardCharsets.UTF_8) + "&assertion="
                + account.key().sign(header, claims);
        HttpResponse<byte[]> response = WholeAnswer.to(HttpRequest.newBuilder(account.tokens())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build(), client);
        if (response.statusCode() == 200 && JsonReader.tree(response.body()) instanceof Map<?, ?> members
                && members.get("access_token") instanceof String text
                && members.get("expires_in") instanceof Double seconds) {
            return new AccessToken(text, now.plusSeconds(seconds.longValue()).minus(EARLY));
        }
        throw new IOException("the service account " + account.email() + " gets no access token from "
                + account.tokens() + ": " + response.statusCode());
    }
}
