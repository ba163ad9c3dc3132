package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.acceptance.Wire.Connection;
import dev.manicule.server.DevServer;
import dev.manicule.server.Manicule;
import dev.manicule.server.VirtualClock;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Secret;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.ActionRules;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.limits.AddressRange;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 7 of the protocol: who may do what, on the wire. */
class AccessWireTest {
    private static final Keyset KEYSET = Keyset.of("sub-c-1", "pub-c-1")
            .guarded(new Secret("sec-c-1"))
            .with(new Keyset.Policy(true, null, 0, List.of("https://chat.example"), new ActionRules(List.of(
                    new ActionRule("clap", ActionRule.Kind.COUNTER, List.of(), ActionRule.Most.ANY, false, false)))));

    @RegisterExtension
    static final RunningServer SERVER = new RunningServer(config -> config.withKeysets(List.of(KEYSET,
            Keyset.of("sub-c-2", "pub-c-2"))).withMetricsFrom(AddressRange.LOOPBACK));

    private static final Signing OWNER = new Signing("pub-c-1", "sec-c-1");
    private static final Map<String, Integer> PERMISSIONS = Map.of("read", 1, "write", 2, "manage", 4, "delete", 8,
            "create", 16, "get", 32, "update", 64, "join", 128);

    private final Wire wire = SERVER.wire();

