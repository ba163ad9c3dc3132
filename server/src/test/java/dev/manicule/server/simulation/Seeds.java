package dev.manicule.server.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Runs a simulation for seed after seed, on all cores, until one fails. */
final class Seeds {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private final Simulation.Kind kind;
    private final long first;
    private final long count;
    private final AtomicLong next;
    private final TreeMap<Long, String> stories = new TreeMap<>();

    Seeds(Simulation.Kind kind, long first, long count) {
        this.kind = kind;
        this.first = first;
        this.count = count;
        next = new AtomicLong(first);
    }

    /** A program: what is simulated, the first seed and their number. It ends with 1 when a promise was broken, and tells the story. */
    public static void main(String[] args) throws Exception {
        String story = new Seeds(Simulation.Kind.valueOf(args[0].toUpperCase(Locale.ROOT)), Long.parseLong(args[1]),
                Long.parseLong(args[2])).run();
        if (story != null) {
            System.out.println(story);
            System.exit(1);
        }
    }

    /** The story of the lowest seed of those that failed; null when none did. */
    @Nullable
    String run() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger("dev.manicule.server");
        logger.setLevel(Level.OFF); // what goes wrong on purpose
        int threads = (int) Math.min(Runtime.getRuntime().availableProcessors(), count);
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> runs = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                runs.add(executor.submit(() -> {
                    runSome();
                    return true;
                }));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        } finally {
            logger.setLevel(null);
        }
        return stories.isEmpty() ? null : stories.firstEntry().getValue();
    }

    private void runSome() throws Exception {
        for (long seed = next.getAndIncrement(); seed < first + count; seed = next.getAndIncrement()) {
            String story = kind.of(seed, folder()).run();
            if (story != null) {
                synchronized (stories) {
                    stories.put(seed, story);
                }
                next.set(first + count);
            }
        }
    }

    /** A folder of a file system in memory, where there is one: the tables are synced in no time there. */
    static Path folder() throws IOException {
        String prefix = "manicule-simulation";
        return Files.isWritable(SHARED_MEMORY)
                ? Files.createTempDirectory(SHARED_MEMORY, prefix)
                : Files.createTempDirectory(prefix);
    }
}
