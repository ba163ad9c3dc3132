package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.ApiDescription.Operation;
import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.acceptance.Wire.Connection;
import dev.manicule.server.DevServer;
import dev.manicule.server.Manicule;
import dev.manicule.server.VirtualClock;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Secret;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.routing.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server says that it serves is what it serves, all of it and nothing else. */
class ApiDescriptionTest {
    private static final String SECRET = "sec-c-1";
    private static final String HISTORY = "/v3/history/sub-key/demo/";
    private static final String GROUP = "/v1/channel-registration/sub-key/demo/channel-group";
    private static final String GRANT = "{\"ttl\":5,\"permissions\":{\"resources\":{\"channels\":{\"c\":3}}}}";

    private static final List<String> UNHEALTHY = List.of("getHealth", "getLiveness", "getReadiness");

    private final Set<String> seen = new TreeSet<>();
    private String accepted = "application/json";
    private DevServer server;
    private Wire wire;
    private ApiDescription description;

    /** A request that is done. */
    private record Sample(String method, String target, String body, List<String> headers) {
        static Sample get(String target, String... headers) {
            return new Sample("GET", target, "", List.of(headers));
        }

        static Sample of(String method, String target, String body, String... headers) {
            return new Sample(method, target, body, List.of(headers));
        }

        /** The same with more in its query. */
        Sample with(String query) {
            return new Sample(method, target + (target.contains("?") ? "&" : "?") + query, body, headers);
        }
    }

