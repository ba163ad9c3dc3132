package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.server.Manicule;
import dev.manicule.server.access.Secret;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.ActionRules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Actions that leave by themselves. */
class ActionExpiryWireTest {
    private static final long SECOND = 10_000_000;
    private static final int ANY = ActionRule.ANY_NUMBER;
    private static final ActionRules RULES = new ActionRules(List.of(
            new ActionRule("typing", ActionRule.Kind.MANY, List.of(), new ActionRule.Most(ANY, ANY, 2), false, false),
            new ActionRule("status", ActionRule.Kind.ONE, List.of(), ActionRule.Most.ANY, false, false),
            new ActionRule("flag", ActionRule.Kind.MANY, List.of(), ActionRule.Most.ANY, false, true)));

    @RegisterExtension
    static final RunningServer SERVER = RunningServer.withRules(RULES, new Secret("sec-c-of-ends-9k2w"));

    private final Wire wire = SERVER.wire();
    private String channel = "";
    private String base = "";
    private long message;

    @BeforeEach
    void publish(TestInfo test) {
        channel = RunningServer.channel(test);
        message = wire.publish(channel, "1");
        base = "/v1/message-actions/demo/channel/" + channel + "/message/" + message;
    }

    private Answer add(String type, String value, String ttl) {
        return wire.send("POST", base + "?uuid=ann", ("{\"type\":\"" + type + "\",\"value\":\"" + value + "\""
                + (ttl.isEmpty() ? "" : ",\"ttlSeconds\":" + ttl) + "}").getBytes(StandardCharsets.UTF_8));
    }

    /** The first events since the message was published. */
    private List<JsonNode> events(int count) {
        return events(wire, message, count);
    }

    private List<JsonNode> events(Wire wire, long after, int count) {
        List<JsonNode> events = new ArrayList<>();
        long next = after;
        while (events.size() < count) {
            JsonNode page = wire.get("/v2/subscribe/demo/" + channel + "/0?tt=" + next).json();
            next = page.at("/t/t").asLong();
            page.get("m").forEach(events::add);
        }
        return events;
    }

    private static String told(JsonNode event) {
        return event.at("/d/event").asText() + " " + event.at("/d/data/value").asText() + " "
                + event.at("/d/count").asInt(-1) + (event.at("/d/expired").asBoolean() ? " expired" : "");
    }

    private static long ttl(JsonNode action) {
        return action.get("expires").asLong() - action.get("actionTimetoken").asLong();
    }

    @Test
    void anActionLeavesByItselfWithAnEvent() {
        Answer added = add("reaction", "wave", "1");
        assertThat(added.status()).isEqualTo(200);
        JsonNode action = added.json().get("data");
        assertThat(ttl(action)).isEqualTo(SECOND);
        List<JsonNode> events = events(2);
        assertThat(events).extracting(ActionExpiryWireTest::told)
                .containsExactly("added wave 1",
                        "removed wave 0 expired");
        assertThat(events.getFirst().at("/d/data/expires").asText()).isEqualTo(action.get("expires").asText());
        assertThat(events.getLast().at("/i").asText()).isEqualTo("ann");
        assertThat(events.getLast().at("/d").has("by")).isFalse();
        assertThat(events.getLast().at("/p/t").asLong()).isGreaterThanOrEqualTo(action.get("expires").asLong());
        assertThat(wire.get(base + "?limit=10").json().get("data")).isEmpty();
        assertThat(wire.tryAdd(channel, message, "reaction", "wave", "ann").status()).isEqualTo(200);
    }

    @Test
    void theSameAdditionSetsTheEndAnewWithoutAnEvent() {
        JsonNode first = add("typing", "on", "").json();
        JsonNode second = add("typing", "on", "").json();
        assertThat(first.has("renewed")).isFalse();
        assertThat(second.get("renewed").asBoolean()).isTrue();
        assertThat(second.at("/data/actionTimetoken")).isEqualTo(first.at("/data/actionTimetoken"));
        assertThat(second.at("/data/expires").asLong()).isGreaterThan(first.at("/data/expires").asLong());
        List<JsonNode> events = events(2);
        assertThat(events).extracting(ActionExpiryWireTest::told)
                .containsExactly("added on 1", "removed on 0 expired");
        assertThat(events.getLast().at("/p/t").asLong()).isGreaterThanOrEqualTo(second.at("/data/expires").asLong());
    }

    @Test
    void aRuleGivesATypeItsLongestTime() {
        assertThat(ttl(add("typing", "a", "").json().get("data"))).isEqualTo(2 * SECOND);
        assertThat(ttl(add("typing", "b", "1").json().get("data"))).isEqualTo(SECOND);
        assertThat(ttl(add("typing", "c", "100").json().get("data"))).isEqualTo(2 * SECOND);
        assertThat(wire.get("/v1/message-actions/demo/rules").json().at("/data/0/ttlSeconds").asInt()).isEqualTo(2);
    }

