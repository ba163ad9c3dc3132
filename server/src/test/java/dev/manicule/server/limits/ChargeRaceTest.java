package dev.manicule.server.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.races.Races;
import dev.manicule.server.races.Races.Raced;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

@Raced
class ChargeRaceTest {
    private static final long CAPACITY = 1 << 20;

    private static Budget budget() {
        return new Budget(new Limits(Map.of(Limit.HELD_BYTES, CAPACITY, Limit.HELD_BYTES_BY_CONNECTION, CAPACITY)));
    }

    /** What all hold is what each holds, whatever they do at once; and nothing when all is given back. */
    @Test
    void chargesAreCountedExactlyOnce() throws Throwable {
        Races.race(race -> {
            Budget budget = budget();
            Client one = budget.connection(InetAddress.ofLiteral("192.0.2.1")).of("k");
            Client other = budget.connection(InetAddress.ofLiteral("192.0.2.1")).of("k");
            Charge shared = one.charge(Resource.MEMORY);
            Charge released = other.charge(Resource.MEMORY);
            race.start(() -> {
                shared.add(100);
                released.force(10);
            });
            race.start(() -> {
                shared.add(30);
                released.add(7);
                shared.add(-20);
            });
            race.start(() -> {
                released.force(5_000);
                released.release();
            });
            race.start(released::release);
            race.await();
            assertThat(shared.amount()).isEqualTo(110);
            assertThat(released.amount()).isZero();
            assertThat(budget.used(Resource.MEMORY)).isEqualTo(110);
            assertThat(budget.heldByKeyset("k", Resource.MEMORY)).isEqualTo(110);
            assertThat(shared.heldByConnection()).isEqualTo(110);
            shared.release();
            assertThat(budget.used(Resource.MEMORY)).isZero();
            assertThat(budget.heldByKeyset("k", Resource.MEMORY)).isZero();
        });
    }

    /** Of two that don't fit together, not both are admitted. */
    @Test
    void freeCapacityIsChargedOnce() throws Throwable {
        Races.race(race -> {
            Budget budget = budget();
            AtomicInteger admitted = new AtomicInteger();
            for (int i = 0; i < 2; i++) {
                race.start(() -> {
                    if (budget.server().charge(Resource.MEMORY, CAPACITY * 2 / 3) != null) {
                        admitted.incrementAndGet();
                    }
                });
            }
            race.await();
            assertThat(admitted).hasValueLessThan(2);
            assertThat(budget.used(Resource.MEMORY)).isEqualTo(admitted.get() * (CAPACITY * 2 / 3));
        });
    }
}
