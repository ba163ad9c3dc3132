package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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

    @Test
    void invalidMarksAreRefused() {
        String url = "/v1/read-marks/demo/channel/" + channel;
        for (String body : List.of("", "{}", "{\"timetoken\":5}", "{\"timetoken\":\"x\"}")) {
            assertThat(wire.send("POST", url + "?uuid=ann", body.getBytes(StandardCharsets.UTF_8)).status()).as(body)
                    .isEqualTo(400);
        }
        assertThat(wire.send("POST", url, "{\"timetoken\":\"5\"}".getBytes(StandardCharsets.UTF_8)).status())
                .isEqualTo(400);
    }
}
