package dev.manicule.server.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"a\"", "null", "true", "[]", "{}", "{\"a\":[1,2.5,{\"b\":null}]}", "\"é☞😀\"",
            "-0.0e1",
            "\"\\ud83d\\ude00\""})
    void everyKindOfValueIsAccepted(String json) {
        assertThat(JsonReader.value(bytes(json))).isEqualTo(new Json(bytes(json)));
        assertThat(JsonReader.value(bytes(" \n" + json + "\t"))).isEqualTo(new Json(bytes(json)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "nope", "{", "[1", "[1,]", "{\"a\"}", "{\"a\":1,}", "1 2", "[] []", "\"a", "'a'",
            "01",
            "NaN", "\"\u0001\"", "{a:1}", "tru", "[1]]", "// c\n1"})
    void invalidJsonIsRefused(String json) {
        assertThat(JsonReader.value(bytes(json))).isNull();
        assertThat(JsonReader.members(bytes(json))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\\ud83d\"", "\"\\uDE00\"", "{\"a\":[\"x\\ud83dx\"]}", "\"\\ud83d\\ud83d\\ude00\"",
            "\"\\ude00\\ud83d\"", "\"\\ud83d\\n\\ude00\"", "[\"\\ud83d\",\"\\ude00\"]", "\"\\\\\\ud83d\""})
    void loneSurrogateIsRefused(String json) {
        assertThat(JsonReader.value(bytes(json))).isNull();
        assertThat(JsonReader.objects(bytes("{\"a\":{\"b\":" + json + "}}"))).isNull();
        assertThat(JsonReader.value(bytes("{\"\\udbff\":1}"))).as("in a name").isNull();
        assertThat(JsonReader.isJson(bytes(json))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"\\\\ud83d\"", "\"\\ud83d\\ude00\\uDBFF\\uDFFF\"", "\"\\\"\\\\\"", "\"\\u0041\\\\\\u0041\""})
    void wholePairsAndEscapedBackslashesAreAccepted(String json) {
        assertThat(JsonReader.value(bytes(json))).isEqualTo(new Json(bytes(json)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"\\ud83d\":", "no JSON \\uDE00", "\\ud83d\\u"})
    void loneSurrogateIsDetectedInPlainText(String text) {
        assertThat(JsonReader.hasHalfPair(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\", "\\u", "\\ud83", "\\ud83g", "C:\\users", "\\\\ud83d", "\\ud83d\\ude00", "ud83d"})
    void otherEscapesAreNoLoneSurrogate(String text) {
        assertThat(JsonReader.hasHalfPair(text)).isFalse();
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        assertThat(JsonReader.value(new byte[]{'"', (byte) 0xFF, '"'})).isNull();
        assertThat(JsonReader.value(new byte[]{'"', (byte) 0xC0, (byte) 0x80, '"'})).isNull();
        assertThat(JsonReader.members(new byte[]{'{', '"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"', ':', '1', '}'}))
                .isNull();
    }

    @Test
    void depthIsBounded() {
        assertThat(JsonReader.value(bytes("[".repeat(200) + "]".repeat(200)))).isNotNull();
        assertThat(JsonReader.value(bytes("[".repeat(201) + "]".repeat(201)))).isNull();
        assertThat(JsonReader.members(bytes("{\"a\":" + "[".repeat(200) + "]".repeat(200) + "}"))).isNull();
        assertThat(JsonReader.objects(bytes("{\"a\":" + "[".repeat(200) + "]".repeat(200) + "}"))).isNull();
        assertThat(JsonReader.value(bytes("[".repeat(16_000) + "]".repeat(16_000)))).isNull();
    }

    @Test
    void membersAreStringsWholeNumbersOrOther() {
        assertThat(JsonReader.members(bytes(
                "{\"s\":\"x\",\"n\":7,\"b\":99999999999999999999,\"f\":1.5,\"o\":{\"s\":\"inner\"},\"a\":[1],\"z\":null}")))
                .isEqualTo(
                        Map.of("s", "x", "n", 7L, "b", JsonReader.OTHER, "f", JsonReader.OTHER, "o", JsonReader.OTHER,
                                "a", JsonReader.OTHER, "z", JsonReader.OTHER));
        assertThat(JsonReader.members(bytes("[1]"))).isNull();
    }
}
