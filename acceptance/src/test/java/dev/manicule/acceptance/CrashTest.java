package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged survives the death of the process, and what comes after goes on from there. */
class CrashTest {
    private static final int ROUNDS = 5;
    private static final int WORKERS = 8;
    private static final String CHANNEL = "crash";

    @TempDir
    private Path folder;

    /** What the workers were told, over all rounds. */
    private final List<Long> messages = Collections.synchronizedList(new ArrayList<>());
    private final Set<Long> actions = ConcurrentHashMap.newKeySet();
    private final Set<Long> removed = ConcurrentHashMap.newKeySet();
    private final Set<Long> removalUncertain = ConcurrentHashMap.newKeySet();
    private long highest;

    @Test
    void nothingAcknowledgedIsLostWhenTheProcessIsKilled() throws Exception {
        Random random = new Random(7);
        for (int round = 0; round < ROUNDS; round++) {
            try (ServerProcess server = ServerProcess.start(folder.resolve("data"), 0)) {
                check(server.wire(), round);
                work(server, round, 300 + random.nextInt(500));
            }
        }
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), 0)) {
            check(server.wire(), ROUNDS);
            assertThat(messages.size()).isGreaterThan(100);
            assertThat(server.terminate()).isZero();
            await().atMost(Duration.ofSeconds(5)).until(() -> server.lines().getLast().contains("stopped"));
        }
    }

    private void work(ServerProcess server, int round, int millis) throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch busy = new CountDownLatch(WORKERS);
        List<Thread> workers = new ArrayList<>();
        for (int w = 0; w < WORKERS; w++) {
            int worker = w;
            workers.add(Thread.startVirtualThread(() -> {
                for (int i = 0; !over.get(); i++) {
                    try {
                        step(server.wire(), "r" + round + "w" + worker + "i" + i);
                    } catch (RuntimeException e) {
                        return; // the server is gone
                    } finally {
                        busy.countDown();
                    }
                }
            }));
        }
        busy.await();
        TimeUnit.MILLISECONDS.sleep(millis);
        server.kill();
        over.set(true);
        for (Thread worker : workers) {
            worker.join();
        }
    }

    private void step(Wire wire, String name) {
        long message = wire.publish(CHANNEL, "\"" + name + "\"");
        messages.add(message);
        long action = wire.add(CHANNEL, message, "t", name, "u");
        actions.add(action);
        if (name.hashCode() % 3 == 0) {
            removalUncertain.add(action);
            Answer answer = wire
                    .delete("/v1/message-actions/demo/channel/" + CHANNEL + "/message/" + message + "/action/"
                            + action + "?uuid=u");
            assertThat(answer.status()).isEqualTo(200);
            removed.add(action);
            removalUncertain.remove(action);
        }
    }

    private void check(Wire wire, int round) {
        List<JsonNode> events = events(wire);
        List<Long> timetokens = events.stream().map(event -> event.at("/p/t").asLong()).toList();
        assertThat(timetokens).isSorted().doesNotHaveDuplicates();
        Set<Long> told = new HashSet<>(timetokens);
        assertThat(missing(messages, told)).as("acknowledged publishes that are not in the feed").isEmpty();
        assertThat(missing(actions, told)).as("acknowledged adds that are not in the feed").isEmpty();
        Set<Long> stored = new HashSet<>();
        for (JsonNode action : allActions(wire)) {
            stored.add(action.get("actionTimetoken").asLong());
            assertThat(told).contains(action.get("actionTimetoken").asLong());
        }
        Set<Long> expected = new HashSet<>(actions);
        expected.removeAll(removed);
        expected.removeAll(removalUncertain);
        assertThat(missing(expected, stored)).as("acknowledged actions that are not stored").isEmpty();
        assertThat(missing(stored, removed)).as("removed actions that are stored").hasSameSizeAs(stored);
        int count = wire.get("/v3/history/sub-key/demo/message-counts/" + CHANNEL + "?timetoken=1")
                .json()
                .at("/channels/" + CHANNEL)
                .asInt();
        long inFeed = events.stream().filter(event -> !event.has("e")).count();
        assertThat((long) count).as("feed and history agree").isEqualTo(Math.min(inFeed, 10_000));
        long fresh = wire.publish(CHANNEL, "\"round " + round + "\"");
        assertThat(fresh).isGreaterThan(highest).isGreaterThan(timetokens.isEmpty() ? 0 : timetokens.getLast());
        messages.add(fresh);
        highest = fresh;
    }

    private static Set<Long> missing(Collection<Long> expected, Set<Long> found) {
        Set<Long> missing = new HashSet<>(expected);
        missing.removeAll(found);
        return missing;
    }

    private static List<JsonNode> events(Wire wire) {
        List<JsonNode> events = new ArrayList<>();
        long now = wire.get("/v2/subscribe/demo/" + CHANNEL + "/0?tt=0").json().at("/t/t").asLong();
        long last = wire.publish(CHANNEL + "-end", "1");
        assertThat(last).isGreaterThan(now);
        long cursor = 1;
        while (true) { // the last event of the other channel marks the end, so that no poll is ever parked
            JsonNode answer = wire.get("/v2/subscribe/demo/" + CHANNEL + "," + CHANNEL + "-end/0?tt=" + cursor).json();
            answer.get("m").forEach(event -> {
                if (event.get("c").asText().equals(CHANNEL)) {
                    events.add(event);
                }
            });
            cursor = answer.at("/t/t").asLong();
            if (cursor >= last) {
                return events;
            }
        }
    }

    private static List<JsonNode> allActions(Wire wire) {
        List<JsonNode> all = new ArrayList<>();
        String next = "/v1/message-actions/demo/channel/" + CHANNEL + "?limit=1000";
        while (!next.isEmpty()) {
            JsonNode page = wire.get(next).json();
            page.get("data").forEach(all::add);
            next = page.at("/more/url").asText("");
        }
        return all;
    }
}
