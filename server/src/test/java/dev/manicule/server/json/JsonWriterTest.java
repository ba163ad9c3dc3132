package dev.manicule.server.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

class JsonWriterTest {
    private static final long EXACT_AS_DOUBLE = 1L << 53;

    private static String written(UnaryOperator<JsonWriter> value) {
        return text(value.apply(new JsonWriter(1)).toBytes());
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Provide
    Arbitrary<Object> trees() {
        Arbitrary<String> texts = texts();
        Arbitrary<Object> leaves = Arbitraries.oneOf(
                texts.asGeneric(),
                Arbitraries.longs().between(-EXACT_AS_DOUBLE, EXACT_AS_DOUBLE).map(Long::doubleValue).asGeneric(),
                Arbitraries.of(true, false).asGeneric());
        return Arbitraries.recursive(() -> leaves.injectNull(0.1),
                inner -> Arbitraries.oneOf(
                        inner.list().ofMaxSize(4).asGeneric(),
                        Arbitraries.maps(texts, inner).ofMaxSize(4).map(LinkedHashMap::new).asGeneric()),
                0, 4);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.strings().ascii().ofMaxLength(12),
                Arbitraries.strings().all().ofMaxLength(12).filter(JsonReader::isUnicode));
    }

    @Property
    void aTreeThatIsWrittenIsReadAgain(@ForAll("trees") @Nullable Object tree) {
        JsonWriter json = new JsonWriter(1);
        write(tree, json, _ -> {});
        assertThat(JsonReader.isJson(json.toBytes())).isTrue();
        assertThat(JsonReader.tree(json.toBytes())).isEqualTo(tree);
    }

    @Property
    void takenPartsAddUpToTheWhole(@ForAll("trees") @Nullable Object tree, @ForAll long seed) {
        JsonWriter whole = new JsonWriter();
        write(tree, whole, _ -> {});
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        JsonWriter inParts = new JsonWriter();
        long[] at = {seed};
        write(tree, inParts, json -> {
            at[0] = Long.rotateLeft(at[0], 1);
            if (at[0] < 0) {
                parts.writeBytes(json.takeBytes());
                assertThat(json.length()).isZero();
            }
        });
        parts.writeBytes(inParts.takeBytes());
        assertThat(parts.toByteArray()).isEqualTo(whole.toBytes());
    }

    private static void write(@Nullable Object tree, JsonWriter json, Consumer<JsonWriter> afterEach) {
        switch (tree) {
            case null -> json.nul();
            case Boolean truth -> json.value(truth);
            case Double number -> json.number(number.longValue());
            case String text -> json.value(text);
            case List<?> list -> {
                json.array();
                list.forEach(element -> write(element, json, afterEach));
                json.end();
            }
            case Map<?, ?> map -> {
                json.object();
                map.forEach((name, value) -> {
                    json.nameOf((String) name);
                    afterEach.accept(json);
                    write(value, json, afterEach);
                });
                json.end();
            }
            default -> throw new AssertionError(tree);
        }
        afterEach.accept(json);
    }

    @Property
    void textIsEscapedAlikeInNamesAndValues(@ForAll("texts") String text) {
        String quoted = Json.ofText(text).toString();
        assertThat(written(json -> json.value(text))).isEqualTo(quoted);
        assertThat(written(json -> json.object().nameOf(text).value(text).end()))
                .isEqualTo("{" + quoted + ":" + quoted + "}");
    }

    @Example
    void commasStandBetweenMembersAndElements() {
        assertThat(written(json -> json.object()
                .member("status", 200)
                .member("error", false)
                .member("message", "OK")
                .member("state", new Json(bytes("{ }")))
                .quoted("timetoken", 17_952_278_541_784_315L)
                .strings("names", List.of("a", "b"))
                .object("data")
                .array("list")
                .array()
                .end()
                .object()
                .end()
                .nul()
                .value(true)
                .number(-1)
                .quoted(1)
                .value(new Json(bytes("1.50")))
                .json(bytes("2"))
                .strings(List.of())
                .end()
                .end()
                .name("last")
                .value("x")
                .end()))
                .isEqualTo("{\"status\":200,\"error\":false,\"message\":\"OK\",\"state\":{ },"
                        + "\"timetoken\":\"17952278541784315\",\"names\":[\"a\",\"b\"],"
                        + "\"data\":{\"list\":[[],{},null,true,-1,\"1\",1.50,2,[]]},\"last\":\"x\"}");
    }

    @Example
    void emptyContainersHaveNoComma() {
        assertThat(written(json -> json.object().end())).isEqualTo("{}");
        assertThat(written(json -> json.array().end())).isEqualTo("[]");
        assertThat(written(json -> json.object().object("a").end().array("b").end().end()))
                .isEqualTo("{\"a\":{},\"b\":[]}");
    }

