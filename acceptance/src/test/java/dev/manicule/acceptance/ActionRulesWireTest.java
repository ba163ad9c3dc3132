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
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rules of a keyset for types of actions, whole sets, batches, and removals of many. */
class ActionRulesWireTest {
    private static final String SECRET = "sec-c-of-rules-7w2mzq";
    private static final int ANY = ActionRule.ANY_NUMBER;
    private static final ActionRules RULES = new ActionRules(List.of(
            new ActionRule("reaction", ActionRule.Kind.ONE, List.of("wave", "heart", "fire"), ActionRule.Most.ANY,
                    false,
                    false),
            new ActionRule("receipt", ActionRule.Kind.ONCE, List.of(), ActionRule.Most.ANY, false, false),
            new ActionRule("tag", ActionRule.Kind.MANY, List.of(), new ActionRule.Most(3, 2, ANY), false, false),
            new ActionRule("flag", ActionRule.Kind.MANY, List.of(), ActionRule.Most.ANY, true, true)));

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

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Answer add(String type, String value, String uuid) {
        return wire.tryAdd(channel, message, type, value, uuid);
    }

    private Answer signed(String method, String path, String body) throws Exception {
        return wire.send(method, signing.sign(method, path, body), body.isEmpty() ? null : utf8(body));
    }

    private Answer set(String type, String uuid, String... values) {
        return wire.send("PUT", base + "/message/" + message + "/actions?type=" + type + "&uuid=" + uuid,
                utf8("{\"values\":[" + (values.length == 0 ? "" : "\"" + String.join("\",\"", values) + "\"") + "]}"));
    }

    private static String change(String change, long message, String type, String value) {
        return "{\"change\":\"%s\",\"messageTimetoken\":\"%d\",\"type\":\"%s\",\"value\":\"%s\"}"
                .formatted(change, message, type, value);
    }

    private Answer batch(boolean isAtomic, String... changes) {
        return wire.send("POST", base + "/batch?uuid=ann",
                utf8("{\"atomic\":" + isAtomic + ",\"changes\":[" + String.join(",", changes) + "]}"));
    }

    /** The actions on the message, each as its type, its value and its user. */
    private List<String> present() {
        List<String> present = new ArrayList<>();
        wire.get(base + "/message/" + message + "?limit=1000")
                .json()
                .get("data")
                .forEach(action -> present.add(action.at("/type").asText() + " " + action.at("/value").asText() + " "
                        + action.at("/uuid").asText()));
        return present;
    }

    /** The events since the message was published, each with the count that it says. */
    private List<String> events(int count) {
        List<String> events = new ArrayList<>();
        long next = message;
        while (events.size() < count) {
            JsonNode page = wire.get("/v2/subscribe/demo/" + channel + "/0?tt=" + next).json();
            next = page.at("/t/t").asLong();
            page.get("m")
                    .forEach(event -> events.add(event.at("/d/event").asText() + " "
                            + event.at("/d/data/value").asText() + " " + event.at("/d/count").asInt(-1)));
        }
        return events;
    }

    private static String error(Answer answer) {
        return answer.status() + " " + answer.json().at("/error/message").asText();
    }

    @Test
    void rulesAreAdvertised() {
        assertThat(wire.get("/v1/message-actions/demo/rules").body()).isEqualTo("{\"status\":200,\"data\":["
                + "{\"type\":\"reaction\",\"rule\":\"one\",\"values\":[\"wave\",\"heart\",\"fire\"],"
                + "\"addedBy\":\"users\",\"removedBy\":\"author\"},"
                + "{\"type\":\"receipt\",\"rule\":\"once\",\"addedBy\":\"users\",\"removedBy\":\"author\"},"
                + "{\"type\":\"tag\",\"rule\":\"many\",\"mostValues\":3,\"mostByUser\":2,\"addedBy\":\"users\","
                + "\"removedBy\":\"author\"},"
                + "{\"type\":\"flag\",\"rule\":\"many\",\"addedBy\":\"owner\",\"removedBy\":\"owner\"}]}");
    }

    @Test
    void newValueReplacesTheFormerOneOfItsUser() {
        add("reaction", "wave", "ann");
        add("reaction", "wave", "bob");
        Answer replaced = add("reaction", "heart", "ann");
        assertThat(replaced.json().at("/data/value").asText()).isEqualTo("heart");
        assertThat(replaced.json().at("/replaced/0/value").asText()).isEqualTo("wave");
        assertThat(present()).containsExactlyInAnyOrder("reaction heart ann", "reaction wave bob");
        assertThat(events(4)).containsExactly("added wave 1", "added wave 2", "removed wave 1", "added heart 1");
        assertThat(add("reaction", "heart", "ann").status()).isEqualTo(409);
    }

