package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.server.access.Secret;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.ActionRules;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Actions whose amounts add up, by the rule {@code counter}. */
class ActionAmountsWireTest {
    private static final String SECRET = "sec-c-of-amounts-4k9xve";
    private static final int ANY = ActionRule.ANY_NUMBER;
    private static final ActionRules RULES = new ActionRules(List.of(
            new ActionRule("clap", ActionRule.Kind.COUNTER, List.of(), new ActionRule.Most(ANY, 500, ANY), false,
                    false),
            new ActionRule("points", ActionRule.Kind.COUNTER, List.of("a", "b"), ActionRule.Most.ANY, false, true),
            new ActionRule("cheer", ActionRule.Kind.COUNTER, List.of(), new ActionRule.Most(ANY, ANY, 1), false,
                    false)));

    @RegisterExtension
    static final RunningServer SERVER = RunningServer.withRules(RULES, new Secret(SECRET));

    private final Wire wire = SERVER.wire();
    private final Signing signing = new Signing("demo", SECRET);
    private String channel = "";
    private String base = "";
    private long message;

    @BeforeEach
    void publish(TestInfo test) {
        channel = RunningServer.channel(test);
        message = wire.publish(channel, "1");
        base = "/v1/message-actions/demo/channel/" + channel;
    }

    private Answer post(String uuid, String body) {
        return wire.post(base + "/message/" + message + "?uuid=" + uuid, body);
    }

    private Answer clap(String uuid, String amount) {
        return post(uuid, "{\"type\":\"clap\",\"value\":\"c\",\"amount\":" + amount + "}");
    }

    private JsonNode tally(String type, String value, String uuid) {
        return wire.get(base + "/summary?messages=" + message + "&uuid=" + uuid)
                .json()
                .at("/data/" + message + "/actions/" + type + "/" + value);
    }

    private List<String> events(int count) {
        List<String> events = new ArrayList<>();
        long next = message;
        while (events.size() < count) {
            JsonNode page = wire.get("/v2/subscribe/demo/" + channel + "/0?tt=" + next).json();
            next = page.at("/t/t").asLong();
            page.get("m")
                    .forEach(event -> events.add(event.at("/d/event").asText() + " "
                            + event.at("/d/data/amount").asInt(1) + " of " + event.at("/i").asText() + ": "
                            + event.at("/d/count").asInt(-1)));
        }
        return events;
    }

    private static String error(Answer answer) {
        return answer.status() + " " + answer.json().at("/error/message").asText();
    }

    @Test
    void amountsOfAUserAddUp() {
        Answer first = post("ann", "{\"type\":\"clap\",\"value\":\"c\"}"); // as SDKs of the protocol send it
        assertThat(first.json().get("data").has("amount")).isFalse();
        assertThat(first.json().has("replaced")).isFalse();
        Answer more = clap("ann", "4");
        assertThat(more.json().at("/data/amount").asInt()).isEqualTo(5);
        assertThat(more.json().at("/replaced/0/actionTimetoken").asText())
                .isEqualTo(first.json().at("/data/actionTimetoken").asText());
        assertThat(clap("bob", "2").status()).isEqualTo(200);
        assertThat(events(4)).containsExactly("added 1 of ann: 1", "removed 1 of ann: 0", "added 5 of ann: 5",
                "added 2 of bob: 7");
        JsonNode tally = tally("clap", "c", "ann");
        assertThat(tally.get("count").asInt()).isEqualTo(7);
        assertThat(tally.get("users").asInt()).isEqualTo(2);
        assertThat(tally.get("mine").asText()).isEqualTo(more.json().at("/data/actionTimetoken").asText());
        assertThat(tally.get("mineAmount").asInt()).isEqualTo(5);
    }

