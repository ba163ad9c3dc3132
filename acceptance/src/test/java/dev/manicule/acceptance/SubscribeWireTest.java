package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.acceptance.Wire.Connection;
import dev.manicule.server.Manicule;
import dev.manicule.server.config.ManiculeConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 4 of the protocol: subscribe. */
class SubscribeWireTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer(
            config -> config.withPollTimeout(Duration.ofSeconds(2)));

    private final Wire wire = SERVER.wire();
    private String channel = "";

    @BeforeEach
    void name(TestInfo test) {
        channel = RunningServer.channel(test);
    }

    private static String path(String channels, long cursor) {
        return "/v2/subscribe/demo/" + channels + "/0?uuid=bob&heartbeat=300&tt=" + cursor + "&tr=12";
    }

    private long handshake() {
        return wire.get(path(channel, 0)).json().at("/t/t").asLong();
    }

    private static List<Long> timetokens(JsonNode answer) {
        List<Long> timetokens = new ArrayList<>();
        answer.get("m").forEach(envelope -> timetokens.add(envelope.at("/p/t").asLong()));
        return timetokens;
    }

    @ParameterizedTest
    @ValueSource(strings = {"?tt=0", "", "?tt=", "?tt=0&tr=12", "?t=%7B%22r%22%3A0%2C%22t%22%3A0%7D",
            "?t=%7B%22t%22%3A%220%22%7D&heartbeat=&state=%7B%7D"})
    void handshakeReturnsTheCurrentTimetoken(String query) {
        Answer answer = wire.get("/v2/subscribe/demo/" + channel + "/0" + query);
        assertThat(answer.body()).matches("\\{\"t\":\\{\"t\":\"\\d{17}\",\"r\":12\\},\"m\":\\[\\]\\}");
        long now = wire.get("/time/0").json().get(0).asLong();
        assertThat(answer.json().at("/t/t").asLong()).isBetween(now - 50_000_000, now);
    }

    @Test
    void messageAfterAHandshakeIsDelivered() {
        long cursor = handshake();
        long timetoken = wire.publish(channel, "{\"text\":\"hi\"}");
        JsonNode answer = wire.get(path(channel, cursor)).json();
        assertThat(answer.at("/t/t").isTextual()).isTrue();
        assertThat(answer.at("/t/t").asLong()).isEqualTo(timetoken);
        JsonNode envelope = answer.at("/m/0");
        assertThat(envelope.get("a").isTextual()).isTrue();
        assertThat(envelope.get("f").isInt()).isTrue();
        assertThat(envelope.get("i").asText()).isEqualTo("alice");
        assertThat(envelope.at("/p/t").asText()).isEqualTo("" + timetoken);
        assertThat(envelope.at("/p/r").isInt()).isTrue();
        assertThat(envelope.get("k").asText()).isEqualTo("demo");
        assertThat(envelope.get("c").asText()).isEqualTo(channel);
        assertThat(envelope.get("b").asText()).isEqualTo(channel);
        assertThat(envelope.get("d").toString()).isEqualTo("{\"text\":\"hi\"}");
    }

    @Test
    void eventEndsAParkedPoll() throws Exception {
        long cursor = handshake();
        try (Connection poll = wire.connect()) {
            poll.get(path("other," + channel, cursor));
            TimeUnit.MILLISECONDS.sleep(200);
            assertThat(poll.socket().getInputStream().available()).isZero();
            long timetoken = wire.publish(channel, "1");
            assertThat(timetokens(poll.read().json())).containsExactly(timetoken);
        }
    }

    @Test
    void actionEventsMatchTheReference() {
        long message = wire.publish(channel, "1");
        long cursor = handshake();
        long action = wire.add(channel, message, "reaction", "winky_face", "SomeUser");
        wire.delete("/v1/message-actions/demo/channel/" + channel + "/message/" + message + "/action/" + action
                + "?uuid=SomeUser");
        JsonNode events = wire.get(path(channel, cursor)).json().get("m");
        String data = "\"d\":{\"source\":\"actions\",\"version\":\"1.0\",\"event\":\"%s\",\"data\":{\"messageTimetoken\":\""
                + message + "\",\"type\":\"reaction\",\"value\":\"winky_face\",\"actionTimetoken\":\"" + action
                + "\"},\"count\":%d}";
        String envelope = "{\"a\":\"1\",\"f\":514,\"e\":3,\"i\":\"SomeUser\",\"p\":{\"t\":\"%s\",\"r\":1},\"k\":\"demo\",\"c\":\""
                + channel + "\"," + data + ",\"b\":\"" + channel + "\"}";
        assertThat(events.get(0).toString()).isEqualTo(envelope.formatted(action, "added", 1));
        long removedAt = events.at("/1/p/t").asLong();
        assertThat(removedAt).isGreaterThan(action);
        assertThat(events.get(1).toString()).isEqualTo(envelope.formatted(removedAt, "removed", 0));
        assertThat(events).hasSize(2);
    }

    @Test
    void idlePollsCursorSkipsNothing() {
        long cursor = handshake();
        long began = System.nanoTime();
        Answer answer = wire.get(path(channel, cursor));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(1900));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("m")).isEmpty();
        long next = answer.json().at("/t/t").asLong();
        assertThat(next).isGreaterThanOrEqualTo(cursor);
        long timetoken = wire.publish(channel, "1");
        assertThat(timetokens(wire.get(path(channel, next)).json())).containsExactly(timetoken);
    }

    @Test
    void catchUpReadsAHundredEventsPerPage() {
        List<Long> published = new ArrayList<>();
        for (int i = 0; i < 350; i++) {
            published.add(wire.publish(i % 3 == 0 ? channel : channel + "b", "" + i));
        }
        List<Long> got = new ArrayList<>();
        long cursor = 1;
        while (got.size() < 350) {
            JsonNode answer = wire.get(path(channel + "," + channel + "b", cursor)).json();
            List<Long> some = timetokens(answer);
            assertThat(some).hasSizeBetween(1, 100);
            got.addAll(some);
            cursor = answer.at("/t/t").asLong();
            assertThat(cursor).isEqualTo(got.getLast());
        }
        assertThat(got).isEqualTo(published);
    }

    @Test
    void fastSubscriberMissesAndDuplicatesNothing() throws Exception {
        long cursor = handshake();
        AtomicBoolean over = new AtomicBoolean();
        Executor threads = Thread::startVirtualThread;
        CompletableFuture<List<Long>> subscriber = CompletableFuture.supplyAsync(() -> {
            List<Long> got = new ArrayList<>();
            long at = cursor;
            while (true) {
                JsonNode answer = wire.get(path(channel, at)).json();
                List<Long> some = timetokens(answer);
                got.addAll(some);
                at = answer.at("/t/t").asLong();
                if (over.get() && some.isEmpty()) {
                    return got;
                }
            }
        }, threads);
        List<CompletableFuture<List<Long>>> publishers = new ArrayList<>();
        for (int p = 0; p < 4; p++) {
            publishers.add(CompletableFuture.supplyAsync(() -> {
                List<Long> sent = new ArrayList<>();
                for (int i = 0; i < 400; i++) {
                    sent.add(wire.publish(channel, "1"));
                }
                return sent;
            }, threads));
        }
        List<Long> sent = new ArrayList<>();
        for (CompletableFuture<List<Long>> publisher : publishers) {
            sent.addAll(publisher.get(60, TimeUnit.SECONDS));
        }
        over.set(true);
        sent.sort(null);
        assertThat(subscriber.get(30, TimeUnit.SECONDS)).isEqualTo(sent);
    }

    /** Clients keep the cursor: an old one would bring the past of a channel that they add, as if it were live. */
    @ParameterizedTest
    @ValueSource(strings = {"", "&filter-expr=a%3D%3D1", "&channel-group=gg"})
    void idleResponseHasTheCurrentCursor(String query) {
        long cursor = handshake();
        String other = channel + "-other";
        long last = 0;
        for (int i = 0; i < 30; i++) {
            last = wire.publish(other, "" + i);
        }
        JsonNode idle = wire.get(path(channel, cursor) + query).json();
        assertThat(idle.get("m")).isEmpty();
        long present = idle.at("/t/t").asLong();
        assertThat(present).isGreaterThanOrEqualTo(last);
        JsonNode later = wire.get(path(channel, present) + query).json();
        assertThat(later.at("/t/t").asLong()).as("also when nothing at all has happened").isGreaterThan(present);
        long live = wire.publish(other, "\"live\"");
        assertThat(timetokens(wire.get(path(channel + "," + other, present)).json())).containsExactly(live);
    }

    @Test
    void eventInAGroupIsDeliveredAfterItsChannelIsRemoved() {
        String group = "/v1/channel-registration/sub-key/demo/channel-group/g" + channel;
        String poll = "/v2/subscribe/demo/,/0?channel-group=g" + channel + "&tt=";
        wire.get(group + "?add=" + channel + ",stays" + channel);
        long cursor = wire.get(poll + 0).json().at("/t/t").asLong();
        long first = wire.publish(channel, "1");
        wire.get(group + "?remove=" + channel);
        wire.publish(channel, "\"outside\"");
        assertThat(timetokens(wire.get(poll + cursor).json())).containsExactly(first);
        wire.get(group + "?add=" + channel);
        long second = wire.publish(channel, "2");
        wire.get(group + "/remove");
        wire.publish(channel, "\"outside\"");
        for (int i = 0; i < 300; i++) { // so many that the memory of the last events does not reach back
            wire.publish("fill" + channel, "" + i);
        }
        JsonNode answer = wire.get(poll + cursor).json();
        assertThat(timetokens(answer)).containsExactly(first, second);
        assertThat(answer.at("/m/0/b").asText()).isEqualTo("g" + channel);
        assertThat(wire.get("/v1/channel-registration/sub-key/demo/channel-group").body())
                .doesNotContain("g" + channel);
    }

    @Test
    void disconnectFreesThePoll() throws Exception {
        long cursor = handshake();
        for (int i = 0; i < 20; i++) {
            try (Connection poll = wire.connect()) {
                poll.get(path(channel, cursor));
                TimeUnit.MILLISECONDS.sleep(10);
                if (i % 2 == 0) {
                    poll.socket().shutdownOutput();
                    assertThat(poll.isEnded()).isTrue();
                }
            }
        }
        long timetoken = wire.publish(channel, "1");
        assertThat(timetokens(wire.get(path(channel, cursor)).json())).containsExactly(timetoken);
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(establishedConnections()).isZero());
    }

    private long establishedConnections() throws Exception {
        String hexPort = ":%04X ".formatted(SERVER.port());
        long count = 0;
        for (String file : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : java.nio.file.Files.readAllLines(java.nio.file.Path.of(file))) {
                String[] columns = line.strip().split("\\s+", -1);
                if (columns.length > 3 && (columns[1] + " ").endsWith(hexPort) && columns[3].equals("01")) {
                    count++;
                }
            }
        }
        return count;
    }

    @Test
    void encodedSeparatorsSplitAndDuplicatesCountOnce() {
        long cursor = handshake();
        long timetoken = wire.publish(channel, "1");
        for (String channels : List.of("a%2C" + channel, channel + "%2C" + channel, "a,," + channel + ",",
                channel + "," + channel)) {
            assertThat(timetokens(wire.get(path(channels, cursor)).json())).containsExactly(timetoken);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "-1", "1.5", "99999999999999999999"})
    void cursorMustBeDigits(String cursor) {
        Answer answer = wire.get("/v2/subscribe/demo/" + channel + "/0?tt=" + cursor);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("message").asText()).isEqualTo("Invalid timetoken");
        assertThat(answer.json().get("service").asText()).isEqualTo("Subscribe");
        assertThat(answer.json().get("error").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"',/0?tt=0', No channel to subscribe to",
            "a/0?tt=0&filter-expr=a%20%3D%20, 'Invalid filter expression: expected the end at character 3, found'",
            "'a/0?tt=0&channel-group=a%00', Invalid channel",
            "a/0?tt=5&state=5, State is not a JSON object of objects"})
    void subscribeWithoutChannelsIsRefused(String request, String message) {
        Answer answer = wire.get("/v2/subscribe/demo/" + request);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("message").asText()).startsWith(message);
        assertThat(answer.json().get("service").asText()).isEqualTo("Subscribe");
    }

    /** Wildcards, groups and filters, live and out of storage: which messages come, and as what. */
    private String told(Answer answer) {
        StringBuilder told = new StringBuilder();
        answer.json()
                .get("m")
                .forEach(envelope -> told.append(envelope.get("d"))
                        .append('@')
                        .append(envelope.get("b").asText().replace(channel, ""))
                        .append(' '));
        return told.toString().strip();
    }

    private Answer poll(String channels, String query, long cursor) {
        return wire.get("/v2/subscribe/demo/" + channels + "/0?tt=" + cursor + "&" + query);
    }

    @Test
    void wildcardMatchesAllChannelsBelow() throws Exception {
        long before = wire.get("/time/0").json().get(0).asLong();
        wire.publish(channel + ".a", "1");
        wire.publish(channel + "x.a", "2");
        wire.publish(channel + ".a.b", "3");
        assertThat(told(poll(channel + ".*", "", before))).isEqualTo("1@.* 3@.*");
        assertThat(told(poll(channel + ".*," + channel + ".a.*," + channel + ".a", "", before)))
                .isEqualTo("1@.a 3@.a.*");
        long now = poll(channel + ".*", "", 0).json().at("/t/t").asLong();
        try (Connection parked = wire.connect()) {
            parked.get("/v2/subscribe/demo/" + channel + ".*/0?tt=" + now);
            wire.publish(channel + "x.a", "4");
            wire.publish(channel + ".new", "5");
            assertThat(told(parked.read())).isEqualTo("5@.*");
        }
    }

    @Test
    void groupDeliversItsChannels() throws Exception {
        String group = "/v1/channel-registration/sub-key/demo/channel-group/g" + channel;
        String one = channel + "1";
        String two = channel + "2";
        assertThat(wire.get(group).body())
                .isEqualTo("{\"status\":200,\"payload\":{\"channels\":[],\"group\":\"g" + channel
                        + "\"},\"service\":\"channel-registry\",\"error\":false}");
        long now = wire.get("/time/0").json().get(0).asLong();
        try (Connection parked = wire.connect()) {
            parked.get("/v2/subscribe/demo/,/0?tt=" + now + "&channel-group=g" + channel);
            wire.publish(one, "1");
            String ok = "{\"status\":200,\"message\":\"OK\",\"service\":\"channel-registry\",\"error\":false}";
            assertThat(wire.get(group + "?add=" + one + "%2C" + two).body()).isEqualTo(ok);
            wire.publish(two, "2");
            assertThat(told(parked.read())).isEqualTo("2@g");
        }
        wire.publish(one, "3");
        assertThat(told(poll("%2C", "channel-group=g" + channel, now))).isEqualTo("2@g 3@g");
        assertThat(told(poll(one, "channel-group=g" + channel, now))).isEqualTo("1@1 2@g 3@1");
        wire.get(group + "?remove=" + two);
        assertThat(wire.get(group).json().at("/payload/channels").toString()).isEqualTo("[\"" + one + "\"]");
        assertThat(
                wire.get("/v1/channel-registration/sub-key/demo/channel-group").json().at("/payload/groups").toString())
                .contains("\"g" + channel + "\"");
        wire.publish(two, "4");
        assertThat(told(poll(",", "channel-group=g" + channel, now))).as("what was published while it was in")
                .isEqualTo("2@g 3@g");
        wire.get(group + "/remove");
        assertThat(wire.get(group).json().at("/payload/channels")).isEmpty();
        for (String bad : List.of("?add=a.*", "?add=a-pnpres", "?add=a%00", "?remove=%01")) {
            Answer refused = wire.get(group + bad);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.json().get("service").asText()).isEqualTo("channel-registry");
            assertThat(refused.json().get("message").asText()).isEqualTo("Reserved character in input parameters.");
        }
    }

    @Test
    void aGroupHoldsTwoThousandChannels() {
        String group = "/v1/channel-registration/sub-key/demo/channel-group/g" + channel;
        for (int part = 0; part < 20; part++) {
            StringBuilder names = new StringBuilder();
            for (int i = 0; i < 100; i++) {
                names.append(names.isEmpty() ? "" : ",").append(channel).append('-').append(part * 100 + i);
            }
            assertThat(wire.get(group + "?add=" + names).status()).isEqualTo(200);
        }
        Answer full = wire.get(group + "?add=one-more");
        assertThat(full.status()).isEqualTo(400);
        assertThat(full.json().get("message").asText()).startsWith("Maximum channel count exceeded");
        assertThat(wire.get(group).json().at("/payload/channels")).hasSize(2_000);
        long before = wire.get("/time/0").json().get(0).asLong();
        wire.publish(channel + "-1999", "1");
        assertThat(told(poll(",", "channel-group=g" + channel, before))).isEqualTo("1@g");
    }

    @Test
    void filterSelectsAndMovesTheCursorPastTheRest() {
        long before = wire.get("/time/0").json().get(0).asLong();
        String base = "/publish/demo/demo/0/" + channel + "/0/";
        wire.get(base + "1?meta=%7B%22lang%22%3A%22en%22%7D");
        wire.get(base + "2?meta=%7B%22lang%22%3A%22de%22%7D");
        wire.get(base + "3");
        long last = wire.add(channel, 5, "t", "v", "alice");
        Answer english = poll(channel, "filter-expr=" + Wire.encode("lang == 'en'"), before);
        assertThat(english.json().get("m")).hasSize(2);
        assertThat(english.json().at("/m/0/d").asInt()).isEqualTo(1);
        assertThat(english.json().at("/m/1/e").asInt()).as("actions always pass").isEqualTo(3);
        assertThat(english.json().at("/t/t").asLong()).isEqualTo(last);
        Answer none = poll(channel, "filter-expr=" + Wire.encode("lang == 'fr'"), before);
        assertThat(none.json().get("m")).hasSize(1);
        long later = wire.publish(channel, "4");
        Answer idle = poll(channel, "filter-expr=" + Wire.encode("data > 100"), last);
        assertThat(idle.json().get("m")).as("the poll has timed out").isEmpty();
        assertThat(idle.json().at("/t/t").asLong()).isGreaterThanOrEqualTo(later);
    }

    @Test
    void groupsAndWildcardsCatchUpAfterARestart(@TempDir Path folder) throws Exception {
        ManiculeConfig config = ManiculeConfig.DEFAULT.withPort(0).withData(folder);
        long before;
        try (Manicule first = Manicule.start(config)) {
            Wire there = new Wire(first.port());
            before = there.get("/time/0").json().get(0).asLong();
            there.get("/v1/channel-registration/sub-key/demo/channel-group/g?add=one,two");
            there.publish("one", "1");
            there.publish("x.y", "2");
        }
        try (Manicule second = Manicule.start(config)) {
            Wire there = new Wire(second.port());
            assertThat(there.get("/v1/channel-registration/sub-key/demo/channel-group/g")
                    .json()
                    .at("/payload/channels")
                    .toString()).isEqualTo("[\"one\",\"two\"]");
            there.publish("two", "3");
            Answer caughtUp = there.get("/v2/subscribe/demo/x.*/0?channel-group=g&tt=" + before);
            assertThat(told(caughtUp)).isEqualTo("1@g 2@x.* 3@g");
        }
    }
}
