package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.acceptance.Wire.Connection;
import dev.manicule.client.AccessToken;
import dev.manicule.server.access.Access;
import dev.manicule.server.access.Grant.Kind;
import dev.manicule.server.access.Grant;
import dev.manicule.server.access.KeyGrants;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Keysets;
import dev.manicule.server.access.Revocations;
import dev.manicule.server.access.Secret;
import dev.manicule.server.config.ConfigException;
import dev.manicule.server.config.ConfigFile;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.filter.Filter;
import dev.manicule.server.filter.FilterException;
import dev.manicule.server.filter.FilterInput;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.limits.AddressRange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything that reads what strangers send, fed with good input made bad: bytes changed, cut, doubled, mixed. Each
 * reader has a second; {@code -Dfuzz.seconds=3600} gives it an hour, {@code -Dfuzz.seed=} another beginning, which is
 * printed. What fails is printed as hexadecimal digits, with which a test of its own begins.
 */
@Timeout(value = 30, unit = TimeUnit.DAYS)
class FuzzTest {
    private static final int SECONDS = Integer.getInteger("fuzz.seconds", 1);
    private static final long SEED = Long.getLong("fuzz.seed", 20_261_121L);
    private static final Duration QUICKLY = Duration.ofSeconds(2);
    private static final List<String> DICTIONARY = List.of("\r\n", "\0", "{", "}", "[", "]", "\"", "\\u0000", "\\ud800",
            "%00", "%2F", "%C0%AF", ",", "&", "=", "?", "*", "(", ")", "'", "&&", "||", " IN (", " LIKE ", "-1",
            "9223372036854775808", "1e999", "é☞😀", "..", ": ", "\n  - ", "Content-Length: 5\r\n",
            "Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "HTTP/1.1");

    @RegisterExtension
    static final RunningServer SERVER = new RunningServer(config -> config.withKeysets(List.of(
            Keyset.of("demo", "demo"), Keyset.of("sub-c-1", "pub-c-1").guarded(new Secret("sec-c-1")))));

    @TempDir
    private Path folder;

    /** Reads some input; what it throws is a fault, unless it is said to be thrown for bad input. */
    @FunctionalInterface
    private interface Reader {
        void read(byte[] input) throws Exception;
    }

    private static void fuzz(String name, List<String> seeds, Reader reader) {
        System.out.printf("fuzz %s for %d s from seed %d%n", name, SECONDS, SEED);
        AtomicReference<byte[]> last = new AtomicReference<>(new byte[0]);
        assertTimeoutPreemptively(Duration.ofSeconds(SECONDS + 30L), () -> fuzz(name, seeds, reader, last),
                () -> name + " came to no end on " + HexFormat.of().formatHex(last.get()));
    }

    private static void fuzz(String name, List<String> seeds, Reader reader, AtomicReference<byte[]> last) {
        Random random = new Random(SEED);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        for (int i = 0; i < seeds.size() || System.nanoTime() < end; i++) {
            byte[] input = i < seeds.size()
                    ? seeds.get(i).getBytes(StandardCharsets.UTF_8)
                    : mutated(seeds, random);
            last.set(input);
            long begin = System.nanoTime();
            try {
                reader.read(input);
            } catch (Exception | Error e) {
                throw new AssertionError(name + " failed on " + HexFormat.of().formatHex(input), e);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .as("%s on %s", name, HexFormat.of().formatHex(input))
                    .isLessThan(QUICKLY);
        }
    }

    private static byte[] mutated(List<String> seeds, Random random) {
        byte[] input = pick(seeds, random);
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(input.length + 1);
            int to = Math.min(input.length, at + 1 + random.nextInt(8));
            input = switch (random.nextInt(7)) {
                case 0 -> join(input, at, new byte[]{(byte) random.nextInt(256)}, to);
                case 1 -> join(input, at, new byte[0], to);
                case 2 -> join(input, at, DICTIONARY.get(random.nextInt(DICTIONARY.size()))
                        .getBytes(StandardCharsets.UTF_8), at);
                case 3 -> join(input, at, Arrays.copyOfRange(input, at, to), at);
                case 4 -> Arrays.copyOf(input, at);
                case 5 -> join(input, at, pick(seeds, random), to);
                default -> {
                    ByteArrayOutputStream many = new ByteArrayOutputStream();
                    for (int i = random.nextInt(500); i > 0; i--) {
                        many.write(input, at, to - at);
                    }
                    yield join(input, at, many.toByteArray(), at);
                }
            };
        }
        return input.length > 40_000 ? Arrays.copyOf(input, 40_000) : input;
    }

    private static byte[] pick(List<String> seeds, Random random) {
        return seeds.get(random.nextInt(seeds.size())).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] join(byte[] input, int before, byte[] between, int after) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(input, 0, before);
        all.writeBytes(between);
        all.write(input, after, input.length - after);
        return all.toByteArray();
    }

