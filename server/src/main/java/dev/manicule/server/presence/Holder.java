package dev.manicule.server.presence;

import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.limits.Charge;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Resource;
import org.jspecify.annotations.Nullable;

/**
 * A request as what it brings is charged to it: one charge for all of its members, which grows and shrinks with them, because
 * finding the accounts of a client for each member takes longer than all else that is done for it.
 *
 * <p>Belongs to the thread of {@link Presence}.
 */
public final class Holder {
    private final @Nullable AddressRange address;
    private final Charge charge;

    private Holder(@Nullable AddressRange address, Charge charge) {
        this.address = address;
        this.charge = charge;
    }

    /** One for what a client brings, which outlives its connection. On any thread. */
    public static Holder of(Client client) {
        Client lasting = client.withoutConnection();
        return new Holder(lasting.address(), lasting.charge(Resource.PRESENCE));
    }

    /** The address that its members are counted for, null when that is not charged. */
    @Nullable
    AddressRange address() {
        return address;
    }

    /** Holds so many bytes more; false when that is too much. */
    boolean hold(long bytes) {
        return charge.add(bytes);
    }

    /** Holds so many bytes more although that may be too much: of what is bounded otherwise. */
    void holdAnyway(long bytes) {
        charge.force(charge.amount() + bytes);
    }

    /** Holds so many bytes less. */
    void giveBack(long bytes) {
        boolean _ = charge.add(-bytes);
    }
}
