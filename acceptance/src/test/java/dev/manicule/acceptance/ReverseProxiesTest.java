package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.manicule.acceptance.ServerProcess.Launch;
import dev.manicule.acceptance.faults.Needs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The samples of {@code deploy/proxy}, run: what changes in them is where they listen, and the server's port. */
@Timeout(120)
class ReverseProxiesTest {
    /** Another one than the proxy's. */
    private static final String CLIENT = "127.0.0.2";
    private static final Pattern SECONDS = Pattern.compile("(?:timeout (?:client|server)|proxy_read_timeout) +(\\d+)s");

    @TempDir
    private Path folder;

    /** A proxy, and how one runs with a sample. */
    enum Proxy {
        NGINX("nginx", "nginx.conf") {
            @Override
            List<String> command(String sample, int port, Path folder) throws IOException {
                String plain = sample.replace("listen 443 ssl;", "listen 127.0.0.1:" + port + ";")
                        .replaceAll("(?m)^ *ssl_certificate.*\n", "");
                Files.writeString(folder.resolve("sample.conf"), plain);
                Path file = Files.writeString(folder.resolve("nginx.conf"), """
                        daemon off;
                        pid %1$s/nginx.pid;
                        error_log %1$s/error.log;
                        events {}
                        http {
                            access_log off;
                            include %1$s/sample.conf;
                        }
                        """.formatted(folder));
                return List.of("nginx", "-p", folder.toString(), "-c", file.toString());
            }
        },
        CADDY("caddy", "Caddyfile") {
            @Override
            List<String> command(String sample, int port, Path folder) throws IOException {
                Path file = Files.writeString(folder.resolve("Caddyfile"),
                        "{\n\tadmin off\n\tauto_https off\n}\n"
                                + sample.replace("chat.example.com {", "http://127.0.0.1:" + port + " {"));
                return List.of("caddy", "run", "--config", file.toString(), "--adapter", "caddyfile");
            }
        },
        HAPROXY("haproxy", "haproxy.cfg") {
            @Override
            List<String> command(String sample, int port, Path folder) throws IOException {
                Path file = Files.writeString(folder.resolve("haproxy.cfg"),
                        "global\n    maxconn 100\n"
                                + sample.replaceAll("bind :443.*", "bind 127.0.0.1:" + port));
                return List.of("haproxy", "-db", "-f", file.toString());
            }
        };

        private final String program;
        private final String file;

        Proxy(String program, String file) {
            this.program = program;
            this.file = file;
        }

        /** What runs it in the foreground. */
        abstract List<String> command(String sample, int port, Path folder) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void clientsBehindTheSampleMissNothing(Proxy proxy) throws Exception {
        Needs.program(proxy.program);
        Path configuration = Files.writeString(folder.resolve("manicule.yaml"), """
                hosts: [chat.example.com]
                trustedProxies: [127.0.0.1]
                log:
                  requests: true
                """);
        String sample = Files.readString(Folders.checkout().resolve("deploy/proxy/" + proxy.file));
        Matcher seconds = SECONDS.matcher(sample);
        while (seconds.find()) {
            assertThat(Integer.parseInt(seconds.group(1))).as("a poll waits for 280 s").isGreaterThan(280);
        }
        int port = ServerProcess.freePort();
        try (ServerProcess server = Launch.LOGGING.serve("--config", configuration.toString(), "--data",
                folder.resolve("data").toString(), "--port", "0")) {
            assertThat(sample).contains("127.0.0.1:8090");
            Process process = new ProcessBuilder(
                    proxy.command(sample.replace("127.0.0.1:8090", "127.0.0.1:" + server.port()), port, folder))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("proxy.log").toFile())
                    .start();
            try (HttpClient http = HttpClient.newBuilder()
                    .localAddress(InetAddress.ofLiteral(CLIENT))
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()) {
                Behind behind = new Behind(http, "127.0.0.1:" + port);
                await().atMost(Duration.ofSeconds(30))
                        .ignoreExceptions()
                        .until(() -> behind.get("/time/0").statusCode() == 200);
                namesComeAsTheyAre(behind, server.wire());
                waitingClientsGetEventsAsTheyCome(behind, server.wire());
                theServerKnowsTheClient(behind, server);
                operatorsPathsAreClosed(behind, server.wire());
            } finally {
                process.destroyForcibly().waitFor(); // Caddy would wait for streams that are open
            }
        }
    }

