package dev.manicule.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One life of a log on a disk that loses power again and again, and a model of it: which entries were acknowledged, and which append
 * is in doubt. Everything follows from the seed.
 */
final class LogHistory {
    private static final int LIVES = 8;
    private static final StringCodec CODEC = new StringCodec();

    private final Random random;
    private final SimulatedDisk disk;
    private final Deque<Runnable> background = new ArrayDeque<>();
    private final List<String> acknowledged = new ArrayList<>();
    private final long first;
    private List<String> doubt = List.of();
    private List<String> pending = List.of();
    private long released;
    private long time;
    private int appended;
    private @Nullable LogReader<String> reader;
    private int read;

    LogHistory(long seed) {
        random = new Random(seed);
        disk = new SimulatedDisk(seed + 1, 64 << 10);
        first = random.nextInt(3) * 1_000L;
        released = first;
    }

    void run() throws LogException, InterruptedException {
        LocalLog<String> log = LocalLog.create(disk, CODEC, options(random, background::add), first);
        for (int life = 0; life < LIVES; life++) {
            try {
                disk.cutAfter(random.nextInt(300));
                live(log);
                disk.kill();
            } catch (SimulatedDisk.PowerCut e) {
                disk.powerCut();
            }
            if (doubt.isEmpty()) {
                doubt = pending;
            }
            pending = List.of();
            log = reopen();
            judge(log);
        }
    }

    private void live(LocalLog<String> log) throws LogException, InterruptedException {
        reader = null;
        int steps = random.nextInt(80);
        for (int i = 0; i < steps; i++) {
            switch (random.nextInt(14)) {
                case 0 -> disk.failWith(random.nextBoolean() ? 0.2 : 0);
                case 1 -> disk.fill(random.nextBoolean());
                case 2 -> release(log);
                case 3, 4 -> readOn(log);
                case 5, 6 -> resolve(log);
                case 7, 8 -> runBackground();
                default -> append(log);
            }
            assertThat(log.end()).isEqualTo(end());
        }
    }

    private void append(LocalLog<String> log) {
        List<String> entries = entries(random, "entry " + appended++);
        List<Boolean> failures = new ArrayList<>();
        pending = entries;
        log.append(entries, (_, inDoubt) -> {
            failures.add(inDoubt);
            throw new IllegalStateException("thrown by the test");
        });
        pending = List.of();
        if (failures.isEmpty()) {
            assertThat(doubt).isEmpty();
            acknowledged.addAll(entries);
        } else if (failures.getFirst()) {
            assertThat(doubt).isEmpty();
            doubt = entries;
        }
    }

    private void resolve(LocalLog<String> log) {
        if (log.resolveDoubt()) {
            acknowledged.addAll(doubt);
            doubt = List.of();
        }
    }

    private void release(LocalLog<String> log) {
        long below = log.begin() + random.nextInt((int) (log.end() - log.begin()) + 1);
        released = Math.max(released, below);
        log.release(below);
    }

    private void runBackground() {
        Runnable task = background.poll();
        if (task != null) {
            task.run();
        }
    }

    /** A reader that is left alone for a while is behind, and may find that what it wants has been released. */
    private void readOn(LocalLog<String> log) throws LogException, InterruptedException {
        try {
            LogReader<String> current = reader;
            if (current == null) {
                long from = log.begin() + random.nextInt((int) (log.end() - log.begin()) + 1);
                current = log.reader(from);
                reader = current;
                read = (int) (from - first);
            }
            Batch<String> batch = current.next(0);
            for (int i = random.nextInt(10); batch != null && i >= 0; i--) {
                assertThat(batch.firstOffset()).isEqualTo(first + read);
                assertThat(batch.entries()).isEqualTo(acknowledged.subList(read, read + batch.entries().size()));
                read += batch.entries().size();
                batch = i == 0 ? null : current.next(0);
            }
        } catch (LogDamagedException e) {
            throw e;
        } catch (LogException e) {
            reader = null; // the disk failed, or the entries are released
        }
    }

    private LocalLog<String> reopen() throws LogException {
        while (true) {
            background.clear();
            try {
                disk.cutAfter(random.nextInt(4) == 0 ? random.nextInt(40) : Long.MAX_VALUE);
                disk.failWith(random.nextInt(8) == 0 ? 0.05 : 0);
                LocalLog<String> log = LocalLog.open(disk, CODEC, options(random, background::add));
                disk.cutAfter(Long.MAX_VALUE);
                disk.failWith(0);
                return log;
            } catch (SimulatedDisk.PowerCut e) {
                disk.powerCut();
            } catch (LogDamagedException e) {
                throw e;
            } catch (LogException e) {
                disk.kill();
            }
        }
    }

    /** After a crash: what was acknowledged is there, what is in doubt is wholly there or not at all, and nothing else is. */
    private void judge(LocalLog<String> log) throws LogException, InterruptedException {
        if (!doubt.isEmpty() && log.end() == end() + doubt.size()) {
            acknowledged.addAll(doubt);
        }
        doubt = List.of();
        assertThat(log.end()).isEqualTo(end());
        assertThat(log.begin()).isBetween(first, Math.max(released, first));
        List<String> found = new ArrayList<>();
        long last = 0;
        try (LogReader<String> all = log.reader(log.begin())) {
            for (Batch<String> batch = all.next(0); batch != null; batch = all.next(0)) {
                assertThat(batch.firstOffset()).isEqualTo(log.begin() + found.size());
                assertThat(batch.time()).isGreaterThanOrEqualTo(last);
                last = batch.time();
                found.addAll(batch.entries());
            }
        }
        assertThat(last == 0 || last >= time).isTrue();
        time = Math.max(time, last);
        assertThat(found).isEqualTo(acknowledged.subList((int) (log.begin() - first), acknowledged.size()));
    }

    private long end() {
        return first + acknowledged.size();
    }

    /** One to four entries, most of them small, some larger than a segment. */
    static List<String> entries(Random random, String name) {
        List<String> entries = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int length = random.nextInt(20) == 0 ? random.nextInt(5_000) : random.nextInt(200);
            entries.add(name + "." + i + " " + String.valueOf((char) ('a' + random.nextInt(26))).repeat(length));
        }
        return entries;
    }

    static LocalLogOptions options(Random random, Executor executor) {
        return new LocalLogOptions(1 << 12, 1 << 10, () -> PowerCutTest.now(random), () -> 0, random::nextLong,
                executor,
                (_, _, _) -> {
                    throw new IllegalStateException("thrown by the test");
                });
    }
}
