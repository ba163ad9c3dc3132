package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files, against servers that answer well and badly. */
@Timeout(60)
class FilesTest {
    @TempDir
    private Path folder;

    /** Responds to the three requests of a file that is sent, to those before the last with what a test says. */
    private static void receive(HttpExchange exchange, int uploaded, String said) throws Exception {
        String path = exchange.getRequestURI().getPath();
        if (path.endsWith("/generate-upload-url")) {
            StubServer.say(exchange, 200, "{\"status\":200,\"data\":{\"id\":\"f1\",\"name\":\"a cat.png\"},"
                    + "\"file_upload_request\":{\"url\":\"http://" + exchange.getRequestHeaders().getFirst("Host")
                    + "/store?x=1\",\"method\":\"POST\",\"form_fields\":[{\"key\":\"policy\",\"value\":\"p\"},"
                    + "{\"key\":\"Content-Type\",\"value\":\"application/octet-stream\"}]}}");
        } else if (path.equals("/store")) {
            StubServer.say(exchange, uploaded, said);
        } else {
            StubServer.say(exchange, 200, "[1,\"Sent\",\"17\"]");
        }
    }

    @Test
    void fileIsUploadedAndPresented() throws Exception {
        Path cat = Files.writeString(folder.resolve("a cat.png"), "miau");
        List<String> types = new CopyOnWriteArrayList<>();
        try (StubServer server = new StubServer(exchange -> {
            types.add(String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type")));
            receive(exchange, 204, "");
        }); ManiculeClient client = ManiculeClient.of(server.config().authKey("secret").build())) {
            SendFile send = client.sendFile("a room", cat).message(Map.of("text", "look")).meta(1).ttl(2);
            Envelope<SendFile.Result> envelope = send.shouldStore(true).customMessageType("image").sync();
            assertThat(envelope.orThrow()).isEqualTo(new SendFile.Result("f1", "a cat.png", 17));
            assertThat(envelope.status().operation()).isEqualTo(Operation.PUBLISH_FILE_MESSAGE);
            assertThat(envelope.status().affectedChannels()).containsExactly("a room");
            assertThat(server.requests).hasSize(3);
            assertThat(server.requests.get(0)).startsWith(
                    "POST /v1/files/demo/channels/a%20room/generate-upload-url?").contains("&auth=secret");
            assertThat(server.bodies.get(0)).isEqualTo("{\"name\":\"a cat.png\"}");
            assertThat(server.requests.get(1)).isEqualTo("POST /store?x=1");
            String boundary = types.get(1).replaceFirst("multipart/form-data; boundary=", "");
            assertThat(server.bodies.get(1)).isEqualTo(("--B\r\nContent-Disposition: form-data; name=\"policy\"\r\n"
                    + "\r\np\r\n--B\r\nContent-Disposition: form-data; name=\"Content-Type\"\r\n\r\nimage/png\r\n"
                    + "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a cat.png\"\r\n"
                    + "Content-Type: image/png\r\n\r\nmiau\r\n--B--\r\n").replace("--B", "--" + boundary));
            assertThat(server.requests.get(2)).startsWith("GET /v1/files/publish-file/demo/demo/0/a%20room/0/"
                    + "%7B%22message%22%3A%7B%22text%22%3A%22look%22%7D%2C%22file%22%3A%7B%22id%22%3A%22f1%22%2C"
                    + "%22name%22%3A%22a%20cat.png%22%7D%7D?")
                    .contains("&ttl=2.0&store=1&custom_message_type=image&meta=1&");
        }
    }

    @Test
    void streamIsOpenedAnewForEachAttempt() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        AtomicInteger uploads = new AtomicInteger();
        try (StubServer server = new StubServer(exchange -> receive(exchange,
                exchange.getRequestURI().getPath().equals("/store") && uploads.incrementAndGet() == 1 ? 503 : 204, ""));
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            SendFile send = client.sendFile("c", "n.bin", 3, () -> {
                opened.incrementAndGet();
                return new ByteArrayInputStream("abc".getBytes(StandardCharsets.UTF_8));
            }).contentType("text/x").timeout(Duration.ofMinutes(1));
            send.future().get().orThrow();
            assertThat(opened).hasValue(2);
            List<String> forms = Stream.of(1, 2).map(server.bodies::get).toList();
            assertThat(forms).allSatisfy(form -> assertThat(form).contains("\r\n\r\nabc\r\n", "Content-Type: text/x"));
            send.sync().orThrow();
            assertThat(opened).hasValue(3);
        }
    }

