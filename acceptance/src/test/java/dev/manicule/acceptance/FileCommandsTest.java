package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Files, on the command line. */
class FileCommandsTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    @TempDir
    private Path folder;

    @Test
    void fileIsSentListedDownloadedAndDeleted() throws Exception {
        Path cat = Files.writeString(folder.resolve("a cat.png"), "miau");
        String[] sent = SERVER.manicule("files", "send", "room", cat.toString(), "--message", "\"look\"")
                .split("  ", -1);
        assertThat(sent[1]).matches("\\d{17}");
        assertThat(SERVER.manicule("files", "list", "room")).startsWith(sent[0] + "  a cat.png  4 bytes  ");
        String to = folder.resolve("back").toString();
        assertThat(SERVER.manicule("files", "get", "room", sent[0], "a cat.png", "--to", to)).isEqualTo(to);
        assertThat(Path.of(to)).hasContent("miau");
        assertThat(SERVER.manicule("files", "url", "room", sent[0], "a cat.png"))
                .startsWith("http://" + SERVER.origin());
        assertThat(SERVER.manicule("files", "delete", "room", sent[0], "a cat.png", "--json"))
                .isEqualTo("{\"id\":\"" + sent[0] + "\",\"name\":\"a cat.png\",\"deleted\":true}");
        assertThat(SERVER.manicule("files", "list", "room")).isEmpty();
        ServerProcess.Ended gone = SERVER.tryManicule("files", "get", "room", sent[0], "a cat.png", "--to", to,
                "--overwrite");
        assertThat(gone.code()).isEqualTo(1);
        assertThat(Path.of(to)).as("stays").hasContent("miau");
    }
}
