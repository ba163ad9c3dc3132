package dev.manicule.acceptance.cluster;

import dev.manicule.acceptance.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Several nodes, as a client has them that sends each request to any of them, and goes to another one when it gets no answer. */
final class MovingWire {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int MOST_READ_BYTES = 100;

    private final List<Wire> nodes;
    private final Random random;

    /** A client of the nodes at these ports. */
    MovingWire(List<Integer> ports, Random random) {
        nodes = ports.stream().map(Wire::new).toList();
        this.random = random;
    }

    private Wire any() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    Wire.Answer get(String path) {
        return send("GET", path, null);
    }

    /** Sends a request until a node answers other than that it can't now. What changes anything needs a request id. */
    Wire.Answer send(String method, String path, @Nullable String body, String... headers) {
        byte[] bytes = body == null ? null : body.getBytes(StandardCharsets.UTF_8);
        long patience = System.nanoTime() + PATIENCE.toNanos();
        while (!Thread.currentThread().isInterrupted() && System.nanoTime() < patience) {
            try {
                Wire.Answer answer = any().send(method, path, bytes, headers);
                if (answer.status() != 503) {
                    return answer;
                }
            } catch (UncheckedIOException e) {
                // this node is dead, or dies
            }
        }
        throw new AssertionError("no node answers " + method + " " + path);
    }

    /** Sends a request and hangs up: before the answer, or in the middle of it, or with all of it unread. */
    void hangUp(String path) {
        try (Wire.Connection connection = any().connect()) {
            connection.get(path);
            byte[] _ = connection.read(random.nextInt(2) * random.nextInt(MOST_READ_BYTES));
        } catch (IOException e) {
            // this node is dead, or dies
        }
    }
}