    /** A client on the other side of a proxy. */
    private record Behind(HttpClient http, String origin) {
        HttpRequest request(String path) {
            return HttpRequest.newBuilder(URI.create("http://" + origin + path))
                    .header("X-Forwarded-For", "192.0.2.9")
                    .timeout(Duration.ofSeconds(60))
                    .build();
        }

        HttpResponse<String> get(String path) throws IOException, InterruptedException {
            return http.send(request(path), BodyHandlers.ofString());
        }
    }

    private static void namesComeAsTheyAre(Behind behind, Wire server) throws Exception {
        assertThat(behind.get("/publish/demo/demo/0/a%2Fb%20c/0/%22x%22?uuid=ann").statusCode()).isEqualTo(200);
        assertThat(server.get("/v2/history/sub-key/demo/channel/a%2Fb%20c?count=1").body()).startsWith("[[\"x\"],");
    }

    private static void waitingClientsGetEventsAsTheyCome(Behind behind, Wire server) throws Exception {
        String cursor = server.get("/time/0").body().replaceAll("\\D", "");
        CompletableFuture<HttpResponse<String>> poll = behind.http()
                .sendAsync(behind.request("/v2/subscribe/demo/room/0?tt=" + cursor + "&uuid=ann"),
                        BodyHandlers.ofString());
        BlockingQueue<String> socketEvents = new LinkedBlockingQueue<>();
        WebSocket socket = behind.http()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://" + behind.origin() + "/v2/stream/demo/room?tt=" + cursor),
                        new WebSocket.Listener() {
                            @Override
                            public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
                                socketEvents.add(data.toString());
                                webSocket.request(1);
                                return CompletableFuture.completedFuture(null);
                            }
                        })
                .get(30, TimeUnit.SECONDS);
        HttpResponse<InputStream> stream = behind.http()
                .send(behind.request("/v2/stream/demo/room?tt=" + cursor), BodyHandlers.ofInputStream());
        assertThat(stream.headers().firstValue("content-type")).hasValue("text/event-stream; charset=UTF-8");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> server.get("/metrics").body().contains("\nmanicule_polls_parked 3"));

        assertThat(behind.get("/publish/demo/demo/0/room/0/%22now%22?uuid=bob").statusCode()).isEqualTo(200);

        assertThat(poll.get(30, TimeUnit.SECONDS).body()).contains("\"now\"");
        String text = "";
        while (!text.contains("\"now\"")) {
            text = socketEvents.poll(30, TimeUnit.SECONDS);
            assertThat(text).as("by WebSocket").isNotNull();
        }
        socket.abort();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (!line.contains("\"now\"")) { // it is there while the stream is open: a buffering proxy has the test time out
                line = lines.readLine();
            }
        }
    }

    private static void theServerKnowsTheClient(Behind behind, ServerProcess server) throws Exception {
        assertThat(behind.get("/v2/history/sub-key/demo/channel/known?count=1").statusCode()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> server.lines().stream().anyMatch(line -> line.contains("/channel/known")));
        assertThat(server.lines()).filteredOn(line -> line.contains("/channel/known"))
                .allSatisfy(line -> assertThat(line).containsPattern("client=\"?" + Pattern.quote(CLIENT) + "\\b"));
    }

    private static void operatorsPathsAreClosed(Behind behind, Wire server) throws Exception {
        assertThat(server.get("/metrics").status()).isEqualTo(200);
        assertThat(behind.get("/metrics").statusCode()).isEqualTo(404);
        assertThat(behind.get("/cluster/checkpoint").statusCode()).isEqualTo(404);
        assertThat(behind.get("/cluster/checkpoint").body()).as("it is the proxy that answers")
                .isNotEqualTo(server.get("/cluster/checkpoint").body());
        assertThat(behind.get("/health/ready").statusCode()).isEqualTo(200);
    }
}
