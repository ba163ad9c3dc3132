package dev.manicule.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.bench.peer.DurableProgram;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Runs all of the comparison, short, with the peers where there are Debian's packages: that it works, not how fast anything is. */
class CompareCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine command = BenchCommand.commandLine();
        command.setOut(new PrintWriter(out));
        command.setErr(new PrintWriter(err));
        return command.execute(arguments);
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void everyScenarioIsRunAndReported() throws Exception {
        boolean hasPeers = Files.isExecutable(Path.of("/usr/bin/apt-get"));
        Path report = Path.of(System.getProperty("manicule.checkout"), "bench/target/trial");
        List<String> arguments = new ArrayList<>(List.of("compare", "--size", "trial", "--out", report.toString()));
        if (!hasPeers) {
            arguments.add("--alone");
        }
        assertThat(run(arguments.toArray(String[]::new))).as(err.toString()).isZero();
        String table = Files.readString(report.resolve("table.md"));
        assertThat(table).contains("| memory | Manicule |", "| add-64 | Manicule |",
                "| fan-out-websockets | Manicule |",
                "| growth-one-channel | Manicule |", "| deletion | Manicule |", "| java-client | Manicule |",
                "start after kill -9", "✓");
        assertThat(table.contains("| add-1 | C program |")).isEqualTo(DurableProgram.canBeMade());
        if (hasPeers) {
            assertThat(table).contains("| add-1 | PostgreSQL |", "| add-1 | Redis |", "| publish-64 | Nchan |",
                    "| memory | Nchan |", "| actions | PostgreSQL |", "| history | PostgreSQL |");
        }
        boolean hasSdk = hasPeers && Files.isDirectory(Path.of(System.getProperty("manicule.checkout"),
                "bench/target/sdks/java")); // not with -DskipSdks
        assertThat(table.contains("| java-client | Java SDK 6.3.6 |")).isEqualTo(hasSdk);
        assertThat(DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report.resolve("chart.svg").toFile())
                .getElementsByTagName("rect")
                .getLength()).isGreaterThan(10);
    }

    @Test
    void unknownScenarioIsNamed() {
        assertThat(run("compare", "add-65", "--out", folder.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("No scenario is called add-65", "add-64");
    }
}
