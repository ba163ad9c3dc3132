package dev.manicule.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests in a virtual machine that is too old for the server: it runs in a process of a newer JDK. */
class Java17Test {
    private Jdks.Jdk old = new Jdks.Jdk(Path.of("nowhere"), 0);

    @BeforeEach
    void findJava17() {
        Optional<Jdks.Jdk> found = Jdks.ofThisMachine().first(version -> version >= 17 && version < Jdks.OLDEST);
        assumeTrue(System.getenv("MANICULE_CI") != null || found.isPresent(), "there is no Java 17 here");
        old = found.orElseThrow();
    }

    @Test
    void testsPassOnJava17() throws Exception {
        passes(Path.of("target/test-classes"), ManiculeServerTest.class.getName(), ManiculeClusterTest.class.getName());
    }

    private void passes(Path folder, String... tests) throws Exception {
        Console.Run run = Console.run(old.java(), List.of(), folder, List.of(tests));
        assertThat(run.code()).as(run.said()).isZero();
        assertThat(run.said()).contains("0 tests failed").doesNotContain(" 0 tests successful");
    }

    @Test
    void theExamplesOfThePagePass(@TempDir Path folder) throws Exception {
        String page = Files.readString(Path.of(System.getProperty("manicule.checkout"), "docs/how-to/tests.md"));
        Matcher examples = Pattern.compile("(?ms)^```java test\n(.*?class (\\w+).*?)^```").matcher(page);
        List<String> names = new ArrayList<>();
        while (examples.find()) {
            names.add(examples.group(2));
            Path source = Files.writeString(folder.resolve(examples.group(2) + ".java"), examples.group(1));
            assertThat(ToolProvider.getSystemJavaCompiler()
                    .run(null, null, null, "--release", "17", "-d", folder.toString(), "-cp",
                            System.getProperty("java.class.path"), source.toString()))
                    .isZero();
        }
        assertThat(names).contains("ReactionsTest", "NodesTest");
        passes(folder, names.toArray(String[]::new));
    }

    /** A test that does not end by itself. */
    static final class Endless {
        private Endless() {}

        public static void main(String[] arguments) throws Exception {
            ManiculeServer server = ManiculeServer.builder().start();
            server.client("alice").publish("room", "hello").sync().orThrow();
            System.out.println(server.origin());
            Thread.currentThread().join();
        }
    }

    /** An option of the old virtual machine, which the new one does not know, does not reach that. */
    @Test
    void theServersEndWithTheTestsThatAreKilled() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(old.java().toString(), "-cp", System.getProperty("java.class.path"),
                Endless.class.getName()).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("JAVA_TOOL_OPTIONS", "-XX:+UseBiasedLocking");
        Process process = builder.start();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(lines.lines().anyMatch(line -> line.startsWith("127.0.0.1:"))).as("it has started").isTrue();
            List<ProcessHandle> servers = process.descendants().toList();
            assertThat(servers).hasSize(1);
            process.destroyForcibly().waitFor();
            await().until(() -> !servers.get(0).isAlive());
        }
    }

    @Test
    void missingNamedJdkIsReported(@TempDir Path empty) throws Exception {
        Process process = new ProcessBuilder(old.java().toString(), "-Dmanicule.testkit.java=" + empty, "-cp",
                System.getProperty("java.class.path"), Endless.class.getName()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isOne();
        assertThat(said).contains("The system property manicule.testkit.java has the value " + empty
                + ", and there is no JDK in that folder. Set it to the folder of a JDK 25 or newer");
    }
}