    @Test
    void concurrentValuesOfOneUserLeaveOne() throws Exception {
        List<String> values = List.of("wave", "heart", "fire");
        try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
            List<Callable<Answer>> adds = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                String value = values.get(i % values.size());
                adds.add(() -> add("reaction", value, "ann"));
            }
            for (Future<Answer> each : executor.invokeAll(adds)) {
                assertThat(each.get().status()).isIn(200, 409);
            }
        }
        assertThat(present()).hasSize(1);
        JsonNode summary = wire.get(base + "/summary?messages=" + message).json().at("/data/" + message);
        int count = 0;
        for (JsonNode each : summary.at("/actions/reaction")) {
            count += each.get("count").asInt();
        }
        assertThat(count).isEqualTo(1);
    }

    @Test
    void valueOutsideTheVocabularyIsRejected() {
        assertThat(error(add("reaction", "boo", "ann"))).isEqualTo("400 The value is not one of those that the keyset"
                + " has for type reaction: see /v1/message-actions/demo/rules.");
        assertThat(set("reaction", "ann", "boo").status()).isEqualTo(400);
        assertThat(present()).isEmpty();
    }

    @Test
    void secondValueOfAFlagConflictsWithTheFirst() {
        add("receipt", "delivered", "ann");
        Answer second = add("receipt", "read", "ann");
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.json().at("/data/value").asText()).isEqualTo("delivered");
        assertThat(add("receipt", "read", "bob").status()).isEqualTo(200);
    }

    @Test
    void numbersOfValuesAreLimited() {
        add("tag", "a", "ann");
        add("tag", "b", "ann");
        assertThat(error(add("tag", "c", "ann")))
                .isEqualTo("400 Maximum number of actions of this type reached for this user and message.");
        add("tag", "c", "bob");
        assertThat(error(add("tag", "d", "bob")))
                .isEqualTo("400 Maximum number of different values of this type reached for this message.");
        assertThat(add("tag", "a", "bob").status()).as("a value that is there").isEqualTo(200);
        assertThat(present()).hasSize(4);
    }

    @Test
    void typeOfTheOwnerIsClosedToOthers() throws Exception {
        assertThat(error(add("flag", "spam", "ann")))
                .isEqualTo("403 Only a request with the signature of the keyset adds actions of type flag.");
        String path = base + "/message/" + message + "?uuid=boss";
        long flag = signed("POST", path, "{\"type\":\"flag\",\"value\":\"spam\"}").json()
                .at("/data/actionTimetoken")
                .asLong();
        for (String own : List.of("?uuid=boss&type=flag&value=spam", "/action/" + flag + "?uuid=boss",
                "/actions?uuid=boss&type=flag", "/actions?uuid=boss")) {
            assertThat(wire.delete(base + "/message/" + message + own).status()).as(own).isEqualTo(403);
        }
        assertThat(set("flag", "boss").status()).isEqualTo(403);
        assertThat(present()).hasSize(1);
        assertThat(signed("DELETE", base + "/message/" + message + "/action/" + flag + "?uuid=boss", "").status())
                .isEqualTo(200);
    }

    @Test
    void setReplacesTheValuesOfItsUser() {
        add("note", "a", "ann");
        add("note", "b", "ann");
        add("note", "a", "bob");
        JsonNode data = set("note", "ann", "b", "c", "c").json().get("data");
        assertThat(data.at("/added")).hasSize(1);
        assertThat(data.at("/removed/0/value").asText()).isEqualTo("a");
        assertThat(present()).containsExactlyInAnyOrder("note b ann", "note c ann", "note a bob");
        assertThat(set("note", "ann").json().at("/data/removed")).hasSize(2);
        assertThat(present()).containsExactly("note a bob");
        assertThat(set("tag", "ann", "a", "b", "c").status()).as("more than a user may have").isEqualTo(400);
        assertThat(present()).as("a refused set leaves nothing").containsExactly("note a bob");
    }

    @Test
    void batchReportsEachChange() {
        long other = wire.publish(channel, "2");
        add("receipt", "read", "ann");
        JsonNode results = batch(false, change("add", message, "reaction", "wave"),
                change("add", message, "receipt", "read"), change("toggle", other, "note", "a"),
                change("remove", other, "note", "none"), change("add", other, "reaction", "boo")).json().get("data");
        assertThat(results).extracting(each -> each.get("status").asInt()).containsExactly(200, 409, 200, 400, 400);
        assertThat(results.get(0).at("/added/0/value").asText()).isEqualTo("wave");
        assertThat(results.get(1).at("/data/value").asText()).isEqualTo("read");
        assertThat(results.get(4).at("/error/message").asText()).startsWith("The value is not one of those");
        assertThat(present()).containsExactlyInAnyOrder("receipt read ann", "reaction wave ann");
    }

    @Test
    void atomicBatchChangesAllOrNothing() {
        add("receipt", "read", "ann");
        Answer refused = batch(true, change("add", message, "reaction", "wave"),
                change("add", message, "receipt", "read"));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().get("change").asInt()).isEqualTo(1);
        assertThat(present()).containsExactly("receipt read ann");
        assertThat(batch(true, change("add", message, "reaction", "wave"), change("remove", message, "receipt",
                "read")).json().get("data")).hasSize(2);
        assertThat(events(3)).containsExactly("added read 1", "added wave 1", "removed read 0");
    }

    @Test
    void faultyBatchSaysWhere() {
        Answer answer = batch(false, change("add", message, "note", "a"), change("put", message, "note", "a"),
                "{\"change\":\"add\",\"messageTimetoken\":5,\"type\":\"note\",\"value\":\"a\"}");
        assertThat(answer.status()).isEqualTo(400);
        List<String> places = new ArrayList<>();
        answer.json().at("/error/details").forEach(detail -> places.add(detail.get("location").asText()));
        assertThat(places).containsExactly("changes[1].change", "changes[2].messageTimetoken");
        assertThat(present()).isEmpty();
        String[] many = IntStream.range(0, 101)
                .mapToObj(i -> change("add", message, "note", "v" + i))
                .toArray(String[]::new);
        assertThat(batch(false, many).status()).isEqualTo(400);
    }

    @Test
    void repeatedBatchIsDoneOnce() {
        byte[] body = utf8("{\"changes\":[" + change("toggle", message, "note", "a") + "]}");
        Answer first = wire.send("POST", base + "/batch?uuid=ann", body, "Idempotency-Key: " + channel);
        Answer again = wire.send("POST", base + "/batch?uuid=ann", body, "Idempotency-Key: " + channel);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(present()).hasSize(1);
    }

    @Test
    void moderatorRemovesAllOfAUserOfAValueOrOfEveryone() throws Exception {
        for (int user = 0; user < 150; user++) {
            add("note", "a", "user" + user);
        }
        add("note", "b", "user1");
        add("reaction", "wave", "user1");
        String actions = base + "/message/" + message + "/actions?uuid=boss";
        assertThat(wire.delete(actions + "&everyone=true").status()).isEqualTo(403);
        assertThat(wire.delete(actions + "&of=user1").status()).isEqualTo(403);
        assertThat(signed("DELETE", actions + "&of=user1&type=note", "").json().get("removed").asInt()).isEqualTo(2);
        assertThat(signed("DELETE", actions + "&everyone=true&type=note&value=a", "").json().get("removed").asInt())
                .isEqualTo(149);
        assertThat(present()).containsExactly("reaction wave user1");
        assertThat(signed("DELETE", actions + "&everyone=true", "").json().get("removed").asInt()).isEqualTo(1);
        assertThat(signed("DELETE", actions + "&everyone=true", "").json().get("removed").asInt()).isZero();
        assertThat(wire.delete(actions + "&value=a").json().at("/error/details/0/location").asText())
                .isEqualTo("type");
    }

    @Test
    void anEmptyNameNeverStandsForAll() {
        assertThat(add("label", "a", "bob").status()).isEqualTo(200);
        assertThat(add("label", "b", "bob").status()).isEqualTo(200);
        for (String names : List.of("&type=", "&type=label&value=", "&of=", "&type=label&value=a&of=")) {
            Answer refused = wire.delete(base + "/message/" + message + "/actions?uuid=bob" + names);
            assertThat(refused.status()).as(names).isEqualTo(400);
        }
        assertThat(present()).hasSize(2);
    }

    @Test
    void onlyRemovalsOfABatchNameAUser() {
        for (String kind : List.of("add", "toggle")) {
            String change = change(kind, message, "label", "a");
            Answer refused = batch(false, change.substring(0, change.length() - 1) + ",\"of\":\"carol\"}");
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.json().at("/error/details/0/location").asText()).isEqualTo("changes[0].of");
        }
        assertThat(present()).isEmpty();
    }
}
