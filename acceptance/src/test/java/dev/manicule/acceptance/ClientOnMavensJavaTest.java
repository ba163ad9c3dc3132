package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The client promises to run on Java 17. Whatever Java runs Maven is 17 or newer, and usually just that. */
class ClientOnMavensJavaTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    private static final String LIBRARIES = Arrays.stream(System.getProperty("java.class.path").split(":", -1))
            .filter(entry -> entry.matches(".*jackson-(annotations|core|databind)-.*")
                    || entry.contains("manicule-client")
                    || entry.contains("client/target"))
            .collect(Collectors.joining(":"));

    @TempDir
    private Path folder;

    @Test
    void programReceivesItsActionsAndExits() throws Exception {
        Path program = Files.writeString(folder.resolve("Program.java"),
                """
                        import dev.manicule.client.*;
                        import java.util.concurrent.*;

                        class Program {
                            public static void main(String[] arguments) throws Exception {
                                ManiculeClient client = ManiculeClient.of(ClientConfig.forUser("u").origin(arguments[0]).build());
                                BlockingQueue<String> heard = new LinkedBlockingQueue<>();
                                client.addListener(new Listener() {
                                    @Override
                                    public void messageAction(MessageActionEvent event) {
                                        heard.add(event.event() + " " + event.action().value());
                                    }
                                });
                                long message = client.publish("c", "hello").sync().orThrow().timetoken();
                                client.subscribeFrom(message, "c");
                                client.addMessageAction("c", MessageAction.of("reaction", "smile", message)).sync().orThrow();
                                System.out.println(Runtime.version().feature() + " " + heard.poll(10, TimeUnit.SECONDS));
                                // not closed: its threads must not keep the program alive
                            }
                        }
                        """);
        assertThat(run("java", "-cp", LIBRARIES, program.toString(), SERVER.origin()))
                .matches("(?s)\\d+ added smile\\s*");
    }

    /** On the module path its inside can't be seen, and it needs what it says that it needs. */
    @Test
    void clientIsAModuleThatHidesItsInternals() throws Exception {
        Files.writeString(folder.resolve("module-info.java"), "module chat { requires dev.manicule.client; }");
        Path program = Files.createDirectories(folder.resolve("chat")).resolve("Program.java");
        Files.writeString(program,
                """
                        package chat;

                        import com.fasterxml.jackson.databind.JsonNode;
                        import dev.manicule.client.*;

                        class Program {
                            public static void main(String[] arguments) {
                                ClientConfig config = ClientConfig.forUser("u").origin(arguments[0]).build();
                                try (ManiculeClient client = ManiculeClient.of(config)) {
                                    long message = client.publish("m", "hello").sync().orThrow().timetoken();
                                    client.addMessageAction("m", MessageAction.of("t", "v", message)).sync().orThrow();
                                    JsonNode stored = client.history("m").sync().orThrow().messages().get(0).message();
                                    System.out.println(Program.class.getModule().getName() + " " + stored);
                                }
                            }
                        }
                        """);
        String classes = folder.resolve("classes").toString();
        String sources = folder.resolve("module-info.java").toString();
        assertThat(run("javac", "-Xlint:all,-path", "-Werror", "-p", LIBRARIES, "-d", classes, sources,
                program.toString())).isEmpty();
        assertThat(run("java", "-p", classes + ":" + LIBRARIES, "-m", "chat/chat.Program", SERVER.origin()))
                .isEqualTo("chat \"hello\"\n");
        Files.writeString(program, "package chat; class Program { dev.manicule.client.internal.Transport t; }");
        assertThat(say("javac", "-p", LIBRARIES, "-d", classes, sources, program.toString()))
                .contains("package dev.manicule.client.internal is not visible");
    }

    private static Process start(String tool, String... arguments) throws IOException {
        String java = System.getProperty("manicule.maven.java", System.getProperty("java.home"));
        List<String> command = new ArrayList<>(List.of(Path.of(java, "bin", tool).toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String said(Process process) throws Exception {
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return said;
    }

    private static String say(String tool, String... arguments) throws Exception {
        return said(start(tool, arguments));
    }

    private static String run(String tool, String... arguments) throws Exception {
        Process process = start(tool, arguments);
        String said = said(process);
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}
