package dev.manicule.server.access;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tokens read lately, each once however it is written, up to a weight. Tokens of one keyset make room for each other
 * and never for those of others: a keyset may hold four times the free weight, so that some always is free for the next
 * keyset. A token that was used again since it was added, or since its last check, stays for another round.
 *
 * <p>Any thread may use it. A lookup takes no lock: it is done for every request.
 */
final class TokenCache {
    private static final int SHARE = 4;

    private final long most;
    private final Predicate<String> isServed;
    private final Map<String, OfKeyset> keysets = new ConcurrentHashMap<>();
    /** Guarded by this. */
    private long free;

    /** The tokens of one keyset and one secret key. */
    final class OfKeyset {
        private final Secret secret;
        private final Hmac key;
        private final Map<String, Kept> bySignature = new ConcurrentHashMap<>();
        /** In the order in which they were added, or kept for another round. Guarded by the cache. */
        private final Deque<Kept> order = new ArrayDeque<>();
        /** Guarded by the cache. */
        private long weight;
        /** Whether these tokens were dropped: none is kept here any more. Guarded by the cache. */
        private boolean isForgotten;

        private OfKeyset(Secret secret, Hmac key) {
            this.secret = secret;
            this.key = key;
        }

        /** The key that signs the tokens. */
        Hmac key() {
            return key;
        }

        /** The token of these bytes; null when it is not here. */
        @Nullable
        Token find(String signature, byte[] bytes) {
            Kept kept = bySignature.get(signature);
            if (kept == null || !kept.token.is(bytes)) {
                return null;
            }
            kept.used = true;
            return kept.token;
        }

        /** Keeps a token, if there is room. */
        void keep(Token token) {
            synchronized (TokenCache.this) {
                if (isForgotten) {
                    return;
                }
                Kept kept = new Kept(token, token.weight());
                while (weight + kept.weight > SHARE * (free - kept.weight) && !order.isEmpty()) {
                    evictOne();
                }
                if (weight + kept.weight <= SHARE * (free - kept.weight)
                        && bySignature.putIfAbsent(token.signature(), kept) == null) {
                    order.addLast(kept);
                    weight += kept.weight;
                    free -= kept.weight;
                }
            }
        }

        private void evictOne() {
            Kept oldest = order.removeFirst();
            if (oldest.used) {
                oldest.used = false;
                order.addLast(oldest);
            } else {
                var _ = bySignature.remove(oldest.token.signature());
                weight -= oldest.weight;
                free += oldest.weight;
            }
        }
    }

    private static final class Kept {
        private final Token token;
        private final long weight;
        private volatile boolean used;

        Kept(Token token, long weight) {
            this.token = token;
            this.weight = weight;
        }
    }

    /**
     * Without tokens.
     *
     * @param most bytes of memory, about
     * @param isServed whether there is still a keyset of a subscribe key
     */
    TokenCache(long most, Predicate<String> isServed) {
        this.most = most;
        this.isServed = isServed;
        free = most;
    }

    /** The tokens of a keyset that has a secret key; drops those of another secret key. */
    OfKeyset of(Keyset keyset, Secret secret) {
        OfKeyset known = keysets.get(keyset.subscribeKey());
        return known != null && known.secret.equals(secret) ? known : begin(keyset, secret);
    }

    /** How many tokens there are. */
    synchronized int size() {
        return keysets.values().stream().mapToInt(each -> each.order.size()).sum();
    }

    /** About how many bytes they take. */
    synchronized long weight() {
        return most - free;
    }

    private synchronized OfKeyset begin(Keyset keyset, Secret secret) {
        OfKeyset known = keysets.get(keyset.subscribeKey());
        if (known != null && known.secret.equals(secret)) {
            return known;
        }
        Map<String, OfKeyset> gone = new HashMap<>(keysets);
        gone.keySet().removeIf(name -> isServed.test(name) && !name.equals(keyset.subscribeKey()));
        gone.forEach((name, each) -> {
            keysets.remove(name, each);
            free += each.weight;
            each.weight = 0;
            each.order.clear();
            each.isForgotten = true;
        });
        OfKeyset begun = new OfKeyset(secret, TokenText.key(keyset));
        keysets.put(keyset.subscribeKey(), begun);
        return begun;
    }
}
