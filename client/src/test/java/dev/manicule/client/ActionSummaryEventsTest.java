package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Summaries that a subscription delivers in place of the events of actions, and counts that are kept by them. */
@Timeout(60)
class ActionSummaryEventsTest {
    private static final String SUMMARY = "{\"c\":\"a\",\"b\":\"a\",\"e\":3,\"p\":{\"t\":\"20\",\"r\":1},"
            + "\"d\":{\"source\":\"actions\",\"version\":\"1.0\",\"event\":\"summary\",\"data\":{"
            + "\"messageTimetoken\":\"3\",\"asOf\":\"17\",\"counts\":{\"r\":{\"v\":2,\"w\":0}}}}}";

    private static List<String> polls(StubServer server) {
        return server.requests.stream()
                .filter(request -> request.startsWith("GET /v2/subscribe/demo/"))
                .map(request -> request.replaceFirst("GET /v2/subscribe/demo/(.*)/0\\?.*", "$1")
                        + (request.contains("&action-summaries=")
                                ? request.replaceFirst(".*&action-summaries=([0-9]+).*", " $1")
                                : ""))
                .distinct()
                .toList();
    }

    @Test
    void summariesAreRequestedUntilEverythingIsLeft() throws Exception {
        try (StubServer server = new StubServer(exchange -> {
            String uri = exchange.getRequestURI().toString();
            if (uri.contains("tt=0")) {
                StubServer.say(exchange, 200, "{\"t\":{\"t\":\"15\",\"r\":1},\"m\":[]}");
            } else if (uri.startsWith("/v2/subscribe/demo/a/0") && uri.contains("tt=15")) {
                StubServer.say(exchange, 200, "{\"t\":{\"t\":\"21\",\"r\":1},\"m\":[" + SUMMARY + "]}");
            } else if (uri.startsWith("/v2/subscribe")) {
                new CountDownLatch(1).await();
            } else {
                StubServer.say(exchange, 200, "{}");
            }
        }); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            List<ActionSummaryEvent> events = new CopyOnWriteArrayList<>();
            client.addListener(new Listener() {
                @Override
                public void actionSummary(ActionSummaryEvent event) {
                    events.add(event);
                }
            });
            client.subscribe().channels("a").withActionSummaries(Duration.ofSeconds(1)).execute();
            await().until(() -> !events.isEmpty());
            assertThat(events.get(0)).isEqualTo(
                    new ActionSummaryEvent("a", null, 20, 3, 17, Map.of("r", Map.of("v", 2L, "w", 0L)), false));
            client.subscribe("b");
            await().until(() -> polls(server).contains("a,b 1000"));
            client.unsubscribeAll();
            client.subscribe("c");
            await().until(() -> polls(server).contains("c"));
            assertThat(polls(server)).doesNotContain("a", "a,b", "c 1000");
        }
    }

    @Test
    void otherPeriodsAreRefused() throws Exception {
        try (StubServer server = new StubServer(exchange -> {});
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> client.subscribe().channels("a").withActionSummaries(Duration.ofSeconds(3)))
                    .withMessageContaining("250, 500, 1000, 2000 or 5000");
        }
    }

    private static ActionSummary summary(long asOf, Map<String, Long> counts) {
        Map<String, ActionTally> tallies = new HashMap<>();
        counts.forEach((value, count) -> {
            if (count > 0) {
                tallies.put(value, new ActionTally(count, List.of(), OptionalLong.empty()));
            }
        });
        return new ActionSummary("a", 3, "ann", asOf, tallies.isEmpty() ? Map.of() : Map.of("r", tallies), false);
    }

    /** Summaries of periods and of the endpoint, in any order and more than once. */
    @Test
    void countsKeptBySummariesAreNeverOff() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            Map<String, Long> truth = new HashMap<>();
            Map<String, Long> changed = new HashMap<>();
            List<ActionSummaryEvent> events = new ArrayList<>();
            List<ActionSummary> read = new ArrayList<>();
            read.add(summary(0, truth));
            for (long now = 1; now <= 60; now++) {
                String value = "v" + random.nextInt(4);
                truth.merge(value, random.nextBoolean() ? 1L : -1L, (a, b) -> Math.max(0, a + b));
                truth.merge(value, 0L, Math::max);
                changed.put(value, truth.get(value));
                if (random.nextInt(5) == 0 || now == 60) {
                    events.add(new ActionSummaryEvent("a", null, now + 100, 3, now, Map.of("r", changed), false));
                    changed.clear();
                }
                if (random.nextInt(20) == 0) {
                    read.add(summary(now, truth));
                }
            }
            ActionCounts counts = new ActionCounts("ann", "a", 3);
            List<Runnable> steps = new ArrayList<>();
            events.forEach(event -> steps.add(() -> {
                var unused = counts.apply(event);
            }));
            read.forEach(each -> steps.add(() -> counts.apply(each)));
            events.forEach(event -> steps.add(() -> {
                var unused = counts.apply(event);
            }));
            Collections.shuffle(steps, random);
            steps.forEach(Runnable::run);
            truth.forEach((value, count) -> assertThat(counts.count("r", value)).isEqualTo(count));
        }
    }
}