    @BeforeEach
    void start() throws Exception {
        Keyset guarded = Keyset.of("sub-c-1", "pub-c-1")
                .guarded(new Secret(SECRET))
                .with(new Keyset.Policy(true, null, 0, List.of()));
        server = DevServer.start(
                ManiculeConfig.DEFAULT.withPort(0)
                        .withKeysets(List.of(Keyset.of("demo", "demo"), guarded))
                        .withMetricsFrom(AddressRange.LOOPBACK),
                DevServer.Storage.MEMORY, VirtualClock.running());
        wire = new Wire(server.port());
        description = ApiDescription.of(wire, "/openapi.yaml");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Answer send(Sample sample) {
        List<String> headers = new ArrayList<>(sample.headers());
        if (headers.stream().noneMatch(header -> header.startsWith("Accept:"))) {
            headers.add("Accept: " + accepted);
        }
        try {
            return wire.send(sample.method(), sample.target(),
                    sample.body().isEmpty() ? null : sample.body().getBytes(StandardCharsets.UTF_8),
                    headers.toArray(String[]::new));
        } catch (RuntimeException e) {
            throw new AssertionError(sample.toString(), e);
        }
    }

    /**
     * Sends a request, and holds its answer against what is said of it, and its type against what the client accepts.
     */
    private Answer ask(String id, int status, Sample sample) {
        Operation operation = description.operation(id);
        assertThat(operation.isOf(sample.method(), sample.target())).as("%s is %s", sample, id).isTrue();
        Answer answer = send(sample);
        assertThat(answer.status()).as("%s %s: %s", id, sample.target(), answer.body()).isEqualTo(status);
        description.check(operation, answer);
        if (!id.equals("getConsoleFile") && status != 307 && status != 304) { // these have no body
            boolean isScript = accepted.equals("*/*") || status == 414; // its Accept comes after what is too long
            assertThat(answer.headers().get("content-type")).as(id)
                    .doesNotStartWith(isScript ? "application/json" : "text/javascript");
        }
        seen.add(id + " " + status);
        return answer;
    }

    private static Sample signed(String method, String target, String body) throws Exception {
        return Sample.of(method, new Signing("pub-c-1", SECRET).sign(method, target, body), body);
    }

    /** A request of each operation that is done, those with a signature aside, which holds for a while only. */
    private Map<String, Sample> samples(long message, String action) {
        Map<String, Sample> samples = new LinkedHashMap<>();
        samples.put("publishInPath", Sample.get("/publish/demo/demo/0/c/0/%22a/b%22?uuid=ann&meta=%7B%7D&seqn=1"));
        samples.put("publish", Sample.of("POST", "/publish/demo/demo/0/c?uuid=ann", "{\"text\":\"hello\"}"));
        samples.put("publishWithCallback", Sample.of("POST", "/publish/demo/demo/0/c/0", "1"));
        samples.put("sendSignal", Sample.get("/signal/demo/demo/0/c/0/1?uuid=ann"));
        samples.put("addMessageAction", Sample.of("POST", "/v1/message-actions/demo/channel/c/message/" + message
                + "?uuid=bob", "{\"type\":\"reaction\",\"value\":\"wave\"}"));
        samples.put("getMessageActions", Sample.get("/v1/message-actions/demo/channel/c?limit=1"));
        samples.put("getActionSummaries",
                Sample.get("/v1/message-actions/demo/channel/c/summary?uuid=bob&messages=" + message));
        samples.put("getActionsOnMessage",
                Sample.get("/v1/message-actions/demo/channel/c/message/" + message + "?type=reaction&limit=1"));
        samples.put("getActionsOfUser", Sample.get("/v1/message-actions/demo/channel/c/user/bob?limit=1"));
        samples.put("markRead", Sample.of("POST", "/v1/read-marks/demo/channel/c?uuid=bob",
                "{\"timetoken\":\"" + message + "\"}"));
        samples.put("getReadMarks", Sample.get("/v1/read-marks/demo/channel/c?limit=1&order=newest"));
        samples.put("getUnreadCounts", Sample.get("/v1/read-marks/demo/unread/c,d?uuid=bob"));
        String objects = "/v2/objects/demo/";
        samples.put("setUserMetadata", Sample.of("PATCH", objects + "uuids/ann?include=custom,status,type",
                "{\"name\":\"Ann\",\"custom\":{\"a\":1}}"));
        samples.put("getUserMetadata", Sample.get(objects + "uuids/ann?include=custom"));
        samples.put("setChannelMetadata", Sample.of("PATCH", objects + "channels/c", "{\"name\":\"C\"}"));
        samples.put("getChannelMetadata", Sample.get(objects + "channels/c?include=custom,status,type"));
        samples.put("listUserMetadata", Sample.get(objects + "uuids?count=true&sort=name"));
        samples.put("listChannelMetadata", Sample.get(objects + "channels?limit=1"));
        samples.put("changeMemberships", Sample.of("PATCH", objects + "uuids/ann/channels?include=channel,custom",
                "{\"set\":[{\"channel\":{\"id\":\"c\"},\"custom\":{\"x\":true}},{\"channel\":{\"id\":\"d\"}}]}"));
        samples.put("getMemberships", Sample.get(objects + "uuids/ann/channels?count=true&include=channel.custom"));
        samples.put("changeMembers", Sample.of("PATCH", objects + "channels/c/uuids",
                "{\"set\":[{\"uuid\":{\"id\":\"bob\"}}],\"delete\":[{\"uuid\":{\"id\":\"eve\"}}]}"));
        samples.put("getMembers", Sample.get(objects + "channels/c/uuids?limit=1&include=uuid,status,type"));
        samples.put("removeUserMetadata", Sample.of("DELETE", objects + "uuids/eve", ""));
        samples.put("removeChannelMetadata", Sample.of("DELETE", objects + "channels/e", ""));
        samples.put("generateUploadUrl",
                Sample.of("POST", "/v1/files/demo/channels/c/generate-upload-url", "{\"name\":\"cat.png\"}"));
        samples.put("listFiles", Sample.get("/v1/files/demo/channels/c/files?limit=1"));
        samples.put("publishFileMessage", Sample.get(
                "/v1/files/publish-file/demo/demo/0/c/0/%7B%22file%22:%7B%22id%22:%22i%22,%22name%22:%22n%22%7D%7D"));
        samples.put("listOrChangePushChannels", Sample.get("/v1/push/sub-key/demo/devices/t?type=fcm&add=c,d"));
        samples.put("removePushDevice", Sample.get("/v1/push/sub-key/demo/devices/t/remove?type=fcm"));
        samples.put("listOrChangeApnsChannels",
                Sample.get("/v2/push/sub-key/demo/devices-apns2/ab?topic=app&environment=production&count=5"));
        samples.put("removeApnsDevice", Sample.get("/v2/push/sub-key/demo/devices-apns2/ab/remove?topic=app"));
        samples.put("removeMessageAction", Sample.of("DELETE",
                "/v1/message-actions/demo/channel/c/message/" + message + "/action/" + action + "?uuid=bob", ""));
        samples.put("removeMessageActionByValue", Sample.of("DELETE", "/v1/message-actions/demo/channel/c/message/"
                + message + "?uuid=bob&type=flag&value=spam", ""));
        samples.put("setMessageActions", Sample.of("PUT", "/v1/message-actions/demo/channel/c/message/" + message
                + "/actions?uuid=bob&type=tag", "{\"values\":[\"a\",\"b\"]}"));
        samples.put("removeMessageActions", Sample.of("DELETE", "/v1/message-actions/demo/channel/c/message/"
                + message + "/actions?uuid=bob&type=tag", ""));
        samples.put("changeMessageActions", Sample.of("POST", "/v1/message-actions/demo/channel/c/batch?uuid=bob",
                "{\"changes\":[{\"change\":\"toggle\",\"messageTimetoken\":\"" + message
                        + "\",\"type\":\"a\",\"value\":\"b\"}]}"));
        samples.put("getActionRules", Sample.get("/v1/message-actions/demo/rules"));
        samples.put("subscribe", Sample.get("/v2/subscribe/demo/c/0?uuid=ann&tt=" + (message - 1)));
        samples.put("subscribeFirstForm", Sample.get("/subscribe/demo/c,d/0/" + (message - 1) + "?uuid=ann"));
        samples.put("streamEvents", Sample.get("/v2/stream/demo/c?uuid=ann"));
        samples.put("fetchHistory",
                Sample.get("/v2/history/sub-key/demo/channel/c?include_token=true&include_meta=true"));
        String all = "?include_uuid=true&include_meta=true&include_message_type=true&include_custom_message_type=true";
        samples.put("fetchMessages", Sample.get(HISTORY + "channel/c" + all + "&max=1"));
        samples.put("fetchMessagesWithActions",
                Sample.get("/v3/history-with-actions/sub-key/demo/channel/c" + all
                        + "&include_action_summary=true&include_effective=true"));
        samples.put("countMessages", Sample.get(HISTORY + "message-counts/c,d?timetoken=1"));
        samples.put("deleteMessages", Sample.of("DELETE", HISTORY + "channel/d?start=0&end=1", ""));
        samples.put("listChannelGroups", Sample.get(GROUP));
        samples.put("readOrChangeChannelGroup", Sample.get(GROUP + "/g?add=c,d"));
        samples.put("deleteChannelGroup", Sample.get(GROUP + "/g/remove"));
        for (String key : List.of("sub-key", "sub_key")) {
            String suffix = key.equals("sub-key") ? "" : "ByUnderscore";
            String presence = "/v2/presence/" + key + "/demo";
            samples.put("heartbeat" + suffix, Sample.get(presence + "/channel/c/heartbeat?uuid=ann&heartbeat=60"));
            samples.put("setPresenceState" + suffix,
                    Sample.get(presence + "/channel/c/uuid/ann/data?state=%7B%22a%22:1%7D"));
            samples.put("getPresenceState" + suffix, Sample.get(presence + "/channel/c,d/uuid/ann"));
            samples.put("hereNow" + suffix, Sample.get(presence + "/channel/c?state=1"));
            samples.put("hereNowEverywhere" + suffix, Sample.get(presence));
            samples.put("whereNow" + suffix, Sample.get(presence + "/uuid/ann"));
            samples.put("leaveChannels" + suffix, Sample.get(presence + "/channel/c/leave?uuid=ann"));
        }
        samples.put("getTime", Sample.get("/time/0"));
        for (String path : List.of("openapi.yaml", "asyncapi.yaml")) {
            samples.put(path.equals("openapi.yaml") ? "getOpenApi" : "getAsyncApi", Sample.get("/" + path));
        }
        samples.put("getServerInfo", Sample.get("/"));
        samples.put("getConsoleFile", Sample.get("/console/console.js"));
        samples.put("getHealth", Sample.get("/health"));
        samples.put("getLiveness", Sample.get("/health/live"));
        samples.put("getReadiness", Sample.get("/health/ready"));
        samples.put("getMetrics", Sample.get("/metrics"));
        return samples;
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "*/*"})
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void everyDescribedResponseOccursAndMatches(String accept) throws Exception {
        accepted = accept;
        long message = wire.publish("c", "{\"text\":\"first\"}");
        long _ = wire.add("c", wire.publish("c", "2"), "edit", "3", "alice");
        long _ = wire.add("c", wire.publish("c", "4"), "deleted", ".", "alice");
        String action = "" + wire.add("c", message, "receipt", "read", "bob");
        long _ = wire.add("c", message, "flag", "spam", "bob");
        Map<String, Sample> samples = samples(message, action);
        for (Map.Entry<String, Sample> sample : samples.entrySet()) {
            if (sample.getKey().equals("streamEvents")) { // which has no end
                stream(sample.getValue());
            } else {
                ask(sample.getKey(), 200, sample.getValue());
            }
        }
        ask("fetchMessages", 200, Sample.get(HISTORY + "channel/c,d"));
        ask("getPresenceState", 200, Sample.get("/v2/presence/sub-key/demo/channel/c/uuid/ann"));
        ask("hereNow", 200, Sample.get("/v2/presence/sub-key/demo/channel/c,d"));
        ask("readOrChangeChannelGroup", 200, Sample.get(GROUP + "/g"));
        ask("getServerInfo", 200, Sample.get("/", "Accept: text/html"));
        Answer granted = ask("grantToken", 200, signed("POST", "/v3/pam/sub-c-1/grant", GRANT));
        String token = Wire.encode(granted.json().at("/data/token").asText());
        ask("revokeToken", 200, signed("DELETE", "/v3/pam/sub-c-1/grant/" + token, ""));
        ask("grantToken", 400, signed("POST", "/v3/pam/sub-c-1/grant", "{}"));
        ask("grantToken", 403, Sample.of("POST", "/v3/pam/sub-c-1/grant", GRANT));
        ask("revokeToken", 400, signed("DELETE", "/v3/pam/sub-c-1/grant/none", ""));
        ask("revokeToken", 403, Sample.of("DELETE", "/v3/pam/sub-c-1/grant/none", ""));
        for (String query : List.of("?channel=a&r=1", "?channel=a&auth=k&w=1&ttl=0", "?channel-group=g&auth=k&m=1",
                "?target-uuid=u&auth=k&g=1", "?r=1", "")) {
            ask("grantToAuthKeys", 200, signed("GET", "/v2/auth/grant/sub-key/sub-c-1" + query, ""));
            ask("listAuthKeyPermissions", 200, signed("GET", "/v2/auth/audit/sub-key/sub-c-1", ""));
        }
        ask("grantToAuthKeys", 400, signed("GET", "/v2/auth/grant/sub-key/sub-c-1?auth=k", ""));
        ask("listAuthKeyPermissions", 400, signed("GET", "/v2/auth/audit/sub-key/sub-c-1?channel=%01", ""));
        ask("grantToAuthKeys", 403, Sample.get("/v2/auth/grant/sub-key/sub-c-1"));
        ask("listAuthKeyPermissions", 403, Sample.get("/v2/auth/audit/sub-key/sub-c-1"));
        samples.put("grantToAuthKeys", Sample.get("/v2/auth/grant/sub-key/sub-c-1"));
        samples.put("listAuthKeyPermissions", Sample.get("/v2/auth/audit/sub-key/sub-c-1"));
        samples.put("grantToken", Sample.of("POST", "/v3/pam/sub-c-1/grant", GRANT));
        samples.put("revokeToken", Sample.of("DELETE", "/v3/pam/sub-c-1/grant/none", ""));
        Set<String> described = description.answers();
        for (Map.Entry<String, Sample> sample : samples.entrySet()) {
            String id = sample.getKey();
            Sample guarded = new Sample(sample.getValue().method(),
                    sample.getValue()
                            .target()
                            .replace("/demo", "/sub-c-1")
                            .replace("/sub-c-1/sub-c-1/", "/pub-c-1/sub-c-1/"),
                    sample.getValue().body(), List.of());
            if (described.contains(id + " 400")) {
                ask(id, 400, sample.getValue().with("x=%zz"));
                ask(id, 400,
                        new Sample(sample.getValue().method(), sample.getValue()
                                .target()
                                .replace("/demo", "/nobody")
                                .replace("sub-c-1", "nobody"), sample.getValue().body(), List.of()));
            }
            if (described.contains(id + " 403") && !id.equals("getMetrics")) {
                ask(id, 403, guarded.with("signature=v2.none&timestamp=" + System.currentTimeMillis() / 1000));
                if (Set.of("publish", "addMessageAction", "fetchHistory", "hereNow", "subscribe",
                        "readOrChangeChannelGroup").contains(id)) {
                    assertThat(ask(id, 403, guarded).json().at("/payload").size()).isEqualTo(1);
                }
            }
            for (int status : new int[]{429, 503}) {
                if (described.contains(id + " " + status) && !UNHEALTHY.contains(id)) {
                    server.faults().inject(Fault.response(status).method(sample.getValue().method()));
                    ask(id, status, sample.getValue());
                }
            }
        }
        ask("getMessageActions", 400, Sample.get("/v1/message-actions/demo/channel/c?limit=none"));
        ask("removeMessageActionByValue", 400,
                Sample.of("DELETE", "/v1/message-actions/demo/channel/c/message/1?uuid=bob", ""));
        ask("setMessageActions", 400, Sample.of("PUT", "/v1/message-actions/demo/channel/c/message/1/actions"
                + "?uuid=bob&type=tag", "{}"));
        ask("removeMessageActions", 400,
                Sample.of("DELETE", "/v1/message-actions/demo/channel/c/message/1/actions", ""));
        ask("changeMessageActions", 400, Sample.of("POST", "/v1/message-actions/demo/channel/c/batch?uuid=bob", "{}"));
        String batch = "{\"atomic\":true,\"changes\":[{\"change\":\"add\",\"messageTimetoken\":\"" + message
                + "\",\"type\":\"reaction\",\"value\":\"wave\"}]}";
        ask("changeMessageActions", 409,
                Sample.of("POST", "/v1/message-actions/demo/channel/c/batch?uuid=bob", batch));
        ask("changeMessageActions", 404,
                signed("POST", "/v1/message-actions/sub-c-1/channel/c/batch?uuid=a", batch));
        ask("setMessageActions", 404, signed("PUT",
                "/v1/message-actions/sub-c-1/channel/c/message/1/actions?uuid=a&type=b", "{\"values\":[\"c\"]}"));
        ask("getActionSummaries", 400, Sample.get("/v1/message-actions/demo/channel/c/summary"));
        Sample summaries = of(samples, "getActionSummaries");
        String tag = String.valueOf(ask("getActionSummaries", 200, summaries).headers().get("etag"));
        ask("getActionSummaries", 304, Sample.get(summaries.target(), "If-None-Match: " + tag));
        ask("getActionsOnMessage", 400, Sample.get("/v1/message-actions/demo/channel/c/message/1?cursor=x"));
        ask("getActionsOfUser", 400, Sample.get("/v1/message-actions/demo/channel/c/user/bob?order=x"));
        files();
        ask("markRead", 400, Sample.of("POST", "/v1/read-marks/demo/channel/c?uuid=bob", "{}"));
        ask("getReadMarks", 400, Sample.get("/v1/read-marks/demo/channel/c?cursor=x"));
        ask("getUnreadCounts", 400, Sample.get("/v1/read-marks/demo/unread/c"));
        ask("listOrChangePushChannels", 400, Sample.get("/v1/push/sub-key/demo/devices/t?type=mpns"));
        ask("removePushDevice", 400, Sample.get("/v1/push/sub-key/demo/devices/t/remove"));
        ask("listOrChangeApnsChannels", 400, Sample.get("/v2/push/sub-key/demo/devices-apns2/nohex?topic=app"));
        ask("removeApnsDevice", 400, Sample.get("/v2/push/sub-key/demo/devices-apns2/ab/remove"));
        ask("addMessageAction", 400, Sample.of("POST", "/v1/message-actions/demo/channel/c/message/x?uuid=a", "{}"));
        ask("setUserMetadata", 400, Sample.of("PATCH", "/v2/objects/demo/uuids/ann", "{\"name\":1}"));
        for (String kind : List.of("User uuids/", "Channel channels/")) {
            String name = kind.substring(0, kind.indexOf(' ')) + "Metadata";
            String path = "/v2/objects/demo/" + kind.substring(kind.indexOf(' ') + 1);
            ask("get" + name, 404, Sample.get(path + "never"));
            ask("set" + name, 412, Sample.of("PATCH", path + "never", "{}", "If-Match: x"));
            String key = "Idempotency-Key: " + name + accepted;
            ask("set" + name, 200, Sample.of("PATCH", path + "once", "{}", key));
            ask("set" + name, 422, Sample.of("PATCH", path + "once", "{\"name\":\"other\"}", key));
        }
        String key = "Idempotency-Key: members" + accepted;
        ask("changeMemberships", 200, Sample.of("PATCH", "/v2/objects/demo/uuids/ann/channels", "{}", key));
        ask("changeMemberships", 422, Sample.of("PATCH", "/v2/objects/demo/uuids/ann/channels",
                "{\"delete\":[{\"channel\":{\"id\":\"x\"}}]}", key));
        ask("changeMembers", 422, Sample.of("PATCH", "/v2/objects/demo/channels/c/uuids",
                "{\"delete\":[{\"uuid\":{\"id\":\"x\"}}]}", key));
        ask("fetchMessages", 400, Sample.get(HISTORY + "channel/c?start=x"));
        ask("heartbeat", 400, Sample.get("/v2/presence/sub-key/demo/channel/,/heartbeat?uuid=a"));
        ask("publishInPath", 400, Sample.get("/publish/demo/demo/0/c/0/none"));
        ask("subscribe", 400, Sample.get("/v2/subscribe/demo/c/0?tt=x"));
        ask("readOrChangeChannelGroup", 400, Sample.get(GROUP + "/g?add=a.*"));
        ask("addMessageAction", 409, Sample.of("POST", "/v1/message-actions/demo/channel/c/message/" + message
                + "?uuid=bob", "{\"type\":\"reaction\",\"value\":\"wave\"}"));
        ask("addMessageAction", 404, signed("POST", "/v1/message-actions/sub-c-1/channel/c/message/1?uuid=a",
                "{\"type\":\"a\",\"value\":\"b\"}"));
        ask("getConsoleFile", 404, Sample.get("/console/none"));
        ask("streamEvents", 426, Sample.get("/v2/stream/demo/c", "Connection: Upgrade", "Upgrade: websocket"));
        ask("getMetrics", 403, Sample.get("/metrics", "X-Forwarded-For: 203.0.113.7"));
        String large = "\"" + "x".repeat(40_000) + "\"";
        for (String id : List.of("publish", "publishWithCallback", "addMessageAction",
                "changeMessageActions", "setMessageActions")) {
            Sample sample = of(samples, id);
            ask(id, 413, Sample.of(sample.method(), sample.target(), large));
        }
        for (String id : List.of("publishInPath", "sendSignal")) {
            ask(id, 414, of(samples, id).with("x=" + "x".repeat(40_000)));
        }
        reusedKeys(message, samples);
        assertThat(seen).containsAll(List.of("publish 200", "hereNow 403"));
        UNHEALTHY.forEach(id -> described.remove(id + " 503")); // a disk has to fail: see FaultsTest
        assertThat(seen).isEqualTo(described);
    }

