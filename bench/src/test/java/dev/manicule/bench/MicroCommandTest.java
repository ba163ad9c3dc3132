package dev.manicule.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** That the benchmarks of single pieces run, not how fast anything is: each once, in this process. */
class MicroCommandTest {
    @Test
    void allMicrobenchmarksRun() {
        int exit = BenchCommand.commandLine()
                .execute("micro", "-f", "0", "-wi", "0", "-i", "1", "-r", "50ms", "-foe", "true", "-p", "batch=64");
        assertThat(exit).isZero();
    }
}
