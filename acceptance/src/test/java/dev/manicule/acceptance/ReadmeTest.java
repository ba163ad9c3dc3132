package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.manicule.acceptance.Markdown.Block;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Does what the README says, in its order, in an empty folder beside a link to the launcher. Only the port is changed,
 * to a free one. What a block prints must be what the block after it shows, timetokens aside.
 */
class ReadmeTest {
    @TempDir
    private Path folder;

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES) // the launcher may have to build first
    void everyBlockDoesWhatTheReadmeShows() throws Exception {
        int port = freePort();
        Files.createSymbolicLink(folder.resolve("manicule"), Folders.checkout().resolve("manicule"));
        List<Block> blocks = Markdown.of("README.md").blocks();
        assertThat(blocks).extracting(Block::language).contains("sh", "java", "yaml").doesNotContain("bash", "console");
        Process server = null;
        try {
            for (Block block : blocks) {
                String content = block.content().replace("8090", "" + port);
                switch (block.language()) {
                    case "sh" -> {
                        if (content.equals("./manicule serve\n")) {
                            server = serve(port);
                        } else {
                            assertThat(Markdown.withoutTimetokens(output("bash", "-euc", content, port)))
                                    .isEqualTo(Markdown.withoutTimetokens(block.shown()));
                        }
                    }
                    case "java" -> {
                        Files.writeString(folder.resolve("Example.java"), content);
                        String said = output(ServerProcess.java(), "-cp", System.getProperty("java.class.path"),
                                "Example.java",
                                port);
                        assertThat(said).contains("42 ACKNOWLEDGMENT")
                                .contains("reaction = smiley_face")
                                .contains("alice added smiley_face")
                                .contains("alice removed smiley_face")
                                .contains("removed\n");
                    }
                    case "yaml" -> configuration(content, port);
                    default -> assertThat(block.language()).isEqualTo("text");
                }
            }
            assertThat(folder.resolve("data")).isDirectory();
        } finally {
            if (server != null) {
                server.destroyForcibly().waitFor();
            }
            Files.delete(folder.resolve("manicule"));
        }
    }

    private Process serve(int port) throws IOException {
        Path log = folder.resolve("serve.log");
        Process server = process(port, "./manicule", "serve", "--port", "" + port).redirectOutput(log.toFile()).start();
        await().atMost(Duration.ofMinutes(5)).until(() -> {
            assertThat(server.isAlive()).as(Files.readString(log)).isTrue();
            return Files.readString(log).contains("listens on http://127.0.0.1:" + port);
        });
        return server;
    }

    private void configuration(String yaml, int port) throws Exception {
        Files.writeString(folder.resolve("manicule.yaml"), yaml.replace("./data", "./other-data"));
        Process refused = process(port, "./manicule", "serve", "--config", "manicule.yaml").start();
        String said = new String(refused.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(said).as("all of the file is understood; only its port is taken").contains("the port is taken");
    }

    private String output(String program, String option, String argument, int port) throws Exception {
        return output(process(port, program, option, argument));
    }

    private String output(String program, String option, String argument, String last, int port) throws Exception {
        return output(process(port, program, option, argument, last));
    }

    private static String output(ProcessBuilder builder) throws Exception {
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    private ProcessBuilder process(int port, String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
                .redirectErrorStream(!command[0].equals("bash"));
        builder.environment().put("MANICULE_ORIGIN", "127.0.0.1:" + port);
        builder.environment().put("LC_ALL", "C.UTF-8");
        if (command[0].equals("bash")) { // curl shows its progress there
            builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        }
        return builder;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
