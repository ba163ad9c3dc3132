package dev.manicule.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a {@link LocalLog} keeps through power cuts, kills and failures of the disk, and that it refuses damage. */
class PowerCutTest {
    private static final int HISTORIES = Integer.getInteger("log.histories", 1_000);
    private static final StringCodec CODEC = new StringCodec();
    private final Logger logger = (Logger) LoggerFactory.getLogger(LocalLog.class.getPackageName());

    @BeforeEach
    void quiet() {
        logger.setLevel(Level.OFF);
    }

    @AfterEach
    void loud() {
        logger.setLevel(null);
    }

    @Test
    void acknowledgedEntriesSurviveAndNothingElseAppears() throws Exception {
        for (int seed = 0; seed < HISTORIES; seed++) {
            try {
                new LogHistory(seed).run();
            } catch (AssertionError | LogException | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    /** A frame of the log, as a test finds it. */
    private record Place(String name, int position, int length) {
        boolean overlaps(String file, int from, int to) {
            return name.equals(file) && from < position + length && to > position;
        }
    }

    @Test
    void aByteThatIsFlippedBeforeTheLastFrameIsRefused() throws Exception {
        for (int seed = 0; seed < HISTORIES; seed++) {
            Random random = new Random(seed);
            SimulatedDisk disk = filled(seed, random);
            List<Place> frames = frames(disk);
            Place place = frames.get(random.nextInt(frames.size() - 1));
            disk.contents(place.name())[place.position()
                    + random.nextInt(place.length())] ^= (byte) (1 << random.nextInt(8));
            refuses(disk, seed);
        }
    }

    @Test
    void aSectorThatIsZeroedBeforeTheLastFrameIsRefused() throws Exception {
        int refused = 0;
        for (int seed = 0; seed < HISTORIES; seed++) {
            Random random = new Random(seed);
            SimulatedDisk disk = filled(seed, random);
            List<Place> frames = frames(disk);
            Place place = frames.get(random.nextInt(frames.size() - 1));
            int start = (place.position() + random.nextInt(place.length())) / SimulatedDisk.SECTOR
                    * SimulatedDisk.SECTOR;
            if (!frames.getLast().overlaps(place.name(), start, start + SimulatedDisk.SECTOR)) {
                byte[] bytes = disk.contents(place.name());
                Arrays.fill(bytes, start, Math.min(start + SimulatedDisk.SECTOR, bytes.length), (byte) 0);
                refuses(disk, seed);
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(HISTORIES / 2);
    }

    private static void refuses(SimulatedDisk disk, int seed) {
        assertThatThrownBy(
                () -> LocalLog.open(disk, CODEC, LogHistory.options(new Random(seed), Runnable::run)).close())
                .as("seed %s",
                        seed)
                .isInstanceOf(LogDamagedException.class)
                .hasMessageContaining(" at byte ")
                .hasMessageContaining("The log is damaged");
    }

    private static SimulatedDisk filled(int seed, Random random) throws LogException {
        SimulatedDisk disk = new SimulatedDisk(seed, 1 << 20);
        LocalLog<String> log = LocalLog.create(disk, CODEC, LogHistory.options(random, Runnable::run), seed);
        int count = 3 + random.nextInt(60);
        for (int i = 0; i < count; i++) {
            log.append(LogHistory.entries(random, seed + " " + i), (reason, _) -> {
                throw new AssertionError(reason);
            });
            log.release(random.nextInt(8) == 0 ? log.end() - random.nextInt(10) : 0);
        }
        log.close();
        return disk;
    }

    private static List<Place> frames(SimulatedDisk disk) throws Exception {
        List<Place> all = new ArrayList<>();
        for (String name : LogRecovery.segmentNames(disk)) {
            ByteBuffer bytes = ByteBuffer.wrap(disk.contents(name));
            Segment segment = Segment.read(bytes.duplicate());
            assertThat(segment).isNotNull();
            all.add(new Place(name, 0, Segment.START));
            try (FrameReader reader = new FrameReader(disk, segment, Segment.START)) {
                for (FrameHeader header = reader.header(); header != null; header = reader.header()) {
                    all.add(new Place(name, (int) reader.position(), header.length()));
                    reader.skip(header);
                }
            }
        }
        return all;
    }

    /** The time of the simulation does not matter here. */
    static Instant now(Random random) {
        return Instant.ofEpochSecond(1_795_000_000L + random.nextInt(100));
    }
}
