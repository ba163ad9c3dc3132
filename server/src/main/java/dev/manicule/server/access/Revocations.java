package dev.manicule.server.access;

import dev.manicule.server.model.Revocation;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The tokens that were revoked and would still hold otherwise, all of them in memory. Any thread may use it. */
public final class Revocations {
    private final Map<Key, Long> expiries = new ConcurrentHashMap<>();

    private record Key(String keyset, String token) {}

    /** With those that there are. */
    public Revocations(Collection<Revocation> revocations) {
        revocations.forEach(this::add);
    }

    /** A token was revoked. Those that have expired since are forgotten. */
    public void add(Revocation revocation) {
        expiries.values().removeIf(expiry -> expiry < revocation.at());
        expiries.put(new Key(revocation.keyset(), revocation.token()), revocation.expiry());
    }

    boolean contain(Token token) {
        return !expiries.isEmpty() && expiries.containsKey(new Key(token.keyset(), token.signature()));
    }
}