    @Example
    void textIsEscapedWhereJsonRequiresIt() {
        assertThat(written(json -> json.value("\"\\/\b\f\n\r\t\u0001\u007f é☞ \uD83D\uDE00")))
                .isEqualTo("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\u007f é☞ \uD83D\uDE00\"");
    }

    @Example
    void numbersAreWrittenWithAllDigits() {
        for (long number : new long[]{0, 9, 10, -1, -9, 100, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThat(written(json -> json.number(number))).isEqualTo(String.valueOf(number));
            assertThat(written(json -> json.quoted(number))).isEqualTo("\"" + number + "\"");
        }
    }

    @Example
    void anOpenObjectIsContinued() {
        byte[] open = new JsonWriter().object().member("a", 1).object("b").end().toOpenBytes();
        assertThat(text(open)).isEqualTo("{\"a\":1,\"b\":{}");
        assertThat(written(json -> json.array().openObject(open).member("c", 2).end().openObject(open).end().end()))
                .isEqualTo("[{\"a\":1,\"b\":{},\"c\":2},{\"a\":1,\"b\":{}}]");
        assertThat(text(JsonWriter.closed(open))).isEqualTo("{\"a\":1,\"b\":{}}");
        byte[] empty = new JsonWriter().object().toOpenBytes();
        assertThat(written(json -> json.openObject(empty).member("c", 2).end())).isEqualTo("{\"c\":2}");
    }

    @Example
    void objectsMayBeSeparatedByLines() {
        JsonWriter json = new JsonWriter().object().array("files");
        json.objectOnNewLine().member("size", 1).end().objectOnNewLine().end();
        assertThat(text(json.end().end().toLine())).isEqualTo("{\"files\":[\n{\"size\":1},\n{}]}\n");
    }

    @Example
    void sixtyThreeLevelsMayBeOpen() {
        JsonWriter json = new JsonWriter().array();
        for (int i = 0; i < 31; i++) {
            json.object().array("a");
        }
        for (int i = 0; i < 31; i++) {
            json.end().end();
        }
        assertThat(text(json.end().toBytes()))
                .isEqualTo("[" + "{\"a\":[".repeat(31) + "]}".repeat(31) + "]");
    }

    @Example
    void aSixtyFourthLevelIsMisuse() {
        JsonWriter json = new JsonWriter();
        for (int i = 0; i < 63; i++) {
            json.array();
        }
        assertMisuse(json::array);
    }

    @Example
    void anEndWithoutABeginningIsMisuse() {
        assertMisuse(() -> new JsonWriter().end());
        assertMisuse(() -> new JsonWriter().array().end().end());
        assertMisuse(() -> new JsonWriter().object().name("a").end());
    }

    @Example
    void anOpenValueHasNoBytes() {
        assertMisuse(() -> new JsonWriter().toBytes());
        assertMisuse(() -> new JsonWriter().object().toBytes());
        assertMisuse(() -> new JsonWriter().array().toLine());
    }

    @Example
    void onlyOneOpenObjectHasOpenBytes() {
        assertMisuse(() -> new JsonWriter().toOpenBytes());
        assertMisuse(() -> new JsonWriter().array().toOpenBytes());
        assertMisuse(() -> new JsonWriter().object().end().toOpenBytes());
        assertMisuse(() -> new JsonWriter().object().object("a").toOpenBytes());
        assertMisuse(() -> new JsonWriter().object().name("a").toOpenBytes());
    }

    @Example
    void onlyMembersHaveNames() {
        assertMisuse(() -> new JsonWriter().object().value("a"));
        assertMisuse(() -> new JsonWriter().object().array());
        assertMisuse(() -> new JsonWriter().object().member("a", 1).number(2));
        assertMisuse(() -> new JsonWriter().name("a"));
        assertMisuse(() -> new JsonWriter().nameOf("é"));
        assertMisuse(() -> new JsonWriter().array().member("a", 1));
        assertMisuse(() -> new JsonWriter().object().name("a").name("b"));
    }

    @Example
    void aSecondValueIsMisuse() {
        assertMisuse(() -> new JsonWriter().number(1).number(2));
        assertMisuse(() -> new JsonWriter().object().end().array());
    }

    private static void assertMisuse(ThrowingCallable call) {
        assertThatIllegalStateException().isThrownBy(call);
    }

    @Example
    void constantNamesThatNeedEscapingAreMisuse() {
        for (String name : List.of("\"", "é", "\n")) {
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> new JsonWriter().object().name(name));
        }
    }
}
