package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 5 of the protocol: message storage. */
class HistoryWireTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    private final Wire wire = SERVER.wire();
    private String channel = "";
    private final List<Long> at = new ArrayList<>();

    @BeforeEach
    void name(TestInfo test) {
        channel = RunningServer.channel(test);
    }

    private void publish(int count) {
        for (int i = 0; i < count; i++) {
            at.add(wire.publish(channel, "" + at.size()));
        }
    }

    private Answer v2(String query) {
        return wire.get("/v2/history/sub-key/demo/channel/" + channel + "?" + query);
    }

    private String v2Messages(String query) {
        return v2(query).json().get(0).toString();
    }

    private JsonNode v3(String query) {
        return wire.get("/v3/history/sub-key/demo/channel/" + channel + "?" + query).json();
    }

    @Test
    void version2RangesFollowTheTable() {
        publish(6);
        assertThat(v2("").body()).isEqualTo("[[0,1,2,3,4,5]," + at.get(0) + "," + at.get(5) + "]");
        assertThat(v2Messages("count=2")).isEqualTo("[4,5]");
        assertThat(v2Messages("count=2&reverse=true")).isEqualTo("[0,1]");
        assertThat(v2Messages("count=2&start=" + at.get(3))).isEqualTo("[1,2]");
        assertThat(v2Messages("count=2&end=" + at.get(3))).isEqualTo("[4,5]");
        assertThat(v2Messages("end=" + at.get(3))).isEqualTo("[3,4,5]");
        assertThat(v2Messages("count=2&start=" + at.get(4) + "&end=" + at.get(1))).isEqualTo("[2,3]");
        assertThat(v2Messages("count=2&start=" + at.get(1) + "&end=" + at.get(4))).isEqualTo("[2,3]");
        assertThat(v2Messages("start=" + at.get(1) + "&end=" + at.get(4))).isEqualTo("[2,3,4]");
        assertThat(v2Messages("count=2&reverse=true&start=" + at.get(3))).isEqualTo("[4,5]");
        assertThat(v2("start=" + at.get(3) + "&end=" + at.get(3)).body()).isEqualTo("[[],0,0]");
    }

    @Test
    void version2EntriesHaveTheRequestedMembers() {
        wire.get("/publish/demo/demo/0/" + channel + "/0/1?meta=%7B%22a%22:1%7D");
        long second = wire.publish(channel, "2");
        JsonNode both = v2("include_token=true&include_meta=true").json().get(0);
        assertThat(both.get(0).get("meta").toString()).isEqualTo("{\"a\":1}");
        assertThat(both.get(1).toString())
                .isEqualTo("{\"message\":2,\"timetoken\":" + second + ",\"meta\":\"\"}");
        assertThat(v2("include_meta=true").json().at("/0/1").toString()).isEqualTo("{\"message\":2,\"meta\":\"\"}");
        assertThat(v2("include_token=false").json().at("/0/1").toString()).isEqualTo("2");
        assertThat(v2("include_token=true&string_message_token=true").json().at("/0/1/timetoken").isTextual()).isTrue();
    }

    @Test
    void version3PagesAreNewestWithACursor() {
        publish(7);
        JsonNode page = v3("max=3");
        assertThat(page.get("status").asInt()).isEqualTo(200);
        assertThat(page.get("error").isBoolean()).isTrue();
        assertThat(page.get("error_message").asText()).isEmpty();
        assertThat(page.at("/channels/" + channel + "/0").toString())
                .isEqualTo("{\"message\":4,\"timetoken\":\"" + at.get(4) + "\"}");
        List<Integer> walked = new ArrayList<>();
        String next = "/v3/history/sub-key/demo/channel/" + channel + "?max=3";
        while (!next.isEmpty()) {
            JsonNode json = wire.get(next).json();
            List<Integer> messages = new ArrayList<>();
            json.get("channels").get(channel).forEach(message -> messages.add(message.get("message").asInt()));
            walked.addAll(0, messages);
            next = json.at("/more/url").asText("");
        }
        assertThat(walked).containsExactly(0, 1, 2, 3, 4, 5, 6);
        assertThat(v3("max=7").has("more")).isFalse();
        assertThat(v3("start=" + at.get(1) + "&end=" + at.get(5) + "&max=2").at("/channels/" + channel)
                .findValuesAsText("message"))
                .containsExactly("2", "3");
    }

    @Test
    void limitDependsOnTheNumberOfChannels() {
        publish(120);
        wire.publish(channel + "b", "1");
        assertThat(v3("").at("/channels/" + channel)).hasSize(100);
        assertThat(v3("max=1000").at("/channels/" + channel)).hasSize(100);
        assertThat(v2("count=1000").json().get(0)).hasSize(100);
        for (String comma : List.of(",", "%2C")) {
            JsonNode two = wire.get("/v3/history/sub-key/demo/channel/" + channel + comma + channel + "b,none").json();
            assertThat(two.at("/channels/" + channel)).hasSize(25);
            assertThat(two.at("/channels/" + channel + "b")).hasSize(1);
            assertThat(two.get("channels")).hasSize(2);
        }
        JsonNode withActions = wire.get("/v3/history-with-actions/sub-key/demo/channel/" + channel + "?max=100").json();
        assertThat(withActions.at("/channels/" + channel)).hasSize(25);
        assertThat(withActions.has("more")).isFalse();
    }

    @Test
    void version3EntriesHaveTheRequestedMembers() {
        long timetoken = wire.publish(channel, "1");
        assertThat(v3("include_meta=true&include_uuid=true&include_message_type=true&include_custom_message_type=true")
                .at("/channels/" + channel + "/0")
                .toString()).isEqualTo("{\"message\":1,\"timetoken\":\"" + timetoken
                        + "\",\"meta\":\"\",\"message_type\":null,\"uuid\":\"alice\"}");
        assertThat(v3("include_meta=false&include_uuid=false").at("/channels/" + channel + "/0"))
                .hasSize(2);
    }

    @Test
    void channelNamesAreEncodedOnRequest() {
        String name = channel + "|encoded::1 é";
        wire.publish(name, "1");
        String path = "/v3/history/sub-key/demo/channel/" + Wire.encode(name);
        assertThat(wire.get(path).json().get("channels").has(name)).isTrue();
        assertThat(wire.get(path + "?encode_channels=false").json().get("channels").has(name)).isTrue();
        assertThat(wire.get(path + "?encode_channels=true")
                .json()
                .get("channels")
                .has(channel + "%7Cencoded%3A%3A1%20%C3%A9")).isTrue();
    }

    @Test
    void actionsAreGroupedInOrderUnderTheirMessage() {
        long message = wire.publish(channel, "1");
        long other = wire.publish(channel, "2");
        List<Long> actions = new ArrayList<>();
        for (String who : List.of("zoe", "al", "max")) {
            actions.add(wire.add(channel, message, "reaction", "smile", who));
        }
        wire.add(channel, message, "reaction", "frown", "al");
        wire.add(channel, message, "receipt", "read", "al");
        JsonNode json = wire.get("/v3/history-with-actions/sub-key/demo/channel/" + channel).json();
        JsonNode first = json.at("/channels/" + channel + "/0");
        assertThat(first.get("actions")).hasSize(2);
        assertThat(first.at("/actions/reaction/smile").findValuesAsText("uuid")).containsExactly("zoe", "al", "max");
        assertThat(first.at("/actions/reaction/smile").findValuesAsText("actionTimetoken"))
                .isEqualTo(actions.stream().map(String::valueOf).toList());
        assertThat(first.at("/actions/reaction/frown")).hasSize(1);
        assertThat(first.at("/actions/receipt/read/0/uuid").asText()).isEqualTo("al");
        assertThat(json.at("/channels/" + channel + "/1").has("actions")).isFalse();
        assertThat(json.at("/channels/" + channel + "/1/timetoken").asText()).isEqualTo(String.valueOf(other));
        JsonNode several = wire.get("/v3/history-with-actions/sub-key/demo/channel/" + channel + ",x").json();
        assertThat(several.at("/channels/" + channel + "/0/actions/reaction/smile")).hasSize(3);
    }

    @Test
    void pagesContinueInBothDirections() {
        publish(5);
        for (long message : at) {
            for (int i = 0; i < 110; i++) { // about 3.5 MB a message
                wire.add(channel, message, "t", i + "x".repeat(32_000), "u");
            }
        }
        for (String direction : List.of("max=25", "reverse=true&max=25",
                "start=" + (at.get(0) - 1) + "&end=" + at.get(4))) {
            List<Integer> walked = new ArrayList<>();
            int pages = 0;
            String next = "/v3/history-with-actions/sub-key/demo/channel/" + channel + "?" + direction;
            while (!next.isEmpty()) {
                JsonNode json = wire.get(next).json();
                json.at("/channels/" + channel).forEach(message -> {
                    assertThat(message.at("/actions/t")).hasSize(110);
                    walked.add(message.get("message").asInt());
                });
                next = json.at("/more/url").asText("");
                pages++;
            }
            assertThat(pages).as(direction).isEqualTo(3);
            assertThat(walked).as(direction).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
        }
        String two = "/v3/history-with-actions/sub-key/demo/channel/" + channel + ",other";
        assertThat(wire.get(two).json().get("error_message").asText()).contains("fewer channels");
    }

    @Test
    void deletingOneMessageRemovesItsActions() {
        publish(4);
        long action = wire.add(channel, at.get(1), "r", "v", "u");
        wire.add(channel, at.get(3), "r", "v", "u");
        String path = "/v3/history/sub-key/demo/channel/" + channel;
        Answer deleted = wire.delete(path + "?start=" + (at.get(1) - 1) + "&end=" + at.get(1));
        assertThat(deleted.body()).isEqualTo("{\"status\":200,\"error\":false,\"error_message\":\"\"}");
        assertThat(v2Messages("")).isEqualTo("[0,2,3]");
        wire.delete(path + "?start=" + (at.get(2) + 1) + "&end=" + at.get(2));
        assertThat(v2Messages("")).isEqualTo("[0,3]");
        JsonNode actions = wire.get("/v1/message-actions/demo/channel/" + channel).json().get("data");
        assertThat(actions).hasSize(1);
        assertThat(actions.get(0).get("messageTimetoken").asLong()).isEqualTo(at.get(3));
        String caughtUp = wire.get("/v2/subscribe/demo/" + channel + "/0?tt=1").body();
        assertThat(caughtUp).doesNotContain("" + at.get(1)).doesNotContain("" + action).contains("" + at.get(3));
    }

    @Test
    void deleteRangesEqualReadRanges() {
        publish(6);
        String path = "/v3/history/sub-key/demo/channel/" + channel;
        wire.delete(path + "?start=" + at.get(3) + "&end=" + at.get(3));
        assertThat(v2Messages("")).isEqualTo("[0,1,2,3,4,5]");
        wire.delete(path + "?start=" + at.get(1));
        assertThat(v2Messages("")).isEqualTo("[1,2,3,4,5]");
        wire.delete(path + "?end=" + at.get(5));
        assertThat(v2Messages("")).isEqualTo("[1,2,3,4]");
        wire.delete(path + "?start=" + at.get(1) + "&end=" + at.get(3));
        assertThat(v2Messages("")).isEqualTo("[1,4]");
        wire.publish(channel + "b", "1");
        wire.delete(path + "," + channel + "b");
        assertThat(v2Messages("")).isEqualTo("[]");
        assertThat(wire.get("/v2/history/sub-key/demo/channel/" + channel + "b").body()).isEqualTo("[[],0,0]");
        assertThat(wire.delete(path).status()).isEqualTo(200);
    }

    @Test
    void messagesAreCountedAfterATimetoken() {
        publish(5);
        wire.add(channel, at.get(0), "r", "v", "u");
        String path = "/v3/history/sub-key/demo/message-counts/";
        assertThat(wire.get(path + channel + "?timetoken=" + at.get(1)).body())
                .isEqualTo(
                        "{\"status\":200,\"error\":false,\"error_message\":\"\",\"channels\":{\"" + channel + "\":3}}");
        JsonNode two = wire.get(path + channel + ",none?timetoken=1").json().get("channels");
        assertThat(two.get(channel).asInt()).isEqualTo(5);
        assertThat(two.get("none").asInt()).isZero();
        JsonNode each = wire.get(path + channel + "%2Cnone?channelsTimetoken=" + at.get(3) + "%2C1")
                .json()
                .get("channels");
        assertThat(each.get(channel).asInt()).isEqualTo(1);
        Map<String, String> bad = Map.of("", "either timetoken or channelsTimetoken", "timetoken=1&channelsTimetoken=1",
                "either timetoken or channelsTimetoken", "channelsTimetoken=1,2",
                "channelsTimetoken, 2 of them instead of 1", "timetoken=1,2", "timetoken, 2 of them instead of 1",
                "timetoken=x", "timetoken", "channelsTimetoken=x", "channelsTimetoken");
        bad.forEach((query, argument) -> assertThat(wire.get(path + channel + "?" + query).body()).as(query)
                .isEqualTo("{\"status\":400,\"error\":true,\"error_message\":\"Invalid Arguments: " + argument
                        + "\",\"channels\":{}}"));
        assertThat(wire.get(path + ",?timetoken=1").json().get("error_message").asText())
                .isEqualTo("Invalid Arguments: channel");
    }

    @Test
    void tooManyChannelsAreRefusedWithTheLimit() {
        for (Map.Entry<String, Integer> most : Map.of("message-counts/", 100, "channel/", 500).entrySet()) {
            String path = "/v3/history/sub-key/demo/" + most.getKey();
            String names = IntStream.range(0, most.getValue()).mapToObj(i -> "c" + i).collect(Collectors.joining(","));
            assertThat(wire.get(path + names + "?timetoken=1").status()).isEqualTo(200);
            for (String more : List.of(",x", ",x".repeat(500))) {
                assertThat(wire.get(path + names + more + "?timetoken=1").json().get("error_message").asText())
                        .isEqualTo("Invalid Arguments: channel, at most " + most.getValue() + " of them");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"start=x", "end=-1", "max=0", "max=x", "start=99999999999999999999"})
    void invalidArgumentsAreNamed(String query) {
        Answer answer = wire.get("/v3/history/sub-key/demo/channel/" + channel + "?" + query);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("error_message").asText())
                .isEqualTo("Invalid Arguments: " + query.substring(0, query.indexOf('=')));
        assertThat(answer.json().get("error").asBoolean()).isTrue();
        assertThat(answer.json().get("channels")).isEmpty();
    }

    @Test
    void aPublishedMessageIsInHistoryAtOnce() {
        for (int i = 0; i < 50; i++) {
            long timetoken = wire.publish(channel, "" + i);
            assertThat(v2("count=1").json().get(1).asLong()).isEqualTo(timetoken);
        }
    }

    @Test
    void keysetsAreIsolated() {
        publish(1);
        assertThat(wire.get("/v2/history/sub-key/other/channel/" + channel).body()).isEqualTo("[[],0,0]");
    }
}
