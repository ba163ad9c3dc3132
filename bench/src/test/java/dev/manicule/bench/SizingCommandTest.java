package dev.manicule.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Runs all measurements of sizes, short: that each measures what it says, not how large anything is. */
class SizingCommandTest {
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
    void everySizeIsMeasured() throws Exception {
        assertThat(run("sizing", "--size", "trial", "--out", folder.toString())).as(err.toString()).isZero();
        String tables = Files.readString(folder.resolve("sizing.md"));
        assertThat(tables).contains("| after the start |", "| after 333 messages of 1,000 bytes |",
                "| at most, while they came |", "| long poll | 20 |", "| long poll of 50 channels | 20 |",
                "| long poll with a token of its own | 20 |", "| long poll, TLS | 20 |",
                "| server-sent events | 20 |", "| server-sent events, TLS | 20 |", "| WebSocket | 20 |",
                "| WebSocket, TLS | 20 |", "| presence member: a uuid on a channel | 250 |",
                "| channel with one message of 100 bytes | 250 |", "| channel group of 10 channels | 25 |",
                "| revoked token, until it would have expired | 20 |", "| keyset with a secret key | 20 |");
        for (int payload : List.of(100, 1_000, 10_000)) {
            List<Double> message = row(tables, "| message of %,d bytes | %,d |".formatted(payload, payload));
            // columns: payload, written, tables, compacted, backup, export
            assertThat(message.get(1)).as("written, to the log at least").isGreaterThan(payload);
            assertThat(message.get(2)).as("tables").isGreaterThanOrEqualTo(message.get(3));
            assertThat(message.get(3)).as("compacted").isBetween(payload * 1.0, payload * 2.0 + 400);
            assertThat(message.get(4)).as("a backup").isGreaterThanOrEqualTo(message.get(3));
            assertThat(message.get(5)).as("an export").isBetween(payload + 50.0, payload + 300.0);
        }
        assertThat(row(tables, "| action: a reaction of 5 on each message | 0 ")).hasSize(6);
        assertThat(tables).contains("`actionsByMessage`", "`feed`");
    }

    private static List<Double> row(String tables, String beginning) {
        String row = tables.lines().filter(line -> line.startsWith(beginning)).findFirst().orElseThrow();
        return Arrays.stream(row.split("\\|", -1))
                .skip(2)
                .filter(cell -> !cell.isBlank())
                // no figure where the kernel does not count for the disk
                .map(cell -> cell.strip().equals("–")
                        ? Double.MAX_VALUE
                        : Double.valueOf(cell.strip().replace(",", "")))
                .toList();
    }

    @Test
    void unknownMeasurementIsNamed() {
        assertThat(run("sizing", "stores", "--out", folder.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("No measurement is called stores", "stored");
    }
}
