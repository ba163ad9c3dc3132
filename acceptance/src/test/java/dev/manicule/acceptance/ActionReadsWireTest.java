package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Summaries of actions, the users of an action, the actions of a user: what the protocol lacks. */
class ActionReadsWireTest {
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

    private JsonNode summary(long message, String reader) {
        Answer answer = wire.get(base + "/summary?messages=" + message + "&uuid=" + reader);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().at("/data/" + message);
    }

    private static List<String> users(JsonNode actors) {
        return StreamSupport.stream(actors.spliterator(), false).map(each -> each.get("uuid").asText()).toList();
    }

    @Test
    void summaryCountsNamesTheFirstAndTheReadersOwn() {
        long message = wire.publish(channel, "1");
        for (String user : List.of("zoe", "ann", "bob", "cem")) {
            wire.add(channel, message, "reaction", "smile", user);
        }
        long mine = wire.add(channel, message, "reaction", "frown", "ann");
        long last = wire.add(channel, message, "receipt", "read", "bob");
        JsonNode summary = summary(message, "ann");
        assertThat(summary.get("asOf").asLong()).isEqualTo(last);
        assertThat(summary.at("/actions/reaction/smile/count").asInt()).isEqualTo(4);
        assertThat(users(summary.at("/actions/reaction/smile/first"))).containsExactly("zoe", "ann", "bob");
        assertThat(summary.at("/actions/reaction/smile/mine").asLong())
                .isEqualTo(summary.at("/actions/reaction/smile/first/1/actionTimetoken").asLong());
        assertThat(summary.at("/actions/reaction/frown/mine").asLong()).isEqualTo(mine);
        assertThat(summary.at("/actions/receipt/read/mine").isMissingNode()).isTrue();
        assertThat(summary.at("/actions/receipt/read/count").asInt()).isEqualTo(1);
    }

    @Test
    void summaryIsInHistoryAndInHistoryWithActionsOnRequest() {
        long message = wire.publish(channel, "1");
        wire.add(channel, message, "reaction", "smile", "ann");
        for (String form : List.of("history", "history-with-actions")) {
            String url = "/v3/" + form + "/sub-key/demo/channel/" + channel + "?uuid=ann";
            JsonNode with = wire.get(url + "&include_action_summary=true").json().at("/channels/" + channel + "/0");
            assertThat(with.get("action_summary")).isEqualTo(summary(message, "ann"));
            assertThat(with.has("actions")).isEqualTo(form.equals("history-with-actions"));
            assertThat(wire.get(url).json().at("/channels/" + channel + "/0").has("action_summary")).isFalse();
            JsonNode ofSeveral = wire.get("/v3/" + form + "/sub-key/demo/channel/" + channel + ",other" + channel
                    + "?uuid=ann&include_action_summary=true").json();
            if (form.equals("history")) {
                assertThat(ofSeveral.at("/channels/" + channel + "/0/action_summary"))
                        .isEqualTo(summary(message, "ann"));
            }
        }
    }

    @Test
    void eventSaysTheCountBesideItsData() {
        long cursor = wire.publish(channel, "1");
        long first = wire.add(channel, cursor, "reaction", "smile", "ann");
        wire.add(channel, cursor, "reaction", "smile", "bob");
        wire.delete(base + "/message/" + cursor + "/action/" + first + "?uuid=ann");
        JsonNode events = wire.get("/v2/subscribe/demo/" + channel + "/0?tt=" + cursor).json().get("m");
        assertThat(StreamSupport.stream(events.spliterator(), false).map(each -> each.at("/d/count").asInt()))
                .containsExactly(1, 2, 1);
        assertThat(events.get(0).at("/d/data").size()).as("old clients see what they always saw").isEqualTo(4);
    }

    @Test
    void messageWithoutActionsHasAnEmptySummary() {
        long message = wire.publish(channel, "1");
        JsonNode summary = summary(message, "ann");
        assertThat(summary.get("actions")).isEmpty();
        assertThat(summary.get("asOf").asLong()).isGreaterThanOrEqualTo(message);
    }

