package dev.manicule.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The two names that JSON is sent by cost nothing for each client. */
class ResponseTest {
    private static final byte[] JSON = ("[\"" + "x".repeat(2000) + "\"]").getBytes(UTF_8);

    @Test
    void eachContentTypeIsEncodedOnce() {
        Response script = Response.shared(JSON);
        List<Response> both = List.of(script, script.asJson());
        for (Response first : both) {
            assertThat(first.wire("")).as("the only receiver, perhaps").isNull();
        }
        List<BroadcastBuffer> encoded = both.stream().map(each -> Objects.requireNonNull(each.wire(""))).toList();
        for (int turn = 0; turn < 10; turn++) {
            assertThat(script.wire("")).isSameAs(encoded.getFirst());
            assertThat(script.asJson().wire("")).isSameAs(encoded.getLast());
        }
    }

    @Test
    void contentTypesShareTheBodyAndItsCompression() {
        Response script = Response.json(200, JSON);
        Response json = script.asJson();
        assertThat(json.body()).isSameAs(script.body());
        assertThat(json.gzipped().body()).isSameAs(script.gzipped().body());
        assertThat(json.gzipped()).isSameAs(json.gzipped());
        assertThat(json.gzipped().fields()).startsWith("Content-Type: application/json\r\n")
                .contains("Content-Encoding: gzip\r\n");
        assertThat(script.gzipped().fields()).startsWith("Content-Type: text/javascript;");
    }

    @Test
    void bodyIsCompressedOnceForBothContentTypes() {
        Response script = Response.json(200, new byte[20_000]);
        assertThat(script.asJson().isWorkToCompress()).isTrue();
        assertThat(script.asJson().gzipped().size()).isLessThan(1000);
        assertThat(script.isWorkToCompress()).isFalse();
        assertThat(script.asJson().isWorkToCompress()).isFalse();
    }

    @Test
    void contentTypeChangesNothingElse() {
        Response error = Response.json(503, JSON).with("Retry-After", "1").asJson();
        assertThat(error.status()).isEqualTo(503);
        assertThat(error.fields()).isEqualTo(
                "Content-Type: application/json\r\nCache-Control: no-cache\r\nVary: Accept\r\nRetry-After: 1\r\n");
        assertThat(Response.delivery(JSON).asJson().isDelivery()).isTrue();
        Response page = Response.of("text/html", JSON);
        assertThat(page.asJson()).isSameAs(page);
        assertThat(page.fields()).doesNotContain("Vary");
    }
}
