package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Files, on the command line. */
class FileCommandsTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    private static String manicule(String... arguments) throws Exception {
        ServerProcess.Ended ended = run(arguments);
        assertThat(ended.code()).as(ended.words()).isZero();
        return ended.words().strip();
    }

    private static ServerProcess.Ended run(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--origin", SERVER.origin()));
        return ServerProcess.Ended.of(ServerProcess.command(all.toArray(String[]::new)));
    }

    @TempDir
    private Path folder;

    @Test
    void fileIsSentListedDownloadedAndDeleted() throws Exception {
        Path cat = Files.writeString(folder.resolve("a cat.png"), "miau");
        String[] sent = manicule("files", "send", "room", cat.toString(), "--message", "\"look\"").split("  ", -1);
        assertThat(sent[1]).matches("\\d{17}");
        assertThat(manicule("files", "list", "room")).startsWith(sent[0] + "  a cat.png  4 bytes  ");
        String to = folder.resolve("back").toString();
        assertThat(manicule("files", "get", "room", sent[0], "a cat.png", "--to", to)).isEqualTo(to);
        assertThat(Path.of(to)).hasContent("miau");
        assertThat(manicule("files", "url", "room", sent[0], "a cat.png")).startsWith("http://" + SERVER.origin());
        assertThat(manicule("files", "delete", "room", sent[0], "a cat.png", "--json"))
                .isEqualTo("{\"id\":\"" + sent[0] + "\",\"name\":\"a cat.png\",\"deleted\":true}");
        assertThat(manicule("files", "list", "room")).isEmpty();
        ServerProcess.Ended gone = run("files", "get", "room", sent[0], "a cat.png", "--to", to, "--overwrite");
        assertThat(gone.code()).isEqualTo(1);
        assertThat(Path.of(to)).as("stays").hasContent("miau");
    }
}
