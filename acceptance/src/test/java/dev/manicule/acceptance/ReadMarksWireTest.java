package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.server.routing.PercentEncoding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
        return mark(uuid, uuid, upTo);
    }

    private long mark(String encoded, String uuid, long upTo) {
        Answer answer = wire.send("POST", list("uuid=" + encoded),
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

    private String list(String query) {
        return "/v1/read-marks/demo/channel/" + channel + "?" + query;
    }

    /** All pages from a URL on, each mark as its user and timetoken. */
    private List<String> pages(String from) {
        List<String> marks = new ArrayList<>();
        for (String url = from; !url.isEmpty();) {
            url = page(url, marks);
        }
        return marks;
    }

    /** Adds the marks of a page; gives the URL of the next, empty when there is none. */
    private String page(String url, List<String> marks) {
        Answer answer = wire.get(url);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        answer.json().get("data").forEach(each -> {
            marks.add(each.get("uuid").asText() + " " + each.get("timetoken").asText());
            assertThat(each.get("markedAt").asText()).hasSize(17);
        });
        return answer.json().at("/more/url").asText();
    }

    /** Each list of a channel whose marks move at random is compared with a map of users to marks. */
    @Test
    void marksComeByHowFarTheyAre() {
        Random random = new Random(21);
        List<String> users = List.of("ann", "ann2", "bob", "cem", "ÿ", "😀 & co", "dan");
        Map<String, Long> model = new HashMap<>();
        for (int step = 0; step < 60; step++) {
            String user = users.get(random.nextInt(users.size()));
            long stands = mark(PercentEncoding.encode(user), user, 1 + random.nextInt(30));
            model.merge(user, stands, Math::max);
            if (step % 6 == 0) {
                compareLists(model, random.nextInt(32), 1 + random.nextInt(4));
            }
        }
        compareLists(model, 0, 1_000);
    }

    private void compareLists(Map<String, Long> model, long since, int limit) {
        Comparator<Map.Entry<String, Long>> furthest = Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(entry -> entry.getKey().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);
        List<String> expected = model.entrySet()
                .stream()
                .filter(entry -> entry.getValue() >= since)
                .sorted(furthest)
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .toList();
        String query = "limit=" + limit + (since == 0 ? "" : "&since=" + since);
        assertThat(pages(list(query + "&order=newest"))).isEqualTo(expected);
        assertThat(pages(list(query))).isEqualTo(expected.reversed());
        assertThat(pages(list(query + "&order=oldest"))).isEqualTo(expected.reversed());
    }

    /** Those of a message, however its readers advance between the pages. */
    @Test
    void pagesFromTheLeastFarOnMissNoReader() {
        List<String> users = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            users.add("user" + i);
            mark("user" + i, 10 + i % 7);
        }
        List<String> marks = new ArrayList<>();
        int at = 0;
        for (String url = list("since=10&limit=3"); !url.isEmpty(); at++) {
            url = page(url, marks);
            mark("user" + at, 40 + at);
        }
        assertThat(at).isGreaterThanOrEqualTo(7);
        assertThat(marks.stream().map(mark -> mark.substring(0, mark.indexOf(' ')))).containsAll(users);
    }

    @Test
    void wrongPlacesInTheListAreRefused() {
        mark("ann", 5);
        for (String query : List.of("order=first", "since=x", "limit=0", "cursor=x", "cursor=ann", "cursor=AAAAAAAAAAA",
                "cursor=AAAAAAAAAAAAAAAA", "cursor=%00")) {
            assertThat(wire.get(list(query)).status()).as(query).isEqualTo(400);
        }
        Answer answer = wire.get(list("cursor=ann"));
        assertThat(answer.json().at("/error/source").asText()).isEqualTo("read-marks");
        assertThat(answer.json().at("/error/message").asText()).contains("the one that the page before gave");
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