    @Test
    void emptyFileIsSent() throws Exception {
        try (StubServer server = new StubServer(exchange -> receive(exchange, 204, ""));
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            client.sendFile("c", "n.bin", 0, InputStream::nullInputStream).sync().orThrow();
            assertThat(server.bodies.get(1)).contains("Content-Type: image/png\r\n\r\n\r\n--");
        }
    }

    @Test
    void refusedUploadEndsTheCallWithTheWordsOfTheStore() throws Exception {
        try (StubServer server = new StubServer(exchange -> receive(exchange, 413,
                "<?xml version=\"1.0\"?><Error><Code>EntityTooLarge</Code><Message>more than 5 &amp; a bit</Message></Error>"));
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Status status = client.sendFile("c", "n", 1, () -> new ByteArrayInputStream(new byte[1])).sync().status();
            assertThat(status.operation()).isEqualTo(Operation.SEND_FILE);
            assertThat(status.category()).isEqualTo(Category.TOO_LARGE);
            assertThat(status.errorData()).isNotNull()
                    .extracting(Status.ErrorData::message)
                    .isEqualTo("more than 5 & a bit");
            assertThat(status.clientRequest()).endsWith("/store");
            assertThat(server.requests).hasSize(2);
        }
    }

    @Test
    void filesComePageByPage() throws Exception {
        try (StubServer server = new StubServer(exchange -> StubServer.say(exchange, 200,
                exchange.getRequestURI().toString().contains("next=")
                        ? "{\"data\":[{\"name\":\"b\",\"id\":\"2\",\"size\":9,\"created\":\"2026-11-28T12:00:01Z\"}],\"count\":1}"
                        : "{\"data\":[{\"name\":\"a\",\"id\":\"1\",\"size\":8,\"created\":\"2026-11-28T12:00:00Z\"}],"
                                + "\"next\":\"n\",\"count\":1}"));
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            ListFiles list = client.listFiles("c").limit(1);
            Envelope<FilePage> envelope = list.sync();
            ChannelFile first = new ChannelFile("1", "a", 8, Instant.parse("2026-11-28T12:00:00Z"));
            assertThat(envelope.orThrow()).isEqualTo(new FilePage(List.of(first), "n"));
            assertThat(envelope.status().operation()).isEqualTo(Operation.LIST_FILES);
            assertThat(list.stream().map(ChannelFile::id)).containsExactly("1", "2");
            assertThat(server.requests.get(0)).startsWith("GET /v1/files/demo/channels/c/files?").contains("&limit=1&");
            assertThat(server.requests.get(2)).contains("&next=n&");
        }
    }

    /** Leads to a link, and there responds as a test says. */
    private static StubServer leading(StubServer.Responder there) throws Exception {
        return new StubServer(exchange -> {
            if (exchange.getRequestURI().getPath().startsWith("/v1/")) {
                exchange.getResponseHeaders().set("Location", "/bytes?signature=s");
                StubServer.say(exchange, 307, "");
            } else {
                there.give(exchange);
            }
        });
    }

    @Test
    void downloadAppearsOnceItIsWhole() throws Exception {
        Path to = folder.resolve("to");
        Files.writeString(to, "what was there before");
        try (StubServer server = leading(exchange -> StubServer.say(exchange, 200, "miau"));
                ManiculeClient client = ManiculeClient.of(server.config().authKey("secret").build())) {
            Envelope<DownloadFile.Result> envelope = client.downloadFile("c", "f/1", "a cat", to).sync();
            assertThat(envelope.orThrow()).isEqualTo(new DownloadFile.Result(to));
            assertThat(envelope.status().operation()).isEqualTo(Operation.DOWNLOAD_FILE);
            assertThat(to).hasContent("miau");
            assertThat(server.requests.get(0)).startsWith("GET /v1/files/demo/channels/c/files/f%2F1/a%20cat?")
                    .contains("&auth=secret");
            assertThat(server.requests.get(1)).isEqualTo("GET /bytes?signature=s");
            GetFileUrl.Result link = client.getFileUrl("c", "f/1", "a cat").sync().orThrow();
            assertThat(link.url()).isEqualTo(URI.create("http://" + client.config().server().origin()
                    + "/bytes?signature=s"));
        }
        assertThat(folder.toFile().list()).containsExactly("to");
    }

