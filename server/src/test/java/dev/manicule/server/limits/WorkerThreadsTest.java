package dev.manicule.server.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkerThreadsTest {
    private final Budget budget = new Budget(new Limits());
    private final Client one = budget.connection(InetAddress.ofLiteral("10.0.0.1"));
    private final Client other = budget.connection(InetAddress.ofLiteral("10.0.0.2"));
    private final List<String> done = Collections.synchronizedList(new ArrayList<>());

    /** Has tasks submitted while the one thread is kept busy, and gives the order in which they are done. */
    private List<String> order(Runnable submit, WorkerThreads workers) throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        workers.execute(budget.keyset("blocker"), () -> {
            try {
                assertThat(go.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        submit.run();
        go.countDown();
        workers.close();
        return done;
    }

    @Test
    void addressesTakeTurns() throws InterruptedException {
        WorkerThreads workers = new WorkerThreads("test", 1);
        assertThat(order(() -> {
            for (int i = 0; i < 1_000; i++) {
                workers.execute(one.of("k"), () -> done.add("one"));
            }
            workers.execute(other.of("k"), () -> done.add("other"));
        }, workers).indexOf("other")).isLessThanOrEqualTo(1);
    }

    @Test
    void keysetsOfAnAddressTakeTurns() throws InterruptedException {
        WorkerThreads workers = new WorkerThreads("test", 1);
        assertThat(order(() -> {
            for (int i = 0; i < 1_000; i++) {
                workers.execute(one.of("k"), () -> done.add("k"));
            }
            workers.execute(one.of("l"), () -> done.add("l"));
        }, workers).indexOf("l")).isLessThanOrEqualTo(1);
    }

    @Test
    void connectionsOfAKeysetTakeTurns() throws InterruptedException {
        WorkerThreads workers = new WorkerThreads("test", 1);
        assertThat(order(() -> {
            for (int i = 0; i < 1_000; i++) {
                workers.execute(one.of("k"), () -> done.add("first"));
            }
            workers.execute(budget.connection(InetAddress.ofLiteral("10.0.0.1")).of("k"), () -> done.add("second"));
        }, workers).indexOf("second")).isLessThanOrEqualTo(1);
    }

    @Test
    void longWorkLetsOthersInBetweenItsSlices() throws InterruptedException {
        WorkerThreads workers = new WorkerThreads("test", 1);
        int[] slices = new int[1];
        List<String> order = order(() -> {
            workers.submit(one.of("k"), () -> {
                done.add("slice");
                return ++slices[0] < 10;
            });
            workers.execute(other.of("k"), () -> done.add("other"));
        }, workers);
        assertThat(order).hasSize(11);
        assertThat(order.indexOf("other")).isEqualTo(1);
    }

    /** With a turn each, a hundred short tasks would wait for a hundred slices. */
    @Test
    void shortTasksDoNotEachWaitForALongOne() throws InterruptedException {
        WorkerThreads workers = new WorkerThreads("test", 1);
        List<String> order = order(() -> {
            for (int i = 0; i < 10; i++) {
                workers.execute(one.of("long"), () -> {
                    for (long begin = System.nanoTime(); System.nanoTime() - begin < 20_000_000;) {
                        Thread.onSpinWait();
                    }
                    done.add("long");
                });
            }
            for (int i = 0; i < 100; i++) {
                workers.execute(one.of("short"), () -> done.add("short"));
            }
        }, workers);
        assertThat(order.subList(0, order.lastIndexOf("short"))).filteredOn("long"::equals).hasSizeLessThan(4);
    }

    @Test
    void timeIsSharedEquallyBetweenLongAndShortTasks() {
        TimeShares<String> shares = new TimeShares<>();
        List<String> served = new ArrayList<>();
        shares.add(one.of("k"), "long");
        for (int i = 0; i < 100; i++) { // while it is alone it owes nothing
            serve(shares, served);
        }
        served.clear();
        shares.add(other.of("k"), "short");
        for (int i = 0; i < 600; i++) {
            serve(shares, served);
        }
        assertThat(Collections.frequency(served, "long")).isBetween(95, 105);
        for (int i = 0; i < 1_000; i++) { // clients that come once wait for none of both
            shares.add(budget.connection(InetAddress.ofLiteral("10.0.1." + i % 250)).of("k"), "new");
            served.clear();
            serve(shares, served);
            serve(shares, served);
            serve(shares, served);
            assertThat(served).contains("new");
        }
    }

    private void serve(TimeShares<String> shares, List<String> served) {
        TimeShares.Next<String> next = shares.poll();
        assertThat(next).isNotNull();
        served.add(next.item());
        switch (next.item()) {
            case "long" -> {
                shares.used(next, 5_000_000);
                shares.add(one.of("k"), "long");
            }
            case "short" -> {
                shares.used(next, 1_000_000);
                shares.add(other.of("k"), "short");
            }
            default -> shares.used(next, 1_000);
        }
    }

    @Test
    void throwingTaskEndsNoThread() throws InterruptedException {
        WorkerThreads workers = new WorkerThreads("test", 1);
        assertThat(order(() -> {
            workers.execute(one, () -> {
                throw new StackOverflowError("as the test asks");
            });
            workers.execute(one, () -> done.add("next"));
        }, workers)).containsExactly("next");
    }

    @Test
    void connectionCannotFillTheQueue() throws InterruptedException {
        WorkerThreads workers = new WorkerThreads("test", 1);
        int[] accepted = new int[1];
        order(() -> {
            assertThatThrownBy(() -> {
                while (true) {
                    workers.execute(one.of("k"), () -> done.add("one"));
                    accepted[0]++;
                }
            }).isInstanceOf(RejectedExecutionException.class);
            workers.execute(other.of("k"), () -> done.add("other"));
        }, workers);
        assertThat(accepted[0]).isLessThanOrEqualTo((int) (Limit.TASKS_WAITING.standard() / 2 + 1));
        assertThat(done).hasSize(accepted[0] + 1);
        assertThat(budget.used(Resource.TASKS)).isZero();
    }
}
