package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.acceptance.Wire.Connection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What pages, proxies and monitors ask besides the protocol: preflights, HEAD, paths that there are not. */
class PageWireTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    private final Wire wire = SERVER.wire();

    @ParameterizedTest
    @ValueSource(strings = {"traceparent", "tracestate,baggage", "last-event-id", "cache-control", "x-request-id",
            "idempotency-key", "authorization, x-of-middleware"})
    void preflightAllowsTheRequestedHeaders(String fields) {
        Answer answer = wire.send("OPTIONS", "/v2/subscribe/demo/a/0", null, "Origin: http://x",
                "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: " + fields);
        assertThat(answer.status()).isEqualTo(204);
        List<String> allowed = List.of(answer.headers()
                .getOrDefault("access-control-allow-headers", "")
                .toLowerCase(Locale.ROOT)
                .split(", ?"));
        assertThat(allowed).contains(fields.split(", ?")).contains("content-type", "if-match");
    }

    @Test
    void preflightAllowsTheMethodsOfAllOperations() {
        List<String> allowed = List.of(wire.send("OPTIONS", "/time/0", null, "Origin: http://x")
                .headers()
                .getOrDefault("access-control-allow-methods", "")
                .split(", "));
        List<String> described = wire.get("/openapi.yaml")
                .body()
                .lines()
                .filter(line -> line.matches(" {4}(get|put|post|patch|delete):"))
                .map(line -> line.strip().replace(":", "").toUpperCase(Locale.ROOT))
                .distinct()
                .toList();
        assertThat(described).contains("GET", "PUT", "POST", "DELETE");
        assertThat(allowed).containsAll(described);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a,,b", "a;b", "\"a\"", ","})
    void preflightIgnoresInvalidHeaderLists(String fields) {
        Answer answer = wire.send("OPTIONS", "/time/0", null, "Origin: http://x",
                "Access-Control-Request-Headers: " + fields);
        assertThat(answer.headers().get("access-control-allow-headers")).contains("traceparent")
                .doesNotContain("\"", ";", ",,", "a b");
    }

    @Test
    void responsesExposeTheirHeadersToPages() throws Exception {
        for (String path : List.of("/time/0", "/v9/nothing", "/v2/subscribe/demo/a/0?tt=x",
                "/publish/demo/demo/0/a/0/1")) {
            assertThat(wire.send("GET", path, null, "Origin: http://x").headers())
                    .containsEntry("access-control-expose-headers", "*");
        }
        try (Connection stream = wire.connect()) {
            stream.write("GET /v2/stream/demo/a HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(stream.read(false).headers()).containsEntry("access-control-expose-headers", "*");
        }
    }

    /** The same fields as of a GET, without a body. What a GET would change stays as it is; what it waits for is not waited for. */
    @Test
    void everyGetHasAHead(TestInfo test) throws Exception {
        String channel = RunningServer.channel(test);
        long message = wire.publish(channel, "\"" + "x".repeat(2_000) + "\"");
        String presence = "/v2/presence/sub-key/demo/channel/" + channel;
        try (Connection connection = wire.connect()) {
            for (String path : List.of("/time/0", "/", "/health/live", "/health/ready", "/metrics", "/openapi.yaml",
                    "/console/console.js", "/v2/history/sub-key/demo/channel/" + channel,
                    "/v3/history/sub-key/demo/channel/" + channel,
                    "/v3/history-with-actions/sub-key/demo/channel/" + channel,
                    "/v3/history/sub-key/demo/message-counts/" + channel + "?timetoken=1",
                    "/v1/message-actions/demo/channel/" + channel, presence, presence + "/uuid/u",
                    "/v2/presence/sub-key/demo", "/v2/presence/sub-key/demo/uuid/u",
                    "/v1/channel-registration/sub-key/demo/channel-group", "/publish/demo/demo/0/" + channel + "/0/2",
                    "/signal/demo/demo/0/" + channel + "/0/3", presence + "/heartbeat?uuid=u",
                    presence + "/leave?uuid=u", presence + "/uuid/u/data?state=%7B%22a%22:1%7D",
                    "/v1/channel-registration/sub-key/demo/channel-group/" + channel + "?add=a",
                    "/v1/channel-registration/sub-key/demo/channel-group/" + channel + "/remove",
                    "/v2/subscribe/demo/" + channel + "/0?uuid=u&tt=" + message,
                    "/subscribe/demo/" + channel + "/0/" + message + "?uuid=u",
                    "/v2/stream/demo/" + channel + "?uuid=u")) {
                connection.write(("HEAD " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                Answer head = connection.read(false); // what came with a body would be read as the next answer
                assertThat(head.status()).as(path).isEqualTo(200);
                assertThat(head.headers()).as(path).containsEntry("connection", "keep-alive");
            }
        }
        Answer history = wire.get("/v2/history/sub-key/demo/channel/" + channel);
        assertThat(history.json().get(0)).hasSize(1);
        assertThat(wire.send("HEAD", "/v2/history/sub-key/demo/channel/" + channel, null)
                .headers()
                .get("content-length")).isEqualTo("" + history.bytes().length);
        assertThat(wire.get("/v2/presence/sub-key/demo/uuid/u").json().at("/payload/channels")).isEmpty();
        assertThat(wire.get("/v1/channel-registration/sub-key/demo/channel-group/" + channel)
                .json()
                .at("/payload/channels")).isEmpty();
        assertThat(wire.get("/v2/subscribe/demo/" + channel + "/0?tt=1").json().get("m")).hasSize(1);
    }

    @Test
    void headIsRefusedLikeItsGet() {
        assertThat(wire.send("HEAD", "/v3/history/sub-key/demo/channel/a?start=x", null).status()).isEqualTo(400);
        assertThat(wire.send("HEAD", "/v9/nothing", null).status()).isEqualTo(404);
        Answer method = wire.send("HEAD", "/v1/message-actions/demo/channel/a/message/1/action/2", null);
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.headers()).containsEntry("allow", "DELETE, OPTIONS");
        assertThat(wire.send("PUT", "/time/0", null).headers()).containsEntry("allow", "GET, HEAD, OPTIONS");
    }

    @ParameterizedTest
    @CsvSource({"/v1/objects/demo/users, App Context",
            "/v1/auth/grant/sub-key/demo, Access Manager",
            "/v3/pam/demo, Access Manager", "/v2/subscribe/demo, Subscribe", "/v2/presence/demo, Presence",
            "/v1/channel-registration/sub-key/demo, channel-registry", "/time/1, Manicule",
            "/v9/nothing, Manicule", "/v3/objects/demo, Manicule", "/v1/blocks/x, Manicule", "/v1/space, Manicule",
            "/history/x, Manicule", "/favicon.ico, Manicule", "/dev/foo, Manicule", "/metrics/foo, Manicule"})
    void unknownPathIsRefusedInItsFamilysName(String path, String service) {
        for (String method : List.of("GET", "POST", "DELETE", "PATCH")) {
            Answer answer = wire.send(method, path, null);
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.json().get("service").asText()).isEqualTo(service);
            assertThat(answer.json().get("message").asText()).startsWith("Not found: '/");
        }
    }

    @Test
    void unknownPathIsRefusedInItsFamilysFormat() {
        assertThat(wire.get("/v1/message-actions/demo/c").json().at("/error/source").asText()).isEqualTo("actions");
        assertThat(wire.get("/v2/objects/demo/spaces").json().at("/error/source").asText()).isEqualTo("objects");
        assertThat(wire.get("/v3/history/demo").json().get("error_message").asText()).startsWith("Not found");
        assertThat(wire.get("/publish/demo").body()).startsWith("[0,\"Not found: '/publish/demo'\",\"");
    }
}
