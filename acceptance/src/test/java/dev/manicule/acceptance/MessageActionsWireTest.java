package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 2 of the protocol: message actions. */
class MessageActionsWireTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    private final Wire wire = SERVER.wire();
    private String channel = "";
    private String base = "";

    @BeforeEach
    void name(TestInfo test) {
        channel = RunningServer.channel(test);
        base = "/v1/message-actions/demo/channel/" + channel;
    }

    private static void assertError(Answer answer, int status, String message) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().get("status").asInt()).isEqualTo(status);
        assertThat(answer.json().at("/error/source").asText()).isEqualTo("actions");
        assertThat(answer.json().at("/error/message").asText()).isEqualTo(message);
        assertThat(answer.headers().get("access-control-allow-origin")).isEqualTo("*");
    }

    private static void assertDetail(Answer answer, String message, String location, String type) {
        assertError(answer, 400, "Request payload contained invalid input.");
        assertThat(answer.json().at("/error/details")).anySatisfy(detail -> {
            assertThat(detail.get("message").asText()).isEqualTo(message);
            assertThat(detail.get("location").asText()).isEqualTo(location);
            assertThat(detail.get("locationType").asText()).isEqualTo(type);
        });
    }

    @Test
    void addedActionIsReturnedWithStringMembers() {
        Answer answer = wire.post(base + "/message/1595634332?uuid=my_uuid",
                "{\"type\": \"reaction\", \"value\": \"smiley_face\", \"extra\": 1}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers().get("content-type")).isEqualTo("text/javascript; charset=\"UTF-8\"");
        JsonNode data = answer.json().get("data");
        assertThat(data.size()).isEqualTo(5);
        assertThat(data).allMatch(JsonNode::isTextual);
        assertThat(data.get("messageTimetoken").asText()).isEqualTo("1595634332");
        assertThat(data.get("type").asText()).isEqualTo("reaction");
        assertThat(data.get("value").asText()).isEqualTo("smiley_face");
        assertThat(data.get("uuid").asText()).isEqualTo("my_uuid");
        assertThat(data.get("actionTimetoken").asText()).matches("\\d{17}");
        assertThat(answer.json().get("status").asInt()).isEqualTo(200);
    }

    @Test
    void duplicateActionIsAConflict() {
        long message = wire.publish(channel, "1");
        wire.add(channel, message, "reaction", "smile", "alice");
        assertError(wire.tryAdd(channel, message, "reaction", "smile", "alice"), 409, "Action Already Added");
        wire.add(channel, message, "reaction", "smile", "bob");
        wire.add(channel, message, "reaction", "smilE", "alice");
        wire.add(channel, message, "reactio", "nsmile", "alice");
        wire.add(channel, message + 1, "reaction", "smile", "alice");
        assertThat(wire.get(base).json().get("data")).hasSize(5);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{}|Missing field|type", "{}|Missing field|value",
            "{\"type\":\"a\"}|Missing field|value", "{\"value\":\"a\"}|Missing field|type",
            "{\"type\":\"\",\"value\":\"b\"}|Missing field|type", "{\"type\":\"a\",\"value\":7}|Invalid type|value",
            "{\"type\":{},\"value\":\"b\"}|Invalid type|type", "{\"type\":\"a\",\"value\":null}|Invalid type|value",
            "{\"type\":true,\"value\":\"b\"}|Invalid type|type", "[\"a\"]|Missing field|type",
            "{\"type\":\"a\",\"value\":\"\\ud800\"}|Invalid Unicode|value"})
    void invalidBodyIsReported(String body, String message, String location) {
        assertDetail(wire.post(base + "/message/1?uuid=u", body), message, location, "body");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nope", "{", "{\"type\":\"a\",\"value\":\"b\"", "{\"type\":\"a\",\"value\":\"b\"}x"})
    void bodyThatIsNotJsonIsReported(String body) {
        assertError(wire.post(base + "/message/1?uuid=u", body), 400, "Request payload must be in JSON format.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "-1", "1.5", "12345678901234567890", "9223372036854775808", "1e5", "%20"})
    void aMessageTimetokenIsDigits(String timetoken) {
        assertDetail(wire.post(base + "/message/" + timetoken + "?uuid=u", "{\"type\":\"a\",\"value\":\"b\"}"),
                "Invalid timetoken", "message_timetoken", "path");
        assertDetail(wire.delete(base + "/message/1/action/" + timetoken + "?uuid=u"), "Invalid timetoken",
                "action_timetoken", "path");
    }

    @Test
    void uuidIsRequired() {
        assertDetail(wire.post(base + "/message/1", "{\"type\":\"a\",\"value\":\"b\"}"), "Missing field", "uuid",
                "query");
        assertDetail(wire.post(base + "/message/1?uuid=", "{\"type\":\"a\",\"value\":\"b\"}"), "Missing field", "uuid",
                "query");
        assertDetail(wire.delete(base + "/message/1/action/1"), "Missing field", "uuid", "query");
    }

    @Test
    void onlyItsOwnerRemovesAnActionAndOnlyOnce() {
        long message = wire.publish(channel, "1");
        long action = wire.add(channel, message, "reaction", "smile", "alice");
        String path = base + "/message/" + message + "/action/" + action;
        assertError(wire.delete(path + "?uuid=bob"), 400, "Not deleting message action: wrong uuid specified");
        assertError(wire.delete(base + "/message/" + message + "1/action/" + action + "?uuid=alice"), 400,
                "No matching message actions to delete");
        Answer removed = wire.send("DELETE", path + "?uuid=alice", new byte[0]);
        assertThat(removed.body()).isEqualTo("{\"status\":200,\"data\":{}}");
        assertError(wire.delete(path + "?uuid=alice"), 400, "No matching message actions to delete");
        long again = wire.add(channel, message, "reaction", "smile", "alice");
        assertThat(again).isGreaterThan(action);
    }

    @Test
    void actionPagesHaveNoGapOrDuplicate() {
        for (int i = 0; i < 2345; i++) {
            wire.add(channel, 5, "t", "v" + i, "u");
        }
        List<Long> walked = new ArrayList<>();
        String next = base + "?limit=500";
        int pages = 0;
        while (!next.isEmpty()) {
            JsonNode page = wire.get(next).json();
            List<Long> timetokens = new ArrayList<>();
            page.get("data").forEach(action -> timetokens.add(action.get("actionTimetoken").asLong()));
            assertThat(timetokens).isSorted();
            walked.addAll(0, timetokens);
            JsonNode more = page.get("more");
            next = more == null ? "" : more.get("url").asText();
            pages++;
            if (more != null) {
                assertThat(more.get("start").asText()).isEqualTo(String.valueOf(timetokens.getFirst()));
                assertThat(more.get("limit").isInt()).isTrue();
                assertThat(more.has("end")).isFalse();
            }
        }
        assertThat(pages).isEqualTo(5);
        assertThat(new HashSet<>(walked)).hasSize(2345);
        assertThat(walked).hasSize(2345).isSorted();
        assertThat(wire.get(base).json().get("data")).hasSize(100);
        assertThat(wire.get(base + "?limit=5000").json().get("data")).hasSize(1000);
        String range = base + "?start=" + walked.get(20) + "&end=" + walked.get(10);
        assertThat(wire.get(range).json().get("data")).hasSize(10);
        assertThat(wire.get(range).json().has("more")).isFalse();
        assertThat(wire.get(range + "&limit=10").json().has("more")).as("a page that is exactly full").isFalse();
        JsonNode more = wire.get(range + "&limit=9").json().get("more");
        assertThat(more.get("end").asText()).isEqualTo(String.valueOf(walked.get(10)));
        assertThat(more.get("start").asText()).isEqualTo(String.valueOf(walked.get(11)));
    }

    @Test
    void invalidBoundsAreRefused() {
        assertThat(wire.get(base + "?start=5&end=5").body()).isEqualTo("{\"status\":200,\"data\":[]}");
        assertThat(wire.get(base + "?start=0").body()).isEqualTo("{\"status\":200,\"data\":[]}");
        assertDetail(wire.get(base + "?start=4&end=5"), "Must not be lower than end", "start", "query");
        for (String bad : List.of("limit=0", "limit=-1", "limit=x", "limit=1.5")) {
            assertDetail(wire.get(base + "?" + bad), "Must be a whole number from 1 on", "limit", "query");
        }
        assertDetail(wire.get(base + "?start=x"), "Invalid timetoken", "start", "query");
        assertDetail(wire.get(base + "?end=1.0"), "Invalid timetoken", "end", "query");
    }

    @ParameterizedTest
    @ValueSource(strings = {"чат", "聊天:1", "غرفة", "a.b.c", "with space", "a+b", "😀☞", "!@#$%^&*()[]{}\"<>?~`ŻÓŁ",
            "%2F", "a/b", "/"})
    void textOfAnyScriptIsReturnedUnchanged(String name) {
        long message = wire.publish(name, "\"" + "é☞😀" + "\"");
        long action = wire.add(name, message, name, name, name);
        JsonNode stored = wire.get("/v1/message-actions/demo/channel/" + Wire.encode(name)).json().at("/data/0");
        assertThat(stored.get("type").asText()).isEqualTo(name);
        assertThat(stored.get("value").asText()).isEqualTo(name);
        assertThat(stored.get("uuid").asText()).isEqualTo(name);
        JsonNode history = wire.get("/v3/history-with-actions/sub-key/demo/channel/" + Wire.encode(name)).json();
        JsonNode actor = history.get("channels").get(name).get(0).get("actions").get(name).get(name).get(0);
        assertThat(actor.get("actionTimetoken").asText()).isEqualTo(String.valueOf(action));
        assertThat(
                wire.delete("/v1/message-actions/demo/channel/" + Wire.encode(name) + "/message/" + message + "/action/"
                        + action + "?uuid=" + Wire.encode(name)).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%2Cb", "a%00b", "%0A", "a-pnpres", "a.*", ""})
    void invalidChannelNamesAreRefused(String encoded) {
        Answer answer = wire.post("/v1/message-actions/demo/channel/" + encoded + "/message/1?uuid=u",
                "{\"type\":\"a\",\"value\":\"b\"}");
        assertDetail(answer, "Invalid channel", "channel", "path");
    }

    @Test
    void concurrentEqualAddsYieldOneAction() throws Exception {
        int clients = 16;
        try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            for (int round = 0; round < 20; round++) {
                CountDownLatch together = new CountDownLatch(clients);
                String value = "v" + round;
                List<Future<Integer>> statuses = new ArrayList<>();
                for (int i = 0; i < clients; i++) {
                    statuses.add(threads.submit(() -> {
                        together.countDown();
                        together.await();
                        return wire.tryAdd(channel, 5, "t", value, "u").status();
                    }));
                }
                List<Integer> got = new ArrayList<>();
                for (Future<Integer> status : statuses) {
                    got.add(status.get());
                }
                assertThat(got).containsOnly(200, 409);
                assertThat(got.stream().filter(status -> status == 200)).hasSize(1);
            }
        }
        assertThat(wire.get(base).json().get("data")).hasSize(20);
    }

    @Test
    void aBodyOver32KibibytesIsTooLarge() {
        byte[] body = ("{\"type\":\"a\",\"value\":\"" + "x".repeat(33_000) + "\"}").getBytes(StandardCharsets.UTF_8);
        assertError(wire.send("POST", base + "/message/1?uuid=u", body), 413, "Request Entity Too Large");
        long largest = wire.add(channel, 1, "t", "x".repeat(32_700), "u");
        assertThat(wire.get(base).json().at("/data/0/actionTimetoken").asLong()).isEqualTo(largest);
    }
}