    @Test
    void summaryIsConfirmedByItsTag() {
        long message = wire.publish(channel, "1");
        wire.add(channel, message, "reaction", "smile", "ann");
        String url = base + "/summary?messages=" + message;
        Answer answer = wire.get(url);
        String tag = String.valueOf(answer.headers().get("etag"));
        assertThat(tag).startsWith("W/\"");
        assertThat(answer.headers().get("cache-control")).isEqualTo("public, max-age=0, s-maxage=1");
        Answer same = wire.send("GET", url, null, "If-None-Match: W/\"other\", " + tag);
        assertThat(same.status()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(same.headers().get("etag")).isEqualTo(tag);
        assertThat(same.headers().get("vary")).isEqualTo(answer.headers().get("vary")).contains("Accept-Encoding");
        wire.add(channel, message, "reaction", "smile", "bob");
        Answer other = wire.send("GET", url, null, "If-None-Match: " + tag);
        assertThat(other.status()).isEqualTo(200);
        assertThat(other.headers().get("etag")).isNotEqualTo(tag);
    }

    @Test
    void upToAHundredMessagesAreSummedUpAtOnce() {
        String hundred = LongStream.rangeClosed(1, 100).mapToObj(Long::toString).collect(Collectors.joining(","));
        assertThat(wire.get(base + "/summary?messages=" + hundred).json().get("data")).hasSize(100);
        Answer more = wire.get(base + "/summary?messages=" + hundred + ",101");
        assertThat(more.status()).isEqualTo(400);
        assertThat(more.json().at("/error/details/0/message").asText()).isEqualTo("More than 100 messages");
    }

    @ParameterizedTest
    @CsvSource({"/summary,Missing field,messages", "/summary?messages=1;x,Invalid timetoken,messages",
            "/message/1?value=a,Missing field,type", "/message/1?order=up,Must be oldest or newest,order",
            "/user/ann?limit=0,Must be a whole number from 1 on,limit"})
    void faultOfAReadIsNamed(String path, String message, String location) {
        Answer answer = wire.get(base + path.replace(';', ','));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/error/details/0/message").asText()).isEqualTo(message);
        assertThat(answer.json().at("/error/details/0/location").asText()).isEqualTo(location);
    }

    /** All pages from a URL on: the values of a member of each action. */
    private List<String> pages(String url, String member) {
        List<String> found = new ArrayList<>();
        String next = url;
        while (!next.isEmpty()) {
            Answer answer = wire.get(next);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            answer.json().get("data").forEach(action -> found.add(action.get(member).asText()));
            next = answer.json().at("/more/url").asText();
        }
        return found;
    }

    @Test
    void usersOfAnActionArePagedInBothOrders() {
        long message = wire.publish(channel, "1");
        List<String> users = IntStream.range(0, 7).mapToObj(i -> "user" + (i * 5) % 7).toList();
        users.forEach(user -> wire.add(channel, message, "reaction", "smile & more", user));
        wire.add(channel, message, "reaction", "smile", "other");
        wire.add(channel, message, "receipt", "read", "other");
        String url = base + "/message/" + message + "?limit=2&type=reaction";
        assertThat(pages(url + "&value=smile%20%26%20more", "uuid")).containsExactlyElementsOf(users);
        assertThat(pages(url + "&value=smile%20%26%20more&order=newest", "uuid"))
                .containsExactlyElementsOf(users.reversed());
        assertThat(pages(url, "uuid")).hasSize(8);
        assertThat(pages(base + "/message/" + message + "?limit=3", "uuid")).hasSize(9);
        assertThat(pages(base + "/message/" + (message + 1), "uuid")).isEmpty();
    }

    @Test
    void actionsOfAUserArePagedByMessage() {
        List<Long> messages = IntStream.range(0, 5).mapToObj(i -> wire.publish(channel, "" + i)).toList();
        messages.reversed().forEach(message -> wire.add(channel, message, "reaction", "smile", "ann"));
        messages.forEach(message -> wire.add(channel, message, "reaction", "smile", "anna"));
        List<String> texts = messages.stream().map(String::valueOf).toList();
        assertThat(pages(base + "/user/ann?limit=2", "messageTimetoken")).containsExactlyElementsOf(texts);
        assertThat(pages(base + "/user/ann?limit=2&order=newest", "messageTimetoken"))
                .containsExactlyElementsOf(texts.reversed());
        assertThat(pages(base + "/user/an", "messageTimetoken")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"/message/1?cursor=x", "/message/1?cursor=%C3%A9", "/user/ann?cursor=AAAA",
            "/message/1?cursor=____fwAA"})
    void foreignCursorIsRefused(String path) {
        Answer answer = wire.get(base + path);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/error/message").asText()).contains("cursor");
    }
}