    /** The requests for one file; the addresses of its bytes are in the answers, and not described. */
    private void files() {
        FileForm form = FileForm.request(wire, "c", "x");
        assertThat(form.upload(wire, new byte[2]).status()).isEqualTo(204);
        String path = "/v1/files/demo/channels/c/files/" + form.id() + "/x";
        ask("getFileLink", 307, Sample.get(path));
        for (String id : List.of("getFileLink", "deleteFile")) {
            String method = id.equals("deleteFile") ? "DELETE" : "GET";
            ask(id, 400, Sample.of(method, path + "?x=%zz", ""));
            ask(id, 403, Sample.of(method, path.replace("/demo/", "/sub-c-1/"), ""));
            ask(id, 404, Sample.of(method, path + "y", ""));
            for (int status : new int[]{429, 503}) {
                server.faults().inject(Fault.response(status).method(method));
                ask(id, status, Sample.of(method, path, ""));
            }
        }
        ask("listFiles", 200, Sample.get("/v1/files/demo/channels/c/files"));
        ask("deleteFile", 200, Sample.of("DELETE", path, ""));
    }

    private static Sample of(Map<String, Sample> samples, String id) {
        return Objects.requireNonNull(samples.get(id), id);
    }

    private void reusedKeys(long message, Map<String, Sample> samples) {
        for (String id : List.of("publishInPath", "publish", "publishWithCallback", "addMessageAction")) {
            Sample sample = of(samples, id);
            String key = "Idempotency-Key: of " + id;
            String target = id.equals("addMessageAction")
                    ? sample.target().replace("uuid=bob", "uuid=carl")
                    : sample.target();
            Sample first = Sample.of(sample.method(), target, sample.body(), key);
            ask(id, 200, first);
            ask(id, 422,
                    Sample.of(sample.method(), id.equals("publishInPath") ? target.replace("a/b", "other") : target,
                            id.equals("publishInPath") ? "" : "{\"type\":\"other\",\"value\":\"x\"}", key));
        }
        String remove = "/v1/message-actions/demo/channel/c/message/" + message + "/action/";
        String first = "" + wire.add("c", message, "t", "1", "dora");
        String second = "" + wire.add("c", message, "t", "2", "dora");
        ask("removeMessageAction", 200, Sample.of("DELETE", remove + first + "?uuid=dora", "", "Idempotency-Key: r"));
        ask("removeMessageAction", 422, Sample.of("DELETE", remove + second + "?uuid=dora", "", "Idempotency-Key: r"));
        ask("removeMessageActionByValue", 422, Sample.of("DELETE", "/v1/message-actions/demo/channel/c/message/"
                + message + "?uuid=dora&type=t&value=2", "", "Idempotency-Key: r"));
        for (String id : List.of("changeMessageActions", "setMessageActions")) {
            Sample sample = of(samples, id);
            ask(id, 422, Sample.of(sample.method(), sample.target().replace("uuid=bob", "uuid=dora"), sample.body(),
                    "Idempotency-Key: r"));
        }
    }

