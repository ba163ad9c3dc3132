package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.server.Maintenance;
import dev.manicule.server.Manicule;
import dev.manicule.server.access.FileKey;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.ledger.Progress;
import dev.manicule.server.limits.Limit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files: where to upload them, their bytes, their messages, their lists, their end. */
class FilesWireTest {
    private static final String FILES = "/v1/files/demo/channels/room/";
    private static final int MOST = 300_000;

    @TempDir
    Path folder = Path.of("");
    private Manicule server;
    private Wire wire;

    @BeforeEach
    void start() throws Exception {
        server = Manicule.start(ManiculeConfig.DEFAULT.withPort(0)
                .withData(folder.resolve("data"))
                .withLimits(Map.of(Limit.FILE_BYTES, (long) MOST, Limit.FILE_BYTES_BY_KEYSET, 1_000_000L)));
        wire = new Wire(server.port());
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private FileForm ticket(String name) {
        return FileForm.request(wire, "room", name);
    }

    private Answer upload(FileForm form, byte[] file) {
        return form.upload(wire, file);
    }

    private String send(String name, byte[] bytes) {
        FileForm ticket = ticket(name);
        Answer answer = upload(ticket, bytes);
        assertThat(answer.status()).as(answer.body()).isEqualTo(204);
        return ticket.id();
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    private String link(String id, String name) {
        Answer answer = wire.get(FILES + "files/" + id + "/" + name);
        assertThat(answer.status()).as(answer.body()).isEqualTo(307);
        String location = answer.headers().getOrDefault("location", "");
        assertThat(location).startsWith("http://test/v1/files/demo/download/room/" + id + "/");
        return location.substring("http://test".length());
    }

    private List<Path> stored() {
        try (Stream<Path> all = Files.walk(folder.resolve("data/files"))) {
            return all.filter(file -> Files.isRegularFile(file) && !file.endsWith("key")).toList();
        } catch (IOException e) {
            return List.of(folder); // a file has gone meanwhile: look again
        }
    }

    private void nothingIsLeft() {
        await().until(() -> stored().isEmpty());
        assertThat(wire.get(FILES + "files").json().get("data")).isEmpty();
    }

    @Test
    void uploadedFileIsListedAndComesBackAsItWas() {
        byte[] bytes = bytes(MOST);
        String id = send("cat 1.png", bytes);
        JsonNode list = wire.get(FILES + "files").json();
        assertThat(list.get("count").asInt()).isEqualTo(1);
        assertThat(list.at("/data/0/id").asText()).isEqualTo(id);
        assertThat(list.at("/data/0/name").asText()).isEqualTo("cat 1.png");
        assertThat(list.at("/data/0/size").asInt()).isEqualTo(MOST);
        assertThat(list.at("/data/0/created").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
        Answer file = wire.get(link(id, "cat%201.png"));
        assertThat(file.status()).isEqualTo(200);
        assertThat(file.bytes()).isEqualTo(bytes);
        assertThat(file.headers()).containsEntry("content-type", "image/png")
                .containsEntry("x-content-type-options", "nosniff")
                .containsEntry("content-security-policy", "default-src 'none'; sandbox")
                .containsEntry("content-disposition", "attachment; filename*=UTF-8''cat%201.png")
                .containsEntry("accept-ranges", "bytes");
        assertThat(wire.get("/v1/files/demo/channels/hall/files").json().get("data")).isEmpty();
        assertThat(wire.get("/v1/files/demo/channels/hall/files/" + id + "/cat%201.png").status()).isEqualTo(404);
        assertThat(wire.get(FILES + "files/" + id + "/dog.png").status()).isEqualTo(404);
    }

    @Test
    void emptyFileIsAFile() {
        String id = send("empty", new byte[0]);
        Answer file = wire.get(link(id, "empty"));
        assertThat(file.status()).isEqualTo(200);
        assertThat(file.bytes()).isEmpty();
    }

    @Test
    void fieldOfTheFormGivesTheType() {
        FileForm ticket = ticket("a.txt");
        List<Map.Entry<String, String>> fields = new ArrayList<>(ticket.fields());
        fields.removeIf(field -> field.getKey().equals("Content-Type"));
        fields.add(Map.entry("Content-Type", "text/html"));
        assertThat(wire.send("POST", ticket.path(), FileForm.body(fields, bytes(3)), FileForm.TYPE).status())
                .isEqualTo(204);
        assertThat(wire.get(link(ticket.id(), "a.txt")).headers()).containsEntry("content-type", "text/html");
    }

    @Test
    void partWithoutANameOfAFileIsTheFile() {
        FileForm form = ticket("a.bin");
        byte[] bytes = bytes(200_000);
        String whole = new String(form.with(bytes), StandardCharsets.ISO_8859_1).replace("; filename=\"x\"", "");
        assertThat(wire.send("POST", form.path(), whole.getBytes(StandardCharsets.ISO_8859_1), FileForm.TYPE).status())
                .isEqualTo(204);
        Answer file = wire.get(link(form.id(), "a.bin"));
        assertThat(file.bytes()).isEqualTo(bytes);
        assertThat(file.headers()).containsEntry("content-type", "application/octet-stream");
    }

    @Test
    void partsOfAFileCanBeRead() {
        byte[] bytes = bytes(200_000);
        String link = link(send("x", bytes), "x");
        record Case(String range, int status, int from, int to) {}
        for (Case each : List.of(new Case("bytes=0-9", 206, 0, 9), new Case("bytes=100000-", 206, 100_000, 199_999),
                new Case("bytes=-5", 206, 199_995, 199_999), new Case("bytes=199999-500000", 206, 199_999, 199_999),
                new Case("bytes=3-2", 200, 0, 199_999), new Case("bytes=0-1,4-5", 200, 0, 199_999),
                new Case("bytes=-", 200, 0, 199_999))) {
            Answer part = wire.send("GET", link, null, "Range: " + each.range);
            assertThat(part.status()).as(each.range).isEqualTo(each.status);
            assertThat(part.bytes()).isEqualTo(Arrays.copyOfRange(bytes, each.from, each.to + 1));
            if (each.status == 206) {
                assertThat(part.headers()).containsEntry("content-range",
                        "bytes " + each.from + "-" + each.to + "/200000");
            }
        }
        for (String range : List.of("bytes=200000-", "bytes=-0")) {
            Answer outside = wire.send("GET", link, null, "Range: " + range);
            assertThat(outside.status()).isEqualTo(416);
            assertThat(outside.headers()).containsEntry("content-range", "bytes */200000");
        }
        Answer head = wire.send("HEAD", link, null);
        assertThat(head.headers()).containsEntry("content-length", "200000");
        String tag = head.headers().get("etag");
        assertThat(wire.send("GET", link, null, "Range: bytes=0-1", "If-Range: " + tag).status()).isEqualTo(206);
        assertThat(wire.send("GET", link, null, "Range: bytes=0-1", "If-Range: \"x\"").status()).isEqualTo(200);
        assertThat(wire.send("GET", link, null, "If-None-Match: " + tag).status()).isEqualTo(304);
    }

    @Test
    void pagesOfFilesAreInTheOrderOfTheirUploads() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.add(send("f" + i, bytes(i)));
        }
        List<String> listed = new ArrayList<>();
        String next = "";
        do {
            JsonNode page = wire.get(FILES + "files?limit=2" + next).json();
            page.get("data").forEach(file -> listed.add(file.get("id").asText()));
            next = page.has("next") ? "&next=" + page.get("next").asText() : "";
        } while (!next.isEmpty());
        assertThat(listed).containsExactlyInAnyOrderElementsOf(ids).isSorted();
        assertThat(wire.get(FILES + "files?next=x").status()).isEqualTo(400);
        assertThat(wire.get(FILES + "files?limit=0").status()).isEqualTo(400);
    }

    @Test
    void deletionRemovesTheBytes() {
        String id = send("x", bytes(10));
        String link = link(id, "x");
        assertThat(stored()).hasSize(1);
        assertThat(wire.delete(FILES + "files/" + id + "/other").status()).isEqualTo(404);
        assertThat(wire.delete(FILES + "files/" + id + "/x").json().get("status").asInt()).isEqualTo(200);
        assertThat(stored()).isEmpty();
        assertThat(wire.get(link).status()).isEqualTo(404);
        assertThat(wire.get(FILES + "files/" + id + "/x").status()).isEqualTo(404);
        assertThat(wire.delete(FILES + "files/" + id + "/x").status()).isEqualTo(404);
        nothingIsLeft();
    }

    private static String message(Answer answer) {
        assertThat(answer.headers()).containsEntry("content-type", "application/xml");
        return answer.body().replaceAll("(?s).*<Message>(.*)</Message>.*", "$1");
    }

    @Test
    void uploadNeedsAPolicyOfThisServer() {
        FileForm ticket = ticket("x");
        List<Map.Entry<String, String>> wrong = ticket.fields()
                .stream()
                .map(field -> field.getKey().equals("signature") ? Map.entry("signature", "x") : field)
                .toList();
        for (List<Map.Entry<String, String>> fields : List.of(wrong, List.<Map.Entry<String, String>>of())) {
            Answer answer = wire.send("POST", ticket.path(), FileForm.body(fields, bytes(9)), FileForm.TYPE);
            assertThat(answer.status()).isEqualTo(403);
            assertThat(message(answer)).contains("no policy that this server has signed");
        }
        Answer elsewhere = wire.send("POST", "/v1/files/other/upload", FileForm.body(ticket.fields(), bytes(9)),
                FileForm.TYPE);
        assertThat(elsewhere.status()).isIn(400, 403);
        nothingIsLeft();
    }

    @Test
    void policyAndLinkExpire() throws Exception {
        FileKey key = new FileKey(Files.readAllBytes(folder.resolve("data/files/key")));
        String id = "018c0000-0000-7000-8000-000000000000";
        String policy = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(("{\"keyset\":\"demo\",\"channel\":\"room\",\"id\":\"" + id
                        + "\",\"name\":\"x\",\"mostBytes\":9,\"expires\":1700000000}")
                        .getBytes(StandardCharsets.UTF_8));
        Answer late = wire.send("POST", "/v1/files/demo/upload", FileForm.body(List.of(Map.entry("policy", policy),
                Map.entry("signature", key.sign(FileKey.Use.UPLOAD, policy))), bytes(9)), FileForm.TYPE);
        assertThat(late.status()).isEqualTo(403);
        assertThat(message(late)).isEqualTo("Invalid according to Policy: Policy expired.");
        String file = send("x", bytes(9));
        String signature = key.sign(FileKey.Use.DOWNLOAD, "demo\nroom\n" + file + "\nx\n1700000000");
        String path = "/v1/files/demo/download/room/" + file + "/x?expires=";
        assertThat(message(wire.get(path + "1700000000&link-signature=" + signature))).isEqualTo("Request has expired");
        assertThat(wire.get(path + "9700000000&link-signature=" + signature).status()).isEqualTo(403);
        assertThat(wire.get(path + "9700000000").status()).isEqualTo(403);
    }

    @Test
    void fileThatIsTooLargeIsRefused() {
        FileForm ticket = ticket("x");
        Answer answer = upload(ticket, bytes(MOST + 1));
        assertThat(answer.status()).isEqualTo(413);
        assertThat(message(answer)).isEqualTo("Your proposed upload exceeds the maximum allowed size");
        assertThat(upload(ticket, bytes(5_000_000)).status()).isEqualTo(413);
        Answer announced = wire.send("POST", ticket.path(), null, FileForm.TYPE, "Expect: 100-continue",
                "Content-Length: 50000000");
        assertThat(announced.status()).isEqualTo(413);
        nothingIsLeft();
    }

    @Test
    void filesOfAKeysetHaveABound() {
        for (int i = 0; i < 3; i++) {
            send("x", bytes(MOST));
        }
        FileForm ticket = ticket("y");
        Answer tooMuch = upload(ticket, bytes(MOST));
        assertThat(tooMuch.status()).isEqualTo(403);
        assertThat(message(tooMuch)).startsWith("The files of this keyset have the most bytes");
        await().until(() -> stored().size() == 3);
        assertThat(upload(ticket, bytes(100_000)).status()).isEqualTo(204);
        Answer full = wire.post(FILES + "generate-upload-url", "{\"name\":\"z\"}");
        assertThat(full.status()).isEqualTo(403);
        assertThat(full.json().at("/error/message").asText())
                .startsWith("The files of this keyset have the most bytes");
        assertThat(wire.delete(FILES + "files/" + ticket.id() + "/y").status()).isEqualTo(200);
        send("z", bytes(100_000));
    }

    @Test
    void uploadThatBreaksOffLeavesNothing() throws Exception {
        byte[] form = ticket("x").with(bytes(200_000));
        int file = form.length - 200_000;
        for (int end : List.of(0, 5, 300, file, file + 1, file + 100_000, form.length - 30, form.length - 3)) {
            try (Wire.Connection connection = wire.connect()) {
                connection
                        .write(("POST /v1/files/demo/upload HTTP/1.1\r\nHost: test\r\n" + FileForm.TYPE
                                + "\r\nContent-Length: "
                                + form.length + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
                connection.write(Arrays.copyOf(form, end));
                if (end > file + 1000) {
                    await().until(() -> !stored().isEmpty());
                }
            }
            nothingIsLeft();
        }
    }

    @Test
    void formThatIsNoneIsRefused() {
        FileForm ticket = ticket("x");
        byte[] form = FileForm.body(ticket.fields(), bytes(1000));
        byte[] cut = Arrays.copyOf(form, form.length - 10);
        assertThat(wire.send("POST", ticket.path(), cut, FileForm.TYPE).status()).isEqualTo(400);
        assertThat(wire.send("POST", ticket.path(), form, "Content-Type: application/json").status()).isEqualTo(400);
        assertThat(wire.send("POST", ticket.path(), new byte[0], FileForm.TYPE).status()).isEqualTo(400);
        assertThat(wire.send("POST", ticket.path(), form, FileForm.TYPE, "Content-Encoding: gzip").status())
                .isEqualTo(415);
        List<Map.Entry<String, String>> many = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            many.add(Map.entry("f" + i, "x"));
        }
        assertThat(wire.send("POST", ticket.path(), FileForm.body(many, bytes(9)), FileForm.TYPE).status())
                .isEqualTo(400);
        assertThat(
                wire.send("POST", ticket.path(), FileForm.body(List.of(Map.entry("f", "x".repeat(100_000))), bytes(9)),
                        FileForm.TYPE)
                        .status())
                .isEqualTo(400);
        nothingIsLeft();
    }

    @Test
    void retriedUploadIsStoredOnce() {
        FileForm ticket = ticket("x");
        assertThat(upload(ticket, bytes(50)).status()).isEqualTo(204);
        assertThat(upload(ticket, bytes(50)).status()).isEqualTo(204);
        assertThat(upload(ticket, bytes(51)).status()).isEqualTo(409);
        await().until(() -> stored().size() == 1);
        assertThat(wire.get(link(ticket.id(), "x")).bytes()).isEqualTo(bytes(50));
    }

    @Test
    void connectionStaysAfterAnUpload() throws Exception {
        FileForm ticket = ticket("x");
        byte[] form = FileForm.body(ticket.fields(), bytes(250_000));
        try (Wire.Connection connection = wire.connect()) {
            connection.get("/time/0");
            connection.write(
                    ("POST " + ticket.path() + " HTTP/1.1\r\nHost: test\r\n" + FileForm.TYPE + "\r\nContent-Length: "
                            + form.length + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            connection.write(form);
            connection.get("/time/0");
            assertThat(connection.read().status()).isEqualTo(200);
            assertThat(connection.read().status()).isEqualTo(204);
            assertThat(connection.read().status()).isEqualTo(200);
        }
    }

    @Test
    void filesOutlastARestart() throws Exception {
        String id = send("x", bytes(1000));
        String link = link(id, "x");
        server.close();
        Path kept = stored().getFirst();
        Path orphan = kept
                .resolveSibling(id.substring(0, 34) + kept.getFileName().toString().substring(34, 36) + ".orphan");
        Files.write(orphan, bytes(5));
        Path draft = folder.resolve("data/files/drafts/7");
        Files.write(draft, bytes(5));
        start();
        assertThat(wire.get(link).bytes()).isEqualTo(bytes(1000));
        assertThat(wire.get(link(id, "x")).bytes()).isEqualTo(bytes(1000));
        assertThat(draft).doesNotExist();
        await().until(() -> !Files.exists(orphan));
        assertThat(kept).exists();
    }

    @Test
    void messageOfAFileIsStoredAsOne() {
        String id = send("x", bytes(10));
        String json = Wire.encode("{\"message\":{\"text\":\"look\"},\"file\":{\"id\":\"" + id + "\",\"name\":\"x\"}}");
        long begin = wire.get("/v2/subscribe/demo/room/0?tt=0").json().at("/t/t").asLong();
        Answer sent = wire.get("/v1/files/publish-file/demo/demo/0/room/0/" + json
                + "?uuid=ann&meta=%7B%22a%22:1%7D&ttl=5&custom_message_type=picture");
        assertThat(sent.json().get(1).asText()).as(sent.body()).isEqualTo("Sent");
        JsonNode event = wire.get("/v2/subscribe/demo/room/0?tt=" + begin).json().at("/m/0");
        assertThat(event.get("e").isInt()).isTrue();
        assertThat(event.get("e").asInt()).isEqualTo(4);
        assertThat(event.at("/d/file/id").asText()).isEqualTo(id);
        assertThat(event.at("/d/message/text").asText()).isEqualTo("look");
        assertThat(event.at("/u/a").asInt()).isEqualTo(1);
        assertThat(event.get("cmt").asText()).isEqualTo("picture");
        wire.publish("room", "1");
        wire.get("/v1/files/publish-file/demo/demo/0/room/0/" + json + "?store=0");
        JsonNode history = wire.get("/v3/history/sub-key/demo/channel/room?include_message_type=true&include_meta=true"
                + "&include_custom_message_type=true&include_uuid=true").json().at("/channels/room");
        assertThat(history).hasSize(2);
        assertThat(history.get(0).get("message_type").asInt()).isEqualTo(4);
        assertThat(history.get(0).at("/message/file/name").asText()).isEqualTo("x");
        assertThat(history.get(0).get("custom_message_type").asText()).isEqualTo("picture");
        assertThat(history.get(0).get("uuid").asText()).isEqualTo("ann");
        assertThat(history.get(1).get("message_type").isNull()).isTrue();
        assertThat(history.get(1).has("custom_message_type")).isFalse();
        wire.delete("/v3/history/sub-key/demo/channel/room");
        assertThat(wire.get(link(id, "x")).status()).as("files outlast their messages").isEqualTo(200);
    }

    @Test
    void backupHasTheBytesAndACheckMissesThem() throws Exception {
        String id = send("x", bytes(1000));
        String gone = send("y", bytes(10));
        Path backup = folder.resolve("backup");
        assertThat(Maintenance.backup(folder.resolve("data"), backup, Progress.NONE)).isNotNull();
        assertThat(wire.delete(FILES + "files/" + gone + "/y").status()).isEqualTo(200);
        server.close();
        Path restored = folder.resolve("restored");
        assertThat(Maintenance.restore(backup, restored, Progress.NONE)).isNotNull();
        assertThat(Maintenance.check(restored, Progress.NONE).findings()).isEmpty();
        server = Manicule.start(ManiculeConfig.DEFAULT.withPort(0).withData(restored));
        wire = new Wire(server.port());
        assertThat(wire.get(link(id, "x")).bytes()).isEqualTo(bytes(1000));
        assertThat(wire.get(link(gone, "y")).bytes()).isEqualTo(bytes(10));
        server.close();
        try (Stream<Path> all = Files.walk(restored.resolve("files/kept"))) {
            Files.delete(all.filter(file -> file.getFileName().toString().startsWith(id)).findFirst().orElseThrow());
        }
        assertThat(Maintenance.check(restored, Progress.NONE).findings())
                .containsExactly("files: the bytes of " + id + " are not there");
    }

    @Test
    void filesAreGoneWithTheRetentionOfTheirKeyset() throws Exception {
        server.close();
        Keyset shortly = Keyset.of("demo", "demo").with(new Keyset.Policy(false, Duration.ofSeconds(1), 0, List.of()));
        ManiculeConfig config = ManiculeConfig.DEFAULT.withPort(0)
                .withData(folder.resolve("data"))
                .withKeysets(List.of(shortly));
        server = Manicule.start(config);
        wire = new Wire(server.port());
        String id = send("x", bytes(10));
        await().until(() -> wire.get(FILES + "files/" + id + "/x").status() == 404);
        assertThat(wire.get(FILES + "files").json().get("data")).isEmpty();
        server.close();
        server = Manicule.start(config); // which sweeps at its start
        wire = new Wire(server.port());
        await().until(() -> stored().isEmpty());
    }

    @Test
    void namesOfFilesAreChecked() {
        for (String body : List.of("", "[]", "{}", "{\"name\":\"\"}", "{\"name\":\"a/b\"}", "{\"name\":1}",
                "{\"name\":\"" + "x".repeat(256) + "\"}", "{\"name\":\"..\"}", "{\"name\":\"a\\u0000\"}")) {
            assertThat(wire.post(FILES + "generate-upload-url", body).status()).as(body).isEqualTo(400);
        }
        assertThat(wire.post("/v1/files/demo/channels/a.*/generate-upload-url", "{\"name\":\"x\"}").status())
                .isEqualTo(400);
    }
}