    @Test
    void eachListOfActionsSaysAmounts() {
        clap("ann", "4");
        String history = "/v3/history-with-actions/sub-key/demo/channel/" + channel;
        assertThat(wire.get(history).json().at("/channels/" + channel + "/0/actions/clap/c/0/amount").asInt())
                .isEqualTo(4);
        for (String list : List.of(base, base + "/message/" + message, base + "/user/ann")) {
            assertThat(wire.get(list).json().at("/data/0/amount").asInt()).as(list).isEqualTo(4);
        }
    }

    @Test
    void amountIsTakenBackAndTheActionIsGoneAtZero() {
        clap("ann", "4");
        assertThat(clap("ann", "-3").json().at("/data/amount").asInt(1)).isEqualTo(1);
        Answer below = clap("ann", "-2");
        assertThat(error(below)).isEqualTo("400 The amount of the user's action would be below zero.");
        assertThat(below.json().at("/data/value").asText()).isEqualTo("c");
        Answer gone = clap("ann", "-1");
        assertThat(gone.json().get("removed").asBoolean()).isTrue();
        assertThat(tally("clap", "c", "ann").isMissingNode()).isTrue();
        assertThat(error(clap("ann", "-1"))).startsWith("400");
        assertThat(events(4)).containsExactly("added 4 of ann: 4", "removed 4 of ann: 0", "added 1 of ann: 1",
                "removed 1 of ann: 0");
    }

    @Test
    void ruleLimitsTheAmountOfAUser() {
        assertThat(clap("ann", "500").status()).isEqualTo(200);
        assertThat(error(clap("ann", "1")))
                .isEqualTo("400 The amount of the user's action would be higher than this keyset allows.");
        assertThat(clap("bob", "501").status()).isEqualTo(400);
        for (int i = 0; i < 52; i++) { // it limits no number of values
            assertThat(post("bob", "{\"type\":\"clap\",\"value\":\"v" + i + "\"}").status()).isEqualTo(200);
        }
        String points = "{\"type\":\"points\",\"value\":\"a\",\"amount\":1000000000}";
        assertThat(post("ann", points).status()).isEqualTo(200);
        assertThat(post("bob", points).status()).isEqualTo(200);
        assertThat(post("ann", "{\"type\":\"points\",\"value\":\"a\"}").status()).isEqualTo(400);
        assertThat(tally("points", "a", "ann").get("count").asLong()).isEqualTo(2_000_000_000);
    }

    @Test
    void faultyAmountIsRefused() {
        for (String amount : List.of("0", "1.5", "\"2\"", "null", "true", "1000000001", "-1000000001", "1e99", "[]")) {
            Answer answer = clap("ann", amount);
            assertThat(answer.status()).as(amount).isEqualTo(400);
            assertThat(answer.json().at("/error/details/0/location").asText()).as(amount).isEqualTo("amount");
        }
        assertThat(error(post("ann", "{\"type\":\"reaction\",\"value\":\"x\",\"amount\":2}")))
                .contains("the rule of the type is not \"counter\"");
        assertThat(post("ann", "{\"type\":\"reaction\",\"value\":\"x\",\"amount\":1}").status()).isEqualTo(200);
        assertThat(error(wire.post(base + "/message/" + message + "?toggle=true&uuid=ann",
                "{\"type\":\"clap\",\"value\":\"c\",\"amount\":2}"))).isEqualTo("400 A toggle has no amount.");
        assertThat(error(post("ann", "{\"type\":\"points\",\"value\":\"a\",\"amount\":-1}"))).startsWith("403");
        assertThat(error(post("ann", "{\"type\":\"points\",\"value\":\"z\"}"))).startsWith("400 The value is not");
    }

