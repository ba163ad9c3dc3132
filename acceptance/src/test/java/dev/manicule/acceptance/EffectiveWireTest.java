package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Secret;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.ActionRules;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages as they are now: edits and deletions in pages of history. */
class EffectiveWireTest {
    private static final String SECRET = "sec-c-of-edits-3kd82m";
    /** A keyset in which only its owner deletes. */
    private static final ActionRules RULES = new ActionRules(
            List.of(new ActionRule("deleted", ActionRule.Kind.MANY, List.of(), ActionRule.Most.ANY, true, true)));

    @RegisterExtension
    static final RunningServer SERVER = new RunningServer(
            config -> config.withKeysets(List.of(Keyset.of("demo", "demo"),
                    new Keyset("ruled", "ruled", new Secret(SECRET), false,
                            new Keyset.Policy(false, null, 0, List.of(), RULES)))));

    private final Wire wire = SERVER.wire();
    private String channel = "";

    @BeforeEach
    void name(TestInfo test) {
        channel = RunningServer.channel(test);
    }

    private JsonNode page(String form, String channels, String more) {
        Answer answer = wire
                .get("/v3/" + form + "/sub-key/demo/channel/" + channels + "?include_effective=true" + more);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private JsonNode entry() {
        return page("history", channel, "").at("/channels/" + channel + "/0");
    }

    private static String by(String uuid, long action) {
        return "{\"uuid\":\"" + uuid + "\",\"actionTimetoken\":\"" + action + "\"}";
    }

    private String edited(String text, long action) {
        return "{\"message\":" + text + ",\"edited\":" + by("alice", action) + "}";
    }

    private void remove(long message, long action) {
        assertThat(wire.delete("/v1/message-actions/demo/channel/" + channel + "/message/" + message + "/action/"
                + action + "?uuid=alice").status()).isEqualTo(200);
    }

    @Test
    void newestEditOfThePublisherCountsAndTheFormerOneAfterItsRemoval() {
        long message = wire.publish(channel, "\"Munday\"");
        assertThat(entry().has("effective")).isFalse();
        long first = wire.add(channel, message, "edit", "Tuesday", "alice");
        long second = wire.add(channel, message, "edit", "Monday", "alice");
        wire.add(channel, message, "edit", "Never", "mallory");
        wire.add(channel, message, "edi", "No", "alice");
        wire.add(channel, message, "deleted", ".", "mallory");
        JsonNode entry = entry();
        assertThat(entry.get("message").asText()).as("what was published stays").isEqualTo("Munday");
        assertThat(entry.get("effective").toString()).isEqualTo(edited("\"Monday\"", second));
        remove(message, second);
        assertThat(entry().get("effective").toString()).isEqualTo(edited("\"Tuesday\"", first));
        remove(message, first);
        assertThat(entry().has("effective")).isFalse();
        long again = wire.add(channel, message, "edit", "Monday", "alice");
        assertThat(entry().get("effective").toString()).isEqualTo(edited("\"Monday\"", again));
    }

    @Test
    void deletionCountsBeforeEditsUntilItIsRemoved() {
        long message = wire.publish(channel, "\"a\"");
        long deletion = wire.add(channel, message, "deleted", "by its author", "alice");
        long edit = wire.add(channel, message, "edit", "b", "alice");
        assertThat(entry().get("effective").toString())
                .isEqualTo("{\"deleted\":" + by("alice", deletion) + "}");
        remove(message, deletion);
        assertThat(entry().get("effective").toString()).isEqualTo(edited("\"b\"", edit));
    }

    @Test
    void editOfAnObjectReplacesItsText() {
        long message = wire.publish(channel, "{\"type\":\"text\",\"text\":\"a\",\"files\":[1]}");
        long edit = wire.add(channel, message, "edit", "\"b\" & é", "alice");
        assertThat(entry().get("effective").toString())
                .isEqualTo(edited("{\"type\":\"text\",\"text\":\"\\\"b\\\" & é\",\"files\":[1]}", edit));
    }

    @Test
    void messageWithoutAPublisherIsNotEdited() {
        Answer published = wire.post("/publish/demo/demo/0/" + channel + "/0", "1");
        long message = published.json().get(2).asLong();
        wire.add(channel, message, "edit", "2", "alice");
        assertThat(entry().get("message").asInt()).isEqualTo(1);
        assertThat(entry().has("effective")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"history,false", "history,true", "history-with-actions,false", "history-with-actions,true"})
    void revisionIsTheSameInEveryForm(String form, boolean isSummed) {
        long plain = wire.publish(channel, "0");
        long edited = wire.publish(channel, "1");
        long deleted = wire.publish(channel, "2");
        for (String user : List.of("ann", "bob")) {
            wire.add(channel, edited, "reaction", "wave", user);
        }
        long edit = wire.add(channel, edited, "edit", "[1]", "alice");
        long deletion = wire.add(channel, deleted, "deleted", ".", "alice");
        String other = "other-" + channel;
        wire.publish(other, "3");
        String more = "&include_action_summary=" + isSummed;
        List<JsonNode> pages = new ArrayList<>(List.of(page(form, channel, more).at("/channels/" + channel)));
        if (form.equals("history")) {
            JsonNode both = page(form, channel + "," + other, more);
            pages.add(both.at("/channels/" + channel));
            assertThat(both.at("/channels/" + other + "/0").has("effective")).isFalse();
        }
        for (JsonNode page : pages) {
            assertThat(page).hasSize(3);
            assertThat(page.get(0).get("timetoken").asLong()).isEqualTo(plain);
            assertThat(page.get(0).has("effective")).isFalse();
            assertThat(page.get(1).get("effective").toString()).isEqualTo(edited("[1]", edit));
            assertThat(page.get(2).get("effective").toString())
                    .isEqualTo("{\"deleted\":" + by("alice", deletion) + "}");
            assertThat(page.get(1).has("actions")).isEqualTo(form.equals("history-with-actions"));
            assertThat(page.get(1).at("/action_summary/actions/reaction/wave/count").asInt())
                    .isEqualTo(isSummed ? 2 : 0);
        }
    }

    @Test
    void pageWithoutTheParameterIsAsBefore() {
        long message = wire.publish(channel, "1");
        wire.add(channel, message, "edit", "2", "alice");
        for (String form : List.of("history", "history-with-actions")) {
            JsonNode entry = wire.get("/v3/" + form + "/sub-key/demo/channel/" + channel)
                    .json()
                    .at("/channels/" + channel + "/0");
            assertThat(entry.get("message").asInt()).isEqualTo(1);
            assertThat(entry.has("effective")).isFalse();
        }
    }

    /** More edits than a response holds: the page ends early, says so, and the next one goes on. */
    @Test
    void pageWithVeryManyEditsEndsEarlyAndGoesOn() {
        String text = "x".repeat(30_000);
        List<Long> messages = new ArrayList<>();
        List<Long> newest = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            long message = wire.publish(channel, "\"a\"");
            messages.add(message);
            long edit = 0;
            for (int j = 0; j < 120; j++) {
                edit = wire.add(channel, message, "edit", j + text, "alice");
            }
            newest.add(edit);
        }
        JsonNode page = page("history", channel, "&max=100");
        assertThat(page.at("/channels/" + channel)).hasSize(2);
        List<Long> found = new ArrayList<>();
        for (int pages = 0; pages < 3 && found.size() < 3; pages++) {
            JsonNode entries = page.at("/channels/" + channel);
            for (int i = entries.size() - 1; i >= 0; i--) {
                int at = messages.indexOf(entries.get(i).get("timetoken").asLong());
                assertThat(entries.get(i).at("/effective/edited/actionTimetoken").asLong()).isEqualTo(newest.get(at));
                found.addFirst(messages.get(at));
            }
            assertThat(page.at("/more/start").asText()).isEqualTo(found.size() < 3 ? "" + found.getFirst() : "");
            assertThat(page.at("/more/url").asText().contains("&include_effective=true")).isEqualTo(page.has("more"));
            if (found.size() < 3) {
                page = page("history", channel, "&max=100&start=" + page.at("/more/start").asText());
            }
        }
        assertThat(found).isEqualTo(messages);
    }

    @Test
    void onlyTheOwnersDeletionsCountUnderARuleThatSaysSo() throws Exception {
        String publish = "/publish/ruled/ruled/0/" + channel + "/0?uuid=alice";
        long message = wire.post(publish, "\"a\"").json().get(2).asLong();
        String actions = "/v1/message-actions/ruled/channel/" + channel + "/message/" + message;
        String deletion = "{\"type\":\"deleted\",\"value\":\"rude\"}";
        assertThat(wire.post(actions + "?uuid=alice", deletion).status()).isEqualTo(403);
        wire.post(actions + "?uuid=mallory", "{\"type\":\"edit\",\"value\":\"b\"}");
        String history = "/v3/history/sub-key/ruled/channel/" + channel + "?include_effective=true";
        String entry = "/channels/" + channel + "/0/effective";
        assertThat(wire.get(history).json().at(entry).isMissingNode()).isTrue();
        Answer signed = wire.post(
                new Signing("ruled", SECRET).sign("POST", actions + "?uuid=moderator", deletion), deletion);
        long added = signed.json().at("/data/actionTimetoken").asLong();
        assertThat(wire.get(history).json().at(entry).toString())
                .isEqualTo("{\"deleted\":" + by("moderator", added) + "}");
    }
}
