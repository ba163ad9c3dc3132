package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Connection;
import dev.manicule.server.Manicule;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.presence.PresenceSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 6 of the protocol: who is where. */
class PresenceWireTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer(
            config -> config.withPresence(new PresenceSettings(4, Duration.ofSeconds(1))));

    private final Wire wire = SERVER.wire();
    private String channel = "";
    private long since;

    @BeforeEach
    void name(TestInfo test) {
        channel = RunningServer.channel(test);
        since = wire.get("/time/0").json().get(0).asLong();
        listen(channel + "-pnpres," + channel + ".*," + channel + ".*-pnpres",
                "&channel-group=g" + channel + "-pnpres");
    }

    /** Nothing is announced on what no subscriber has listened to. */
    private void listen(String channels, String query) {
        assertThat(wire.get("/v2/subscribe/demo/" + channels + "/0?tt=0" + query).status()).isEqualTo(200);
    }

    private void beat(String uuid, String query) {
        String body = wire.get("/v2/presence/sub-key/demo/channel/" + channel + "/heartbeat?uuid=" + uuid + query)
                .body();
        assertThat(body).isEqualTo("{\"status\":200,\"message\":\"OK\",\"service\":\"Presence\"}");
    }

    private void leave(String uuid) {
        assertThat(wire.get("/v2/presence/sub-key/demo/channel/" + channel + "/leave?uuid=" + uuid).body())
                .isEqualTo("{\"status\":200,\"action\":\"leave\",\"message\":\"OK\",\"service\":\"Presence\"}");
    }

    private JsonNode get(String path) {
        return wire.get("/v2/presence/sub-key/demo" + path).json();
    }

    /** What was told of the presence of a channel or group, as short words. */
    private List<String> told(String channels, String query) {
        List<String> told = new ArrayList<>();
        wire.get("/v2/subscribe/demo/" + channels + "/0?tt=" + since + query).json().get("m").forEach(envelope -> {
            JsonNode data = envelope.get("d");
            assertThat(data.get("timestamp").isIntegralNumber()).isTrue();
            assertThat(envelope.has("e")).isFalse();
            assertThat(envelope.has("i")).isFalse();
            told.add(data.get("action").asText() + " " + data.path("uuid").asText() + data.path("data")
                    + (data.has("join") ? "+" + data.get("join") : "")
                    + (data.has("leave") ? "-" + data.get("leave") : "")
                    + (data.has("timeout") ? "!" + data.get("timeout") : "") + " " + data.get("occupancy"));
        });
        return told;
    }

    /** By poll and by stream; a handshake joins before it is answered, and joins are worked off in order. */
    @Test
    void aSubscriptionThatObservesDoesNotJoin() throws Exception {
        for (String kind : List.of("/v2/subscribe/demo/" + channel + "/0?tt=0", "/v2/stream/demo/" + channel + "?")) {
            try (Connection connection = wire.connect()) {
                connection.get(kind + "&uuid=onlooker&observe=1");
                assertThat(connection.read(12)).asString().startsWith("HTTP/1.1 200");
                assertThat(get("/channel/" + channel).get("occupancy").asInt()).as(kind).isZero();
            }
        }
        wire.get("/v2/subscribe/demo/" + channel + "/0?tt=0&uuid=guest&observe=0");
        assertThat(get("/channel/" + channel).get("uuids")).hasSize(1);
    }

    @Test
    void joinsAndLeavesAreAnnouncedWithOccupancy() {
        beat("alice", "");
        beat("bob", "&heartbeat=1");
        leave("alice");
        leave("nobody");
        await().until(() -> told(channel + "-pnpres", "").size() == 4);
        assertThat(told(channel + "-pnpres", ""))
                .containsExactly("join alice 1", "join bob 2", "leave alice 1", "timeout bob 0");
        assertThat(get("/channel/" + channel).toString()).contains("\"occupancy\":0,\"uuids\":[]");
    }

    @Test
    void deadClientTimesOutWithinHeartbeatPlusOneSecond() throws Exception {
        try (Connection poll = wire.connect()) {
            poll.get("/v2/subscribe/demo/" + channel + "/0?tt=" + since + "&uuid=alice&heartbeat=2");
            await().until(() -> get("/channel/" + channel).get("occupancy").asInt() == 1);
            Thread.sleep(2_500); // a parked poll is presence
            assertThat(get("/channel/" + channel).get("occupancy").asInt()).isEqualTo(1);
        }
        long died = System.nanoTime();
        await().pollInterval(Duration.ofMillis(50))
                .until(() -> get("/channel/" + channel).get("occupancy").asInt() == 0);
        assertThat(Duration.ofNanos(System.nanoTime() - died)).isBetween(Duration.ofMillis(1_900),
                Duration.ofSeconds(3));
        await().untilAsserted(() -> assertThat(told(channel + "-pnpres", "")).containsExactly("join alice 1",
                "timeout alice 0")); // who is gone is told a moment later
    }

    @Test
    void aHandshakeJoinsAndSubscribersOfPresenceAloneDoNot() {
        wire.get("/v2/subscribe/demo/" + channel + "," + channel + "-pnpres/0?tt=0&uuid=alice");
        wire.get("/v2/subscribe/demo/" + channel + "-pnpres/0?tt=0&uuid=watcher");
        wire.get("/v2/subscribe/demo/" + channel + "/0?tt=0");
        await().until(() -> told(channel + "-pnpres", "").equals(List.of("join alice 1")));
        assertThat(get("/uuid/alice").at("/payload/channels").toString()).contains(channel);
        assertThat(get("/uuid/watcher").toString())
                .isEqualTo(
                        "{\"status\":200,\"message\":\"OK\",\"payload\":{\"channels\":[]},\"service\":\"Presence\"}");
    }

    /** The loops of the server are held up between one step and the next while everybody comes at once. */
    @Test
    void joinerSeesItsOwnJoinOnABusyServer() throws Exception {
        try (ExecutorService crowd = Executors.newFixedThreadPool(64)) {
            List<Future<String>> missed = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                String room = channel + i;
                missed.add(crowd.submit(() -> {
                    String path = "/v2/subscribe/demo/" + room + "," + room + "-pnpres/0?uuid=alice&tt=";
                    String cursor = wire.get(path + "0").json().at("/t/t").asText();
                    await().until(() -> get("/channel/" + room).get("occupancy").asInt() == 1);
                    JsonNode told = wire.get(path + cursor).json().get("m");
                    return told.size() == 1 ? "" : room + " from " + cursor + ": " + told;
                }));
            }
            for (Future<String> each : missed) {
                assertThat(each.get()).isEmpty();
            }
        }
    }

    /** SDKs send both at once. A handshake that comes after the join would begin after it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void joinerByHeartbeatSeesItsOwnJoin(boolean isWatched) {
        for (int i = 0; i < 20; i++) {
            String room = channel + "-room" + i;
            if (isWatched) {
                listen(room + "-pnpres", "");
            }
            wire.get("/v2/presence/sub-key/demo/channel/" + room + "/heartbeat?uuid=alice");
            String path = "/v2/subscribe/demo/" + room + "," + room + "-pnpres/0?uuid=alice&tt=";
            long cursor = wire.get(path + 0).json().at("/t/t").asLong();
            JsonNode told = wire.get(path + cursor).json().get("m");
            assertThat(told).hasSize(1);
            assertThat(told.at("/0/d/action").asText()).isEqualTo("join");
            assertThat(told.at("/0/d/uuid").asText()).isEqualTo("alice");
            JsonNode all = wire.get("/v2/subscribe/demo/" + room + "-pnpres/0?tt=" + since).json().get("m");
            assertThat(all).as("others are told once").hasSize(1);
        }
        String room = channel + "-watched";
        wire.get("/v2/presence/sub-key/demo/channel/" + room + "/heartbeat?uuid=alice");
        String path = "/v2/subscribe/demo/" + channel + "," + room + "-pnpres/0?uuid=alice&tt=";
        long cursor = wire.get(path + 0).json().at("/t/t").asLong();
        assertThat(wire.get(path + cursor).json().at("/m/0/d/action").asText()).as("its presence alone is named")
                .isEqualTo("join");
    }

    @Test
    void channelRemovedFromAGroupLosesTheGroupsMembers() throws Exception {
        String group = "g" + channel;
        String change = "/v1/channel-registration/sub-key/demo/channel-group/" + group;
        wire.get(change + "?add=" + channel);
        try (Connection poll = wire.connect()) {
            poll.get("/v2/subscribe/demo/,/0?uuid=alice&channel-group=" + group + "&tt=" + since);
            wire.get("/v2/presence/sub-key/demo/channel/,/heartbeat?uuid=bob&channel-group=" + group);
            beat("carol", "");
            await().until(() -> occupancy() == 3);
            wire.get(change + "?remove=" + channel);
            await().until(() -> get("/channel/" + channel).get("uuids").toString().equals("[\"carol\"]"));
            await().until(() -> told(channel + "-pnpres", "").stream().filter(e -> e.startsWith("leave")).count() == 2);
            await().until(() -> refreshes(group) == 1);
            wire.get(change + "?add=" + channel);
            await().until(() -> get("/channel/" + channel).get("uuids").toString().contains("alice"));
            wire.get("/v2/presence/sub-key/demo/channel/,/leave?uuid=alice&channel-group=" + group);
            wire.get(change + "?remove=" + channel + "&add=" + channel + "-2");
            await().until(() -> refreshes(group) == 2);
            wire.get(change + "?add=" + channel);
            assertThat(get("/channel/" + channel).get("uuids").toString()).as("its poll was left behind")
                    .isEqualTo("[\"carol\"]");
            wire.get(change + "/remove");
            await().until(() -> refreshes(group) == 3);
        }
        assertThat(told(channel + "-pnpres", "").toString()).as("for the group alone").doesNotContain("interval");
    }

    /** How often subscribers of a group's presence, which get nothing of a channel that was taken out, are asked to fetch who is there. */
    private long refreshes(String group) {
        long count = 0;
        for (JsonNode envelope : wire
                .get("/v2/subscribe/demo/,/0?channel-group=" + group + "-pnpres&tt=" + since)
                .json()
                .get("m")) {
            if (envelope.at("/d/here_now_refresh").asBoolean()) {
                assertThat(envelope.get("c").asText()).isEqualTo(channel + "-pnpres");
                assertThat(envelope.get("b").asText()).isEqualTo(group + "-pnpres");
                assertThat(envelope.at("/d/occupancy").asInt()).isEqualTo(1);
                count++;
            }
        }
        return count;
    }

    @Test
    void openStreamRejoinsAfterALeave() throws Exception {
        try (Connection one = wire.connect(); Connection other = wire.connect()) {
            for (Connection each : List.of(one, other)) {
                each.get("/v2/stream/demo/" + channel + "?uuid=alice&heartbeat=5");
                each.read(false);
            }
            await().until(() -> occupancy() == 1);
            one.socket().close();
            leave("alice");
            await().until(() -> occupancy() == 1);
            other.socket().close();
            leave("alice");
            await().until(() -> told(channel + "-pnpres", "").size() >= 3);
            await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(10)).until(() -> occupancy() == 0);
            assertThat(told(channel + "-pnpres", "")).containsSubsequence("join alice 1", "leave alice 0",
                    "join alice 1",
                    "leave alice 0");
        }
    }

    private int occupancy() {
        return get("/channel/" + channel).get("occupancy").asInt();
    }

    /** What was announced longer ago than announcements are kept is gone. */
    @Test
    void lateSubscriberGetsAHereNowRefresh(@TempDir Path folder) throws Exception {
        ManiculeConfig config = ManiculeConfig.DEFAULT.withPort(0).withData(folder);
        String watched = "/v2/subscribe/demo/room-pnpres,room,hall-pnpres,far.*,far.*-pnpres/0?uuid=watcher&channel-group=g-pnpres&tt=";
        try (Manicule server = Manicule.start(config)) {
            Wire here = new Wire(server.port());
            here.get("/v1/channel-registration/sub-key/demo/channel-group/g?add=member");
            long cursor = here.get(watched + 0).json().at("/t/t").asLong();
            here.get("/v2/presence/sub-key/demo/channel/room,member,far.a/heartbeat?uuid=ghost");
            here.publish("far.quiet", "1");
            await().until(() -> here.get(watched + cursor).json().get("m").size() >= 6);
            here.get("/v2/presence/sub-key/demo/channel/room,member,far.a/leave?uuid=ghost");
            here.get("/v2/presence/sub-key/demo/channel/room/leave?uuid=watcher");
            await().until(
                    () -> here.get("/v2/presence/sub-key/demo/channel/room").json().get("occupancy").asInt() == 0);
            long away = cursor - Timetoken.steps(Duration.ofMinutes(30));
            long next = away;
            List<String> refreshed = new ArrayList<>();
            while (refreshed.isEmpty()) {
                JsonNode answer = here.get(watched + next).json();
                next = answer.at("/t/t").asLong();
                answer.get("m").forEach(envelope -> {
                    if (envelope.at("/d/here_now_refresh").asBoolean()) {
                        assertThat(envelope.at("/d/action").asText()).isEqualTo("interval");
                        assertThat(envelope.at("/d/occupancy").asInt()).as("with itself where it comes")
                                .isEqualTo(Set.of("room-pnpres", "far.*-pnpres").contains(envelope.get("c").asText())
                                        ? 1
                                        : 0);
                        refreshed.add(envelope.get("c").asText() + " by " + envelope.get("b").asText());
                    }
                });
            }
            assertThat(refreshed).containsExactlyInAnyOrder("room-pnpres by room-pnpres", "hall-pnpres by hall-pnpres",
                    "far.*-pnpres by far.*-pnpres", "far.a-pnpres by far.*", "member-pnpres by g-pnpres");
            here.publish("room", "1");
            JsonNode last = here.get(watched + next).json().get("m");
            assertThat(last.toString()).as("once").doesNotContain("here_now_refresh");
            try (Connection stream = here.connect()) {
                stream.get("/v2/stream/demo/room-pnpres?tt=" + away);
                stream.read(false);
                String text = "";
                while (!text.contains("here_now_refresh")) {
                    text += new String(stream.read(1), StandardCharsets.UTF_8);
                }
            }
        }
    }

    /** Who is where outlasts the server: the one who comes back is not announced anew, the one who stays away times out. */
    @Test
    void absentUsersTimeOutAfterARestart(@TempDir Path folder) throws Exception {
        ManiculeConfig config = ManiculeConfig.DEFAULT.withPort(0).withData(folder);
        String here = "/v2/presence/sub-key/demo/channel/room";
        String watched = "/v2/subscribe/demo/room-pnpres/0?uuid=watcher&tt=";
        long cursor;
        try (Manicule server = Manicule.start(config)) {
            Wire before = new Wire(server.port());
            cursor = before.get(watched + 0).json().at("/t/t").asLong();
            before.get(here + "/heartbeat?uuid=ghost&heartbeat=5");
            before.get(here + "/heartbeat?uuid=alice&heartbeat=300");
            await().until(() -> before.get(watched + cursor).json().get("m").size() == 2);
        }
        try (Manicule server = Manicule.start(config)) {
            Wire after = new Wire(server.port());
            assertThat(after.get(here).json().get("uuids").toString()).isEqualTo("[\"alice\",\"ghost\"]");
            after.get(here + "/heartbeat?uuid=alice&heartbeat=300");
            after.get(here + "/heartbeat?uuid=bob&heartbeat=300"); // nobody has come yet who listens
            List<String> told = new ArrayList<>();
            for (long next = cursor; told.size() < 4;) {
                JsonNode answer = after.get(watched + next).json();
                next = answer.at("/t/t").asLong();
                answer.get("m")
                        .forEach(envelope -> told.add(envelope.at("/d/action").asText() + " "
                                + envelope.at("/d/uuid").asText() + " " + envelope.at("/d/occupancy")));
            }
            assertThat(told).containsExactly("join ghost 1", "join alice 2", "join bob 3", "timeout ghost 2");
        }
    }

    @Test
    void presenceWithoutListenersIsNotAnnounced() {
        String other = channel + "-alone";
        wire.get("/v2/presence/sub-key/demo/channel/" + other + "," + channel + "/heartbeat?uuid=alice");
        await().until(() -> told(channel + "-pnpres", "").equals(List.of("join alice 1")));
        listen(other + "-pnpres", "");
        wire.get("/v2/presence/sub-key/demo/channel/" + other + "/heartbeat?uuid=bob");
        await().until(() -> told(other + "-pnpres", "").equals(List.of("join bob 2")));
    }

    @Test
    void multiChannelJoinIsOneCommand() {
        List<String> rooms = IntStream.range(0, 400).mapToObj(i -> channel + "." + i).toList();
        wire.get("/v2/presence/sub-key/demo/channel/" + String.join(",", rooms) + "/heartbeat?uuid=alice");
        List<Long> timetokens = new ArrayList<>();
        long cursor = since;
        while (timetokens.size() < rooms.size()) {
            JsonNode page = wire.get("/v2/subscribe/demo/" + channel + ".*/0?tt=" + cursor).json();
            page.get("m").forEach(envelope -> timetokens.add(envelope.at("/p/t").asLong()));
            cursor = page.at("/t/t").asLong();
        }
        for (int i = 1; i < timetokens.size(); i++) {
            assertThat(timetokens.get(i)).as("consecutive").isEqualTo(timetokens.get(i - 1) + 1);
        }
    }

    @Test
    void hereNowEverywhereIsListedInBoundedParts() {
        String keyset = "many" + channel;
        for (int i = 0; i < 3; i++) {
            String names = String.join(",", IntStream.range(400 * i, 400 * i + 400).mapToObj(n -> "c" + n).toList());
            wire.get("/v2/presence/sub-key/" + keyset + "/channel/" + names + "/heartbeat?uuid=alice");
        }
        JsonNode all = wire.get("/v2/presence/sub-key/" + keyset).json().get("payload");
        assertThat(all.get("total_channels").asInt()).isEqualTo(1_200);
        assertThat(all.at("/channels/c1199/uuids").toString()).isEqualTo("[\"alice\"]");
        assertThat(wire.get("/v2/presence/sub-key/" + keyset + "/uuid/alice").json().at("/payload/channels"))
                .hasSize(1_200);
        for (int i = 0; i < 1_001; i++) {
            wire.get("/v2/presence/sub-key/" + keyset + "/channel/full/heartbeat?uuid=u" + i);
        }
        String full = "/v2/presence/sub-key/" + keyset + "/channel/full";
        assertThat(wire.get(full).json().get("uuids")).hasSize(1_000);
        assertThat(wire.get(full).json().get("occupancy").asInt()).isEqualTo(1_001);
        assertThat(wire.get(full + "?offset=1000&limit=5000").json().get("uuids")).hasSize(1);
        assertThat(wire.get(full + "?limit=5000").json().get("uuids")).hasSize(1_000);
    }

    @Test
    void hereNowHasTheRequestedForm() {
        beat("alice", "&state=" + Wire.encode("{\"" + channel + "\":{\"mood\":\"ok\"}}"));
        beat("bob", "");
        assertThat(wire.get("/v2/presence/sub_key/demo/channel/" + channel).body()).isEqualTo(
                "{\"status\":200,\"message\":\"OK\",\"service\":\"Presence\",\"occupancy\":2,\"uuids\":[\"alice\",\"bob\"]}");
        assertThat(get("/channel/" + channel + "?disable_uuids=1").toString()).contains("\"occupancy\":2}");
        assertThat(get("/channel/" + channel + "?state=1").get("uuids").toString())
                .isEqualTo("[{\"uuid\":\"alice\",\"state\":{\"mood\":\"ok\"}},{\"uuid\":\"bob\"}]");
        assertThat(get("/channel/" + channel + "?limit=1&offset=1").get("uuids").toString()).isEqualTo("[\"bob\"]");
        assertThat(get("/channel/" + channel + ",empty").toString()).isEqualTo("{\"status\":200,\"message\":\"OK\","
                + "\"payload\":{\"channels\":{\"" + channel + "\":{\"occupancy\":2,\"uuids\":[\"alice\",\"bob\"]}},"
                + "\"total_channels\":1,\"total_occupancy\":2},\"service\":\"Presence\"}");
        assertThat(get("?disable_uuids=1").at("/payload/channels/" + channel).toString())
                .isEqualTo("{\"occupancy\":2}");
        assertThat(wire.get("/v2/presence/sub-key/other").json().at("/payload/total_channels").asInt()).isZero();
        assertThat(wire.get("/v2/presence/sub-key/demo/channel/a?limit=x").status()).isEqualTo(400);
    }

    @Test
    void stateIsDeliveredAndRemovedWithItsUser() {
        String path = "/channel/" + channel + "/uuid/alice";
        assertThat(get(path).get("payload").toString()).isEqualTo("{}");
        beat("alice", "");
        assertThat(wire.get("/v2/presence/sub-key/demo" + path + "/data?uuid=alice&state=%7B%22a%22%3A1%7D").body())
                .isEqualTo("{\"status\":200,\"message\":\"OK\",\"payload\":{\"a\":1},\"service\":\"Presence\"}");
        assertThat(get(path).toString())
                .contains("\"payload\":{\"a\":1},\"channel\":\"" + channel + "\",\"uuid\":\"alice\"");
        assertThat(get("/channel/" + channel + ",x/uuid/alice").at("/payload/channels").toString())
                .isEqualTo("{\"" + channel + "\":{\"a\":1},\"x\":{}}");
        leave("alice");
        assertThat(get(path).get("payload").toString()).isEqualTo("{}");
        await().until(() -> told(channel + "-pnpres", "").size() == 3);
        assertThat(told(channel + "-pnpres", ""))
                .containsExactly("join alice 1", "state-change alice{\"a\":1} 1", "leave alice{\"a\":1} 0");
        for (String bad : List.of("", "&state=", "&state=5", "&state=%7B", "&state=%5B%5D")) {
            assertThat(wire.get("/v2/presence/sub-key/demo" + path + "/data?uuid=alice" + bad).status()).isEqualTo(400);
        }
    }

    @Test
    void largeChannelsAnnounceInIntervals() {
        for (int i = 0; i < 7; i++) {
            beat("u" + i, "&heartbeat=60");
        }
        leave("u6");
        leave("u0");
        await().until(() -> told(channel + "-pnpres", "").size() == 5);
        assertThat(told(channel + "-pnpres", "").get(4)).isEqualTo("interval +[\"u4\",\"u5\"]-[\"u0\"] 5");
    }

    @Test
    void groupsAndWildcardsHavePresenceToo() {
        String member = channel + ".member";
        wire.get("/v1/channel-registration/sub-key/demo/channel-group/g" + channel + "?add=" + member);
        wire.get("/v2/subscribe/demo/,/0?tt=0&uuid=alice&channel-group=g" + channel);
        wire.get("/v2/subscribe/demo/" + channel + ".*/0?tt=0&uuid=bob");
        await().until(() -> told(member + "-pnpres", "").equals(List.of("join alice 1")));
        assertThat(told(",", "&channel-group=g" + channel + "-pnpres")).containsExactly("join alice 1");
        assertThat(told(channel + ".*-pnpres", "")).as("the pattern itself").containsExactly("join bob 1");
        assertThat(told(channel + ".*", "")).as("a wildcard takes in the presence of what is below it")
                .containsExactly("join alice 1", "join bob 1");
        assertThat(get("/channel/,?channel-group=g" + channel).at("/payload/channels/" + member + "/uuids").toString())
                .isEqualTo("[\"alice\"]");
        assertThat(get("/channel/" + channel + ".*").get("uuids").toString()).isEqualTo("[\"bob\"]");
    }

    @Test
    void nullAsStateIsNone() throws Exception {
        String heartbeat = "/v2/presence/sub-key/demo/channel/null-state/heartbeat?uuid=alice&state=";
        assertThat(wire.get(heartbeat + "null").status()).isEqualTo(200);
        assertThat(wire.get(heartbeat + "1").status()).isEqualTo(400);
    }
}
