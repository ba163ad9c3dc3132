package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How far users have read channels, and how many messages they have not: what the protocol lacks. */
class ReadMarksWireTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    private final Wire wire = SERVER.wire();
    private String channel = "";

    @BeforeEach
    void name(TestInfo test) {
        channel = RunningServer.channel(test);
    }

    private long mark(String uuid, long upTo) {
        Answer answer = wire.send("POST", "/v1/read-marks/demo/channel/" + channel + "?uuid=" + uuid,
                ("{\"timetoken\":\"" + upTo + "\"}").getBytes(StandardCharsets.UTF_8));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().at("/data/uuid").asText()).isEqualTo(uuid);
        return answer.json().at("/data/timetoken").asLong();
    }

    private JsonNode unread(String uuid, String... more) {
        Answer answer = wire.get("/v1/read-marks/demo/unread/" + channel + String.join("", more) + "?uuid=" + uuid);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().get("data");
    }

    private int count(String uuid) {
        return unread(uuid).get(channel).get("unread").asInt();
    }

    @Test
    void readMarksNeverGoBack() {
        long first = wire.publish(channel, "1");
        long second = wire.publish(channel, "2");
        assertThat(mark("ann", second)).isEqualTo(second);
        assertThat(mark("ann", first)).isEqualTo(second);
        assertThat(unread("ann").get(channel).get("timetoken").asLong()).isEqualTo(second);
        assertThat(count("ann")).isZero();
        assertThat(count("bob")).isEqualTo(2);
    }

    @Test
    void markOfTheFutureCountsAsThePresent() {
        wire.publish(channel, "1");
        assertThat(mark("ann", Long.MAX_VALUE)).isLessThan(wire.publish(channel, "2"));
        assertThat(count("ann")).isEqualTo(1);
    }

    @Test
    void unreadCountsLeaveOutWhatIsDeleted() {
        List<Long> messages = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            messages.add(wire.publish(channel, String.valueOf(i)));
        }
        mark("ann", messages.get(0));
        assertThat(count("ann")).isEqualTo(5);
        String base = "/v3/history/sub-key/demo/channel/" + channel;
        wire.delete(base + "?start=" + (messages.get(2) - 1) + "&end=" + messages.get(3));
        assertThat(count("ann")).isEqualTo(3);
        JsonNode both = unread("ann", ",other" + channel);
        assertThat(both).hasSize(2);
        assertThat(both.get("other" + channel).get("unread").asInt()).isZero();
        assertThat(both.get("other" + channel).get("timetoken").asText()).isEqualTo("0");
        wire.delete(base);
        assertThat(count("ann")).isZero();
        wire.publish(channel, "7");
        assertThat(count("ann")).isEqualTo(1);
    }

    @Test
    void readersOfAMessageComePageByPage() {
        long first = wire.publish(channel, "1");
        long second = wire.publish(channel, "2");
        for (String user : List.of("ann", "bob", "cem", "dan")) {
            mark(user, user.equals("bob") ? first : second);
        }
        List<String> readers = new ArrayList<>();
        String url = "/v1/read-marks/demo/channel/" + channel + "?limit=2&since=" + second;
        while (!url.isEmpty()) {
            JsonNode page = wire.get(url).json();
            page.get("data").forEach(each -> readers.add(each.get("uuid").asText()));
            url = page.at("/more/url").asText();
        }
        assertThat(readers).containsExactly("ann", "cem", "dan");
    }

    /** What a poll finds behind a cursor, each event as its channel, user and mark; and the next cursor. */
    private long poll(String channels, long after, List<String> found) {
        JsonNode page = wire.get("/v2/subscribe/demo/" + channels + "/0?uuid=watcher&tt=" + after
                + "&read-marks=true").json();
        page.get("m")
                .forEach(event -> found.add(event.get("c").asText() + " " + event.get("b").asText() + " "
                        + event.path("e").asInt() + " " + event.at("/d/data/uuid").asText() + " "
                        + event.at("/d/data/timetoken").asText()));
        return page.at("/t/t").asLong();
    }

    @Test
    void subscribersThatRequestThemGetMarksAsTheyAdvance() throws Exception {
        long first = wire.publish(channel, "1");
        long second = wire.publish(channel, "2");
        List<String> live = new ArrayList<>();
        CompletableFuture<Long> waiting = CompletableFuture.supplyAsync(() -> poll(channel, second, live));
        mark("ann", first);
        mark("ann", second);
        mark("ann", first); // goes back: no event
        mark("bob", first);
        long cursor = waiting.get(30, TimeUnit.SECONDS);
        while (live.size() < 3) {
            cursor = poll(channel, cursor, live);
        }
        List<String> expected = List.of(channel + " " + channel + " 100 ann " + first,
                channel + " " + channel + " 100 ann " + second, channel + " " + channel + " 100 bob " + first);
        assertThat(live).isEqualTo(expected);
        List<String> later = new ArrayList<>();
        for (long from = second; later.size() < 3;) {
            from = poll(channel, from, later);
        }
        assertThat(later).isEqualTo(expected);
    }

    @Test
    void otherSubscribersNeverNotice() {
        channel = "marks." + channel;
        long first = wire.publish(channel, "1");
        mark("ann", first);
        wire.get("/v1/channel-registration/sub-key/demo/channel-group/g" + channel + "?add=" + channel);
        long last = wire.publish(channel, "2");
        for (String path : List.of(channel + "/0?tt=", "marks.*/0?read-marks=true&tt=",
                ",/0?channel-group=g" + channel + "&read-marks=true&tt=")) {
            JsonNode page = wire.get("/v2/subscribe/demo/" + path + first).json();
            assertThat(page.get("m")).as(path).hasSize(1);
            assertThat(page.at("/m/0/p/t").asLong()).isEqualTo(last);
        }
        assertThat(wire.get("/subscribe/demo/" + channel + "/0/" + first + "?read-marks=true").json().get(0))
                .hasSize(1);
    }

    @Test
    void invalidMarksAreRefused() {
        String url = "/v1/read-marks/demo/channel/" + channel;
        for (String body : List.of("", "{}", "{\"timetoken\":5}", "{\"timetoken\":\"x\"}", "{\"timetoken\":\"0\"}",
                "{\"timetoken\":\"5\"}x")) {
            assertThat(wire.send("POST", url + "?uuid=ann", body.getBytes(StandardCharsets.UTF_8)).status()).as(body)
                    .isEqualTo(400);
        }
        assertThat(wire.send("POST", url, "{\"timetoken\":\"5\"}".getBytes(StandardCharsets.UTF_8)).status())
                .isEqualTo(400);
    }
}