    @Test
    void brokenDownloadLeavesNothing() throws Exception {
        Path to = folder.resolve("to");
        try (StubServer server = leading(exchange -> {
            exchange.sendResponseHeaders(200, 1_000_000);
            exchange.getResponseBody().write(new byte[100_000]);
        }); ManiculeClient client = ManiculeClient.of(server.config().retries(0).build())) {
            Status status = client.downloadFile("c", "f", "n", to).sync().status();
            assertThat(status.category()).isEqualTo(Category.NETWORK_ISSUES);
            assertThat(status.clientRequest()).endsWith("/bytes");
            assertThat(folder).isEmptyDirectory();
        }
        try (StubServer server = leading(exchange -> StubServer.say(exchange, 404,
                "<Error><Message>gone</Message></Error>"));
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Status status = client.downloadFile("c", "f", "n", to).future().get().status();
            assertThat(status.statusCode()).isEqualTo(404);
            assertThat(status.errorData()).isNotNull().extracting(Status.ErrorData::message).isEqualTo("gone");
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void linkWhereTheServerGivesNoneIsMalformed() throws Exception {
        try (StubServer server = StubServer.saying(200, "{}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            assertThat(client.getFileUrl("c", "f", "n").sync().status().category())
                    .isEqualTo(Category.MALFORMED_RESPONSE);
        }
        try (StubServer server = StubServer.saying(307, "");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            assertThat(client.getFileUrl("c", "f", "n").sync().status().category())
                    .isEqualTo(Category.MALFORMED_RESPONSE);
        }
    }

    @Test
    void deletionNamesTheFile() throws Exception {
        try (StubServer server = StubServer.saying(200, "{\"status\":200}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Envelope<DeleteFile.Result> envelope = client.deleteFile("c", "f", "n").sync();
            envelope.orThrow();
            assertThat(envelope.status().operation()).isEqualTo(Operation.DELETE_FILE);
            assertThat(server.requests.get(0)).startsWith("DELETE /v1/files/demo/channels/c/files/f/n?");
        }
    }

    @Test
    void listenersReceiveFiles() throws Exception {
        List<FileEvent> files = new CopyOnWriteArrayList<>();
        try (StubServer server = new StubServer(exchange -> {
            String uri = exchange.getRequestURI().toString();
            if (uri.contains("tt=0")) {
                StubServer.say(exchange, 200, "{\"t\":{\"t\":\"15\",\"r\":1},\"m\":[]}");
            } else if (uri.contains("tt=15")) {
                String event = "{\"c\":\"room\",\"b\":\"room\",\"e\":4,\"i\":\"ann\",\"p\":{\"t\":\"20\",\"r\":1},\"d\":{"
                        + "\"message\":%s,\"file\":{\"id\":\"f\",\"name\":\"n\"}}}";
                StubServer.say(exchange, 200,
                        "{\"t\":{\"t\":\"21\",\"r\":1},\"m\":[" + event.formatted("\"look\"") + ","
                                + event.formatted("null") + "]}");
            } else if (uri.startsWith("/v2/subscribe")) {
                new CountDownLatch(1).await();
            } else {
                StubServer.say(exchange, 200, "{}");
            }
        }); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            client.addListener(new Listener() {
                @Override
                public void file(FileEvent event) {
                    files.add(event);
                }
            });
            client.subscribe("room");
            await().until(() -> files.size() == 2);
            FileEvent file = files.get(0);
            assertThat(file.id()).isEqualTo("f");
            assertThat(file.name()).isEqualTo("n");
            assertThat(file.channel()).isEqualTo("room");
            assertThat(file.message()).hasToString("\"look\"");
            assertThat(file.published().publisher()).isEqualTo("ann");
            assertThat(file.published().timetoken()).isEqualTo(20);
            assertThat(files.get(1).message()).isNull();
        }
    }

    @Test
    void missingArgumentIsNamedBeforeTheRequest() throws Exception {
        try (StubServer server = StubServer.saying(200, "{}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            refused(client.sendFile("", folder.resolve("x")), "channel");
            refused(client.sendFile("c", folder.resolve("x")), "x");
            refused(client.sendFile("c", "", 0, InputStream::nullInputStream), "name");
            refused(client.listFiles(""), "channel");
            refused(client.getFileUrl("c", "", "n"), "id");
            refused(client.deleteFile("c", "f", ""), "name");
            refused(client.downloadFile("c", "f", "n", folder.resolve("none/x")), "folder");
            refused(client.publishFileMessage("c", "", "n"), "id");
            assertThat(server.requests).isEmpty();
        }
    }

    private static void refused(Call<?> call, String name) {
        assertThatThrownBy(call::sync).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(name);
    }
}
