package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 3 of the protocol: publish, fire, signal. */
class PublishWireTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    private final Wire wire = SERVER.wire();
    private String channel = "";
    private String base = "";

    @BeforeEach
    void name(TestInfo test) {
        channel = RunningServer.channel(test);
        base = "/publish/demo/demo/0/" + channel;
    }

    private JsonNode lastEnvelope() {
        JsonNode events = wire.get("/v2/subscribe/demo/" + channel + "/0?tt=1").json().get("m");
        return events.get(events.size() - 1);
    }

    private static void assertRefused(Answer answer, int status, String message) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json()).hasSize(3);
        assertThat(answer.json().get(0).asInt()).isZero();
        assertThat(answer.json().get(1).asText()).isEqualTo(message);
        assertThat(answer.json().get(2).asText()).matches("\\d{17}");
        assertThat(answer.json().get(2).isTextual()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "-2.50", "true", "null", "\"text\"", "[1,[2]]", "{\"a\": {\"b\":\"é☞😀\"}}",
            "\"a/b\""})
    void jsonIsReturnedUnchangedAfterGetOrPost(String json) {
        Answer byGet = wire.get(base + "/0/" + Wire.encode(json) + "?uuid=u");
        assertThat(byGet.status()).as(byGet.body()).isEqualTo(200);
        assertThat(byGet.json().get(0).asInt()).isEqualTo(1);
        assertThat(byGet.json().get(1).asText()).isEqualTo("Sent");
        assertThat(byGet.json().get(2).isTextual()).isTrue();
        for (String path : new String[]{base, base + "/", base + "/0", base + "/0/"}) {
            assertThat(wire.post(path + "?uuid=u", json).status()).isEqualTo(200);
        }
        String stored = wire.get("/v2/history/sub-key/demo/channel/" + channel).body();
        assertThat(stored).startsWith("[[" + (json + ",").repeat(4) + json + "],");
    }

    @Test
    void aSlashThatAClientLeftRawIsPartOfTheMessage() {
        assertThat(wire.get(base + "/0/%22http://x/y%22?uuid=u").status()).isEqualTo(200);
        assertThat(lastEnvelope().get("d").asText()).isEqualTo("http://x/y");
    }

    @Test
    void messageAttributesReachSubscribers() {
        wire.get(base + "/0/1?uuid=al&meta=%7B%22lang%22%3A%22en%22%7D&seqn=7&ortt=%7B%22t%22:15,%22r%22:3%7D"
                + "&custom_message_type=my_type-1&unknown=%20&l_pub=0.1");
        JsonNode envelope = lastEnvelope();
        assertThat(envelope.get("i").asText()).isEqualTo("al");
        assertThat(envelope.get("u").toString()).isEqualTo("{\"lang\":\"en\"}");
        assertThat(envelope.get("s").asInt()).isEqualTo(7);
        assertThat(envelope.get("o").toString()).isEqualTo("{\"t\":\"15\",\"r\":3}");
        assertThat(envelope.get("cmt").asText()).isEqualTo("my_type-1");
        assertThat(envelope.has("e")).isFalse();
        JsonNode stored = wire.get("/v3/history/sub-key/demo/channel/" + channel
                + "?include_custom_message_type=true&include_meta=true").json().at("/channels/" + channel + "/0");
        assertThat(stored.get("custom_message_type").asText()).isEqualTo("my_type-1");
        assertThat(stored.get("meta").toString()).isEqualTo("{\"lang\":\"en\"}");
    }

    @Test
    void metaThatIsNotJsonIsAString() {
        wire.get(base + "/0/1?uuid=al&meta=plain%20words");
        assertThat(lastEnvelope().get("u").asText()).isEqualTo("plain words");
    }

    @Test
    void publishNeedsNoUuid() {
        assertThat(wire.get(base + "/0/1").status()).isEqualTo(200);
        assertThat(lastEnvelope().has("i")).isFalse();
    }

    @Test
    void unstoredMessageIsOnlyDelivered() {
        wire.get(base + "/0/%22transient%22?uuid=u&store=0");
        wire.get(base + "/0/%22fired%22?uuid=u&store=0&norep=true");
        assertThat(lastEnvelope().get("d").asText()).isEqualTo("transient");
        assertThat(wire.get("/v2/history/sub-key/demo/channel/" + channel).body()).isEqualTo("[[],0,0]");
    }

    @Test
    void aSignalIsDeliveredAsOneAndNotStored() {
        String signal = "/signal/demo/demo/0/" + channel + "/0/";
        assertThat(wire.get(signal + "%22typing%22?uuid=u&meta=1").status()).isEqualTo(200);
        assertThat(lastEnvelope().get("e").asInt()).isEqualTo(1);
        assertThat(lastEnvelope().has("u")).isFalse();
        assertThat(wire.get(signal + "%22" + "x".repeat(62) + "%22?uuid=u").status()).isEqualTo(200);
        assertRefused(wire.get(signal + "%22" + "x".repeat(63) + "%22?uuid=u"), 400, "Signal size too large");
        assertThat(wire.get("/v2/history/sub-key/demo/channel/" + channel).body()).isEqualTo("[[],0,0]");
    }

    @Test
    void bodyMayBeGzipOrZlib() throws IOException {
        byte[] json = "{\"squeezed\":true}".getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(gzip)) {
            out.write(json);
        }
        ByteArrayOutputStream zlib = new ByteArrayOutputStream();
        try (OutputStream out = new DeflaterOutputStream(zlib)) {
            out.write(json);
        }
        for (byte[] body : new byte[][]{gzip.toByteArray(), zlib.toByteArray()}) {
            assertThat(wire.send("POST", base + "/0?uuid=u", body, "Content-Encoding: gzip").status()).isEqualTo(200);
            assertThat(lastEnvelope().get("d").toString()).isEqualTo("{\"squeezed\":true}");
        }
        byte[] cut = java.util.Arrays.copyOf(gzip.toByteArray(), 15);
        assertThat(wire.send("POST", base + "/0", cut, "Content-Encoding: gzip").status()).isEqualTo(400);
        assertThat(wire.send("POST", base + "/0", json, "Content-Encoding: gzip").status()).isEqualTo(400);
        assertThat(wire.send("POST", base + "/0", json, "Content-Encoding: br").status()).isEqualTo(415);
    }

    @Test
    void decompressionBombIsRefused() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bomb)) {
            for (int i = 0; i < 300; i++) {
                out.write(new byte[100_000]);
            }
        }
        assertThat(bomb.size()).isLessThan(32_000);
        assertRefused(wire.send("POST", base + "/0", bomb.toByteArray(), "Content-Encoding: gzip"), 413,
                "Message Too Large");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nope", "%7B", "1%202", "%22%FF%22", ""})
    void messageThatIsNotJsonIsRefused(String payload) {
        Answer answer = wire.get(base + "/0/" + payload);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get(0).asInt()).isZero();
        assertThat(wire.get("/v2/history/sub-key/demo/channel/" + channel).body()).isEqualTo("[[],0,0]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%2Cb", "a%00", "x.*", "x-pnpres", ""})
    void invalidChannelsAreRefused(String name) {
        assertRefused(wire.get("/publish/demo/demo/0/" + name + "/0/1"), 400, "Invalid Channel");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ab", "pn_x", "pn-x", "-abc", "_abc", "a:bc", "a b c"})
    void invalidCustomTypesAreRefused(String type) {
        assertRefused(wire.get(base + "/0/1?custom_message_type=" + Wire.encode(type)), 400,
                "Invalid custom_message_type");
    }

    @Test
    void messageSizeIsBounded() {
        byte[] largest = ("\"" + "x".repeat(32 * 1024 - 2) + "\"").getBytes(StandardCharsets.UTF_8);
        assertThat(wire.send("POST", base + "/0?uuid=u", largest).status()).isEqualTo(200);
        byte[] larger = ("\"" + "x".repeat(32 * 1024 - 1) + "\"").getBytes(StandardCharsets.UTF_8);
        assertRefused(wire.send("POST", base + "/0?uuid=u", larger), 413, "Message Too Large");
        assertRefused(wire.send("POST", base + "/0?uuid=u", new byte[2_000_000]), 413, "Message Too Large");
        Answer tooLong = wire.get(base + "/0/%22" + "x".repeat(33_000) + "%22");
        assertThat(tooLong.status()).isEqualTo(414);
        assertThat(tooLong.json().get("message").asText()).isEqualTo("Request URI Too Long");
        assertThat(wire.get(base + "/0/%22" + "x".repeat(32_000) + "%22?uuid=u").status()).isEqualTo(200);
    }
}
