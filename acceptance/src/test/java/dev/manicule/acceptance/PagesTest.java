package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.manicule.acceptance.Markdown.Block;
import dev.manicule.server.limits.Limit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Does what the pages say, in their order, in an empty folder beside a link to the launcher. Only the port is changed, to
 * a free one. What a block prints must be what the block after it shows, timetokens and tokens aside.
 */
class PagesTest {
    @TempDir
    private Path folder;

    private int port;
    private @Nullable Process server;

    @BeforeEach
    void prepare() throws Exception {
        Files.createSymbolicLink(folder.resolve("manicule"), Folders.checkout().resolve("manicule"));
        TestCertificate.make(folder, "EC").write(folder.resolve("cert.pem"), folder.resolve("key.pem"));
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null) {
            server.destroyForcibly().waitFor();
        }
        Files.delete(folder.resolve("manicule"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/access.md", "docs/configuration.md",
            "docs/operations.md", "docs/performance.md", "docs/observability.md"})
    @Timeout(value = 10, unit = TimeUnit.MINUTES) // the launcher may have to build first
    void everyBlockDoesWhatThePageShows(String page) throws Exception {
        List<Block> blocks = Markdown.of(page).blocks();
        assertThat(blocks).extracting(Block::language).doesNotContain("bash", "console");
        for (Block block : blocks) {
            String content = block.content().replace("8090", "" + port);
            switch (block.language()) {
                case "sh" -> shell(content, block.shown());
                case "java" -> program(content, block.shown());
                case "yaml" -> {
                    Files.writeString(folder.resolve("manicule.yaml"), content);
                    assertThat(run(process("./manicule", "config", "check", "manicule.yaml")))
                            .contains("manicule.yaml is good");
                }
                default -> assertThat(block.language()).isEqualTo("text");
            }
        }
        assertThat(server == null).isEqualTo(List.of("docs/configuration.md", "docs/performance.md").contains(page));
    }

    @Test
    void thePageOfTheConfigurationHasEveryLimit() throws Exception {
        StringBuilder table = new StringBuilder("| setting | usual | of what | too much |\n|---|---|---|---|\n");
        for (Limit limit : Limit.values()) {
            table.append("| `%s` | %,d | %s | %s |\n".formatted(limit.setting(), limit.standard(), limit.what(),
                    limit.otherwise()));
        }
        Markdown.of("docs/configuration.md").holds(table.toString(), "limits", "PagesTest", "writePages");
    }

    private void shell(String content, String shown) throws Exception {
        if (content.contains("./manicule serve")) {
            server = serve(content.replace("./manicule serve", "exec ./manicule serve --port " + port));
        } else { // what one block exports, the next one has: they are typed in one window
            String commands = "touch .exported; . ./.exported\n" + content + "export -p > .exported\n";
            assertThat(Markdown.withoutTimetokens(run(process("bash", "-euc", commands))))
                    .isEqualTo(Markdown.withoutTimetokens(shown));
        }
    }

    private void program(String content, String shown) throws Exception {
        Files.writeString(folder.resolve("Example.java"), content);
        String said = run(process(ServerProcess.java(), "-cp", System.getProperty("java.class.path"), "Example.java"));
        if (!shown.isEmpty()) {
            assertThat(said).isEqualTo(shown);
            return;
        }
        assertThat(said).contains("42 ACKNOWLEDGMENT")
                .contains("reaction = smiley_face")
                .contains("alice added smiley_face")
                .contains("alice removed smiley_face")
                .contains("removed\n");
    }

    private Process serve(String commands) throws IOException {
        Path log = folder.resolve("serve.log");
        Process started = process("bash", "-euc", commands).redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        await().atMost(Duration.ofMinutes(5)).until(() -> {
            assertThat(started.isAlive()).as(Files.readString(log)).isTrue();
            return Files.readString(log).contains("listens on http://127.0.0.1:" + port);
        });
        return started;
    }

    private static String run(ProcessBuilder builder) throws Exception {
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    private ProcessBuilder process(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
                .redirectErrorStream(!command[0].equals("bash"));
        builder.environment().put("MANICULE_ORIGIN", "127.0.0.1:" + port);
        builder.environment().put("LC_ALL", "C.UTF-8");
        if (command[0].equals("bash")) { // curl shows its progress there
            builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        }
        return builder;
    }
}