    @Test
    void togglesAndSetsCountForOne() {
        clap("ann", "7");
        Answer off = wire.post(base + "/message/" + message + "?toggle=true&uuid=ann",
                "{\"type\":\"clap\",\"value\":\"c\"}");
        assertThat(off.json().get("toggled").asText()).isEqualTo("removed");
        assertThat(off.json().at("/data/amount").asInt()).isEqualTo(7);
        clap("ann", "7");
        Answer set = wire.send("PUT", base + "/message/" + message + "/actions?type=clap&uuid=ann",
                "{\"values\":[\"c\",\"d\",\"e\"]}".getBytes(StandardCharsets.UTF_8));
        assertThat(set.json().at("/data/added")).hasSize(2);
        assertThat(set.json().at("/data/removed")).isEmpty();
        assertThat(tally("clap", "c", "ann").get("count").asInt()).isEqualTo(7);
        assertThat(tally("clap", "d", "ann").get("count").asInt()).isEqualTo(1);
    }

    @Test
    void batchAddsAmounts() {
        String change = "{\"change\":\"add\",\"messageTimetoken\":\"" + message
                + "\",\"type\":\"clap\",\"value\":\"c\",\"amount\":%s}";
        Answer batch = wire.post(base + "/batch?uuid=ann",
                "{\"changes\":[" + change.formatted("3") + "," + change.formatted("-1") + "," + change.formatted("-9")
                        + "]}");
        assertThat(batch.json().at("/data/1/added/0/amount").asInt()).isEqualTo(2);
        assertThat(batch.json().at("/data/2/status").asInt()).isEqualTo(400);
        Answer none = wire.post(base + "/batch?uuid=ann", "{\"atomic\":true,\"changes\":[" + change.formatted("3") + ","
                + change.formatted("-9") + "]}");
        assertThat(none.status()).isEqualTo(400);
        assertThat(tally("clap", "c", "ann").get("count").asInt()).isEqualTo(2);
    }

    @Test
    void concurrentAmountsAllCount() throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
            List<Callable<Answer>> claps = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                claps.add(() -> clap("ann", "1"));
                String user = "u" + i % 5;
                claps.add(() -> clap(user, "2"));
            }
            for (Future<Answer> each : executor.invokeAll(claps)) {
                assertThat(each.get().status()).isEqualTo(200);
            }
        }
        assertThat(tally("clap", "c", "ann").get("count").asInt()).isEqualTo(120);
        assertThat(tally("clap", "c", "ann").get("users").asInt()).isEqualTo(6);
        assertThat(tally("clap", "c", "ann").get("mineAmount").asInt()).isEqualTo(40);
    }

    @Test
    void repeatedRequestWithAnIdCountsOnce() {
        String path = base + "/message/" + message + "?uuid=ann&requestid=r1";
        String first = wire.post(path, "{\"type\":\"clap\",\"value\":\"c\",\"amount\":3}").body();
        assertThat(wire.post(path, "{\"type\":\"clap\",\"value\":\"c\",\"amount\":3}").body()).isEqualTo(first);
        assertThat(tally("clap", "c", "ann").get("count").asInt()).isEqualTo(3);
    }

    /** The time of the whole amount begins anew with each addition. */
    @Test
    void amountLeavesAtItsEnd() {
        assertThat(post("ann", "{\"type\":\"cheer\",\"value\":\"c\",\"amount\":3}").json().at("/data/expires").asText())
                .isNotEmpty();
        assertThat(events(2)).containsExactly("added 3 of ann: 3", "removed 3 of ann: 0");
        assertThat(tally("cheer", "c", "ann").isMissingNode()).isTrue();
    }

    @Test
    void ownerTakesBackWhatOnlyTheOwnerRemoves() throws Exception {
        assertThat(post("ann", "{\"type\":\"points\",\"value\":\"a\",\"amount\":5}").status()).isEqualTo(200);
        String path = base + "/message/" + message + "?uuid=ann";
        String body = "{\"type\":\"points\",\"value\":\"a\",\"amount\":-2}";
        Answer less = wire.send("POST", signing.sign("POST", path, body), body.getBytes(StandardCharsets.UTF_8));
        assertThat(less.json().at("/data/amount").asInt()).isEqualTo(3);
    }
}
