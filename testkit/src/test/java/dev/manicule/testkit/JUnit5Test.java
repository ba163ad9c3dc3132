package dev.manicule.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The extension is built with JUnit 6, and works with JUnit 5. */
class JUnit5Test {
    @Test
    void theSameTestsPass() throws Exception {
        Path console;
        try (Stream<Path> files = Files.list(Path.of("target/junit5"))) {
            console = files.findFirst().orElseThrow();
        }
        String classes = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(each -> !each.contains("junit") && !each.contains("opentest4j") && !each.contains("surefire"))
                .collect(Collectors.joining(File.pathSeparator));
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-jar",
                console.toString(),
                "execute", "--disable-banner", "--details=summary", "--fail-if-no-tests", "--class-path", classes,
                "--select-class", ManiculeServerTest.class.getName()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).contains("0 tests failed").doesNotContain(" 0 tests successful");
    }
}
