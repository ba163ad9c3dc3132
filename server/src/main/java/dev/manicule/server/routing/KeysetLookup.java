package dev.manicule.server.routing;

import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Keysets;
import org.jspecify.annotations.Nullable;

/** Finds the keyset that the path names, and charges to it what the request holds from then on. */
final class KeysetLookup implements Step {
    private final Keysets keysets;

    KeysetLookup(Keysets keysets) {
        this.keysets = keysets;
    }

    @Override
    public void take(ApiRequest request) {
        Keyset keyset = find(keysets, request.path());
        if (keyset == null) {
            request.respond(request.errors().unknownKeyset(request.now()));
        } else {
            request.belongsTo(keyset);
            request.proceed();
        }
    }

    /** The keyset that a path names, {@link Keyset#NONE} when it names none; null when it is not served. */
    static @Nullable Keyset find(Keysets keysets, PathPattern.Values path) {
        String subscribeKey = path.get("subscribeKey");
        return subscribeKey == null ? Keyset.NONE : keysets.find(subscribeKey);
    }
}