    private static Answer signed(Wire wire, String method, String target, String body) {
        try {
            return wire.send(method, OWNER.sign(method, target, body), body.getBytes(StandardCharsets.UTF_8));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Answer tryGrant(Wire wire, String body) {
        return signed(wire, "POST", "/v3/pam/sub-c-1/grant?uuid=admin", body);
    }

    private static String token(Wire wire, String permissions) {
        Answer answer = tryGrant(wire, "{\"ttl\":5,\"permissions\":{" + permissions + "}}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return Wire.encode(answer.json().at("/data/token").asText());
    }

    private static Answer revoke(Wire wire, String token) {
        return signed(wire, "DELETE", "/v3/pam/sub-c-1/grant/" + token, "");
    }

    /** Something a client asks for, and the permission on channel {@code c} or group {@code g} that it takes. */
    private record Operation(String name, String method, String target, String body, String needs) {
        Answer with(Wire wire, String token) throws Exception {
            String auth = target + (target.contains("?") ? "&" : "?") + "uuid=alice&auth=" + token;
            if (!name.startsWith("stream")) {
                return wire.send(method, auth, body.isEmpty() ? null : body.getBytes(StandardCharsets.UTF_8));
            }
            try (Connection connection = wire.connect()) { // its answer has no end
                connection.get(auth);
                return connection.read(false);
            }
        }
    }

    private static List<Operation> operations() {
        String actions = "/v1/message-actions/sub-c-1/channel/c";
        String presence = "/v2/presence/sub-key/sub-c-1";
        String groups = "/v1/channel-registration/sub-key/sub-c-1/channel-group";
        String users = "/v2/objects/sub-c-1/uuids";
        String channels = "/v2/objects/sub-c-1/channels";
        String files = "/v1/files/sub-c-1/channels/c/";
        String old = "&tt=15000000000000000";
        return List.of(new Operation("publish", "GET", "/publish/pub-c-1/sub-c-1/0/c/0/1", "", "c write"),
                new Operation("publish by POST", "POST", "/publish/pub-c-1/sub-c-1/0/c/0", "1", "c write"),
                new Operation("fire", "GET", "/publish/pub-c-1/sub-c-1/0/c/0/1?store=0&norep=true", "", "c write"),
                new Operation("signal", "GET", "/signal/pub-c-1/sub-c-1/0/c/0/1", "", "c write"),
                new Operation("add an action", "POST", actions + "/message/1", "{\"type\":\"t\",\"value\":\"v\"}",
                        "c write"),
                new Operation("remove an action", "DELETE", actions + "/message/1/action/2", "", "c delete"),
                new Operation("remove an action by its value", "DELETE",
                        actions + "/message/1?type=t&value=v", "", "c delete"),
                new Operation("remove several actions", "DELETE", actions + "/message/1/actions", "", "c delete"),
                new Operation("rules for actions", "GET", "/v1/message-actions/sub-c-1/rules", "", ""),
                new Operation("get actions", "GET", actions, "", "c read"),
                new Operation("summaries", "GET", actions + "/summary?messages=1", "", "c read"),
                new Operation("actions on a message", "GET", actions + "/message/1", "", "c read"),
                new Operation("actions of a user", "GET", actions + "/user/bob", "", "c read"),
                new Operation("mark as read", "POST", "/v1/read-marks/sub-c-1/channel/c", "{\"timetoken\":\"1\"}",
                        "c read"),
                new Operation("read marks", "GET", "/v1/read-marks/sub-c-1/channel/c", "", "c read"),
                new Operation("unread counts", "GET", "/v1/read-marks/sub-c-1/unread/c", "", "c read"),
                new Operation("metadata of a user", "GET", users + "/u", "", "u get"),
                new Operation("set metadata of a user", "PATCH", users + "/u", "{}", "u update"),
                new Operation("remove metadata of a user", "DELETE", users + "/u", "", "u delete"),
                new Operation("memberships", "GET", users + "/u/channels", "", "u get"),
                new Operation("set memberships", "PATCH", users + "/u/channels", "{}", "u update"),
                new Operation("metadata of a channel", "GET", channels + "/c", "", "c get"),
                new Operation("set metadata of a channel", "PATCH", channels + "/c", "{}", "c update"),
                new Operation("remove metadata of a channel", "DELETE", channels + "/c", "", "c delete"),
                new Operation("members", "GET", channels + "/c/uuids", "", "c get"),
                new Operation("set members", "PATCH", channels + "/c/uuids", "{}", "c manage"),
                new Operation("upload url", "POST", files + "generate-upload-url", "{\"name\":\"x\"}", "c write"),
                new Operation("files", "GET", files + "files", "", "c read"),
                new Operation("link to a file", "GET", files + "files/i/n", "", "c read"),
                new Operation("delete a file", "DELETE", files + "files/i/n", "", "c delete"),
                new Operation("publish a file", "GET", "/v1/files/publish-file/pub-c-1/sub-c-1/0/c/0/1", "",
                        "c write"),
                new Operation("add to a device", "GET", "/v1/push/sub-key/sub-c-1/devices/t?type=fcm&add=c", "",
                        "c read"),
                new Operation("add to a device of Apple's", "GET",
                        "/v2/push/sub-key/sub-c-1/devices-apns2/ab?topic=x&add=c", "", "c read"),
                new Operation("remove from a device", "GET", "/v1/push/sub-key/sub-c-1/devices/t?type=fcm&remove=c",
                        "", ""),
                new Operation("channels of a device", "GET", "/v1/push/sub-key/sub-c-1/devices/t?type=fcm", "", ""),
                new Operation("remove a device", "GET", "/v1/push/sub-key/sub-c-1/devices/t/remove?type=fcm", "", ""),
                new Operation("handshake", "GET", "/v2/subscribe/sub-c-1/c/0?tt=0", "", "c read"),
                new Operation("catch up", "GET", "/v2/subscribe/sub-c-1/c/0?x=1" + old, "", "c read"),
                new Operation("wildcard", "GET", "/v2/subscribe/sub-c-1/c.*/0?tt=0", "", "c.* read"),
                new Operation("presence channel", "GET", "/v2/subscribe/sub-c-1/c-pnpres/0?tt=0", "", "c-pnpres read"),
                new Operation("group", "GET", "/v2/subscribe/sub-c-1/,/0?tt=0&channel-group=g", "", "g read"),
                new Operation("presence of a group", "GET",
                        "/v2/subscribe/sub-c-1/,/0?tt=0&channel-group=g-pnpres", "", "g-pnpres read"),
                new Operation("stream", "GET", "/v2/stream/sub-c-1/c?tt=0", "", "c read"),
                new Operation("stream of what was", "GET", "/v2/stream/sub-c-1/c?x=1" + old, "", "c read"),
                new Operation("history", "GET", "/v2/history/sub-key/sub-c-1/channel/c", "", "c read"),
                new Operation("fetch", "GET", "/v3/history/sub-key/sub-c-1/channel/c", "", "c read"),
                new Operation("fetch with actions", "GET", "/v3/history-with-actions/sub-key/sub-c-1/channel/c", "",
                        "c read"),
                new Operation("counts", "GET", "/v3/history/sub-key/sub-c-1/message-counts/c?timetoken=1", "",
                        "c read"),
                new Operation("delete messages", "DELETE", "/v3/history/sub-key/sub-c-1/channel/c?start=1&end=1", "",
                        "c delete"),
                new Operation("here now", "GET", presence + "/channel/c", "", "c read"),
                new Operation("here now in a group", "GET", presence + "/channel/,?channel-group=g", "", "g read"),
                new Operation("heartbeat", "GET", presence + "/channel/c/heartbeat", "", "c read"),
                new Operation("set state", "GET", presence + "/channel/c/uuid/alice/data?state=%7B%7D", "", "c read"),
                new Operation("get state", "GET", presence + "/channel/c/uuid/bob", "", "c read"),
                new Operation("leave", "GET", presence + "/channel/c/leave", "", ""),
                new Operation("where now", "GET", presence + "/uuid/bob", "", ""),
                new Operation("here now everywhere", "GET", presence, "", ""),
                new Operation("time", "GET", "/time/0", "", ""),
                new Operation("list a group", "GET", groups + "/g", "", "g read"),
                new Operation("add to a group", "GET", groups + "/g?add=x", "", "g manage"),
                new Operation("remove from a group", "GET", groups + "/g?remove=x", "", "g manage"),
                new Operation("delete a group", "GET", groups + "/g/remove", "", "g manage"),
                new Operation("list groups", "GET", groups, "", ""));
    }

    /** Each operation with each permission alone, on the right name and on others. */
    @TestFactory
    Stream<DynamicTest> everyOperationNeedsItsPermissionAndNoOther() {
        return operations().stream().map(operation -> dynamicTest(operation.name(), () -> {
            for (String name : List.of("c", "c.*", "c-pnpres", "g", "g-pnpres", "d", "u")) {
                for (Map.Entry<String, Integer> permission : PERMISSIONS.entrySet()) {
                    String kind = name.startsWith("g") ? "groups" : name.equals("u") ? "uuids" : "channels";
                    String token = token(wire, "\"resources\":{\"" + kind + "\":{\"" + name + "\":"
                            + permission.getValue() + "}}");
                    boolean allowed = operation.needs().isEmpty()
                            || operation.needs().equals(name + " " + permission.getKey());
                    Answer answer = operation.with(wire, token);
                    assertThat(answer.status() != 403).as("%s on %s: %s", permission.getKey(), name, answer.body())
                            .isEqualTo(allowed);
                    assertThat(answer.status()).isNotEqualTo(500);
                }
            }
            assertThat(operation.with(wire, "").status() == 403).as("with nothing")
                    .isEqualTo(!operation.needs().isEmpty());
            assertThat(operation
                    .with(wire, token(wire,
                            "\"patterns\":{\"channels\":{\".*\":255},\"groups\":{\".*\":255},\"uuids\":{\".*\":255}}"))
                    .status()).as("with all").isNotEqualTo(403);
            assertThat(operation.with(wire, "nonsense").status() == 403).as("with nonsense")
                    .isEqualTo(!operation.needs().isEmpty());
        }));
    }

    @Test
    void rejectionNamesEachMissingPermission() {
        String token = token(wire, "\"resources\":{\"channels\":{\"c\":1}}");
        assertThat(wire.get("/v2/subscribe/sub-c-1/c,d/0?tt=0&channel-group=g%2Ch&auth=" + token).body()).isEqualTo(
                "{\"message\":\"Forbidden\",\"payload\":{\"channels\":[\"d\"],\"channel-groups\":[\":g\",\":h\"]},"
                        + "\"error\":true,\"service\":\"Access Manager\",\"status\":403}");
        assertThat(wire.get("/v1/message-actions/sub-c-1/channel/c").body()).isEqualTo(
                "{\"message\":\"Forbidden\",\"payload\":{\"channels\":[\"c\"]},\"error\":true,"
                        + "\"service\":\"Access Manager\",\"status\":403}");
    }

    @Test
    void listsContainOnlyWhatTheTokenMayRead() {
        String all = token(wire, "\"patterns\":{\"channels\":{\".*\":255},\"groups\":{\".*\":255}}");
        wire.get("/v1/channel-registration/sub-key/sub-c-1/channel-group/mine?add=x&auth=" + all);
        wire.get("/v1/channel-registration/sub-key/sub-c-1/channel-group/theirs?add=x&auth=" + all);
        wire.get("/v2/presence/sub-key/sub-c-1/channel/my-room,their-room/heartbeat?uuid=bob&auth=" + all);
        String some = token(wire, "\"resources\":{\"channels\":{\"my-room\":1},\"groups\":{\"mine\":1}}");
        assertThat(wire.get("/v1/channel-registration/sub-key/sub-c-1/channel-group?auth=" + some)
                .json()
                .at("/payload/groups")
                .toString()).isEqualTo("[\"mine\"]");
        assertThat(wire.get("/v2/presence/sub-key/sub-c-1?auth=" + some).json().at("/payload/channels").toString())
                .contains("my-room")
                .doesNotContain("their-room");
        String whereIsBob = "/v2/presence/sub-key/sub-c-1/uuid/bob";
        assertThat(wire.get(whereIsBob + "?auth=" + some).json().at("/payload/channels").toString())
                .isEqualTo("[\"my-room\"]");
        for (String nothing : List.of("", "?auth=nonsense")) {
            assertThat(wire.get(whereIsBob + nothing).json().at("/payload/channels")).isEmpty();
            assertThat(wire.get("/v2/presence/sub-key/sub-c-1" + nothing).json().at("/payload/channels")).isEmpty();
            assertThat(wire.get("/v1/channel-registration/sub-key/sub-c-1/channel-group" + nothing)
                    .json()
                    .at("/payload/groups")).isEmpty();
        }
    }

    @Test
    void metadataListsContainOnlyWhatTheTokenMayGet() {
        String all = token(wire, "\"patterns\":{\"channels\":{\".*\":255},\"uuids\":{\".*\":255}}");
        String objects = "/v2/objects/sub-c-1/";
        byte[] none = "{}".getBytes(StandardCharsets.UTF_8);
        for (String path : List.of("uuids/mine", "uuids/theirs", "channels/my-room", "channels/their-room")) {
            assertThat(wire.send("PATCH", objects + path + "?auth=" + all, none).status()).isEqualTo(200);
        }
        String some = token(wire, "\"resources\":{\"channels\":{\"my-room\":32},\"uuids\":{\"mine\":32}}");
        for (String kind : List.of("uuids mine", "channels my-room")) {
            String list = objects + kind.substring(0, kind.indexOf(' '));
            JsonNode page = wire.get(list + "?count=true&auth=" + some).json();
            assertThat(page.get("data")).hasSize(1);
            assertThat(page.get("totalCount").asInt()).isEqualTo(1);
            assertThat(page.at("/data/0/id").asText()).isEqualTo(kind.substring(kind.indexOf(' ') + 1));
            assertThat(wire.get(list).status()).isEqualTo(403);
            assertThat(wire.get(list + "?auth=nonsense").status()).isEqualTo(403);
        }
    }

    @Test
    void membershipNeedsThePermissionToJoinTheChannel() {
        String token = token(wire, "\"resources\":{\"channels\":{\"c\":128},\"uuids\":{\"u\":64}}");
        String path = "/v2/objects/sub-c-1/uuids/u/channels?auth=" + token;
        for (String change : List.of("set", "delete")) {
            String body = "{\"" + change + "\":[{\"channel\":{\"id\":\"NAME\"}}]}";
            assertThat(wire.send("PATCH", path, body.replace("NAME", "c").getBytes(StandardCharsets.UTF_8)).status())
                    .isEqualTo(200);
            Answer refused = wire.send("PATCH", path, body.replace("NAME", "d").getBytes(StandardCharsets.UTF_8));
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.json().at("/payload/channels/0").asText()).isEqualTo("d");
        }
        assertThat(wire.get("/v2/objects/sub-c-1/uuids/v?auth=" + token).json().at("/payload/uuids/0").asText())
                .isEqualTo("v");
    }

    @Test
    void tokenForOneUuidRejectsOtherUuids() {
        String token = token(wire, "\"resources\":{\"channels\":{\"c\":255}},\"uuid\":\"alice\"");
        String history = "/v3/history/sub-key/sub-c-1/channel/c?auth=" + token;
        assertThat(wire.get(history + "&uuid=alice").status()).isEqualTo(200);
        assertThat(wire.get(history + "&uuid=bob").json().get("message").asText()).isEqualTo(
                "Token is for another uuid");
        assertThat(wire.get(history).status()).isEqualTo(403);
        String state = "/v2/presence/sub-key/sub-c-1/channel/c/uuid/NAME/data?state=%7B%7D&uuid=alice&auth=" + token;
        assertThat(wire.get(state.replace("NAME", "alice")).status()).isEqualTo(200);
        assertThat(wire.get(state.replace("NAME", "bob")).status()).isEqualTo(403);
        assertThat(wire.get(state.replace("NAME", "alice").replace("&uuid=alice", "")).json().get("message").asText())
                .as("the path alone does not say who asks")
                .isEqualTo("Token is for another uuid");
    }

    @Test
    void ttlMayBeText() throws Exception {
        String body = "{\"ttl\":\"15\",\"permissions\":{\"resources\":{\"users\":{\"ann\":1}}}}";
        assertThat(tryGrant(wire, body).status()).isEqualTo(200);
        assertThat(tryGrant(wire, body.replace("15", "43201")).body()).contains("Invalid ttl");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '§', value = {
            "{\"ttl\":0,\"permissions\":{\"resources\":{\"channels\":{\"c\":1}}}} | {\"error\":{\"message\":\"Invalid ttl\",\"source\":\"grant\",\"details\":[{\"message\":\"Range should be 1 to 43200 minute(s).\",\"location\":\"ttl\",\"locationType\":\"body\"}]},\"service\":\"Access Manager\",\"status\":400}",
            "{\"ttl\":43201,\"permissions\":{}} | Invalid ttl", "{\"permissions\":{}} | Invalid ttl",
            "{\"ttl\":1.5} | Invalid ttl", "{\"ttl\":1} | This grant contains no permissions",
            "{\"ttl\":1,\"permissions\":{\"resources\":{\"uuids\":{}}}} | {\"error\":{\"message\":\"This grant contains no permissions\",\"source\":\"grant\",\"details\":[{\"message\":\"What are you granting?\",\"location\":\"permissions\",\"locationType\":\"body\"}]},\"service\":\"Access Manager\",\"status\":400}",
            "{\"ttl\":1,\"permissions\":{\"resources\":{\"uuids\":{\"u\":0}}}} | `permissions.resources.uuids.u` must be positive and non-zero.",
            "{\"ttl\":1,\"permissions\":{\"resources\":{\"uuids\":{\"u\":256}}}} | must not be above 255",
            "{\"ttl\":1,\"permissions\":{\"resources\":{\"uuids\":{\"u\":\"x\"}}}} | Invalid permissions",
            "{\"ttl\":1,\"permissions\":{\"patterns\":{\"channels\":{\"a**\":1}}}} | Invalid RegExp",
            "{\"ttl\":1,\"permissions\":{\"patterns\":{\"channels\":{\"(a)\":1}}}} | Only non-capturing groups are allowed. Try replacing `(` with `(?:`.",
            "{\"ttl\":1,\"permissions\":{\"resources\":{\"channels\":{\"c\":1}},\"meta\":{\"x\":[]}}} | Invalid meta",
            "{\"ttl\":1,\"permissions\":[]} | Invalid permissions", "[] | Invalid JSON", "{ | Invalid JSON",
            "{\"ttl\":1,\"permissions\":{\"resources\":{\"channels\":{\"c\":1}},\"uuid\":5}} | Invalid uuid"})
    void invalidGrantIsRefusedAsTheProtocolSays(String body, String words) {
        Answer answer = tryGrant(wire, body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains(words);
        assertThat(answer.json().at("/error/source").asText()).isEqualTo("grant");
    }

    @Test
    void onlyTheOwnerGrantsAndRevokes() throws Exception {
        String body = "{\"ttl\":1,\"permissions\":{\"resources\":{\"channels\":{\"c\":1}}}}";
        String path = "/v3/pam/sub-c-1/grant?uuid=admin";
        assertThat(wire.post(path, body).status()).isEqualTo(403);
        assertThat(wire.post(path + "&signature=v2.x&timestamp=" + System.currentTimeMillis() / 1000, body).body())
                .isEqualTo("{\"message\":\"Signature does not match\",\"error\":true,"
                        + "\"service\":\"Access Manager\",\"status\":403}");
        assertThat(wire.post(OWNER.sign("POST", path, body, 5), body).body()).isEqualTo(
                "{\"message\":\"Invalid Timestamp\",\"error\":true,\"service\":\"Access Manager\",\"status\":400}");
        assertThat(wire.post(path + "&signature=v2.x", body).status()).isEqualTo(400);
        String all = token(wire, "\"patterns\":{\"channels\":{\".*\":255}}");
        assertThat(wire.post(path + "&auth=" + all, body).status()).isEqualTo(403);
        assertThat(wire.delete("/v3/pam/sub-c-1/grant/" + all + "?auth=" + all).status()).isEqualTo(403);
        assertThat(wire.post("/v3/pam/sub-c-2/grant", body).body()).contains("no secret key");
    }

    @Test
    void theOwnerMayDoAnything() throws Exception {
        for (Operation operation : operations()) {
            if (!operation.name().startsWith("stream")) {
                String target = operation.target() + (operation.target().contains("?") ? "&" : "?") + "uuid=boss";
                assertThat(signed(wire, operation.method(), target, operation.body()).status()).as(operation.name())
                        .isNotEqualTo(403);
            }
        }
    }

    @Test
    void ownerRemovesActionsOfOthersInTheirName(TestInfo test) {
        String channel = RunningServer.channel(test);
        String token = token(wire, "\"resources\":{\"channels\":{\"" + channel + "\":255}}");
        String auth = "&auth=" + token;
        long message = wire.get("/publish/pub-c-1/sub-c-1/0/" + channel + "/0/1?uuid=alice" + auth)
                .json()
                .get(2)
                .asLong();
        String actions = "/v1/message-actions/sub-c-1/channel/" + channel + "/message/" + message;
        Answer added = wire.post(actions + "?uuid=bob" + auth, "{\"type\":\"t\",\"value\":\"v\"}");
        long action = added.json().at("/data/actionTimetoken").asLong();
        String path = actions + "/action/" + action;
        assertThat(wire.delete(path + "?uuid=carol" + auth).body()).contains("wrong uuid specified");
        assertThat(signed(wire, "DELETE", path + "?uuid=boss", "").status()).isEqualTo(200);
        var event = wire.get("/v2/subscribe/sub-c-1/" + channel + "/0?tt=" + action + auth).json().at("/m/0");
        assertThat(event.get("i").asText()).isEqualTo("bob");
        assertThat(event.at("/d/event").asText()).isEqualTo("removed");
        assertThat(event.at("/d/by").asText()).isEqualTo("boss");
        assertThat(event.at("/d/data").size()).isEqualTo(4);
    }

    @Test
    void ownerRemovesTheActionOfAnotherByItsValue(TestInfo test) {
        String channel = RunningServer.channel(test);
        String auth = "&auth=" + token(wire, "\"resources\":{\"channels\":{\"" + channel + "\":255}}");
        long message = wire.get("/publish/pub-c-1/sub-c-1/0/" + channel + "/0/1?uuid=alice" + auth)
                .json()
                .get(2)
                .asLong();
        String actions = "/v1/message-actions/sub-c-1/channel/" + channel + "/message/" + message;
        long action = wire.post(actions + "?uuid=bob" + auth, "{\"type\":\"t\",\"value\":\"v\"}")
                .json()
                .at("/data/actionTimetoken")
                .asLong();
        assertThat(wire.delete(actions + "?type=t&value=v&of=bob&uuid=carol" + auth).status()).isEqualTo(403);
        Answer removed = signed(wire, "DELETE", actions + "?type=t&value=v&of=bob&uuid=boss", "");
        assertThat(removed.json().at("/data/uuid").asText()).isEqualTo("bob");
        var event = wire.get("/v2/subscribe/sub-c-1/" + channel + "/0?tt=" + action + auth).json().at("/m/0");
        assertThat(event.at("/d/by").asText()).isEqualTo("boss");
        assertThat(event.at("/d/count").asInt(-1)).isZero();
    }

    /** What may add an action and remove one needs the permissions for both. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '§', value = {
            "POST | /message/MESSAGE?toggle=true | {\"type\":\"t\",\"value\":\"v\"}",
            "POST | /message/MESSAGE? | {\"type\":\"clap\",\"value\":\"v\",\"amount\":-1}",
            "PUT | /message/MESSAGE/actions?type=t | {\"values\":[\"v\"]}",
            "POST | /batch? | {\"changes\":[{\"change\":\"add\",\"messageTimetoken\":\"MESSAGE\",\"type\":\"t\",\"value\":\"v\"}]}"})
    void changeOfBothKindsNeedsBothPermissions(String method, String path, String body) {
        String channel = "both-" + method + body.length();
        long message = signed(wire, "GET", "/publish/pub-c-1/sub-c-1/0/" + channel + "/0/1?uuid=a", "").json()
                .get(2)
                .asLong();
        String url = "/v1/message-actions/sub-c-1/channel/" + channel + path.replace("MESSAGE", "" + message)
                + "&uuid=bob&auth=";
        signed(wire, "POST", url.substring(0, url.indexOf(channel)) + channel + "/message/" + message + "?uuid=bob",
                "{\"type\":\"clap\",\"value\":\"v\",\"amount\":2}");
        byte[] change = body.replace("MESSAGE", "" + message).getBytes(StandardCharsets.UTF_8);
        int write = 2;
        int delete = 8;
        for (int some : new int[]{write, delete}) {
            assertThat(wire.send(method, url + token(wire, "\"resources\":{\"channels\":{\"" + channel + "\":" + some
                    + "}}"), change).status()).isEqualTo(403);
        }
        assertThat(wire.send(method, url + token(wire, "\"resources\":{\"channels\":{\"" + channel + "\":"
                + (write + delete) + "}}"), change).status()).isEqualTo(200);
    }

    @Test
    void strictParentsTakeActionsOnStoredMessagesAlone(TestInfo test) {
        String actions = "/v1/message-actions/sub-c-1/channel/" + RunningServer.channel(test) + "/message/15";
        Answer refused = signed(wire, "POST", actions + "?uuid=a", "{\"type\":\"t\",\"value\":\"v\"}");
        assertThat(refused.status()).isEqualTo(404);
        assertThat(refused.json().at("/error/message").asText()).startsWith("Message Not Found");
        assertThat(wire.post(actions.replace("sub-c-1", "sub-c-2") + "?uuid=a", "{\"type\":\"t\",\"value\":\"v\"}")
                .status()).isEqualTo(200);
    }

    @Test
    void revokedTokenStaysInvalidAfterARestart() throws Exception {
        Path folder = Folders.temporary();
        ManiculeConfig config = ManiculeConfig.DEFAULT.withPort(0)
                .withData(folder.resolve("data"))
                .withKeysets(List.of(KEYSET));
        String read = "/v3/history/sub-key/sub-c-1/channel/c?auth=";
        String token;
        String other;
        try (Manicule server = Manicule.start(config)) {
            Wire fresh = new Wire(server.port());
            token = token(fresh, "\"resources\":{\"channels\":{\"c\":1}}");
            other = token(fresh, "\"resources\":{\"channels\":{\"c\":3}}");
            assertThat(fresh.get(read + token).status()).isEqualTo(200);
            assertThat(revoke(fresh, token).body()).isEqualTo(
                    "{\"data\":{\"message\":\"Success\"},\"service\":\"Access Manager\",\"status\":200}");
            assertThat(fresh.get(read + token).body()).isEqualTo("{\"message\":\"Token is revoked\",\"error\":true,"
                    + "\"service\":\"Access Manager\",\"status\":403}");
            assertThat(revoke(fresh, token).json().at("/error/details/0/message").asText()).isEqualTo(
                    "Token is revoked.");
            assertThat(revoke(fresh, "nonsense").json().at("/error/message").asText()).isEqualTo("Invalid token");
        }
        try (Manicule server = Manicule.start(config)) {
            Wire fresh = new Wire(server.port());
            assertThat(fresh.get(read + token).json().get("message").asText()).isEqualTo("Token is revoked");
            assertThat(fresh.get(read + other).status()).isEqualTo(200);
        }
        Folders.delete(folder);
    }

    /** What {@code a.*} takes in must all be allowed, and of presence what {@code a.*-pnpres} takes in. */
    @Test
    void wildcardDeliversOnlyWhatTheTokenGrants(TestInfo test) {
        String name = RunningServer.channel(test);
        String all = token(wire, "\"patterns\":{\"channels\":{\".*\":255}}");
        String silent = token(wire, "\"resources\":{\"channels\":{\"" + name + ".*\":1}}");
        String loud = token(wire, "\"resources\":{\"channels\":{\"" + name + ".*\":1,\"" + name + ".*-pnpres\":1}}");
        String poll = "/v2/subscribe/sub-c-1/" + name + ".*/0?auth=";
        String from = wire.get(poll + all).json().at("/t/t").asText();
        wire.get("/v2/presence/sub-key/sub-c-1/channel/" + name + ".b/heartbeat?uuid=bob&auth=" + all);
        await().until(() -> wire.get(poll + loud + "&tt=" + from).body().contains("\"join\""));
        wire.get("/publish/pub-c-1/sub-c-1/0/" + name + ".b/0/1?auth=" + all);
        var told = wire.get(poll + silent + "&tt=" + from).json().get("m");
        assertThat(told).hasSize(1);
        assertThat(told.get(0).get("c").asText()).isEqualTo(name + ".b");
        assertThat(wire.get("/v2/subscribe/sub-c-1/" + name + ".b-pnpres/0?auth=" + silent).status()).isEqualTo(403);
        String some = token(wire, "\"patterns\":{\"channels\":{\"" + name + "\\\\.[^s].*\":1}}");
        assertThat(wire.get(poll + some).status()).isEqualTo(403);
        assertThat(wire.get("/v2/stream/sub-c-1/" + name + ".*?auth=" + some).status()).isEqualTo(403);
        assertThat(wire.get("/v2/presence/sub-key/sub-c-1/channel/" + name + ".*?auth=" + some).status())
                .isEqualTo(403);
        assertThat(wire.get("/v2/subscribe/sub-c-1/" + name + ".b/0?auth=" + some).status()).isEqualTo(200);
    }

    @Test
    void signatureOfAGetPublishFitsNoOtherRequest(TestInfo test) throws Exception {
        String channel = RunningServer.channel(test);
        String signed = OWNER.sign("GET", "/publish/pub-c-1/sub-c-1/0/" + channel + "/0/%22hello%22?uuid=boss", "");
        assertThat(wire.get(signed).status()).isEqualTo(200);
        assertThat(wire.post(signed, "\"evil\"").status()).isEqualTo(403);
        assertThat(wire.post(signed.replace("/%22hello%22", ""), "\"evil\"").status()).isEqualTo(403);
        assertThat(wire.post(signed.replace("/0/%22hello%22", ""), "\"evil\"").status()).isEqualTo(403);
        String history = signed(wire, "GET", "/v3/history/sub-key/sub-c-1/channel/" + channel, "").body();
        assertThat(history).contains("hello").doesNotContain("evil");
    }

    /** Some SDKs don't sign what they send by POST: it may be sent again, but not with something else in it. */
    @Test
    void signatureOfAPostPublishFitsNoOtherBody(TestInfo test) throws Exception {
        String channel = RunningServer.channel(test);
        String signed = OWNER.sign("GET", "/publish/pub-c-1/sub-c-1/0/" + channel + "/0?requestid=1&uuid=boss", "");
        assertThat(wire.post(signed, "\"hello\"").status()).isEqualTo(200);
        assertThat(wire.post(signed, "\"evil\"").status()).isEqualTo(403);
        assertThat(wire.post(signed, "\"hello\"").status()).as("tried again").isEqualTo(200);
    }

    /** Also where it takes a while to see that it is right: large ones, and compressed ones. */
    @Test
    void largeAndCompressedRequestsAreSigned(TestInfo test) throws Exception {
        String channel = RunningServer.channel(test);
        String path = "/publish/pub-c-1/sub-c-1/0/" + channel + "/0?uuid=boss";
        String large = "\"" + "x".repeat(20_000) + "\"";
        assertThat(wire.post(OWNER.sign("POST", path, large), large).status()).isEqualTo(200);
        assertThat(wire.post(OWNER.sign("POST", path, large), large.replace("x\"", "y\"")).status()).isEqualTo(403);
        ByteArrayOutputStream gzipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(gzipped)) {
            gzip.write(large.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(wire.send("POST", OWNER.sign("POST", path, large), gzipped.toByteArray(), "Content-Encoding: gzip")
                .status()).isEqualTo(200);
        assertThat(wire.send("POST", OWNER.sign("POST", path, "1"), gzipped.toByteArray(), "Content-Encoding: gzip")
                .status()).isEqualTo(403);
        assertThat(wire.send("POST", path, new byte[]{1, 2, 3}, "Content-Encoding: gzip").status())
                .as("not looked at before it is known who sends it")
                .isEqualTo(403);
        assertThat(wire.send("POST", OWNER.sign("POST", path, "1"), new byte[]{1, 2, 3}, "Content-Encoding: gzip")
                .status())
                .isEqualTo(400);
    }

    /** Strangers can't use up what a keyset may do. */
    @Test
    void rejectedRequestsDoNotUseUpTheKeysetsRate() throws Exception {
        Path folder = Folders.temporary();
        Keyset keyset = Keyset.of("sub-c-1", "pub-c-1")
                .guarded(new Secret("sec-c-1"))
                .with(new Keyset.Policy(false, null, 5, List.of()));
        try (Manicule server = Manicule.start(ManiculeConfig.DEFAULT.withPort(0)
                .withData(folder.resolve("data"))
                .withKeysets(List.of(keyset)))) {
            Wire fresh = new Wire(server.port());
            for (int i = 0; i < 50; i++) {
                assertThat(fresh.get("/v3/history/sub-key/sub-c-1/channel/c").status()).isEqualTo(403);
            }
            assertThat(signed(fresh, "GET", "/v3/history/sub-key/sub-c-1/channel/c", "").status()).isEqualTo(200);
        }
        Folders.delete(folder);
    }

    /** A client that was let in before is told nothing any more, by poll or by stream, and why. */
    @Test
    void waitingClientGets403WhenItsTokenIsRevoked(TestInfo test) throws Exception {
        String channel = RunningServer.channel(test);
        String token = token(wire, "\"resources\":{\"channels\":{\"" + channel + "\":3}}");
        String cursor = wire.get("/v2/subscribe/sub-c-1/" + channel + "/0?auth=" + token).json().at("/t/t").asText();
        String poll = "/v2/subscribe/sub-c-1/" + channel + "/0?tt=" + cursor + "&auth=" + token;
        String stream = "/v2/stream/sub-c-1/" + channel + "?auth=" + token;
        String error = "{\"message\":\"Token is revoked\",\"error\":true,\"service\":\"Access Manager\",\"status\":403}";
        try (Connection parked = wire.connect();
                Connection events = wire.connect();
                Connection socket = wire.connect()) {
            parked.get(poll);
            events.get(stream);
            events.read(false);
            socket.write(("GET " + stream + " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.read(2)).isNotEmpty();
            await().until(() -> wire.get("/metrics").body().contains("manicule_polls_parked 3.0\n"));
            assertThat(revoke(wire, token).status()).isEqualTo(200);
            signed(wire, "GET", "/publish/pub-c-1/sub-c-1/0/" + channel + "/0/%22secret%22", "");
            Answer answer = parked.read();
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.body()).isEqualTo(error);
            String rest = new String(events.socket().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(rest).doesNotContain("secret").contains("event: refused\ndata: " + error + "\n\n");
            String frames = new String(socket.socket().getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(frames).doesNotContain("secret").endsWith("\u0088\u0012\u0003\u00F0Token is revoked");
        }
        await().until(() -> wire.get(poll).status() == 403);
    }

    /** Without anything being published: a poll may wait for minutes. */
    @Test
    void waitingClientGets403WhenItsTokenExpires(TestInfo test) throws Exception {
        String channel = RunningServer.channel(test);
        VirtualClock clock = VirtualClock.running();
        try (DevServer server = DevServer.start(
                ManiculeConfig.DEFAULT.withPort(0).withKeysets(List.of(KEYSET)), DevServer.Storage.MEMORY, clock)) {
            Wire fresh = new Wire(server.port());
            String token = token(fresh, "\"resources\":{\"channels\":{\"" + channel + "\":3}}");
            try (Connection parked = fresh.connect()) {
                parked.get("/v2/subscribe/sub-c-1/" + channel + "/0?tt=99999999999999999&auth=" + token);
                clock.advance(Duration.ofMinutes(6));
                Answer answer = parked.read();
                assertThat(answer.status()).isEqualTo(403);
                assertThat(answer.json().get("message").asText()).isEqualTo("Token is expired");
            }
        }
    }
}