    @Test
    void json() {
        List<String> seeds = List.of("{\"type\":\"reaction\",\"value\":\"é☞\",\"n\":[1,-2.5e3,true,null,{}]}", "\"x\"",
                "[[[[]]]]", "{\"a\":{\"b\":{}},\"c\":{}}", "12345678901234567890", "{\"t\":\"1\",\"r\":12}");
        fuzz("JSON", seeds, input -> {
            boolean valid = JsonReader.value(input) != null;
            Map<String, Object> members = JsonReader.members(input);
            assertThat(valid && !JsonReader.isJson(input)).as("a value that is no JSON").isFalse();
            assertThat(members == null || JsonReader.isJson(input)).as("members of what is no JSON").isTrue();
            assertThat(JsonReader.objects(input) == null).as("objects are those of a value")
                    .isEqualTo(members == null || !valid);
            Object tree = JsonReader.tree(input);
            assertThat(!valid || tree != null || new String(input, StandardCharsets.UTF_8).strip().equals("null"))
                    .as("the tree of a value")
                    .isTrue();
        });
    }

    @Test
    void filters() {
        Object tree = JsonReader.tree("{\"lang\":\"en\",\"n\":3,\"tags\":[\"a\",\"b\"],\"o\":{\"x\":[1]}}"
                .getBytes(StandardCharsets.UTF_8));
        fuzz("filters", List.of("lang == 'en' && (data.n < 10 || tags CONTAINS 'urgent')", "!(meta.o['x'][0] == 1)",
                "n IN (1, 2, 3) || lang LIKE 'e*\\*'", "n + 1 * 2 - 3 / 0 % 2 >= -5", "\"a\" != 'b'"), input -> {
                    try {
                        Filter.parse(new String(input, StandardCharsets.UTF_8), 500)
                                .accepts(new FilterInput(tree, tree, input.length));
                    } catch (FilterException e) {
                        assertThat(e.getMessage()).isNotBlank();
                    }
                });
    }

    @Test
    void tokens() {
        Keyset keyset = Keyset.of("s", "p").guarded(new Secret("k"));
        Access access = new Access(new Keysets(List.of(keyset)), new Revocations(List.of()), new KeyGrants(List.of()),
                () -> 1_700_000_000L,
                new Random(1));
        String token = access.grant(keyset, new Grant(60, Map.of(Kind.CHANNEL, Map.of("chats", 3)),
                Map.of(Kind.GROUP, Map.of("g.*", 1)), Map.of("m", "v", "n", 5L, "d", 1.5), "alice"));
        byte[] good = Base64.getUrlDecoder().decode(token);
        fuzz("tokens", List.of(new String(good, StandardCharsets.ISO_8859_1), token), input -> {
            byte[] bytes = new String(input, StandardCharsets.UTF_8).getBytes(StandardCharsets.ISO_8859_1);
            for (String text : List.of(Base64.getUrlEncoder().encodeToString(bytes),
                    new String(input, StandardCharsets.UTF_8))) {
                boolean isGood = Arrays.equals(decoded(text), good);
                assertThat(isGood || access.read(text, keyset) == null).as("a token that nobody granted").isTrue();
                try {
                    var _ = AccessToken.parse(text);
                } catch (IllegalArgumentException e) {
                    assertThat(e.getMessage()).startsWith("not a token");
                }
            }
        });
    }

