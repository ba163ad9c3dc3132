package dev.manicule.server.access;

import dev.manicule.server.model.Revocation;
import java.util.Collection;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The tokens that were revoked, all of them in memory, as they are stored. Revocations of tokens that expired long ago
 * are replaced by one expiry up to which no token of the keyset is valid: see {@link Revocation#forgottenBefore}. Any
 * thread may use it.
 */
public final class Revocations {
    private final Map<String, OfKeyset> keysets = new ConcurrentHashMap<>();

    /** The revocations of one keyset. A lookup takes no lock: it is done at every delivery. */
    private static final class OfKeyset {
        private final Map<String, Long> expiries = new ConcurrentHashMap<>();
        /** Their expiries, so that most calls need no scan. Guarded by this. */
        private final TreeSet<Long> ends = new TreeSet<>();
        /** No token that expires by then is valid. */
        private volatile long everyUpTo = Long.MIN_VALUE;

        synchronized void add(Revocation revocation) {
            if (revocation.token().equals(Revocation.EVERY)) {
                everyUpTo = Math.max(everyUpTo, revocation.expiry());
            } else {
                expiries.put(revocation.token(), revocation.expiry());
                ends.add(revocation.expiry());
            }
        }

        synchronized void forgetBefore(long end) {
            if (ends.isEmpty() || ends.first() >= end) {
                return;
            }
            everyUpTo = Math.max(everyUpTo, ends.lower(end)); // first, so that no token is valid in between
            expiries.values().removeIf(expiry -> expiry < end);
            ends.headSet(end).clear();
        }

        boolean contain(Token token) {
            return token.expiry() <= everyUpTo
                    || (!expiries.isEmpty() && expiries.containsKey(token.signature()));
        }
    }

    /** With these revocations. */
    public Revocations(Collection<Revocation> revocations) {
        revocations.forEach(each -> of(each.keyset()).add(each));
    }

    /** Adds the revocation of a token. Drops those of tokens that expired long ago. */
    public void add(Revocation revocation) {
        OfKeyset keyset = of(revocation.keyset());
        keyset.forgetBefore(Revocation.forgottenBefore(revocation.at()));
        keyset.add(revocation);
    }

    private OfKeyset of(String keyset) {
        return keysets.computeIfAbsent(keyset, _ -> new OfKeyset());
    }

    boolean contain(Token token) {
        OfKeyset keyset = keysets.get(token.keyset());
        return keyset != null && keyset.contain(token);
    }
}
