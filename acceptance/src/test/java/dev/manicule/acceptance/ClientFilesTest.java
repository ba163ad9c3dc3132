package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.manicule.client.ChannelFile;
import dev.manicule.client.FileEvent;
import dev.manicule.client.Listener;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.SendFile;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Files, of the Java client at the real server. */
class ClientFilesTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    @TempDir
    private Path folder;
    private final ManiculeClient client = SERVER.client("alice");
    private String channel = "";

    @BeforeEach
    void name(TestInfo test) {
        channel = "chats." + RunningServer.channel(test);
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void fileComesBackByteForByte() throws Exception {
        byte[] bytes = new byte[1_000_000];
        new Random(1).nextBytes(bytes);
        Path cat = Files.write(folder.resolve("a cat.png"), bytes);
        SendFile.Result sent = client.sendFile(channel, cat).message("look").sync().orThrow();
        assertThat(client.listFiles(channel).stream()).singleElement().satisfies(file -> {
            assertThat(file.id()).isEqualTo(sent.id());
            assertThat(file.name()).isEqualTo("a cat.png");
            assertThat(file.size()).isEqualTo(bytes.length);
        });
        Path to = folder.resolve("back");
        client.downloadFile(channel, sent.id(), sent.name(), to).sync().orThrow();
        assertThat(to).hasBinaryContent(bytes);
        assertThat(client.getFileUrl(channel, sent.id(), sent.name()).sync().orThrow().url().toString())
                .startsWith("http://" + client.config().server().origin() + "/");
        client.deleteFile(channel, sent.id(), sent.name()).sync().orThrow();
        assertThat(client.downloadFile(channel, sent.id(), sent.name(), to).sync().status().statusCode())
                .isEqualTo(404);
        assertThat(to).as("a download that fails changes nothing").hasBinaryContent(bytes);
    }

    @Test
    void streamsAreListedPageByPage() {
        for (String name : List.of("a", "b", "c")) {
            client.sendFile(channel, name, 1,
                    () -> new ByteArrayInputStream(name.getBytes(StandardCharsets.UTF_8))).sync().orThrow();
        }
        assertThat(client.listFiles(channel).limit(2).stream()).extracting(ChannelFile::name)
                .containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void subscribersReceiveFiles() {
        List<FileEvent> files = new CopyOnWriteArrayList<>();
        client.addListener(new Listener() {
            @Override
            public void file(FileEvent event) {
                files.add(event);
            }
        });
        client.subscribeFrom(client.time().sync().orThrow().timetoken(), channel);
        SendFile.Result sent = client.sendFile(channel, "n", 0, () -> new ByteArrayInputStream(new byte[0]))
                .message("look")
                .sync()
                .orThrow();
        await().until(() -> !files.isEmpty());
        assertThat(files.get(0).id()).isEqualTo(sent.id());
        assertThat(files.get(0).message()).hasToString("\"look\"");
        assertThat(files.get(0).published().timetoken()).isEqualTo(sent.timetoken());
    }
}
