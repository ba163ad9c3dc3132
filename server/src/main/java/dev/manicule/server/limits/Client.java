package dev.manicule.server.limits;

import dev.manicule.server.limits.Budget.Account;
import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A client as it is charged for the resources and the work of the server: a connection, the address behind it, and,
 * once a request names one, a keyset. Immutable, for any thread.
 */
public final class Client {
    private final Budget budget;
    private final @Nullable Account connection;
    private final @Nullable AddressRange address;
    private final @Nullable String keyset;

    Client(Budget budget, @Nullable Account connection, @Nullable AddressRange address, @Nullable String keyset) {
        this.budget = budget;
        this.connection = connection;
        this.address = address;
        this.keyset = keyset;
    }

    /** The same client, whose charges go to this keyset too. */
    public Client of(String subscribeKey) {
        return new Client(budget, connection, address, subscribeKey);
    }

    /**
     * The same connection on behalf of another address.
     *
     * @param forwarded the address that a proxy forwards for a request; null for one that is not charged by address
     */
    public Client behind(@Nullable InetAddress forwarded) {
        return new Client(budget, connection, forwarded == null ? null : AddressRange.one(forwarded), keyset);
    }

    /** The same client without its connection, for charges that outlive that. */
    public Client withoutConnection() {
        return new Client(budget, null, address, keyset);
    }

    /** Whether all that is charged to one is charged to the other. */
    public boolean isSame(Client other) {
        return connection == other.connection && Objects.equals(keyset, other.keyset)
                && Objects.equals(address, other.address);
    }

    /** A charge of nothing, which can be resized. */
    public Charge charge(Resource resource) {
        return new Charge(budget, resource, connection, budget.ofAddress(this), budget.ofKeyset(this));
    }

    /** A charge of so much; null when that is too much now. */
    public @Nullable Charge charge(Resource resource, long amount) {
        Charge charge = charge(resource);
        return charge.resize(amount) ? charge : null;
    }

    /** The account of the connection, null of a client that has none. */
    @Nullable
    Object connection() {
        return connection;
    }

    /** The address that is charged, null of a client that is not charged by address. */
    public @Nullable AddressRange address() {
        return address;
    }

    /** The subscribe key that is charged, null when none is. */
    @Nullable
    String keyset() {
        return keyset;
    }
}
