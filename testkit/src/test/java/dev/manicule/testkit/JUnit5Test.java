package dev.manicule.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The extension is built with JUnit 6, and works with JUnit 5. */
class JUnit5Test {
    @Test
    void testsPassWithJUnit5() throws Exception {
        Console.Run run = Console.run(Path.of(System.getProperty("java.home"), "bin", "java"),
                List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"),
                Path.of("target/test-classes"), List.of(ManiculeServerTest.class.getName()));
        assertThat(run.code()).as(run.said()).isZero();
        assertThat(run.said()).contains("0 tests failed").doesNotContain(" 0 tests successful");
    }
}
