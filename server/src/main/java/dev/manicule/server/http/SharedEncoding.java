package dev.manicule.server.http;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The encoding of a response that may go to many clients: from the second time on, a {@link BroadcastBuffer}. Most
 * responses are sent once, and need no preparation.
 *
 * <p>Belongs to one event loop.
 */
final class SharedEncoding {
    private boolean wasSent;
    private @Nullable BroadcastBuffer wire;
    private String variant = "";

    /**
     * Its bytes, encoded once for all consecutive receivers of the same variant.
     *
     * @param variant the variant that the bytes depend on
     * @param parts the bytes
     * @return null for the first receiver, which may be the only one
     */
    @Nullable
    BroadcastBuffer wire(String variant, Supplier<byte[][]> parts) {
        if (wasSent && (wire == null || !this.variant.equals(variant))) {
            wire = new BroadcastBuffer(parts.get());
            this.variant = variant;
        }
        wasSent = true;
        return wire;
    }
}
