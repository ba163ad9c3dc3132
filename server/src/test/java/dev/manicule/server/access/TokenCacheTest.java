package dev.manicule.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.access.Grant.Kind;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokenCacheTest {
    private static final int MOST = 200_000;
    private static final Secret SECRET = new Secret("s");

    private final Random random = new Random(1);
    private final Set<String> served = new HashSet<>(Set.of("one", "two"));
    private final TokenCache cache = new TokenCache(MOST, served::contains);
    private final Keyset one = Keyset.of("one", "p").guarded(SECRET);
    private final Keyset two = Keyset.of("two", "p").guarded(SECRET);

    private byte[] bytes(Keyset keyset, String pattern) {
        Grant grant = new Grant(1, Map.of(), Map.of(Kind.CHANNEL, Map.of(pattern, 1)), Map.of(), null);
        return Objects.requireNonNull(TokenText.decode(TokenText.of(grant, keyset, 1_700_000_000, random)));
    }

    private Token keep(Keyset keyset, String pattern) {
        byte[] bytes = bytes(keyset, pattern);
        TokenCache.OfKeyset tokens = cache.of(keyset, SECRET);
        Token token = Objects.requireNonNull(TokenText.read(bytes, keyset.subscribeKey(), tokens.key()));
        tokens.keep(token);
        return token;
    }

    private boolean isKept(Keyset keyset, Token token, byte[] bytes) {
        return cache.of(keyset, SECRET).find(token.signature(), bytes) == token;
    }

    @Test
    void cacheIsBoundedByWeight() {
        for (int i = 0; i < 500; i++) {
            keep(one, "x{" + (i + 1) % 100 + "}y" + i);
            assertThat(cache.weight()).isBetween(1L, (long) MOST * 4 / 5);
        }
        assertThat(cache.size()).isGreaterThan(3);
    }

    @Test
    void tokenIsCachedOnce() {
        Token token = keep(one, "a");
        cache.of(one, SECRET).keep(token);
        assertThat(cache.size()).isEqualTo(1);
        assertThat(cache.weight()).isEqualTo(token.weight());
    }

    @Test
    void keysetEvictsItsOwnTokens() {
        byte[] bytes = bytes(two, "mine");
        TokenCache.OfKeyset tokens = cache.of(two, SECRET);
        Token mine = Objects.requireNonNull(TokenText.read(bytes, "two", tokens.key()));
        tokens.keep(mine);
        for (int i = 0; i < 500; i++) {
            keep(one, "theirs" + i);
        }
        assertThat(isKept(two, mine, bytes)).isTrue();
        keep(two, "another");
        assertThat(cache.weight()).isLessThanOrEqualTo(MOST);
    }

    @Test
    void tokenInUseOutlivesSingleUses() {
        byte[] bytes = bytes(one, "used");
        TokenCache.OfKeyset tokens = cache.of(one, SECRET);
        Token used = Objects.requireNonNull(TokenText.read(bytes, "one", tokens.key()));
        tokens.keep(used);
        for (int i = 0; i < 500; i++) {
            keep(one, "once" + i);
            assertThat(isKept(one, used, bytes)).isTrue();
        }
    }

    /** With the signature of a token that is known, and another claim before it. */
    @Test
    void forgedTokenMissesTheCache() {
        byte[] bytes = bytes(one, "a");
        TokenCache.OfKeyset tokens = cache.of(one, SECRET);
        Token token = Objects.requireNonNull(TokenText.read(bytes, "one", tokens.key()));
        tokens.keep(token);
        byte[] forged = bytes.clone();
        forged[20] ^= 1;
        assertThat(tokens.find(token.signature(), forged)).isNull();
        assertThat(tokens.find(token.signature(), bytes)).isSameAs(token);
    }

    @Test
    void tokensOfARemovedKeysetAreDropped() {
        keep(one, "a");
        keep(two, "b");
        served.remove("one");
        Keyset three = Keyset.of("three", "p").guarded(SECRET);
        served.add("three");
        keep(three, "c");
        assertThat(cache.size()).isEqualTo(2);
        Secret other = new Secret("other");
        assertThat(cache.of(two, other).key()).isNotNull();
        assertThat(cache.size()).as("another secret key").isEqualTo(1);
    }
}
