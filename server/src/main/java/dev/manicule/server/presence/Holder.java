package dev.manicule.server.presence;

import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.limits.Charge;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Resource;
import org.jspecify.annotations.Nullable;

/**
 * The charge of a request: one charge for all of its members, which grows and shrinks with them. To find the accounts
 * of a client for each member would take longer than all else that is done for the member.
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

    /** A holder for the members of a client, which outlive its connection. On any thread. */
    public static Holder of(Client client) {
        Client lasting = client.withoutConnection();
        return new Holder(lasting.address(), lasting.charge(Resource.PRESENCE));
    }

    /** The address to which its members count, null when that is not charged. */
    @Nullable
    AddressRange address() {
        return address;
    }

    /** Charges so many bytes more; false when that exceeds the limit. */
    boolean hold(long bytes) {
        return charge.add(bytes);
    }

    /** Charges so many bytes more, also beyond the limit: for what is bounded in another way. */
    void holdAnyway(long bytes) {
        charge.force(charge.amount() + bytes);
    }

    /** Charges so many bytes less. */
    void giveBack(long bytes) {
        boolean _ = charge.add(-bytes);
    }
}
