package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Toggles, removals by type and value, and what a conflict says: what the protocol lacks. */
class ActionChangesWireTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();
    private static final int TOGGLES = 25;

    private final Wire wire = SERVER.wire();
    private String channel = "";
    private String base = "";

    @BeforeEach
    void name(TestInfo test) {
        channel = RunningServer.channel(test);
        base = "/v1/message-actions/demo/channel/" + channel + "/message/";
    }

    private Answer toggle(Wire by, long message, String uuid, String... headers) {
        return by.send("POST", base + message + "?toggle=true&uuid=" + uuid,
                "{\"type\":\"reaction\",\"value\":\"wave\"}".getBytes(StandardCharsets.UTF_8), headers);
    }

    private JsonNode actions(long message) {
        return wire.get(base + message).json().get("data");
    }

    @Test
    void toggleAddsAndRemovesAndSaysWhich() {
        long message = wire.publish(channel, "1");
        Answer added = toggle(wire, message, "ann");
        assertThat(added.json().get("toggled").asText()).isEqualTo("added");
        assertThat(actions(message)).hasSize(1);
        Answer removed = toggle(wire, message, "ann");
        assertThat(removed.status()).isEqualTo(200);
        assertThat(removed.json().get("toggled").asText()).isEqualTo("removed");
        assertThat(removed.json().get("data")).isEqualTo(added.json().get("data"));
        assertThat(actions(message)).isEmpty();
        assertThat(toggle(wire, message, "ann").json().get("toggled").asText()).isEqualTo("added");
    }

    @Test
    void repeatedToggleIsDoneOnce() {
        long message = wire.publish(channel, "1");
        Answer first = toggle(wire, message, "ann", "Idempotency-Key: " + channel);
        Answer again = toggle(wire, message, "ann", "Idempotency-Key: " + channel);
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(actions(message)).hasSize(1);
        Answer off = toggle(wire, message, "ann", "Idempotency-Key: off " + channel);
        Answer offAgain = toggle(wire, message, "ann", "Idempotency-Key: off " + channel);
        assertThat(offAgain.json()).isEqualTo(off.json());
        assertThat(off.json().get("toggled").asText()).isEqualTo("removed");
        assertThat(actions(message)).isEmpty();
    }

    /** In some order each toggle changes what the one before has left. */
    @Test
    void concurrentTogglesOfOneUserAlternate() throws Exception {
        long message = wire.publish(channel, "1");
        int threads = 4;
        CountDownLatch start = new CountDownLatch(1);
        List<Future<List<Answer>>> all = new ArrayList<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            for (int thread = 0; thread < threads; thread++) {
                all.add(executor.submit(() -> {
                    List<Answer> answers = new ArrayList<>();
                    start.await();
                    for (int i = 0; i < TOGGLES; i++) {
                        answers.add(toggle(wire, message, "ann"));
                    }
                    return answers;
                }));
            }
            start.countDown();
            int added = 0;
            int removed = 0;
            for (Future<List<Answer>> one : all) {
                for (Answer answer : one.get()) {
                    assertThat(answer.status()).isEqualTo(200);
                    boolean isAdded = answer.json().get("toggled").asText().equals("added");
                    added += isAdded ? 1 : 0;
                    removed += isAdded ? 0 : 1;
                }
            }
            assertThat(added).isEqualTo(removed).isEqualTo(threads * TOGGLES / 2);
        }
        assertThat(actions(message)).isEmpty();
        long next = message;
        List<String> events = new ArrayList<>();
        while (events.size() < threads * TOGGLES) {
            JsonNode page = wire.get("/v2/subscribe/demo/" + channel + "/0?tt=" + next).json();
            next = page.at("/t/t").asLong();
            page.get("m").forEach(event -> events.add(event.at("/d/event").asText() + event.at("/d/count").asInt()));
        }
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i)).isEqualTo(i % 2 == 0 ? "added1" : "removed0");
        }
    }

    @Test
    void actionIsRemovedByItsTypeAndValue() {
        long message = wire.publish(channel, "1");
        long added = wire.add(channel, message, "reaction", "wave", "ann");
        String url = base + message + "?uuid=ann&type=reaction&value=wave";
        Answer removed = wire.delete(url);
        assertThat(removed.json().at("/data/actionTimetoken").asLong()).isEqualTo(added);
        assertThat(actions(message)).isEmpty();
        Answer again = wire.delete(url);
        assertThat(again.status()).isEqualTo(400);
        assertThat(again.json().at("/error/message").asText()).isEqualTo("No matching message actions to delete");
        Answer untyped = wire.delete(base + message + "?uuid=ann&value=wave");
        assertThat(untyped.json().at("/error/details/0/location").asText()).isEqualTo("type");
    }

    @Test
    void actionOfAnotherUserIsRemovedByTheOwnerOfTheKeysetOnly() {
        long message = wire.publish(channel, "1");
        wire.add(channel, message, "reaction", "wave", "ann");
        Answer refused = wire.delete(base + message + "?uuid=bob&of=ann&type=reaction&value=wave");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(actions(message)).hasSize(1);
    }

    @Test
    void conflictCarriesTheActionThatIsThere() {
        long message = wire.publish(channel, "1");
        long added = wire.add(channel, message, "reaction", "wave", "ann");
        Answer conflict = wire.tryAdd(channel, message, "reaction", "wave", "ann");
        assertThat(conflict.status()).isEqualTo(409);
        assertThat(conflict.json().at("/data/actionTimetoken").asLong()).isEqualTo(added);
        assertThat(conflict.json().at("/error/message").asText()).isEqualTo("Action Already Added");
    }
}
