package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.manicule.acceptance.Wire.Answer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Summaries of actions in place of their events: what the protocol lacks. */
class ActionSummariesWireTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long STEPS_IN_A_MILLI = 10_000;

    private final Wire wire = SERVER.wire();
    private final HttpClient http = HttpClient.newHttpClient();
    private String channel = "";

    @BeforeEach
    void name(TestInfo test) {
        channel = RunningServer.channel(test);
    }

    @AfterEach
    void close() {
        http.shutdownNow();
    }

    private JsonNode poll(String channels, long after, String more) {
        Answer answer = wire.get("/v2/subscribe/demo/" + channels + "/0?uuid=watcher&tt=" + after + more);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    /** All events after a cursor, polled until there are so many. */
    private List<JsonNode> events(long after, String more, int count) {
        List<JsonNode> events = new ArrayList<>();
        for (long cursor = after; events.size() < count;) {
            JsonNode page = poll(channel, cursor, more);
            page.get("m").forEach(events::add);
            cursor = page.at("/t/t").asLong();
        }
        return events;
    }

    private static boolean isSummary(JsonNode event) {
        return event.path("e").asInt() == 3 && event.at("/d/event").asText().equals("summary");
    }

    @Test
    void summaryHasTheNewestCountsOfItsPeriod() {
        long message = wire.publish(channel, "1");
        wire.add(channel, message, "reaction", "wave", "ann");
        wire.add(channel, message, "reaction", "wave", "bob");
        long removed = wire.add(channel, message, "reaction", "smile", "bob");
        wire.delete("/v1/message-actions/demo/channel/" + channel + "/message/" + message + "/action/" + removed
                + "?uuid=bob");
        long last = wire.add(channel, message, "receipt", "read", "bob");
        List<JsonNode> single = events(message, "", 5);
        for (int period : List.of(250, 1_000)) { // the actions may be in two of them
            long steps = period * STEPS_IN_A_MILLI;
            long cursor = message;
            Set<Long> periods = new HashSet<>();
            JsonNode newest = JSON.createObjectNode();
            for (long asOf = 0; asOf < last;) {
                JsonNode page = poll(channel, cursor, "&action-summaries=" + period);
                cursor = page.at("/t/t").asLong();
                for (JsonNode event : page.get("m")) {
                    assertThat(isSummary(event)).as(event.toString()).isTrue();
                    assertThat(event.has("i")).isFalse();
                    JsonNode data = event.at("/d/data");
                    assertThat(data.get("messageTimetoken").asLong()).isEqualTo(message);
                    asOf = data.get("asOf").asLong();
                    assertThat(periods.add(asOf / steps)).as("one a period").isTrue();
                    assertThat(event.at("/p/t").asLong())
                            .isEqualTo((asOf / steps + 1) * steps + asOf % steps / 64)
                            .isLessThanOrEqualTo(cursor);
                    newest = data.get("counts");
                }
            }
            assertThat(newest.at("/receipt/read").asInt()).isEqualTo(1);
            if (periods.size() == 1) {
                assertThat(newest).hasToString("{\"reaction\":{\"smile\":0,\"wave\":2},\"receipt\":{\"read\":1}}");
            }
        }
        assertThat(events(message, "", 5)).as("subscribers of events").isEqualTo(single);
        assertThat(single).noneMatch(ActionSummariesWireTest::isSummary);
    }

    @Test
    void messagesComeAtOnceAndTheirCursorLosesNoSummary() throws Exception {
        String more = "&action-summaries=2000";
        long message = wire.publish(channel, "1");
        long action = wire.add(channel, message, "reaction", "wave", "ann");
        CompletableFuture<JsonNode> waiting = CompletableFuture.supplyAsync(() -> poll(channel, action, more));
        long next = wire.publish(channel, "2");
        JsonNode page = waiting.get(30, TimeUnit.SECONDS);
        if (!isSummary(page.at("/m/0"))) { // unless the period had just ended
            assertThat(page.at("/m/0/p/t").asLong()).isEqualTo(next);
            JsonNode later = poll(channel, page.at("/t/t").asLong(), more);
            assertThat(isSummary(later.at("/m/0"))).as(later.toString()).isTrue();
            assertThat(later.at("/m/0/d/data/asOf").asLong()).isEqualTo(action);
        }
    }

    @Test
    void everyCursorLeadsToTheSameEvents() {
        String more = "&action-summaries=250";
        long first = wire.publish(channel, "1");
        List<Long> messages = List.of(first, wire.publish(channel, "2"));
        long last = 0;
        for (int i = 0; i < 60; i++) {
            last = i % 10 == 9
                    ? wire.publish(channel, "3")
                    : wire.add(channel, messages.get(i % 2), "reaction", "v" + i % 3, "user" + i);
        }
        long marked = last;
        List<JsonNode> all = new ArrayList<>();
        for (long cursor = first; all.stream().noneMatch(event -> event.at("/d/data/asOf").asLong() > marked);) {
            JsonNode page = poll(channel, cursor, more);
            page.get("m").forEach(all::add);
            cursor = page.at("/t/t").asLong();
            if (cursor > marked) {
                wire.add(channel, first, "end", "end", "user" + cursor); // ends the period for sure
            }
        }
        for (JsonNode cut : all) {
            for (long cursor : new long[]{cut.at("/p/t").asLong(), cut.at("/p/t").asLong() - 1}) {
                List<JsonNode> expected = all.stream().filter(event -> event.at("/p/t").asLong() > cursor).toList();
                List<JsonNode> found = events(cursor, more, expected.size());
                assertThat(found.subList(0, expected.size())).isEqualTo(expected);
            }
        }
        assertThat(all).anyMatch(ActionSummariesWireTest::isSummary);
    }

    @Test
    void deletedMessageHasNoSummary() {
        long deleted = wire.publish(channel, "1");
        long other = wire.publish(channel, "2");
        wire.add(channel, deleted, "reaction", "wave", "ann");
        wire.add(channel, other, "reaction", "wave", "ann");
        wire.delete("/v3/history/sub-key/demo/channel/" + channel + "?start=" + (deleted - 1) + "&end=" + deleted);
        List<JsonNode> found = events(other, "&action-summaries=2000", 1);
        assertThat(found).allMatch(event -> event.at("/d/data/messageTimetoken").asLong() == other);
    }

    @Test
    void streamsHaveSummariesToo() throws Exception {
        String url = "http://" + SERVER.origin() + "/v2/stream/demo/" + channel + "?action-summaries=250";
        List<JsonNode> socketed = Collections.synchronizedList(new ArrayList<>());
        WebSocket socket = http.newWebSocketBuilder()
                .buildAsync(URI.create(url.replace("http:", "ws:")), new WebSocket.Listener() {
                    private final StringBuilder text = new StringBuilder();

                    @Override
                    public @Nullable CompletionStage<?> onText(WebSocket of, CharSequence part, boolean last) {
                        text.append(part);
                        if (last) {
                            socketed.add(read(text.toString()));
                            text.setLength(0);
                        }
                        of.request(1);
                        return null;
                    }
                })
                .get(10, TimeUnit.SECONDS);
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        var response = http.send(
                HttpRequest.newBuilder(URI.create(url)).header("Accept", "text/event-stream").build(),
                BodyHandlers.ofInputStream());
        BufferedReader reader = new BufferedReader(
                new InputStreamReader(response.body(), StandardCharsets.UTF_8));
        Thread.ofVirtual().start(() -> {
            try {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    lines.add(line);
                }
            } catch (IOException e) {
                // closed by the test
            }
        });
        await().until(() -> !lines.isEmpty() && !socketed.isEmpty());
        long message = wire.publish(channel, "1");
        long action = wire.add(channel, message, "reaction", "wave", "ann");
        await().until(() -> List.copyOf(lines).stream().anyMatch(line -> line.contains("\"asOf\":\"" + action + "\"")));
        await().until(() -> List.copyOf(socketed)
                .stream()
                .anyMatch(told -> told.at("/m/0/d/data/asOf").asLong() == action));
        assertThat(List.copyOf(lines)).noneMatch(line -> line.contains("\"added\""));
        JsonNode last = List.copyOf(socketed).getLast();
        assertThat(lines).contains("id: " + last.at("/t/t").asText());
        socket.abort();
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void otherPeriodsAreRefused() {
        for (String period : List.of("0", "1", "1001", "true", "-250", "x")) {
            Answer answer = wire.get("/v2/subscribe/demo/" + channel + "/0?tt=1&action-summaries=" + period);
            assertThat(answer.status()).as(period).isEqualTo(400);
            assertThat(answer.body()).contains("250, 500, 1000, 2000, 5000");
        }
        long message = wire.publish(channel, "1");
        assertThat(wire.get("/subscribe/demo/" + channel + "/0/" + (message - 1) + "?action-summaries=7").status())
                .as("the first form has no actions")
                .isEqualTo(200);
    }
}
