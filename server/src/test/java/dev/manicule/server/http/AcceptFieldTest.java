package dev.manicule.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which name of JSON a client prefers. */
class AcceptFieldTest {
    @ParameterizedTest
    @ValueSource(strings = {"application/json", "Application/JSON", " application/json ; charset=utf-8",
            "application/json, text/plain, */*", "application/json, text/javascript, */*; q=0.01",
            "text/javascript;q=0.9, application/json", "text/*;q=0.5,application/json;q=0.6", "application/*",
            "application/*;q=0.5, */*;q=0.1", "*/*;q=0.1,application/json;q=0.100", "application/json;q=0.001",
            "application/json;v=1;Q=1.000", "text/javascript;q=0, application/json;q=0.2", "application/json;q=1."})
    void acceptedJsonIsPreferred(String line) {
        assertThat(AcceptField.prefersJson(List.of(line))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*/*", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "text/javascript", "text/javascript, application/json;q=0.9", "application/json;q=0",
            "application/json;q=0.000, */*", "application/*;q=0", "*/*, application/json;q=0.9",
            "application/json-seq", "application/jsonx", "text/*, application/*", "application/json;q=2",
            "application/json;q=high", "application/json;q=-1", "application/json;q=0.0001", "text/event-stream",
            "application/*;q=0.9, application/json;q=0", ",;,", "json", "application/json;q=0, application/*"})
    void otherTypeIsSentWithoutAcceptedJson(String line) {
        assertThat(AcceptField.prefersJson(List.of(line))).isFalse();
    }

    @Test
    void linesAreCombinedIntoOneList() {
        assertThat(AcceptField.prefersJson(List.of())).isFalse();
        assertThat(AcceptField.prefersJson(List.of("text/html", "application/json"))).isTrue();
        assertThat(AcceptField.prefersJson(List.of("application/json;q=0.5", "text/javascript"))).isFalse();
    }
}
