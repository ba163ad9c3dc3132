package dev.manicule.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.access.Caller.Anonymous;
import dev.manicule.server.access.Caller.Owner;
import dev.manicule.server.access.Caller.TokenBearer;
import dev.manicule.server.access.Grant.Kind;
import dev.manicule.server.model.Revocation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
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
    private final Access access = new Access(keysets, revocations, new KeyGrants(List.of()), now::get, new Random(1));

    private static Grant grant(Map<Kind, Map<String, Integer>> resources, Map<Kind, Map<String, Integer>> patterns,
            @Nullable String uuid) {
        return new Grant(1, resources, patterns, Map.of("k", "v", "n", 5L, "x", 1.5, "t", true), uuid);
    }

    private String token(@Nullable String uuid) {
        return granted(grant(Map.of(Kind.CHANNEL, Map.of("c", 3)), Map.of(), uuid));
    }

    private String granted(Grant grant) {
        return Objects.requireNonNull(access.grant(KEYSET, grant));
    }

    private static Demand.On on(Kind kind, String name, Permission permission) {
        return new Demand.On(kind, name, permission);
    }

    private @Nullable Denial check(Keyset keyset, @Nullable String token, @Nullable String uuid, Demand... demands) {
        return switch (access.authenticate(keyset, null, token, uuid)) {
            case Denial denial -> denial;
            case Caller caller -> access.authorize(caller, List.of(demands)).result();
        };
    }

    private @Nullable Denial reading(String token) {
        return check(KEYSET, token, "alice", on(Kind.CHANNEL, "c", Permission.READ));
    }

    @Test
    void tokenAllowsOnlyItsGrant() {
        assertThat(reading(token(null))).isNull();
        assertThat(check(KEYSET, token(null), null, on(Kind.CHANNEL, "c", Permission.WRITE))).isNull();
        assertThat(check(KEYSET, token(null), null, on(Kind.CHANNEL, "c", Permission.DELETE),
                on(Kind.CHANNEL, "d", Permission.READ), on(Kind.CHANNEL, "c", Permission.READ),
                on(Kind.GROUP, "c", Permission.READ)))
                .isEqualTo(new Denial(403, "Forbidden", List.of("c", "d"), List.of("c"), List.of()));
        assertThat(check(KEYSET, null, null, on(Kind.CHANNEL, "c", Permission.READ)))
                .isEqualTo(new Denial(403, "Forbidden", List.of("c"), List.of(), List.of()));
        assertThat(check(KEYSET, null, null)).isNull();
    }

    @Test
    void changedTokenIsInvalid() {
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
    void tokenIsValidForItsKeysetOnly() {
        String token = token(null);
        assertThat(reading(token)).isNull(); // and it is remembered now
        assertThat(check(OTHER, token, "alice", on(Kind.CHANNEL, "c", Permission.READ))).isEqualTo(Denial.BAD_TOKEN);
        assertThat(access.read(token, Keyset.of("sub-c-1", "pub-c-1").guarded(new Secret("another")))).isNull();
        assertThat(access.read(token, Keyset.of("sub-c-1", "pub-c-1"))).isNull();
    }

    @Test
    void tokenEncodingsAreEquivalent() {
        String text = token(null);
        Token token = Objects.requireNonNull(access.read(text, KEYSET));
        for (String form : List.of(text, text.replace("=", ""), text.replace('-', '+').replace('_', '/'))) {
            assertThat(Objects.requireNonNull(access.read(form, KEYSET)).signature()).isEqualTo(token.signature());
        }
    }

    /** Each token has one text, but for the alphabet and the padding that is right. */
    @Test
    void otherTextsAreNotTheToken() {
        for (int length = 1; length <= 3; length++) {
            String name = "c".repeat(length);
            String text = granted(grant(Map.of(Kind.CHANNEL, Map.of(name, 3)), Map.of(), null));
            String bare = text.replace("=", "");
            int right = text.length() - bare.length();
            for (int padding = 1; padding <= 8; padding++) {
                Token token = access.read(bare + "=".repeat(padding), KEYSET);
                assertThat(token != null).as("%d for %d", padding, right).isEqualTo(padding == right);
            }
            for (char last = '!'; last <= 'z'; last++) {
                if (last != bare.charAt(bare.length() - 1)) {
                    assertThat(access.read(bare.substring(0, bare.length() - 1) + last, KEYSET)).isNull();
                }
            }
            assertThat(access.read("=" + text, KEYSET)).isNull();
        }
        assertThat(access.read("A".repeat(40_000), KEYSET)).isNull();
    }

    @Test
    void aTokenThatWouldBeTooLongIsNotGranted() {
        Map<String, Integer> names = new HashMap<>();
        for (int i = 0; i < 3_000; i++) {
            names.put("channel-" + i, 1);
        }
        assertThat(access.grant(KEYSET, grant(Map.of(Kind.CHANNEL, names), Map.of(), null))).isNull();
    }

    @Test
    void wildcardNeedsPermissionForAllItMatches() {
        Demand.On wildcard = on(Kind.CHANNEL, "a.*", Permission.READ);
        Demand.On presence = on(Kind.CHANNEL, "a.*-pnpres", Permission.READ);
        Demand.On[] both = {wildcard, presence};
        Map<Kind, Map<String, Integer>> named = Map.of(Kind.CHANNEL, Map.of("a.*", 1));
        String messages = granted(grant(named, Map.of(), null));
        assertThat(check(KEYSET, messages, null, wildcard)).isNull();
        assertThat(check(KEYSET, messages, null, presence)).isNotNull();
        assertThat(check(KEYSET, messages, null, on(Kind.CHANNEL, "a.b", Permission.READ))).isNotNull();
        String all = granted(grant(Map.of(), Map.of(Kind.CHANNEL, Map.of("a\\..*", 1)), null));
        assertThat(check(KEYSET, all, null, both)).isNull();
        assertThat(check(KEYSET, all, null, on(Kind.CHANNEL, "a.*", Permission.WRITE))).isNotNull();
        String onlyPresence = granted(grant(Map.of(), Map.of(Kind.CHANNEL, Map.of("a\\..*-pnpres", 1)), null));
        assertThat(check(KEYSET, onlyPresence, null, presence)).isNull();
        assertThat(check(KEYSET, onlyPresence, null, wildcard)).isNotNull();
        String some = granted(grant(Map.of(), Map.of(Kind.CHANNEL, Map.of("a\\.[^s].*", 1, "a\\.\\*", 1)), null));
        assertThat(check(KEYSET, some, null, wildcard)).isNotNull();
        assertThat(check(KEYSET, some, null, presence)).isNotNull();
    }

    @Test
    void patternsOfOneTokenAreBoundedTogether() {
        Map<String, Integer> many = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            many.put("a" + i, 1);
        }
        assertThat(Grant.excess(Map.of(Kind.CHANNEL, many))).isNull();
        many.put("b", 1);
        assertThat(Grant.excess(Map.of(Kind.CHANNEL, many))).isNotNull();
        assertThat(Grant.excess(Map.of(Kind.CHANNEL, Map.of("x{1000}", 1), Kind.GROUP, Map.of("y{1000}", 1)))).isNull();
        assertThat(Grant.excess(Map.of(Kind.CHANNEL, Map.of("x{1000}", 1), Kind.GROUP, Map.of("y{1000}.", 1))))
                .isNotNull();
        assertThat(Grant.excess(Map.of(Kind.CHANNEL, Map.of("(?:[\\pL\\pN]x){50}", 1)))).isNotNull();
    }

    /** A token of an earlier version, which granted larger patterns. */
    @Test
    void tokenWithTooLargePatternsIsInvalid() {
        Grant large = grant(Map.of(), Map.of(Kind.CHANNEL, Map.of("(?:x{100}){30}", 1)), null);
        assertThat(access.read(granted(large), KEYSET)).isNull();
    }

    @Test
    void longCheckRunsInSlices() {
        String token = granted(grant(Map.of(), Map.of(Kind.CHANNEL, Map.of("(?:a?){200}", 1)), null));
        List<Demand> many = new ArrayList<>();
        for (int i = 0; i < 20; i++) { // the first alone is matched
            many.add(on(Kind.CHANNEL, "a".repeat(200 + i), Permission.READ));
        }
        Caller caller = (Caller) access.authenticate(KEYSET, null, token, null);
        assertThat(access.authorize(caller, List.of(on(Kind.CHANNEL, "a", Permission.READ))).isLong()).isFalse();
        Check check = access.authorize(caller, many);
        assertThat(check.isLong()).isTrue();
        int slices = 1;
        while (check.advance()) {
            slices++;
        }
        assertThat(slices).isGreaterThan(5);
        assertThat(Objects.requireNonNull(check.result()).channels()).hasSize(19);
    }

    @Test
    void tokenExpiresToTheSecond() {
        String token = token(null);
        now.addAndGet(59);
        assertThat(reading(token)).isNull();
        now.addAndGet(1);
        assertThat(reading(token)).isEqualTo(Denial.EXPIRED);
        assertThat(check(KEYSET, token, null)).as("what needs nothing").isNull();
    }

    @Test
    void revokedTokenIsInvalidInEveryEncoding() {
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
    void tokenOfOneUuidRejectsOtherUuids() {
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
            "^a|b$ ; axx ; false", "a.* ; a.* ; true", "a\\.[^s].* ; a.* ; false", ".* ; '' ; true", "[xX] ; X ; true"})
    void patternMatchesWholeNames(String pattern, String name, boolean allowed) {
        String token = granted(grant(Map.of(), Map.of(Kind.CHANNEL, Map.of(pattern, 1)), null));
        assertThat(check(KEYSET, token, null, on(Kind.CHANNEL, name, Permission.READ)) == null).isEqualTo(allowed);
        assertThat(check(KEYSET, token, null, on(Kind.CHANNEL, name, Permission.WRITE))).isNotNull();
        assertThat(check(KEYSET, token, null, on(Kind.GROUP, name, Permission.READ))).isNotNull();
    }

    @Test
    void patternsOfGroupsMayHaveAColon() {
        for (String pattern : List.of("^:group-\\S*$", "group-.*")) {
            String token = granted(grant(Map.of(), Map.of(Kind.GROUP, Map.of(pattern, 1)), null));
            assertThat(check(KEYSET, token, null, on(Kind.GROUP, "group-1", Permission.READ))).isNull();
            assertThat(check(KEYSET, token, null, on(Kind.CHANNEL, "group-1", Permission.READ))).isNotNull();
        }
    }

    @Test
    void masksOfListsAndPatternsCountTogetherAndSpacesAreChannels() {
        Map<Kind, Map<String, Integer>> resources = new EnumMap<>(Kind.class);
        resources.put(Kind.CHANNEL, Map.of("c", 1));
        resources.put(Kind.SPACE, Map.of("c", 8));
        String token = granted(grant(resources, Map.of(Kind.CHANNEL, Map.of("c", 2)), null));
        for (Permission each : List.of(Permission.READ, Permission.WRITE, Permission.DELETE)) {
            assertThat(check(KEYSET, token, null, on(Kind.CHANNEL, "c", each))).isNull();
        }
        assertThat(check(KEYSET, token, null, on(Kind.CHANNEL, "c", Permission.MANAGE))).isNotNull();
    }

    @Test
    void backtrackingPatternsTakeLinearTime() {
        assertThat(Grant.fault("(a)")).contains("non-capturing");
        assertThat(Grant.fault("a**")).startsWith("Syntax error: ");
        assertThat(Grant.fault("(?:a+)+$")).isNull();
        String token = granted(grant(Map.of(), Map.of(Kind.CHANNEL, Map.of("(?:a+)+$", 1)), null));
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
        assertThat(PatternGuard.size("x{900}[\\](](?:x{900}[\\](](?:x{900}")).isGreaterThan(PatternGuard.MOST);
        assertThat(Grant.fault("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")).isNull();
        assertThat(Grant.fault("(?:[a-z]{1,30}\\.){0,5}\\p{Greek}{3}\\)x*")).isNull();
    }

    @Test
    void unguardedKeysetAdmitsAllAndStillSigns() {
        Keyset off = new Keyset("sub-c-3", "pub-c-3", new Secret("s"), false, Keyset.Policy.DEFAULT);
        assertThat(access.authenticate(off, null, "nonsense", null)).isEqualTo(new Anonymous());
        SignedRequest wrong = new SignedRequest("GET", "/", Map.of("signature", "v2.x", "timestamp", "1"), Map.of(),
                Map.of(), () -> new byte[0], 100);
        assertThat(access.authenticate(off, wrong, null, null)).isEqualTo(new Anonymous());
        assertThat(access.authenticate(KEYSET, wrong, null, null)).isEqualTo(Denial.INVALID_TIMESTAMP);
        String signature = "v2.VY1Lmzkf7T-5lORdd0sUpXzIq2ZlHO0LW4s-02S4_vM";
        SignedRequest right = new SignedRequest("GET", "/time/0",
                Map.of("timestamp", "1700000000", "signature", signature), Map.of(),
                Map.of(), () -> new byte[0], 100);
        assertThat(access.authenticate(KEYSET, right, null, null)).isEqualTo(new Owner());
        for (long off60 : new long[]{60, -60}) {
            now.set(1_700_000_000 + off60);
            assertThat(access.authenticate(KEYSET, right, null, null)).isEqualTo(new Owner());
            now.addAndGet(off60 > 0 ? 1 : -1);
            assertThat(access.authenticate(KEYSET, right, null, null)).isEqualTo(Denial.INVALID_TIMESTAMP);
        }
    }

    private Access.Entry published(String body, String signature, String... more) {
        return entered("POST", "/publish/pub-c-1/sub-c-1/0/c/0", body, signature, more);
    }

    private Access.Entry entered(String method, String path, String body, String signature, String... more) {
        Map<String, String> parameters = new HashMap<>(Map.of("timestamp", "1700000000", "signature", signature));
        for (int i = 0; i < more.length; i += 2) {
            parameters.put(more[i], more[i + 1]);
        }
        return access.authenticate(KEYSET, new SignedRequest(method, path, parameters, parameters, parameters,
                () -> body.getBytes(StandardCharsets.UTF_8), 100), null, null);
    }

    @Test
    void signatureWithoutBodyFitsOneBody() {
        String first = "gXMXtQU6ANf-Z5nyLrmuG3l3xyHqLejv1dUVIAIsn8w=";
        assertThat(published("a", first, "seqn", "7")).isEqualTo(new Owner());
        assertThat(published("b", first, "seqn", "7")).isEqualTo(Denial.BAD_SIGNATURE);
        assertThat(published("a", first, "seqn", "7")).as("sent again").isEqualTo(new Owner());
        assertThat(published("b", first.replace("=", ""), "seqn", "7")).as("the same signature, written otherwise")
                .isEqualTo(Denial.BAD_SIGNATURE);
    }

    @Test
    void signatureWithoutMethodFitsOneMethod() {
        String history = "/v3/history/sub-key/sub-c-1/channel/c";
        String first = "BtQPftX2Y_3aDcPTdBqoLvEMQCnbRaXl5sYcA6cicls=";
        assertThat(entered("GET", history, "", first)).isEqualTo(new Owner());
        assertThat(entered("DELETE", history, "", first)).isEqualTo(Denial.BAD_SIGNATURE);
        assertThat(entered("GET", history, "", first)).isEqualTo(new Owner());
        assertThat(entered("HEAD", history, "", first)).isEqualTo(new Owner());
    }

    @Test
    void grantSignedWithoutBodyFitsThatGrantOnly() {
        String first = "-bY-A1c2HmabvnySIBzNn5p60GV02PedUjvltX2poV8=";
        assertThat(entered("POST", "/v3/pam/sub-c-1/grant", "a", first)).isEqualTo(new Owner());
        assertThat(entered("POST", "/v3/pam/sub-c-1/grant", "b", first)).isEqualTo(Denial.BAD_SIGNATURE);
    }

    /** JavaScript gives its requests no names: what it publishes within a second is signed alike. */
    @Test
    void aSignatureOfASecondIsGoodForThatSecond() {
        String second = "v2.UxGJXThSghqSJod0p3pamjkCnxq0n8OT_T5czBRB890";
        String first = "JsUwQgXEJe-gVkqOs_wk7QH4Km01-6xz_GFohi8RRPM=";
        for (String signature : List.of(first, second)) {
            assertThat(published("a", signature)).isEqualTo(new Owner());
            assertThat(published("b", signature)).isEqualTo(new Owner());
            now.addAndGet(2);
            assertThat(published("b", signature)).isEqualTo(Denial.BAD_SIGNATURE);
            assertThat(published("a", signature)).isEqualTo(new Owner());
        }
    }

    @Test
    void malformedSignatureIsNotHashed() {
        SignedRequest garbage = new SignedRequest("POST", "/", Map.of("timestamp", "1700000000", "signature", "v2.x"),
                Map.of(), Map.of(), () -> {
                    throw new AssertionError("the body is asked for");
                }, 100);
        assertThat(access.needsHash(KEYSET, garbage)).isFalse();
        assertThat(access.authenticate(KEYSET, garbage, null, null)).isEqualTo(Denial.BAD_SIGNATURE);
    }

    @Test
    void waitingCallerIsReauthorized() {
        Token token = Objects.requireNonNull(access.read(token(null), KEYSET));
        Caller caller = new TokenBearer(token, false, null);
        assertThat(access.isStillAuthorized(caller, KEYSET)).isTrue();
        assertThat(access.isStillAuthorized(new Anonymous(), Keyset.of("sub-c-1", "pub-c-1"))).as("now guarded")
                .isFalse();
        keysets.replace(List.of(Keyset.of("sub-c-1", "pub-c-1").guarded(new Secret("new"))));
        assertThat(access.isStillAuthorized(caller, KEYSET)).as("another secret key").isFalse();
        keysets.replace(List.of(OTHER));
        assertThat(access.isStillAuthorized(caller, KEYSET)).as("not served any more").isFalse();
        keysets.replace(List.of(KEYSET));
        now.addAndGet(60);
        assertThat(access.isStillAuthorized(caller, KEYSET)).as("expired").isFalse();
        assertThat(access.isStillAuthorized(new Owner(), KEYSET)).isTrue();
    }

    @Test
    void toStringHidesSecrets() {
        assertThat(KEYSET.toString()).doesNotContain("sec-c-1").contains("(secret)");
    }
}
