package dev.manicule.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of all names below a wildcard is held against the names themselves. */
class CoverageTest {
    private static final List<String> LETTERS = List.of("a", "b", ".", "s", "-", "*");

    @ParameterizedTest
    @ValueSource(
            strings = {"a\\..*", "a.*", ".*", ".+", "^a\\..*$", "[a-c]\\..*", "(?:a|b)\\..*", "x|a\\..*", "a\\.[^,]*",
                    "\\w\\..*", "a\\..*s?", "(?:a\\..*)", "(?:[a-z]+\\.)*.*", "a\\..*x*(?:b|)", "a\\..*?",
                    "a{1,3}\\..*", "\\S.*",
                    "a\\..{0,}", "(?:a|x)[.].*", ".{2}.*"})
    void coveringPatternsAreRecognized(String pattern) {
        assertThat(Coverage.of(pattern).coversAll("a.", "")).isTrue();
        assertThat(Coverage.of(pattern).coversAll("a.", "-pnpres")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\.[^s].*", "a\\..+", "a\\.\\*", "a\\..", "a\\.", "a\\..*x", "b\\..*", "a\\.[a-z]*",
            "a\\.\\S*",
            "a\\..*b$", "a\\..*^", "a\\.(?:b|c).*", "a\\.[^s]*", "a\\..*\\b", "a\\.x*", "a\\.$.*", "[^a].*",
            "a\\.[^\\s]*",
            "a\\..{0,50}", "a\\.[\\d-z]*", "a\\..*-pnpres", "(?U)a\\..*x"})
    void otherPatternsAreNotCovering(String pattern) {
        assertThat(Coverage.of(pattern).coversAll("a.", "")).isFalse();
    }

    @Test
    void presencePatternsAreRecognized() {
        for (String pattern : List.of("a\\..*-pnpres", ".*-pnpres", "a\\..*s", "a\\..*(?:pnpres)$", "a\\..*-?pnpres")) {
            assertThat(Coverage.of(pattern).coversAll("a.", "-pnpres")).as(pattern).isTrue();
        }
        for (String pattern : List.of("a\\..+-pnpres", "a\\.b-pnpres", "a\\..*-pnpre", "a\\..*x-pnpres",
                "a\\..*[^s]")) {
            assertThat(Coverage.of(pattern).coversAll("a.", "-pnpres")).as(pattern).isFalse();
        }
    }

    /** Whenever it says yes, there is no name that the pattern does not match. */
    @Property(tries = 5_000)
    void coveringPatternMatchesEveryName(@ForAll("patterns") String pattern, @ForAll("prefixes") String prefix,
            @ForAll boolean presence) {
        String suffix = presence ? "-s" : "";
        if (Grant.fault(pattern) == null && Coverage.of(pattern).coversAll(prefix, suffix)) {
            Pattern compiled = Pattern.compile(pattern);
            for (String middle : MIDDLES) {
                assertThat(compiled.matches(prefix + middle + suffix)).as(pattern + " of " + prefix + middle + suffix)
                        .isTrue();
            }
        }
    }

    /** Enough patterns are yes, or the above would say nothing. */
    @Property(tries = 1_000)
    void patternEndingInAnythingCovers(@ForAll("letters") String letters) {
        String literal = Pattern.quote(letters);
        assertThat(Coverage.of(literal.replace("\\Q", "").replace("\\E", "") + ".*").coversAll(letters, "-s")).isTrue();
    }

    @Provide
    Arbitrary<String> letters() {
        return Arbitraries.strings().withChars('a', 'b', '.', '/').ofMinLength(1).ofMaxLength(6);
    }

    @Provide
    Arbitrary<String> prefixes() {
        return Arbitraries.of("a.", "b.", "a.b.", ".", "a-.", "s.");
    }

    @Provide
    Arbitrary<String> patterns() {
        Arbitrary<String> atoms = Arbitraries.of("a", "b", "s", "\\.", "\\.", ".", "-", "[ab]", "[^s]", "[^,]", "\\w",
                "\\S",
                "\\D", "^", "$", "[a-s]", "[.\\-]", "\\*", "[\\w.]", "[^.]");
        Arbitrary<String> counted = Arbitraries.of("", "", "", "", "*", "*", "+", "?", "*?", "{2}", "{0,1}", "{1,}",
                "{0,}");
        return nested(atoms, counted, 3);
    }

    private static Arbitrary<String> nested(Arbitrary<String> atoms, Arbitrary<String> counted, int depth) {
        Arbitrary<String> parts = net.jqwik.api.Combinators.combine(atoms, counted).as((atom, count) -> atom + count);
        Arbitrary<String> sequence = parts.list().ofMaxSize(5).map(list -> String.join("", list));
        Arbitrary<String> open = sequence.map(each -> each + ".*");
        Arbitrary<String> flat = Arbitraries.oneOf(sequence, open);
        if (depth == 0) {
            return flat;
        }
        Arbitrary<String> inner = nested(atoms, counted, depth - 1);
        Arbitrary<String> group = net.jqwik.api.Combinators.combine(inner, inner, counted, flat)
                .as((one, other, count, rest) -> "(?:" + one + "|" + other + ")" + count + rest);
        return Arbitraries.oneOf(flat, group);
    }

    private static final List<String> MIDDLES = middles();

    private static List<String> middles() {
        List<String> all = new ArrayList<>(List.of(""));
        int from = 0;
        for (int length = 1; length <= 4; length++) {
            int to = all.size();
            for (int i = from; i < to; i++) {
                for (String letter : LETTERS) {
                    all.add(all.get(i) + letter);
                }
            }
            from = to;
        }
        all.addAll(List.of(" ", "é\u2603", "\uD83D\uDE00", "a/b", "x".repeat(200)));
        return all;
    }
}
