package dev.manicule.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.access.Caller.Anyone;
import dev.manicule.server.access.Caller.Owner;
import dev.manicule.server.access.Caller.Somebody;
import dev.manicule.server.access.Grant.Kind;
import dev.manicule.server.model.Revocation;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessTest {
    private static final Keyset KEYSET = Keyset.of("sub-c-1", "pub-c-1").guarded(new Secret("sec-c-1"));
    private static final Keyset OTHER = Keyset.of("sub-c-2", "pub-c-2").guarded(new Secret("sec-c-1"));

    private final AtomicLong now = new AtomicLong(1_700_000_000);
    private final Revocations revocations = new Revocations(List.of());
    private final Keysets keysets = new Keysets(List.of(KEYSET, OTHER));
    private final Access access = new Access(keysets, revocations, now::get, new Random(1));

    private static Grant grant(Map<Kind, Map<String, Integer>> resources, Map<Kind, Map<String, Integer>> patterns,
            @Nullable String uuid) {
        return new Grant(1, resources, patterns, Map.of("k", "v", "n", 5L, "x", 1.5, "t", true), uuid);
    }

    private String token(@Nullable String uuid) {
        return access.grant(KEYSET, grant(Map.of(Kind.CHANNEL, Map.of("c", 3)), Map.of(), uuid));
    }

    private static Demand.On on(Kind kind, String name, Permission permission) {
        return new Demand.On(kind, name, permission);
    }

    private @Nullable Denial check(Keyset keyset, @Nullable String token, @Nullable String uuid, Demand... demands) {
        return switch (access.enter(keyset, null, token, uuid)) {
            case Denial denial -> denial;
            case Caller caller -> access.check(caller, List.of(demands));
        };
    }

    private @Nullable Denial reading(String token) {
        return check(KEYSET, token, "alice", on(Kind.CHANNEL, "c", Permission.READ));
    }

    @Test
    void aTokenAllowsWhatItWasGrantedForAndNothingElse() {
        assertThat(reading(token(null))).isNull();
        assertThat(check(KEYSET, token(null), null, on(Kind.CHANNEL, "c", Permission.WRITE))).isNull();
        assertThat(check(KEYSET, token(null), null, on(Kind.CHANNEL, "c", Permission.DELETE),
                on(Kind.CHANNEL, "d", Permission.READ), on(Kind.CHANNEL, "c", Permission.READ),
                on(Kind.GROUP, "c", Permission.READ)))
                .isEqualTo(new Denial(403, "Forbidden", List.of("c", "d"), List.of("c")));
        assertThat(check(KEYSET, null, null, on(Kind.CHANNEL, "c", Permission.READ)))
                .isEqualTo(new Denial(403, "Forbidden", List.of("c"), List.of()));
        assertThat(check(KEYSET, null, null)).isNull();
    }

    @Test
    void noByteOfATokenCanBeChanged() {
        byte[] bytes = Base64.getUrlDecoder().decode(token(null));
        for (int i = 0; i < bytes.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] changed = bytes.clone();
                changed[i] ^= (byte) (1 << bit);
                assertThat(access.read(Base64.getUrlEncoder().encodeToString(changed), KEYSET)).isNull();
            }
        }
        for (int length = 0; length < bytes.length; length++) {
            assertThat(access.read(Base64.getUrlEncoder().encodeToString(Arrays.copyOf(bytes, length)),
                    KEYSET)).isNull();
        }
        assertThat(reading("A" + token(null))).isEqualTo(Denial.BAD_TOKEN);
        assertThat(reading("")).isEqualTo(Denial.BAD_TOKEN);
    }

    @Test
    void aTokenIsGoodForItsKeysetAlone() {
        String token = token(null);
        assertThat(reading(token)).isNull(); // and it is remembered now
        assertThat(check(OTHER, token, "alice", on(Kind.CHANNEL, "c", Permission.READ))).isEqualTo(Denial.BAD_TOKEN);
        assertThat(access.read(token, Keyset.of("sub-c-1", "pub-c-1").guarded(new Secret("another")))).isNull();
        assertThat(access.read(token, Keyset.of("sub-c-1", "pub-c-1"))).isNull();
    }

    @Test
    void bothAlphabetsWithAndWithoutPaddingAreTheSameToken() {
        String text = token(null);
        Token token = Objects.requireNonNull(access.read(text, KEYSET));
        for (String form : List.of(text, text.replace("=", ""), text.replace('-', '+').replace('_', '/'))) {
            assertThat(Objects.requireNonNull(access.read(form, KEYSET)).signature()).isEqualTo(token.signature());
        }
    }

    @Test
    void aTokenEndsToTheSecond() {
        String token = token(null);
        now.addAndGet(59);
        assertThat(reading(token)).isNull();
        now.addAndGet(1);
        assertThat(reading(token)).isEqualTo(Denial.EXPIRED);
        assertThat(check(KEYSET, token, null)).as("what needs nothing").isNull();
    }

    @Test
    void aRevokedTokenHoldsNoMoreHoweverItIsWritten() {
        String text = token(null);
        Token token = Objects.requireNonNull(access.read(text, KEYSET));
        revocations.add(new Revocation("sub-c-2", token.signature(), token.expiry(), now.get()));
        assertThat(reading(text)).isNull();
        revocations.add(new Revocation("sub-c-1", token.signature(), token.expiry(), now.get()));
        assertThat(reading(text)).isEqualTo(Denial.REVOKED);
        assertThat(reading(text.replace("=", ""))).isEqualTo(Denial.REVOKED);
        assertThat(reading(token(null))).as("granted anew in the same second").isNull();
    }

    @Test
    void aTokenOfSomebodyIsForNobodyElse() {
        String token = token("alice");
        assertThat(reading(token)).isNull();
        assertThat(check(KEYSET, token, "bob", on(Kind.CHANNEL, "c", Permission.READ))).isEqualTo(Denial.OTHER_UUID);
        assertThat(check(KEYSET, token, null, on(Kind.CHANNEL, "c", Permission.READ))).isEqualTo(Denial.OTHER_UUID);
        assertThat(check(KEYSET, token, "alice", new Demand.As("bob"))).isEqualTo(Denial.OTHER_UUID);
        assertThat(check(KEYSET, token, "alice", new Demand.As("alice"))).isNull();
        assertThat(check(KEYSET, token(null), "alice", new Demand.As("bob"))).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"channel-[a-z] ; channel-a ; true", "channel-[a-z] ; channel-ab ; false",
            "channel-[a-z] ; xchannel-a ; false", "^channel-[a-z]$ ; channel-a ; true", "a|b ; b ; true",
            "^a|b$ ; axx ; false", "a.* ; a.* ; true", ".* ; '' ; true", "[xX] ; X ; true"})
    void aPatternStandsForWholeNames(String pattern, String name, boolean allowed) {
        String token = access.grant(KEYSET, grant(Map.of(), Map.of(Kind.CHANNEL, Map.of(pattern, 1)), null));
        assertThat(check(KEYSET, token, null, on(Kind.CHANNEL, name, Permission.READ)) == null).isEqualTo(allowed);
        assertThat(check(KEYSET, token, null, on(Kind.CHANNEL, name, Permission.WRITE))).isNotNull();
        assertThat(check(KEYSET, token, null, on(Kind.GROUP, name, Permission.READ))).isNotNull();
    }

    @Test
    void patternsOfGroupsMayHaveAColon() {
        for (String pattern : List.of("^:group-\\S*$", "group-.*")) {
            String token = access.grant(KEYSET, grant(Map.of(), Map.of(Kind.GROUP, Map.of(pattern, 1)), null));
            assertThat(check(KEYSET, token, null, on(Kind.GROUP, "group-1", Permission.READ))).isNull();
            assertThat(check(KEYSET, token, null, on(Kind.CHANNEL, "group-1", Permission.READ))).isNotNull();
        }
    }

    @Test
    void masksOfListsAndPatternsCountTogetherAndSpacesAreChannels() {
        Map<Kind, Map<String, Integer>> resources = new EnumMap<>(Kind.class);
        resources.put(Kind.CHANNEL, Map.of("c", 1));
        resources.put(Kind.SPACE, Map.of("c", 8));
        String token = access.grant(KEYSET, grant(resources, Map.of(Kind.CHANNEL, Map.of("c", 2)), null));
        for (Permission each : List.of(Permission.READ, Permission.WRITE, Permission.DELETE)) {
            assertThat(check(KEYSET, token, null, on(Kind.CHANNEL, "c", each))).isNull();
        }
        assertThat(check(KEYSET, token, null, on(Kind.CHANNEL, "c", Permission.MANAGE))).isNotNull();
    }

    @Test
    void patternsThatTakeForeverElsewhereDoNotHere() {
        assertThat(Grant.fault("(a)")).contains("non-capturing");
        assertThat(Grant.fault("a**")).startsWith("Syntax error: ");
        assertThat(Grant.fault("(?:a+)+$")).isNull();
        String token = access.grant(KEYSET, grant(Map.of(), Map.of(Kind.CHANNEL, Map.of("(?:a+)+$", 1)), null));
        long before = System.nanoTime();
        assertThat(check(KEYSET, token, null, on(Kind.CHANNEL, "a".repeat(2000) + "!", Permission.READ))).isNotNull();
        assertThat(System.nanoTime() - before).as("nanoseconds").isLessThan(2_000_000_000L);
    }

    /** On which the compiler would not come to an end. */
    @Test
    void patternsThatIgnoreCaseAreRefused() {
        for (String pattern : List.of("(?i)x", "(?is)x", "(?s-i)x", "a(?:b(?i:\u1C80))", "(?i)[\u1C80-\u1C88]",
                "(?i)[^a]", "{(?i)[\u1C80-\u1C88]", "\\Q[\\E(?i)\u1C80", "[(]{(?i)\u1C80}", "(?i)\\p{L}")) {
            assertThat(Grant.fault(pattern)).as(pattern).contains("(?i)");
        }
        for (String pattern : List.of("[\u1C80-\u1C88]", "\u1C80", "\\p{Cyrillic}", "(?s)i.*", "(?:i)")) {
            assertThat(Grant.fault(pattern)).as(pattern).isNull();
        }
    }

    @Test
    void largePatternsAreRefused() {
        assertThat(Grant.fault("(?:(?:(?:a{100}){100}){100}){100}")).isNotNull();
        assertThat(Grant.fault("(?:".repeat(2000) + ")".repeat(2000))).isNotNull();
        assertThat(Grant.fault("a{1001}")).isNotNull();
        assertThat(Grant.fault("\\Q[\\E(?:(?:(?:a{100}){100}){100}){100}")).isNotNull();
        assertThat(Grant.fault("{(?:(?:(?:a{100}){100}){100}){100}")).isNotNull();
        assertThat(Grant.fault("\\Q" + "a".repeat(9_000) + "\\E{1000}")).isNotNull();
        assertThat(Grant.fault("[(]{90}(?:[]{}]{90}x{0,90}){90}")).isNotNull();
        assertThat(Grant.fault("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")).isNull();
        assertThat(Grant.fault("(?:[a-z]{1,30}\\.){0,5}\\p{Greek}{3}\\)x*")).isNull();
    }

    @Test
    void whereTheAccessManagerIsOffAnybodyMayAndASignatureStillCounts() {
        Keyset off = new Keyset("sub-c-3", "pub-c-3", new Secret("s"), false, false, null, 0, List.of());
        assertThat(access.enter(off, null, "nonsense", null)).isEqualTo(new Anyone());
        SignedRequest wrong = new SignedRequest("GET", "/", Map.of("signature", "v2.x", "timestamp", "1"), Map.of(),
                new byte[0]);
        assertThat(access.enter(off, wrong, null, null)).isEqualTo(new Anyone());
        assertThat(access.enter(KEYSET, wrong, null, null)).isEqualTo(Denial.INVALID_TIMESTAMP);
        String signature = "v2.VY1Lmzkf7T-5lORdd0sUpXzIq2ZlHO0LW4s-02S4_vM";
        SignedRequest right = new SignedRequest("GET", "/time/0",
                Map.of("timestamp", "1700000000", "signature", signature), Map.of(), new byte[0]);
        assertThat(access.enter(KEYSET, right, null, null)).isEqualTo(new Owner());
        for (long off60 : new long[]{60, -60}) {
            now.set(1_700_000_000 + off60);
            assertThat(access.enter(KEYSET, right, null, null)).isEqualTo(new Owner());
            now.addAndGet(off60 > 0 ? 1 : -1);
            assertThat(access.enter(KEYSET, right, null, null)).isEqualTo(Denial.INVALID_TIMESTAMP);
        }
    }

    @Test
    void whoWaitsIsLookedAtAgain() {
        Token token = Objects.requireNonNull(access.read(token(null), KEYSET));
        Caller caller = new Somebody(token, false, null);
        assertThat(access.stillHolds(caller, KEYSET)).isTrue();
        assertThat(access.stillHolds(new Anyone(), Keyset.of("sub-c-1", "pub-c-1"))).as("now guarded").isFalse();
        keysets.replace(List.of(Keyset.of("sub-c-1", "pub-c-1").guarded(new Secret("new"))));
        assertThat(access.stillHolds(caller, KEYSET)).as("another secret key").isFalse();
        keysets.replace(List.of(OTHER));
        assertThat(access.stillHolds(caller, KEYSET)).as("not served any more").isFalse();
        keysets.replace(List.of(KEYSET));
        now.addAndGet(60);
        assertThat(access.stillHolds(caller, KEYSET)).as("expired").isFalse();
        assertThat(access.stillHolds(new Owner(), KEYSET)).isTrue();
    }

    @Test
    void secretsShowThemselvesToNobody() {
        assertThat(KEYSET.toString()).doesNotContain("sec-c-1").contains("(secret)");
    }
}