    private void stream(Sample sample) throws IOException {
        try (Connection connection = wire.connect()) {
            connection.get(sample.target());
            Answer begin = connection.read(false);
            description.check(description.operation("streamEvents"), begin);
            seen.add("streamEvents " + begin.status());
        }
    }

    /** What is not described is not there: each route is an operation. */
    @Test
    void everyRouteIsDescribed() throws Exception {
        Set<String> described = new TreeSet<>();
        for (Operation operation : description.operations().values()) {
            described.add(operation.method() + " " + shape(operation.path()));
        }
        Set<String> there = new TreeSet<>();
        for (String route : server.manicule().routes()) {
            boolean isForTests = route.contains(" /dev");
            boolean isGivenOut = route.contains("/upload") || route.contains("/download/"); // whole, in answers
            if (!isForTests && !isGivenOut) {
                there.add(shape(route.replaceFirst("/\\{nothing\\.\\.\\.}", "")
                        .replaceAll("\\{(signature|callback)}", "0"))); // ignored, so described as what clients send
            }
        }
        assertThat(described).isEqualTo(there);
    }

    private static String shape(String path) {
        return path.replaceAll("\\{[^}]*}", "{}");
    }

    /** What subscribers are told is what AsyncAPI says of it. */
    @Test
    void everyEnvelopeMatchesItsDescription() throws Exception {
        ApiDescription told = ApiDescription.of(wire, "/asyncapi.yaml");
        List<String> kinds = new ArrayList<>();
        long from = wire.publish("room", "0");
        wire.get("/v2/subscribe/demo/room-pnpres/0?tt=0"); // presence is announced where a subscriber has listened
        wire.get("/publish/demo/demo/0/room/0/%22a%22?uuid=ann&meta=%7B%22a%22:1%7D&seqn=7&ortt=%7B%22t%22:%2217%22%7D"
                + "&custom_message_type=text");
        wire.get("/signal/demo/demo/0/room/0/1?uuid=ann");
        wire.get("/v1/files/publish-file/demo/demo/0/room/0/%7B%22file%22:1%7D?uuid=ann&meta=%7B%22a%22:1%7D");
        long action = wire.add("room", from, "t", "v", "ann");
        wire.delete("/v1/message-actions/demo/channel/room/message/" + from + "/action/" + action + "?uuid=ann");
        String presence = "/v2/presence/sub-key/demo/channel/room";
        wire.get(presence + "/heartbeat?uuid=ann&heartbeat=20");
        wire.get(presence + "/heartbeat?uuid=bob&heartbeat=20");
        wire.get(presence + "/uuid/ann/data?state=%7B%22a%22:1%7D");
        wire.get(presence + "/leave?uuid=ann");
        wire.send("POST", "/v1/read-marks/demo/channel/room?uuid=ann",
                ("{\"timetoken\":\"" + from + "\"}").getBytes(StandardCharsets.UTF_8));
        wire.send("POST", "/v1/message-actions/demo/channel/room/message/" + from + "?uuid=ann",
                "{\"type\":\"t\",\"value\":\"v\",\"ttlSeconds\":1}".getBytes(StandardCharsets.UTF_8));
        wire.send("PATCH", "/v2/objects/demo/channels/room",
                "{\"name\":\"Room\",\"status\":null,\"custom\":{\"a\":1}}".getBytes(StandardCharsets.UTF_8));
        for (String change : List.of("set", "delete")) {
            wire.send("PATCH", "/v2/objects/demo/channels/room/uuids",
                    ("{\"" + change + "\":[{\"uuid\":{\"id\":\"ann\"}}]}").getBytes(StandardCharsets.UTF_8));
        }
        Thread.sleep(300); // until who left has been noted
        server.clock().advance(Duration.ofSeconds(30));
        Set<String> wanted = Set.of("message", "signal", "filemessage", "added", "removed", "join", "leave", "timeout",
                "state-change", "marked", "expired", "set", "delete");
        long cursor = from;
        for (int polls = 0; polls < 30 && !kinds.containsAll(wanted); polls++) {
            JsonNode answer = wire.get("/v2/subscribe/demo/room,room-pnpres/0?read-marks=true&tt=" + cursor).json();
            cursor = answer.at("/t/t").asLong();
            for (JsonNode envelope : answer.get("m")) {
                boolean isPresence = envelope.get("c").asText().endsWith("-pnpres");
                String kind = isPresence ? "Presence" : switch (envelope.path("e").asInt()) {
                    case 1 -> "Signal";
                    case 2 -> "Object";
                    case 3 -> "Action";
                    case 4 -> "FileMessage";
                    case 100 -> "ReadMark";
                    default -> "Message";
                };
                told.check(kind, told.root().at("/components/schemas/" + kind), envelope);
                description.check("Envelope", description.root().at("/components/schemas/Envelope"), envelope);
                kinds.add(isPresence
                        ? envelope.at("/d/action").asText()
                        : Set.of("Action", "ReadMark", "Object").contains(kind)
                                ? envelope.at("/d/expired").asBoolean() ? "expired" : envelope.at("/d/event").asText()
                                : kind.toLowerCase(java.util.Locale.ROOT));
            }
        }
        assertThat(kinds).containsAll(wanted);
        JsonNode summaries = wire.get("/v2/subscribe/demo/room/0?action-summaries=250&tt=" + (action - 1)).json();
        JsonNode summary = StreamSupport.stream(summaries.get("m").spliterator(), false)
                .filter(each -> each.at("/d/event").asText().equals("summary"))
                .findFirst()
                .orElseThrow();
        told.check("ActionSummary", told.root().at("/components/schemas/ActionSummary"), summary);
        description.check("Envelope", description.root().at("/components/schemas/Envelope"), summary);
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void linterReportsNothing(@TempDir Path folder) throws Exception {
        String skip = System.getProperty("skipSdks");
        assumeFalse(skip != null && !skip.equals("false"), "left out, as -DskipSdks asks");
        Path lint = Folders.checkout().resolve("acceptance/lint");
        Path installed = Folders.checkout().resolve("acceptance/target/lint");
        Installation.npm(lint, installed);
        Files.copy(lint.resolve("rules.yaml"), folder.resolve("rules.yaml"));
        for (String file : List.of("openapi.yaml", "asyncapi.yaml")) {
            Files.write(folder.resolve(file), wire.get("/" + file).bytes());
        }
        Installation.run(folder, installed.resolve("node_modules/.bin/spectral").toString(), "lint", "--ruleset",
                "rules.yaml", "--fail-severity", "warn", "openapi.yaml", "asyncapi.yaml");
        assertThat(description.root().at("/info/version").asText()).isEqualTo(Manicule.version());
    }
}
