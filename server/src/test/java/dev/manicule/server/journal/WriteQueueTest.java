package dev.manicule.server.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Resource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriteQueueTest {
    private final Budget budget = new Budget(new Limits());
    private final WriteQueue<Named> queue = new WriteQueue<>();
    private final Client heavy = budget.connection(null).of("k");

    private static final class Named extends WriteQueue.Write {
        private final String name;

        Named(String name) {
            this.name = name;
        }
    }

    private List<String> take() throws InterruptedException {
        List<Named> batch = new ArrayList<>();
        boolean _ = queue.take(batch, 100, 0);
        return batch.stream().map(each -> each.name).toList();
    }

    @Test
    void fewWritesDoNotWaitForMany() throws InterruptedException {
        for (int i = 0; i < 1_000; i++) {
            assertThat(queue.add(heavy, new Named("heavy"), 100)).isTrue();
        }
        assertThat(queue.add(budget.connection(null).of("k"), new Named("innocent"), 100)).isTrue();
        assertThat(take()).hasSize(100).contains("innocent");
    }

    @Test
    void clientsWithManyWritesTakeTurns() throws InterruptedException {
        Client other = budget.connection(null).of("k");
        for (int i = 0; i < 1_000; i++) {
            assertThat(queue.add(heavy, new Named("heavy"), 100)).isTrue();
        }
        for (int i = 0; i < 100; i++) {
            assertThat(queue.add(other, new Named("other"), 100)).isTrue();
        }
        assertThat(take().stream().filter("other"::equals)).hasSizeGreaterThan(40);
    }

    @Test
    void aBatchIsBoundedInBytes() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            assertThat(queue.add(budget.connection(null).of("k"), new Named("write"), 1 << 20)).isTrue();
        }
        assertThat(take()).hasSizeBetween(2, 4);
    }

    @Test
    void oneConnectionCannotFillTheQueue() throws InterruptedException {
        while (queue.add(heavy, new Named("heavy"), 100)) {
            // until it is refused
        }
        assertThat(queue.size()).isLessThanOrEqualTo((int) (budget.capacity(Resource.WRITES) / 2 + 1));
        assertThat(queue.add(budget.connection(null).of("k"), new Named("innocent"), 100)).isTrue();
        List<Named> all = new ArrayList<>();
        queue.drainAll(all);
        assertThat(all).extracting(each -> each.name).contains("innocent");
        assertThat(budget.used(Resource.WRITES)).as("until the outcome is known").isEqualTo(all.size());
        all.forEach(WriteQueue.Write::release);
        all.forEach(WriteQueue.Write::release);
        assertThat(budget.used(Resource.WRITES)).isZero();
        assertThat(budget.used(Resource.WRITE_BYTES)).isZero();
    }
}
