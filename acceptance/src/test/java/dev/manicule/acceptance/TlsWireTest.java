package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.manicule.client.ClientConfig;
import dev.manicule.client.ManiculeClient;
import dev.manicule.server.Manicule;
import dev.manicule.server.StartException;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.config.TlsFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Random;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS, and HTTP/2 over it. */
@SuppressWarnings("NullAway.Init") // set before each test
class TlsWireTest {
    @TempDir
    private Path folder;

    private Path chain;
    private Path key;
    private TestCertificate certificate;
    private Manicule server;

    @BeforeEach
    void start() throws Exception {
        chain = folder.resolve("cert.pem");
        key = folder.resolve("key.pem");
        certificate = TestCertificate.make(folder, "EC");
        certificate.write(chain, key);
        server = Manicule.start(config());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ManiculeConfig config() {
        return ManiculeConfig.DEFAULT.withPort(0).withData(folder.resolve("data")).withTls(new TlsFiles(chain, key));
    }

    private HttpClient http(HttpClient.Version version) throws Exception {
        return HttpClient.newBuilder().version(version).sslContext(certificate.trusting()).build();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + path))
                .timeout(Duration.ofSeconds(20));
    }

    private HttpResponse<String> get(HttpClient http, String path) throws Exception {
        return http.send(request(path).build(), BodyHandlers.ofString());
    }

    private double figure(HttpClient http, String name) throws Exception {
        return get(http, "/metrics").body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .findFirst()
                .orElse(-1);
    }

    @ParameterizedTest
    @EnumSource
    void filesAreSentAndFetched(HttpClient.Version version) throws Exception {
        byte[] bytes = new byte[3_000_000];
        new Random(5).nextBytes(bytes);
        ObjectMapper mapper = new ObjectMapper();
        try (HttpClient http = http(version)) {
            String files = "/v1/files/demo/channels/c/";
            JsonNode form = mapper.readTree(http.send(request(files + "generate-upload-url")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"x\"}"))
                    .build(), BodyHandlers.ofString()).body());
            assertThat(form.at("/file_upload_request/url").asText())
                    .isEqualTo("https://localhost:" + server.port() + "/v1/files/demo/upload");
            List<Map.Entry<String, String>> fields = new ArrayList<>();
            form.at("/file_upload_request/form_fields")
                    .forEach(field -> fields.add(Map.entry(field.get("key").asText(), field.get("value").asText())));
            HttpRequest upload = request("/v1/files/demo/upload")
                    .header("Content-Type", FileForm.TYPE.replace("Content-Type: ", ""))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(FileForm.body(fields, bytes)))
                    .build();
            assertThat(http.send(upload, BodyHandlers.ofString()).statusCode()).isEqualTo(204);
            HttpResponse<String> link = get(http, files + "files/" + form.at("/data/id").asText() + "/x");
            assertThat(link.statusCode()).isEqualTo(307);
            URI location = URI.create(link.headers().firstValue("location").orElseThrow());
            HttpResponse<byte[]> file = http.send(HttpRequest.newBuilder(location).build(),
                    BodyHandlers.ofByteArray());
            assertThat(file.version()).isEqualTo(version);
            assertThat(file.body()).isEqualTo(bytes);
            HttpRequest large = request("/v1/files/demo/upload")
                    .header("Content-Type", FileForm.TYPE.replace("Content-Type: ", ""))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(FileForm.body(fields, new byte[6_000_000])))
                    .build();
            assertThat(http.send(large, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
        }
    }

    @ParameterizedTest
    @EnumSource
    void http1AndHttp2ServeTheSame(HttpClient.Version version) throws Exception {
        try (HttpClient http = http(version)) {
            HttpResponse<String> time = get(http, "/time/0");
            assertThat(time.version()).isEqualTo(version);
            assertThat(time.headers().firstValue("access-control-allow-origin")).hasValue("*");
            assertThat(time.headers().firstValue("date")).isPresent();
            String cursor = time.body().replaceAll("[\\[\\]]", "");
            String poll = "/v2/subscribe/demo/c/0?uuid=bob&tt=" + cursor;
            CompletableFuture<HttpResponse<String>> parked = http.sendAsync(request(poll).build(),
                    BodyHandlers.ofString());
            CompletableFuture<HttpResponse<String>> cancelled = http.sendAsync(
                    request("/v2/subscribe/demo/d/0?tt=" + cursor).build(), BodyHandlers.ofString());
            await().until(() -> figure(http, "manicule_polls_parked") == 2);
            cancelled.cancel(true);
            await().until(() -> figure(http, "manicule_polls_parked") == 1);
            HttpResponse<String> published = http.send(
                    request("/publish/demo/demo/0/c/0?uuid=ann").POST(BodyPublishers.ofString("\"é☞\"")).build(),
                    BodyHandlers.ofString());
            assertThat(published.body()).startsWith("[1,\"Sent\",");
            assertThat(parked.get(10, TimeUnit.SECONDS).body()).contains("\"d\":\"é☞\"");
            assertThat(get(http, "/v3/history/sub-key/demo/channel/c").body()).contains("é☞");
            assertThat(get(http, "/nothing").statusCode()).isEqualTo(404);
            assertThat(get(http, "/time/0?x=" + "x".repeat(40_000)).statusCode()).isEqualTo(414);
            assertThat(http.send(request("/publish/demo/demo/0/c/0").POST(BodyPublishers.ofString("x".repeat(100_000)))
                    .build(), BodyHandlers.ofString()).statusCode()).isEqualTo(413);
            assertThat(http.send(request("/").method("OPTIONS", BodyPublishers.noBody()).build(),
                    BodyHandlers.ofString()).statusCode()).isEqualTo(204);
            assertThat(http.send(request("/").method("HEAD", BodyPublishers.noBody()).build(),
                    BodyHandlers.ofString()).body()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void jsonHasTheAcceptedContentType(HttpClient.Version version) throws Exception {
        try (HttpClient http = http(version)) {
            for (String target : List.of("/time/0", "/nowhere", "/publish/demo/demo/0/c/0/1",
                    "/v2/subscribe/demo/c/0?tt=1", "/v2/subscribe/demo/c/0?tt=x")) {
                for (String type : List.of("application/json", "text/javascript; charset=\"UTF-8\"")) {
                    HttpResponse<String> answer = http.send(request(target).header("Accept", type).build(),
                            BodyHandlers.ofString());
                    assertThat(answer.version()).isEqualTo(version);
                    assertThat(answer.headers().allValues("content-type")).as(target).containsExactly(type);
                    assertThat(answer.headers().allValues("vary")).containsExactly("Accept");
                }
            }
        }
    }

    @Test
    void concurrentRequestsShareAConnection() throws Exception {
        try (HttpClient http = http(HttpClient.Version.HTTP_2)) {
            get(http, "/time/0");
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                answers.add(
                        http.sendAsync(request("/publish/demo/demo/0/many/0/" + i).build(), BodyHandlers.ofString()));
            }
            for (CompletableFuture<HttpResponse<String>> each : answers) {
                assertThat(each.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            }
            assertThat(figure(http, "manicule_connections")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void eventsAreStreamed(HttpClient.Version version) throws Exception {
        try (HttpClient http = http(version)) {
            HttpResponse<InputStream> stream = http.send(request("/v2/stream/demo/c").build(),
                    BodyHandlers.ofInputStream());
            assertThat(stream.headers().firstValue("content-type")).hasValue("text/event-stream; charset=UTF-8");
            try (BufferedReader lines = new BufferedReader(
                    new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
                assertThat(lines.readLine()).startsWith("id: ");
                get(http, "/publish/demo/demo/0/c/0/1");
                assertThat(lines.readLine()).isEmpty();
                assertThat(lines.readLine()).startsWith("id: ");
                assertThat(lines.readLine()).startsWith("data: {").contains("\"d\":1");
                assertThat(figure(http, "manicule_polls_parked")).isEqualTo(1);
            }
            await().until(() -> figure(http, "manicule_polls_parked") == 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3,true", "TLSv1.2,true", "TLSv1.1,false"})
    void onlySafeVersionsOfTlsAreSpoken(String version, boolean spoken) throws Exception {
        try (SSLSocket socket = (SSLSocket) certificate.trusting()
                .getSocketFactory()
                .createSocket("localhost",
                        server.port())) {
            socket.setSoTimeout(10_000);
            if (!spoken) {
                assertThatThrownBy(() -> {
                    socket.setEnabledProtocols(new String[]{version});
                    socket.startHandshake();
                }).isInstanceOf(SSLException.class);
                return;
            }
            socket.setEnabledProtocols(new String[]{version});
            socket.startHandshake();
            assertThat(socket.getSession().getProtocol()).isEqualTo(version);
        }
    }

    @Test
    void connectionWithoutTlsIsClosed() throws Exception {
        for (String nonsense : List.of("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\u0016\u0003\u0001\u00ff\u00ff\u0001",
                "x")) {
            try (Socket socket = new Socket("localhost", server.port())) {
                socket.setSoTimeout(30_000);
                socket.getOutputStream().write(nonsense.getBytes(StandardCharsets.ISO_8859_1));
                socket.shutdownOutput();
                try {
                    assertThat(socket.getInputStream().readAllBytes().length).isLessThan(100);
                } catch (IOException e) {
                    // a reset says the same
                }
            }
        }
        try (HttpClient http = http(HttpClient.Version.HTTP_2)) {
            assertThat(get(http, "/time/0").statusCode()).isEqualTo(200);
        }
    }

    private Certificate shown(TestCertificate trusted) throws Exception {
        try (SSLSocket socket = (SSLSocket) trusted.trusting()
                .getSocketFactory()
                .createSocket("localhost",
                        server.port())) {
            socket.setSoTimeout(10_000);
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void renewedCertificateIsUsedUnlessBroken(String algorithm) throws Exception {
        assertThat(shown(certificate)).isEqualTo(certificate.certificate());
        try (HttpClient http = http(HttpClient.Version.HTTP_2)) {
            CompletableFuture<HttpResponse<String>> parked = http.sendAsync(
                    request("/v2/subscribe/demo/c/0?tt=" + get(http, "/time/0").body().replaceAll("[\\[\\]]", ""))
                            .build(),
                    BodyHandlers.ofString());
            Files.writeString(chain, "half of a certifi");
            assertThatThrownBy(server::renewCertificate).isInstanceOf(StartException.class)
                    .hasMessageContaining("are no certificate");
            assertThat(shown(certificate)).isEqualTo(certificate.certificate());
            TestCertificate renewed = TestCertificate.make(folder, algorithm);
            renewed.write(chain, folder.resolve("later.pem")); // the key is not there yet
            assertThatThrownBy(server::renewCertificate).isInstanceOf(StartException.class)
                    .hasMessageContaining("is not the key of");
            assertThat(shown(certificate)).isEqualTo(certificate.certificate());
            renewed.write(chain, key);
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptions()
                    .until(() -> shown(renewed).equals(renewed.certificate()));
            get(http, "/publish/demo/demo/0/c/0/1"); // on the old connection, which stays
            assertThat(parked.get(10, TimeUnit.SECONDS).body()).contains("\"d\":1");
        }
    }

    @Test
    void invalidTlsFilesAreReported() throws Exception {
        Path none = folder.resolve("none.pem");
        Path old = Files.writeString(folder.resolve("old.pem"), "-----BEGIN RSA PRIVATE KEY-----\n");
        Path junk = Files.writeString(folder.resolve("junk.pem"), "junk");
        for (var each : List.of(List.of(none, key, "there is no such file"),
                List.of(chain, none, "there is no such file"),
                List.of(chain, old, "openssl pkcs8 -topk8"),
                List.of(junk, key, "are no certificate and its key in PEM"))) {
            ManiculeConfig faulty = config().withData(folder.resolve("other"))
                    .withTls(new TlsFiles((Path) each.get(0), (Path) each.get(1)));
            assertThatThrownBy(() -> Manicule.start(faulty)).isInstanceOf(StartException.class)
                    .hasMessageContaining((String) each.get(2));
        }
    }

    @Test
    void javaClientConnectsOverTls() throws Exception {
        try (ManiculeClient client = ManiculeClient.of(ClientConfig.forUser("ann")
                .origin("localhost:" + server.port())
                .sslContext(certificate.trusting())
                .build())) {
            assertThat(client.publish("c", 1).sync().status().tlsEnabled()).isTrue();
        }
    }
}
