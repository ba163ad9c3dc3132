package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The client promises to run on Java 17. Whatever Java runs Maven is 17 or newer, and usually just that. */
class ClientOnMavensJavaTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    @TempDir
    private Path folder;

    @Test
    void actionsAreAddedHeardOfAndTheProgramEnds() throws Exception {
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
        String java = System.getProperty("manicule.maven.java", System.getProperty("java.home"));
        String libraries = Arrays.stream(System.getProperty("java.class.path").split(":", -1))
                .filter(entry -> entry.contains("jackson") || entry.contains("manicule-client")
                        || entry.contains("client/target"))
                .collect(Collectors.joining(":"));
        Process process = new ProcessBuilder(Path.of(java, "bin", "java").toString(), "-cp", libraries,
                program.toString(),
                SERVER.origin()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(said).matches("(?s)\\d+ added smile\\s*");
        assertThat(process.exitValue()).isZero();
    }
}
