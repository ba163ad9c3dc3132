package dev.manicule.server.access;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The signatures of one keyset that don't cover all of their request, each with the method and the body of its first
 * request: as long as it is in time it is valid for those, and for no others. A client that sends its request again is
 * served, and an observer can't turn a read into a deletion, or a message into another one.
 *
 * <p>It holds only correct signatures: strangers can't fill it. When the owner of the keyset sends so many that it is
 * full, the oldest is dropped. Any thread may use it.
 */
final class SeenSignatures {
    private final int most;
    /** Hashes bodies by a key that no client knows, so that no client can find two bodies of one hash. */
    private final Hmac hmac;
    /** In the order in which they came. Guarded by itself. */
    private final Map<String, Seen> seen = new LinkedHashMap<>();

    private record Seen(String method, long body, long first, long until) {}

    /** With room for so many. */
    SeenSignatures(int most, Hmac hmac) {
        this.most = most;
        this.hmac = hmac;
    }

    /**
     * Whether a signature is valid for a method and a body.
     *
     * @param now seconds since 1970
     * @param until when the signature is too old, in seconds since 1970
     * @param grace for how many seconds from the first request on other bodies are accepted too; 0 for none
     */
    boolean allow(String signature, String method, byte[] body, long now, long until, int grace) {
        long hash = ByteBuffer.wrap(hmac.of(body)).getLong();
        synchronized (seen) {
            Seen known = seen.get(signature);
            if (known != null) {
                return known.method.equals(method)
                        && (known.body == hash || Math.abs(now - known.first) < grace);
            }
            forget(now);
            seen.put(signature, new Seen(method, hash, now, until));
            return true;
        }
    }

    /** How many are remembered. */
    int size() {
        synchronized (seen) {
            return seen.size();
        }
    }

    private void forget(long now) {
        Iterator<Seen> oldest = seen.values().iterator();
        while (oldest.hasNext() && (oldest.next().until < now || seen.size() >= most)) {
            oldest.remove();
        }
    }
}
