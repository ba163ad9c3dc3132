package dev.manicule.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A few threads serve many users, and more come where callbacks wait for each other. */
@Timeout(60)
class ThreadsTest {
    @Test
    void manyShortTasksNeedFewThreads() throws Exception {
        Set<Thread> used = ConcurrentHashMap.newKeySet();
        CountDownLatch done = new CountDownLatch(10_000);
        try (Threads threads = new Threads()) {
            for (int i = 0; i < 10_000; i++) {
                threads.execute(() -> {
                    used.add(Thread.currentThread());
                    done.countDown();
                });
            }
            done.await();
        }
        assertThat(used).hasSizeLessThanOrEqualTo(4);
    }

    @Test
    void blockedTasksDoNotStopLaterOnes() throws Exception {
        CountDownLatch last = new CountDownLatch(1);
        CountDownLatch all = new CountDownLatch(21);
        try (Threads threads = new Threads()) {
            IntStream.range(0, 20).forEach(i -> threads.execute(() -> {
                try {
                    last.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                all.countDown();
            }));
            threads.execute(() -> {
                last.countDown();
                all.countDown();
            });
            all.await();
        }
    }

    @Test
    void closeInterruptsBlockedTasks() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        try (Threads threads = new Threads()) {
            threads.execute(() -> {
                begun.countDown();
                try {
                    TimeUnit.HOURS.sleep(1);
                } catch (InterruptedException e) {
                    interrupted.countDown();
                }
            });
            begun.await();
        }
        interrupted.await();
    }

    @Test
    void tasksRunInOrderPerUser() throws Exception {
        try (Threads threads = new Threads()) {
            List<Integer> order = new ArrayList<>();
            AtomicInteger running = new AtomicInteger();
            CountDownLatch othersRan = new CountDownLatch(1);
            SerialExecutor one = new SerialExecutor(threads);
            SerialExecutor other = new SerialExecutor(threads);
            for (int i = 0; i < 1_000; i++) {
                int number = i;
                one.execute(() -> {
                    assertThat(running.incrementAndGet()).isOne();
                    order.add(number);
                    running.decrementAndGet();
                });
            }
            one.execute(() -> other.execute(othersRan::countDown));
            one.execute(() -> {
                throw new IllegalStateException("a task that fails ends none of those behind it");
            });
            CountDownLatch last = new CountDownLatch(1);
            one.execute(last::countDown);
            othersRan.await();
            last.await();
            assertThat(order).isEqualTo(IntStream.range(0, 1_000).boxed().toList());
        }
    }
}
