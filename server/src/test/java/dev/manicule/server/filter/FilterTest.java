package dev.manicule.server.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.server.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 4.5 of the protocol: which messages pass which expressions. */
class FilterTest {
    private static final String META = """
            {"lang":"en","n":5,"flag":true,"off":false,"tags":["red","green",3],"deep":{"a b":{"list":[[1,2],{"x":"y"}]}},
             "empty":"","star":"a*b","price":"10 €"}""";
    private static final String DATA = """
            {"text":"Hello World","size":12.5,"who":{"name":"Zoë"}}""";

    private static @Nullable Object tree(String json) {
        return JsonReader.tree(json.getBytes(StandardCharsets.UTF_8));
    }

    private static Filter parse(String expression) throws FilterException {
        return Filter.parse(expression, 20_000);
    }

    private static boolean accepts(Filter filter, @Nullable Object meta, @Nullable Object data) {
        return filter.accepts(new FilterInput(meta, data, 0));
    }

    private static boolean passes(String expression) {
        try {
            return accepts(parse(expression), tree(META), tree(DATA));
        } catch (FilterException e) {
            throw new AssertionError(expression + ": " + e.getMessage(), e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lang == 'en'", "meta.lang=='en'", "meta['lang'] == \"en\"", "lang != 'de'", "n == 5",
            "n==5.0",
            "n >= 5 && n <= 5 && n > 4 && n < 5.5", "data.size > 12", "data.who.name == 'Zoë'", "flag", "flag == true",
            "!off", "!(lang == 'de')", "!!flag", "tags CONTAINS 'red'", "tags contains 3", "lang CONTAINS 'e'",
            "data.text LIKE 'hello*'", "data.text like '*WORLD'", "data.text LIKE '*o w*'",
            "data.text LIKE 'hello world'",
            "data.text LIKE 'h*o*d'", "star LIKE 'a\\*b'", "star LIKE '*\\**'", "deep['a b'].list[0][1] == 2",
            "deep['a b'].list[1].x == 'y'", "n IN (1, 5, 9)", "lang in ('de','en')", "'red' IN tags", "n IN (5)",
            "n + 1 == 6", "n - 1 == 4", "n * 2 + 1 == 11", "1 + n * 2 == 11", "(1 + n) * 2 == 12", "n / 2 == 2.5",
            "n % 2 == 1", "-n == -5", "- 5 < n", "1e1 == 10", "missing != 'x'", "lang != 5", "!missing", "empty == ''",
            "lang == 'de' || n == 5", "lang == 'en' || missing == 1 && missing == 2",
            "price == '10 \\u20ac' || price LIKE '10*'",
            "lang == 'en' && (n == 1 || n == 5) && !(n == 6)", "'it\\'s' == \"it's\"", "  lang\t==\n'en'  ",
            "uuid != 'cvc1'",
            "not_a_keyword != 1", "5 == n", "$lang != 1"})
    void matchingExpressionsPass(String expression) {
        assertThat(passes(expression)).as(expression).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lang == 'de'", "lang == 5", "n == '5'", "n < 5", "n > 'a'", "lang < 'z'", "missing == 1",
            "missing < 1", "missing", "lang", "n", "tags == tags && missing", "tags CONTAINS 'blue'", "n CONTAINS 5",
            "missing CONTAINS 'x'", "data.text LIKE 'world'", "data.text LIKE 'o*'", "star LIKE 'a\\*'", "n LIKE '5'",
            "n IN (1, 2)", "missing IN (missing)", "n / 0 == 1", "n % 0 == 0", "lang + 1 == 1", "deep == deep",
            "tags[9] == 1", "lang.x == 1", "lang[0] == 'e'", "data == 'x'", "!flag", "off", "lang == 'en' && off",
            "meta.data.size > 1", "data.lang == 'en'", "missing == missing", "-lang == 1"})
    void otherExpressionsDoNotPass(String expression) {
        assertThat(passes(expression)).as(expression).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"lang ==|expected a value at character 8, found the end",
            "lang == 'en|expected a closing ' at character 9, found '''",
            "&& x|expected a value at character 1, found '&'",
            "(a == 1|expected a closing parenthesis at character 8, found the end",
            "a == 1)|expected the end at character 7, found ')'", "a = 1|expected the end at character 3, found '='",
            "a == 1 b|expected the end at character 8, found 'b'",
            "a[b]|expected a whole number or a text at character 3",
            "a[1|expected a closing bracket at character 4", "a.|expected a name at character 3",
            "a == 1.2.3|expected a number at character 6", "a == 1 == 1|expected the end at character 8",
            "a == #|expected a value at character 6, found '#'", "` `|expected a value",
            "()|expected a value at character 2",
            "(1,)|expected a value at character 4"})
    void invalidExpressionIsReported(String expression, String message) {
        assertThatThrownBy(() -> parse(expression)).isInstanceOf(FilterException.class)
                .hasMessageContaining(message);
    }

    @Test
    void filterDepthAndTimeAreBounded() {
        for (String bomb : new String[]{"(".repeat(16_000), "!".repeat(16_000) + "a", "-".repeat(16_000) + "1",
                "((((" + "a&&".repeat(5_000)}) {
            assertThatThrownBy(() -> parse(bomb)).isInstanceOf(FilterException.class);
        }
        Assertions.assertTimeout(Duration.ofSeconds(5), () -> {
            Filter filter = parse("text LIKE '" + "*a".repeat(8_000) + "*'");
            assertThat(accepts(filter, tree("{\"text\":\"" + "a".repeat(30_000) + "b\"}"), null)).isTrue();
            assertThat(accepts(filter, tree("{\"text\":\"" + "b".repeat(30_000) + "\"}"), null)).isFalse();
        });
        assertThat(passes("a" + " || a".repeat(5_000))).isFalse();
    }

    @Test
    void valuesOfAbsentMetaEqualNothing() throws FilterException {
        assertThat(accepts(parse("lang == 'en'"), null, tree("5"))).isFalse();
        assertThat(accepts(parse("lang != 'en'"), null, tree("5"))).isTrue();
        assertThat(accepts(parse("data == 5"), null, tree("5"))).isTrue();
        assertThat(accepts(parse("data[1] == 'b'"), tree("\"text\""), tree("[\"a\",\"b\"]"))).isTrue();
    }

    /** What overflowed the stack once: a chain of many terms is no deep tree. */
    @Test
    void longChainsTakeNoDeepStack() throws Exception {
        for (String operator : new String[]{"-", "+", "*", "/", "%", " - -", "||", "&&"}) {
            Filter filter = parse("1" + (operator + "1").repeat(6_000) + " == 1");
            Thread small = new Thread(null, () -> accepts(filter, null, null), "small", 128 << 10);
            Throwable[] thrown = new Throwable[1];
            small.setUncaughtExceptionHandler((thread, e) -> thrown[0] = e);
            small.start();
            small.join();
            assertThat(thrown[0]).as(operator).isNull();
        }
        assertThat(passes("10 - 1 - 2 == 7 && 100 / 5 / 2 == 10 && 7 - 2 + 1 == 6 && 2 * 9 % 4 == 2")).isTrue();
        assertThat(passes("1 - 'a' - 1 == 1 || 1 / 0 * 0 == 0")).isFalse();
    }

    @Test
    void thePartsOfAnExpressionAreCountedAndBounded() throws FilterException {
        assertThat(Filter.parse("a == 1", 3).parts()).isEqualTo(3);
        assertThat(Filter.parse("data.b[0].c IN (1, -2) && !d", 20).parts()).isEqualTo(13);
        assertThat(Filter.parse("a LIKE 'b*' || data CONTAINS 1 || a == b || a < 5", 100).parts()).isEqualTo(42);
        for (String expression : new String[]{"1" + "-1".repeat(50), "a" + ".a".repeat(100), "a" + "[1]".repeat(100),
                "a" + "||a".repeat(50), "a IN (1" + ",1".repeat(100) + ")",
                "!".repeat(90) + "(-----1 < ------1 && a)"}) {
            assertThatThrownBy(() -> Filter.parse(expression, 100)).isInstanceOfSatisfying(FilterException.class,
                    e -> assertThat(e.isTooLong()).isTrue());
        }
        assertThat(Filter.parse("a == 1", 10).readsData()).isFalse();
        assertThat(Filter.parse("a == 1 || data == 1", 10).readsData()).isTrue();
    }

    /** Texts that are all but found, again and again: what takes their lengths multiplied would take minutes. */
    @Test
    void searchTakesLinearTime() throws FilterException {
        String text = "a".repeat(30_000);
        Filter contains = parse("data CONTAINS '" + "a".repeat(10_000) + "b' || data CONTAINS 'b"
                + "a".repeat(10_000) + "' || data CONTAINS '" + "a".repeat(5_000) + "b" + "a".repeat(5_000) + "'");
        Filter like = parse("data LIKE '*" + "A".repeat(10_000) + "b*" + "a".repeat(10_000) + "*'");
        Filter found = parse("data LIKE '*" + "A".repeat(5_000) + "*" + "a".repeat(5_000) + "*'");
        Assertions.assertTimeout(Duration.ofSeconds(5), () -> {
            for (int i = 0; i < 500; i++) {
                FilterInput input = new FilterInput(null, text, text.length());
                assertThat(contains.accepts(input) || like.accepts(input)).isFalse();
                assertThat(found.accepts(input)).isTrue();
                assertThat(input.cost()).isBetween(100_000L, 400_000L);
            }
        });
    }

    @Test
    void searchFindsTheFirstMatch() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            String text = letters(random, random.nextInt(60));
            String pattern = letters(random, random.nextInt(6));
            int from = text.isEmpty() ? 0 : random.nextInt(text.length());
            int to = from + random.nextInt(text.length() - from + 1);
            int there = text.substring(0, to).indexOf(pattern, from);
            assertThat(TextSearch.find(text, from, to, pattern, 0, pattern.length())).isEqualTo(there);
        }
    }

    private static String letters(Random random, int length) {
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < length; i++) {
            letters.append(random.nextInt(5) == 0 ? 'b' : 'a');
        }
        return letters.toString();
    }
}
