package dev.manicule.server.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BudgetTest {
    private static final long CAPACITY = 64 << 20;

    private final Budget budget = new Budget(new Limits(Map.of(Limit.HELD_BYTES, CAPACITY,
            Limit.HELD_BYTES_BY_CONNECTION, CAPACITY)));

    private static long takeAll(Client client, long step) {
        long taken = 0;
        while (client.charge(Resource.MEMORY, step) != null) {
            taken += step;
        }
        return taken;
    }

    private static InetAddress address(int number) {
        return InetAddress.ofLiteral("10.0.0." + number);
    }

    @Test
    void oneConnectionHoldsAtMostHalf() {
        long taken = takeAll(budget.connection(null), 64 << 10);
        assertThat(taken).isBetween(CAPACITY * 40 / 100, CAPACITY / 2);
    }

    @Test
    void anAddressOfManyConnectionsHoldsAtMostTwoThirds() {
        long taken = 0;
        for (int i = 0; i < 1_000; i++) {
            taken += takeAll(budget.connection(address(1)), 64 << 10);
        }
        assertThat(taken).isBetween(CAPACITY * 55 / 100, CAPACITY * 67 / 100);
    }

    @Test
    void aKeysetOfManyAddressesHoldsAtMostFourFifths() {
        long taken = 0;
        for (int i = 0; i < 200; i++) {
            taken += takeAll(budget.connection(address(i)).of("k"), 64 << 10);
        }
        assertThat(taken).isBetween(CAPACITY * 65 / 100, CAPACITY * 81 / 100);
    }

    @Test
    void smallConnectionIsNotRefusedForItsNeighbours() {
        for (int i = 0; i < 1_000; i++) {
            takeAll(budget.connection(address(1)).of("k"), 64 << 10);
        }
        assertThat(budget.connection(address(1)).of("k").charge(Resource.MEMORY, 64 << 10)).isNull();
        for (int i = 0; i < 200; i++) {
            assertThat(budget.connection(address(1)).of("k").charge(Resource.MEMORY, 4 << 10)).isNotNull();
        }
    }

    @Test
    void connectionLimitAppliesToo() {
        Budget small = new Budget(new Limits(Map.of(Limit.HELD_BYTES, CAPACITY, Limit.HELD_BYTES_BY_CONNECTION,
                1L << 20)));
        assertThat(takeAll(small.connection(null), 64 << 10)).isEqualTo(1 << 20);
    }

    @Test
    void releasedChargeIsFreeAgain() {
        Client client = budget.connection(address(1)).of("k");
        List<Charge> charges = new ArrayList<>();
        for (Charge charge = client.charge(Resource.MEMORY, 1 << 20); charge != null; charge = client
                .charge(Resource.MEMORY, 1 << 20)) {
            charges.add(charge);
        }
        assertThat(budget.heldByKeyset("k", Resource.MEMORY)).isEqualTo(budget.used(Resource.MEMORY)).isPositive();
        charges.forEach(Charge::release);
        charges.forEach(Charge::release);
        assertThat(budget.used(Resource.MEMORY)).isZero();
        assertThat(budget.heldByKeyset("k", Resource.MEMORY)).isZero();
    }

    @Property
    void usageStaysBetweenZeroAndCapacity(
            @ForAll @Size(max = 200) List<@IntRange(max = 1 << 23) Integer> amounts) {
        Budget fresh = new Budget(new Limits(Map.of(Limit.HELD_BYTES, CAPACITY)));
        List<Charge> charges = new ArrayList<>();
        for (int i = 0; i < amounts.size(); i++) {
            Charge charge = fresh.connection(address(i % 7)).of("k" + i % 3).charge(Resource.MEMORY);
            boolean fits = charge.resize(amounts.get(i));
            assertThat(charge.amount()).isEqualTo(fits ? amounts.get(i) : 0);
            assertThat(fresh.used(Resource.MEMORY)).isBetween(0L, CAPACITY);
            charges.add(charge);
            if (i % 3 == 2) {
                charges.get(i / 2).release();
            }
        }
        assertThat(fresh.used(Resource.MEMORY)).isEqualTo(charges.stream().mapToLong(Charge::amount).sum());
    }
}
