package dev.manicule.server.limits;

import dev.manicule.server.limits.Budget.Account;
import org.jspecify.annotations.Nullable;

/**
 * An amount of a resource that a client holds, until it is released. It keeps its accounts, so that the amount is
 * returned to them and no others. Any thread may use it.
 *
 * <pre>{@code
 * Charge charge = client.charge(Resource.MEMORY, bytes);
 * if (charge == null) {
 *     // too much: refuse, or wait
 * }
 * charge.release();
 * }</pre>
 */
public final class Charge {
    private final Budget budget;
    private final Resource resource;
    private final @Nullable Account connection;
    private final @Nullable Account address;
    private final @Nullable Account keyset;
    private long amount;
    private boolean released;

    Charge(Budget budget, Resource resource, @Nullable Account connection, @Nullable Account address,
            @Nullable Account keyset) {
        this.budget = budget;
        this.resource = resource;
        this.connection = connection;
        this.address = address;
        this.keyset = keyset;
    }

    /** How much it is now. */
    public synchronized long amount() {
        return amount;
    }

    /** How much its connection holds of the resource, this charge included; 0 when none is charged. */
    public long heldByConnection() {
        return connection == null ? 0 : connection.held(resource);
    }

    /**
     * Sets the amount, more or less than before. Less always works.
     *
     * @return false when that would exceed a limit, or it was released; then nothing has changed
     */
    public synchronized boolean resize(long newAmount) {
        long more = newAmount - amount;
        if (released) {
            return false;
        }
        if (more > 0 && !budget.take(resource, more, connection, address, keyset)) {
            return false;
        }
        if (more < 0) {
            budget.takeAnyway(resource, more, connection, address, keyset);
        }
        amount = newAmount;
        return true;
    }

    /** Changes the amount by so much; see {@link #resize}. */
    public synchronized boolean add(long change) {
        return resize(amount + change);
    }

    /**
     * Sets the amount although that may exceed a limit: for data that exists already, such as stored data at the start.
     */
    public synchronized void force(long newAmount) {
        if (!released) {
            budget.takeAnyway(resource, newAmount - amount, connection, address, keyset);
            amount = newAmount;
        }
    }

    /** Returns all of it. A second call does nothing. */
    public synchronized void release() {
        if (!released) {
            budget.takeAnyway(resource, -amount, connection, address, keyset);
            amount = 0;
            released = true;
        }
    }
}
