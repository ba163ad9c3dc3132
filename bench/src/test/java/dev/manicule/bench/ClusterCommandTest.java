package dev.manicule.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Runs all of it, short: that it works, not how fast anything is. */
class ClusterCommandTest {
    @TempDir
    private Path folder;

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void oneTwoAndThreeNodesAreMeasured() throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = BenchCommand.commandLine();
        command.setOut(new PrintWriter(out));
        command.setErr(new PrintWriter(err));
        Path file = folder.resolve("table.md");
        assertThat(command.execute("cluster", "--size", "trial", "--out", file.toString())).as("%s%s", out, err)
                .isZero();
        String table = Files.readString(file);
        assertThat(table).contains("| 0 | half within ", "against the faster of bare Kafka");
        for (int nodes = 1; nodes <= 3; nodes++) {
            for (String what : new String[]{"Writes a second, all on this machine, 256 in flight",
                    "CPU a write, of each node",
                    "CPU of all nodes a delivery", "Memory of each node with them"}) {
                assertThat(table).containsPattern("\\| " + what + " \\| " + nodes + " \\| [1-9]");
            }
        }
    }
}
