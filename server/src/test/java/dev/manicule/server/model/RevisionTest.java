package dev.manicule.server.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which message an edit gives. */
class RevisionTest {
    private static String edited(String payload, String text) {
        return Revision.edited(new Json(payload.getBytes(StandardCharsets.UTF_8)), text).toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "old"                              | new           | "new"
            "old"                              | {"a":1}       | "{\\"a\\":1}"
            "old"                              | 42            | "42"
            {"type":"text","text":"old"}       | new           | {"type":"text","text":"new"}
            {"text" : "old" , "files":[1.50]}  | {"text":"x"}  | {"text" : "{\\"text\\":\\"x\\"}" , "files":[1.50]}
            {"\\u0074ext":"ol\\"d"}            | é😀           | {"\\u0074ext":"é😀"}
            {"text":1,"é":[],"text":"old"}     | new           | {"text":1,"é":[],"text":"new"}
            {"a":{"text":"old"}}               | {"b":2}       | {"b":2}
            {"text":{"text":"old"}}            | new           | "new"
            {"text":"old","text":1}            | [1, 2]        | [1, 2]
            {}                                 | {"b":         | "{\\"b\\":"
            42                                 | 43            | 43
            42                                 | new           | "new"
            [1]                                | null          | null
            """)
    void editReplacesTheTextOrTheWholeMessage(String payload, String text, String expected) {
        assertThat(edited(payload, text)).isEqualTo(expected);
    }

    @Test
    void emptyTextIsAnEmptyString() {
        assertThat(edited("{\"text\":\"old\"}", "")).isEqualTo("{\"text\":\"\"}");
        assertThat(edited("[]", "")).isEqualTo("\"\"");
    }

    /** Text takes no deeper place than the one that it replaces, and JSON of clients is checked for its depth. */
    @Test
    void editedMessageIsJsonThatCanBePublished() {
        String deep = "[".repeat(JsonReader.DEEPEST + 1) + "]".repeat(JsonReader.DEEPEST + 1);
        for (String payload : List.of("\"old\"", "{\"text\":\"old\"}", "42")) {
            for (String text : List.of(deep, "\"\\ud800\"", "\n\u0001\"\\", " 1 ")) {
                assertThat(JsonReader.value(edited(payload, text).getBytes(StandardCharsets.UTF_8)))
                        .as("%s edited to %s", payload, text)
                        .isNotNull();
            }
        }
    }

    @Test
    void onlyRulesOfTheOwnerLetEditsOfOthersCount() {
        ActionRule owners = new ActionRule("edit", ActionRule.Kind.MANY, List.of(), ActionRule.Most.ANY, true, false);
        assertThat(Revision.Authority.of(ActionRules.NONE)).isEqualTo(new Revision.Authority(false, false));
        assertThat(Revision.Authority.of(new ActionRules(List.of(owners))))
                .isEqualTo(new Revision.Authority(true, false));
    }
}
