package dev.manicule.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Folders;
import dev.manicule.acceptance.Wire;
import dev.manicule.acceptance.history.Checker;
import dev.manicule.acceptance.history.RecordedHistory;
import dev.manicule.acceptance.history.Workload;
import dev.manicule.server.Clocks;
import dev.manicule.server.Manicule;
import dev.manicule.server.config.ManiculeConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A clock that steps by up to an hour, forth and back, under load and over restarts. */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class ClockTest {
    private static final int STEPS = Integer.getInteger("faults.rounds", 1) * 5;
    private static final long SEED = Long.getLong("faults.seed", 20_261_121);

    private final AtomicReference<Duration> offset = new AtomicReference<>(Duration.ZERO);
    private final InstantSource clock = () -> Instant.now().plus(offset.get());
    private Path folder;

    @BeforeEach
    void begin() throws Exception {
        folder = Folders.temporary();
    }

    @AfterEach
    void end() throws Exception {
        Folders.delete(folder);
    }

    private Manicule start(int port) throws Exception {
        return Manicule.start(ManiculeConfig.DEFAULT.withPort(port).withData(folder.resolve("data")), Clocks.of(clock));
    }

    @Test
    void timeNeverGoesBackForClients() throws Exception {
        Random random = new Random(SEED);
        Manicule server = start(0);
        int port = server.port();
        try {
            Workload load = new Workload(() -> new WireStore(port), "clock", SEED, 8, 4);
            for (int step = 0; step < STEPS; step++) {
                TimeUnit.MILLISECONDS.sleep(100);
                offset.set(Duration.ofSeconds(random.nextInt(7_201) - 3_600));
                if (step % 4 == 3) {
                    server.close();
                    server = start(port);
                }
            }
            RecordedHistory history = load.end();
            assertThat(Checker.violations(history)).isEmpty();
            System.out.printf("| Clock | %d | %,d |%n", STEPS, history.operations().size());
        } finally {
            server.close();
        }
    }

    /**
     * A client has received the time, and nothing was written since; then the server is killed, and its clock is
     * set back.
     */
    @Test
    void returnedTimetokenMissesNothingLater() throws Exception {
        Path killed = folder.resolve("killed");
        long cursor;
        try (Manicule server = start(0)) {
            Wire wire = new Wire(server.port());
            wire.publish("room", "1");
            TimeUnit.MILLISECONDS.sleep(2_500); // the time is noted each second
            cursor = wire.get("/v2/subscribe/demo/room/0?tt=0").json().at("/t/t").asLong();
            TimeUnit.MILLISECONDS.sleep(300);
            Process copy = new ProcessBuilder("cp", "-r", folder.resolve("data").toString(), killed.toString()).start();
            assertThat(copy.waitFor()).isZero();
        }
        offset.set(Duration.ofHours(-1));
        try (Manicule server = Manicule.start(ManiculeConfig.DEFAULT.withPort(0).withData(killed), Clocks.of(clock))) {
            Wire wire = new Wire(server.port());
            long message = wire.publish("room", "2");
            assertThat(message).isGreaterThan(cursor);
            JsonNode late = wire.get("/v2/subscribe/demo/room/0?tt=" + cursor).json();
            assertThat(late.get("m")).hasSize(1);
        }
    }
}
