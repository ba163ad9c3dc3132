package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.manicule.acceptance.ServerProcess.Launch;
import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.acceptance.Wire.Connection;
import dev.manicule.server.Manicule;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What who runs the server gets to see: health, figures, the dashboard over them, log, traces. */
class ObservabilityTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern FIGURE = Pattern.compile("\\b(?:manicule|jvm|process)_[a-z_]+");
    /** There only with TLS. */
    private static final String CERTIFICATE = "manicule_certificate_expiry_seconds";

    @TempDir
    private Path folder;

    /** A figure, 0 when it is not there yet. */
    private static double figure(Wire wire, String name) {
        return wire.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(0);
    }

    private static String requests(String family, String method, String status) {
        return "manicule_http_request_duration_seconds_count{family=\"" + family + "\",method=\"" + method
                + "\",status=\"" + status + "\"}";
    }

    @Test
    void healthIsPublic() {
        Wire wire = SERVER.wire();
        for (String kind : List.of("live", "ready")) {
            Answer answer = wire.send("GET", "/health/" + kind, null, "X-Forwarded-For: 203.0.113.7");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("{\"status\":\"" + kind + "\"}");
            assertThat(wire.send("HEAD", "/health/" + kind, null).status()).isEqualTo(200);
        }
        assertThat(wire.get("/health/other").status()).isEqualTo(404);
    }

    @Test
    void requestsAreCountedByFamilyAndStatus() throws Exception {
        Wire wire = SERVER.wire();
        double published = figure(wire, requests("publish", "POST", "2xx"));
        double commands = figure(wire, "manicule_journal_batch_commands_sum");
        double refused = figure(wire, requests("message-actions", "POST", "4xx"));
        double gone = figure(wire, requests("subscribe", "GET", "gone"));
        double told = figure(wire, "manicule_events_delivered_total");
        double asked = figure(wire, requests("publish", "other", "2xx"));
        long message = wire.publish("figures", "1");
        wire.tryAdd("figures", message, "", "v", "ann");
        assertThat(wire.get("/v2/subscribe/demo/figures/0?tt=" + (message - 1)).body()).contains("figures");
        try (Connection poll = wire.connect()) {
            double parked = figure(wire, "manicule_polls_parked");
            poll.get("/v2/subscribe/demo/figures/0?tt=" + message);
            await().until(() -> figure(wire, "manicule_polls_parked") > parked);
        }
        assertThat(figure(wire, requests("publish", "POST", "2xx"))).isEqualTo(published + 1);
        assertThat(figure(wire, "manicule_journal_batch_commands_sum")).isEqualTo(commands + 1);
        assertThat(figure(wire, "manicule_journal_sync_duration_seconds_sum")).isPositive();
        assertThat(figure(wire, requests("message-actions", "POST", "4xx"))).isEqualTo(refused + 1);
        assertThat(figure(wire, "manicule_events_delivered_total")).isEqualTo(told + 1);
        assertThat(wire.send("OPTIONS", "/publish/demo/demo/0/figures/0", null).status()).isEqualTo(204);
        assertThat(figure(wire, requests("publish", "other", "2xx"))).isEqualTo(asked + 1);
        await().until(() -> figure(wire, requests("subscribe", "GET", "gone")) == gone + 1);
    }

    @Test
    void dashboardUsesExistingMetrics() throws Exception {
        Wire wire = SERVER.wire();
        wire.publish("dashboard", "1");
        String metrics = wire.get("/metrics").body();
        Set<String> shown = new LinkedHashSet<>();
        JsonNode dashboard = JSON.readTree(Files.readString(Path.of("../deploy/grafana/manicule.json")));
        for (JsonNode panel : dashboard.get("panels")) {
            for (JsonNode target : panel.path("targets")) {
                Matcher names = FIGURE.matcher(target.get("expr").asText());
                while (names.find()) {
                    shown.add(names.group());
                }
            }
        }
        assertThat(shown).hasSizeGreaterThan(20).contains(CERTIFICATE);
        shown.remove(CERTIFICATE);
        assertThat(shown).allSatisfy(name -> assertThat(metrics).containsPattern("(?m)^" + name + "[ {]"));
        assertThat(metrics).doesNotContain("NaN");
    }

    @Test
    void pageListsEveryMetric() throws Exception {
        Wire wire = SERVER.wire();
        wire.publish("page", "1");
        Map<String, String> helps = new TreeMap<>();
        Map<String, String> types = new TreeMap<>();
        wire.get("/metrics").body().lines().filter(line -> line.startsWith("# ")).forEach(line -> {
            String[] words = line.split(" ", 4);
            (words[1].equals("HELP") ? helps : types).put(words[2], words[3]);
        });
        StringBuilder table = new StringBuilder("| figure | kind | what |\n|---|---|---|\n");
        helps.forEach((name, help) -> {
            if (name.startsWith("manicule_")) {
                table.append("| `%s` | %s | %s |\n".formatted(name, types.get(name), help));
            }
        });
        table.append(
                "| `%s` | gauge | Unix time at which the certificate expires; with TLS. |\n".formatted(CERTIFICATE));
        Markdown.of("docs/observability.md").holds(table.toString(), "figures", "ObservabilityTest", "writePages");
    }

    @Test
    void requestsAreLoggedByOperationWithoutSecrets() throws Exception {
        Path config = Files.writeString(folder.resolve("manicule.yaml"),
                "port: 0\ndata: data\nlog: {format: json, requests: true}\n");
        Launch launch = new Launch(List.of(), List.of("-Dlogback.configurationFile=logback.xml"), Map.of());
        try (ServerProcess server = launch.serve("--config", config.toString())) {
            Wire wire = server.wire();
            wire.get("/publish/pub-key/demo/0/log/0/%22private%22?uuid=ann&requestid=by-the-protocol");
            wire.send("GET", "/time/0?auth=token", null, "X-Request-Id: by-the-header");
            wire.send("GET", "/time/0", null, "X-Request-Id: b\u00e4d\"}");
            List<JsonNode> lines = new ArrayList<>();
            await().untilAsserted(() -> {
                lines.clear();
                for (String line : server.lines()) {
                    if (line.contains("\"requestId\"")) {
                        lines.add(JSON.readTree(line));
                    }
                }
                assertThat(lines).hasSize(3);
            });
            assertThat(lines.getFirst().get("message").asText())
                    .isEqualTo("GET /publish/{publishKey}/demo/0/log/0/{payload}");
            assertThat(lines).extracting(line -> line.get("requestId").asText())
                    .startsWith("by-the-protocol", "by-the-header")
                    .element(2)
                    .asString()
                    .matches("[0-9a-f-]{36}");
            assertThat(lines).allSatisfy(line -> {
                assertThat(line.get("status").asInt()).isEqualTo(200);
                assertThat(line.get("millis").asDouble()).isPositive();
                assertThat(line.get("client").asText()).isEqualTo("127.0.0.1");
            });
            assertThat(String.join("\n", server.lines())).doesNotContain("private", "pub-key", "token");
            Files.writeString(config, "port: 0\ndata: data\nlog: {format: json}\n");
            server.hangUp();
            await().until(() -> server.lines().stream().anyMatch(line -> line.contains("read again")));
            wire.get("/time/0");
            assertThat(server.terminate()).isZero();
            assertThat(server.lines()).filteredOn(line -> line.contains("\"requestId\"")).hasSize(3);
        }
    }

    /** A line of the log of programs, once it is there. */
    private static JsonNode logged(ServerProcess server, String message) throws Exception {
        AtomicReference<@Nullable JsonNode> found = new AtomicReference<>();
        await().until(() -> {
            for (String line : server.lines()) {
                if (line.startsWith("{") && line.contains("\"message\":\"" + message + "\"")) {
                    found.set(JSON.readTree(line));
                }
            }
            return found.get() != null;
        });
        return Objects.requireNonNull(found.get());
    }

    @Test
    void startAndReloadsAreLoggedAndCounted() throws Exception {
        String good = "port: 0\ndata: data\nmetricsFrom: [127.0.0.1]\nlog: {format: json}\n";
        Path config = Files.writeString(folder.resolve("manicule.yaml"), good);
        Launch launch = new Launch(List.of(), List.of("-Dlogback.configurationFile=logback.xml"), Map.of());
        try (ServerProcess server = launch.serve("--config", config.toString())) {
            Wire wire = server.wire();
            JsonNode start = logged(server, "The server listens");
            assertThat(start.get("url").asText()).isEqualTo("http://127.0.0.1:" + server.port());
            assertThat(start.get("version").asText()).isEqualTo(Manicule.version());
            String reloads = "manicule_config_reloads_total{result=\"%s\"}";
            assertThat(figure(wire, reloads.formatted("success"))).isZero();
            assertThat(wire.get("/metrics").body())
                    .containsPattern("manicule_build_info\\{java=\"[^\"]+\",version=\"" + Manicule.version() + "\"} 1");
            Files.writeString(config, good + "pollTimeoutSeconds: 1\n");
            server.hangUp();
            assertThat(logged(server, "The configuration was read again").get("afterRestart").toString())
                    .contains("pollTimeoutSeconds");
            assertThat(figure(wire, reloads.formatted("success"))).isEqualTo(1);
            assertThat(figure(wire, "manicule_config_last_reload_successful")).isEqualTo(1);
            Files.writeString(config, good + "limit: {}\n");
            server.hangUp();
            assertThat(
                    logged(server, "The configuration was not read again; nothing was changed").get("reason").asText())
                    .contains("manicule.yaml:5: `limit` is no setting");
            assertThat(figure(wire, reloads.formatted("failure"))).isEqualTo(1);
            assertThat(figure(wire, "manicule_config_last_reload_successful")).isZero();
            assertThat(figure(wire, "manicule_config_last_reload_success_timestamp_seconds")).isPositive();
            assertThat(server.terminate()).isZero();
            logged(server, "The server has stopped");
        }
        Files.writeString(config, good + "host: no-such-host.invalid\n");
        Process refused = launch.command("serve", "--config", config.toString());
        String said = new String(refused.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(refused.waitFor()).isEqualTo(1);
        assertThat(said).contains("\"message\":\"The server did not start\"");
    }

    /** Whatever place they stand in: known paths, misspelt ones, other methods, queries, fields, bodies. */
    @Test
    void noSecretIsInTheLog() throws Exception {
        Path config = Files.writeString(folder.resolve("manicule.yaml"),
                """
                        port: 0
                        data: data
                        log: {format: json, requests: true}
                        keysets:
                          - {subscribeKey: demo, publishKey: PUBLISH-KEY, secretKey: S3CR3T-K-3Y-0F-TH1S-T3ST, accessManager: true}
                        """);
        String token = "T0KEN" + "x".repeat(150);
        List<String> paths = List.of("/publish/PUBLISH-KEY/demo/0/c/0/%22PAYL0AD%22",
                "/publish/PUBLISH-KEY/demo/0/c/%22PAYL0AD%22", "/publish/PUBLISH-KEY/demo/S3CR3T-K-3Y-0F-TH1S-T3ST/c",
                "//publish/PUBLISH-KEY/demo/0/c/0/PAYL0AD", "/Publish/PUBLISH-KEY/demo/0/c/0/PAYL0AD",
                "/%70ublish/PUBLISH-KEY/demo/0/c/0/PAYL0AD", "/publish/PUBLISH-KEY/demo/0/c/0/PAYL0AD/PAYL0AD",
                "/publish/PUBLISH-KEY", "/PAYL0AD", "/" + token, "/signal/PUBLISH-KEY/demo/0/c/0/PAYL0AD",
                "/v3/pam/demo/grant/" + token, "/v3/pam/demo/grant/" + token + "/more", "/v3/pam//demo/grant/" + token,
                "/console/" + token, "/v2/subscribe/demo/c/" + token,
                "/v1/message-actions/demo/channel/c/message/PAYL0AD",
                "http://PUBLISH-KEY/" + token, "/time/0/" + token);
        Launch launch = new Launch(List.of(), List.of("-Dlogback.configurationFile=logback.xml"), Map.of());
        try (ServerProcess server = launch.serve("--config", config.toString())) {
            Wire wire = server.wire();
            String query = "?auth=" + token + "&uuid=ann&signature=v2.S1GNATURE&timestamp=1&requestid=" + token;
            for (String path : paths) {
                for (String method : List.of("GET", "POST", "DELETE", "OPTIONS", "PATCH", "PAYL0AD")) {
                    wire.send(method, path + query, "\"PAYL0AD\"".getBytes(StandardCharsets.UTF_8),
                            "X-Request-Id: " + token, "Authorization: Bearer " + token, "Origin: http://PAYL0AD",
                            "Idempotency-Key: " + token, "Content-Encoding: gzip");
                }
            }
            await().untilAsserted(() -> assertThat(server.lines()).filteredOn(line -> line.contains("\"status\""))
                    .hasSizeGreaterThan(paths.size() * 5));
            assertThat(server.terminate()).isZero();
            for (String secret : List.of("PUBLISH-KEY", "S3CR3T-K-3Y-0F-TH1S-T3ST", "T0KEN", "PAYL0AD", "S1GNATURE")) {
                assertThat(server.lines()).noneMatch(line -> line.contains(secret));
            }
            assertThat(server.lines()).anyMatch(line -> line.contains("/publish/{publishKey}/demo/0/c/0/{payload}"));
        }
    }

    @Test
    void requestIsASpanOfItsClientsTrace() throws Exception {
        List<byte[]> received = new CopyOnWriteArrayList<>();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            received.add(zipped ? unzipped(body) : body);
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        Launch launch = new Launch(List.of(), List.of(),
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + collector.getAddress().getPort()));
        try (ServerProcess server = launch.serve("--port", "0", "--data", folder.resolve("data").toString())) {
            server.wire()
                    .send("GET", "/v1/message-actions/demo/channel/traced", null,
                            "traceparent: 00-" + trace + "-00f067aa0ba902b7-01");
            server.wire()
                    .send("GET", "/time/0", null,
                            "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
            assertThat(server.terminate()).isZero(); // which sends what is left
        } finally {
            collector.stop(0);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        received.forEach(all::writeBytes);
        String bytes = all.toString(StandardCharsets.ISO_8859_1);
        assertThat(bytes).contains("GET /v1/message-actions/{subscribeKey}/channel/{channel}",
                "/v1/message-actions/demo/channel/traced",
                new String(HexFormat.of().parseHex(trace), StandardCharsets.ISO_8859_1),
                new String(HexFormat.of().parseHex("00f067aa0ba902b7"), StandardCharsets.ISO_8859_1));
        assertThat(bytes).as("its client did not want it traced").doesNotContain("/time/0");
    }

    private static byte[] unzipped(byte[] bytes) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