    /** Lenient, as readers of tokens are: the same bytes are the same token. */
    private static byte[] decoded(String text) {
        try {
            return Base64.getDecoder().decode(text.replaceAll("=+$", "").replace('-', '+').replace('_', '/'));
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    @Test
    void patterns() {
        fuzz("patterns",
                List.of("^channel-[a-z]{1,3}$", "(?:a|b)*c+?", "\\p{Greek}[^\\]x]{2,}", "(?s)x.*|y", "[\u1C80-\u1C88]+",
                        "(?i)x.*|y"),
                input -> {
                    String pattern = new String(input, StandardCharsets.UTF_8);
                    String fault = Grant.fault(pattern);
                    assertThat(fault == null || !fault.isBlank()).isTrue();
                });
    }

    @Test
    void addresses() {
        fuzz("addresses", List.of("10.0.0.0/8", "::1", "2001:db8::/32", "203.0.113.7, 10.1.2.3", "unknown"),
                input -> {
                    AddressRange range = AddressRange.parse(new String(input, StandardCharsets.UTF_8));
                    assertThat(range == null || range.contains(range.address())).isTrue();
                });
    }

    @Test
    void configurations() {
        String good = """
                host: 127.0.0.1
                port: 8090
                data: data
                pollTimeoutSeconds: 280
                presence: {intervalAbove: 20, intervalSeconds: 10}
                limits: {connections: 100, uriBytes: 4096}
                trustedProxies: [10.0.0.0/8, "::1"]
                keysets:
                  - subscribeKey: a
                    publishKey: b
                    secretKey: {env: PATH}
                    accessManager: true
                    corsOrigins: [https://x.example]
                """;
        Path file = folder.resolve("m.yaml");
        fuzz("configurations", List.of(good, "a: &x [*x]\n", "- - - -\n", "? {a: b}\n: c\n", "keysets: !!set {a}\n"),
                input -> {
                    Files.write(file, input);
                    try {
                        ConfigFile.read(file, ManiculeConfig.DEFAULT);
                    } catch (ConfigException e) {
                        assertThat(e.getMessage()).contains("m.yaml");
                    }
                });
    }

    @Test
    void requests() throws Exception {
        Wire wire = SERVER.wire();
        long message = wire.publish("kept", "\"kept\"");
        String head = " HTTP/1.1\r\nHost: x\r\n\r\n";
        String body = "{\"type\":\"reaction\",\"value\":\"é☞\"}";
        List<String> seeds = List.of("GET /publish/demo/demo/0/c/0/%22x%22?uuid=u&meta=%7B%7D&seqn=1&store=0" + head,
                "POST /v1/message-actions/demo/channel/c/message/1?uuid=u HTTP/1.1\r\nHost: x\r\nContent-Length: "
                        + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body,
                "DELETE /v1/message-actions/demo/channel/c/message/1/action/2?uuid=u" + head,
                "GET /v1/message-actions/demo/channel/c?limit=5&start=3&end=1" + head,
                "GET /v2/subscribe/demo/c,a.*,c-pnpres/0?tt=0&channel-group=g&filter-expr=a%20==%201&state=%7B%7D"
                        + head,
                "GET /v2/stream/demo/c" + head, "GET /v3/history-with-actions/sub-key/demo/channel/c?max=5" + head,
                "GET /v3/history/sub-key/demo/message-counts/c,d?channelsTimetoken=1,2" + head,
                "GET /v2/presence/sub-key/demo/channel/c/uuid/u/data?state=%7B%22a%22:1%7D" + head,
                "GET /v1/channel-registration/sub-key/demo/channel-group/g?add=a,b&remove=c" + head,
                "GET /v2/history/sub-key/sub-c-1/channel/c?auth=abc&timestamp=1&signature=v2.x" + head,
                "POST /v3/pam/sub-c-1/grant HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                "OPTIONS /time/0 HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n",
                "GET /metrics" + head);
        fuzz("requests", seeds, input -> {
            try (Connection connection = wire.connect()) {
                connection.socket().setSoTimeout(1_500);
                connection.write(input);
                connection.socket().shutdownOutput();
                Answer answer = connection.read();
                assertThat(answer.status()).isBetween(100, 503).isNotEqualTo(500);
                if (answer.status() >= 400) {
                    assertThat(answer.json().isContainerNode()).isTrue();
                }
            } catch (SocketTimeoutException e) {
                throw new AssertionError("no answer, and no end", e);
            } catch (IOException e) {
                // the connection has ended, as it should where there is nothing to say
            }
        });
        assertThat(wire.get("/v2/history/sub-key/demo/channel/kept").body()).isEqualTo(
                "[[\"kept\"]," + message + "," + message + "]");
    }
}