    @Test
    void anActionThatStaysIsNotGivenAnEnd() {
        assertThat(add("reaction", "wave", "").status()).isEqualTo(200);
        Answer again = add("reaction", "wave", "1");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.json().get("data").has("expires")).isFalse();
        JsonNode expiring = add("reaction", "heart", "3600").json().get("data");
        Answer without = add("reaction", "heart", "");
        assertThat(without.status()).isEqualTo(409);
        assertThat(without.json().get("data")).isEqualTo(expiring);
    }

    @Test
    void aRemovedActionDoesNotLeaveOnceMore() {
        assertThat(add("reaction", "wave", "1").status()).isEqualTo(200);
        assertThat(wire.delete(base + "?uuid=ann&type=reaction&value=wave").status()).isEqualTo(200);
        assertThat(add("reaction", "heart", "1").status()).isEqualTo(200);
        assertThat(events(4)).extracting(ActionExpiryWireTest::told)
                .containsExactly("added wave 1", "removed wave 0", "added heart 1", "removed heart 0 expired");
    }

    @Test
    void setsTogglesAndBatchesHaveTimesToo() {
        JsonNode set = wire.send("PUT", base + "/actions?uuid=ann&type=tag",
                "{\"values\":[\"a\",\"b\"],\"ttlSeconds\":60}".getBytes(StandardCharsets.UTF_8)).json();
        set.at("/data/added").forEach(action -> assertThat(ttl(action)).isEqualTo(60 * SECOND));
        JsonNode again = wire.send("PUT", base + "/actions?uuid=ann&type=tag",
                "{\"values\":[\"b\"],\"ttlSeconds\":1}".getBytes(StandardCharsets.UTF_8)).json();
        assertThat(again.at("/data/removed")).hasSize(1);
        assertThat(again.at("/data/renewed/0/value").asText()).isEqualTo("b");
        assertThat(wire.send("POST", base + "?uuid=ann&toggle=true",
                "{\"type\":\"reaction\",\"value\":\"wave\",\"ttlSeconds\":60}".getBytes(StandardCharsets.UTF_8))
                .json()
                .at("/data")
                .has("expires")).isTrue();
        JsonNode batch = wire.send("POST", "/v1/message-actions/demo/channel/" + channel + "/batch?uuid=ann",
                ("{\"changes\":[{\"change\":\"add\",\"messageTimetoken\":\"" + message
                        + "\",\"type\":\"status\",\"value\":\"on my way\",\"ttlSeconds\":1},"
                        + "{\"change\":\"add\",\"messageTimetoken\":\"" + message
                        + "\",\"type\":\"status\",\"value\":\"here\",\"ttlSeconds\":60}]}")
                        .getBytes(StandardCharsets.UTF_8))
                .json();
        assertThat(ttl(batch.at("/data/1/added/0"))).isEqualTo(60 * SECOND);
        assertThat(events(7).stream().map(ActionExpiryWireTest::told).toList()).containsExactly("added a 1",
                "added b 1", "removed a 0", "added wave 1", "added on my way 1", "removed on my way 0", "added here 1");
        assertThat(told(events(8).getLast())).isEqualTo("removed b 0 expired");
    }

    /** Else its user could take it back after a second. */
    @Test
    void anActionThatOnlyTheOwnerRemovesGetsNoEndFromItsUser() {
        Answer refused = add("flag", "spam", "1");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json().at("/error/message").asText())
                .isEqualTo("Only a request with the signature of the keyset removes actions of type flag.");
        JsonNode batch = wire.send("POST", "/v1/message-actions/demo/channel/" + channel + "/batch?uuid=ann",
                ("{\"changes\":[{\"change\":\"add\",\"messageTimetoken\":\"" + message
                        + "\",\"type\":\"flag\",\"value\":\"spam\",\"ttlSeconds\":1}]}")
                        .getBytes(StandardCharsets.UTF_8))
                .json();
        assertThat(batch.at("/data/0/status").asInt()).isEqualTo(403);
        assertThat(add("flag", "spam", "").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1.5", "31536001", "\"5\"", "true", "[]", "null", "9223372036854775808"})
    void aWrongTimeIsNamed(String ttl) {
        Answer answer = add("reaction", "wave", ttl);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/error/details/0/location").asText()).isEqualTo("ttlSeconds");
    }

    @Test
    void endsThatPassWhileTheServerIsDownHaveTheirEvents(@TempDir Path data) throws Exception {
        ManiculeConfig config = ManiculeConfig.DEFAULT.withPort(0).withData(data);
        long at;
        long expires;
        try (Manicule server = Manicule.start(config)) {
            Wire before = new Wire(server.port());
            at = before.publish(channel, "1");
            expires = before.send("POST",
                    "/v1/message-actions/demo/channel/" + channel + "/message/" + at + "?uuid=ann",
                    "{\"type\":\"typing\",\"value\":\"on\",\"ttlSeconds\":1}".getBytes(StandardCharsets.UTF_8))
                    .json()
                    .at("/data/expires")
                    .asLong();
        }
        try (Manicule server = Manicule.start(config)) {
            List<JsonNode> events = events(new Wire(server.port()), at, 2);
            assertThat(events).extracting(ActionExpiryWireTest::told)
                    .containsExactly("added on 1", "removed on 0 expired");
            assertThat(events.getLast().at("/p/t").asLong()).isGreaterThanOrEqualTo(expires);
        }
    }
}
