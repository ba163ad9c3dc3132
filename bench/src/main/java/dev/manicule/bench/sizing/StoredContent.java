package dev.manicule.bench.sizing;

import dev.manicule.bench.load.ClosedLoop;
import dev.manicule.bench.peer.WorkFolders;
import dev.manicule.bench.peer.Machine;
import dev.manicule.bench.peer.ManiculeProcess;
import dev.manicule.bench.peer.PeerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;

/** The disk that messages and actions take, each kind on a server of its own. */
final class StoredContent {
    private static final int IN_FLIGHT = 64;
    private static final int ACTIONS_ON_A_MESSAGE = 5;
    private static final long FIRST_MESSAGE = 17_600_000_000_000_000L;
    private static final int SEED = 8;

    private final Machine machine;
    private final SizingRun run;
    private final Consumer<String> progress;
    private final SampleText text = new SampleText(SEED);

    StoredContent(Machine machine, SizingRun run, Consumer<String> progress) {
        this.machine = machine;
        this.run = run;
        this.progress = progress;
    }

    /** Content of one kind. */
    private record Kind(String name, int count, int payload, ClosedLoop.Requests requests) {}

    /** What one of a kind takes, in bytes, by the name of the column. */
    private record Cost(Kind kind, Map<String, Double> bytes, Map<String, Long> tables, double memory) {}

    private List<Kind> kinds() {
        AtomicInteger actions = new AtomicInteger();
        return List.of(message(100, run.stored()), message(1_000, run.stored() / 3), message(10_000, run.stored() / 20),
                new Kind("action: a reaction of %d on each message".formatted(ACTIONS_ON_A_MESSAGE), run.stored(), 0,
                        out -> {
                            int number = actions.getAndIncrement();
                            int message = number / ACTIONS_ON_A_MESSAGE;
                            Http.post(out, "/v1/message-actions/demo/channel/" + text.channel(message) + "/message/"
                                    + (FIRST_MESSAGE + message * 1_234_567L) + "?uuid=" + text.user(number),
                                    "{\"type\":\"reaction\",\"value\":\"" + text.emoji() + "\"}");
                        }));
    }

    private Kind message(int bytes, int count) {
        return new Kind("message of %,d bytes".formatted(bytes), count, bytes,
                out -> Http.post(out, "/publish/demo/demo/0/" + text.channel() + "?uuid=" + text.user(),
                        text.message(bytes)));
    }

    /** Measures all of them. */
    List<SizingTable> tables() throws IOException, InterruptedException {
        List<Cost> costs = new ArrayList<>();
        for (Kind kind : kinds()) {
            progress.accept("%,d times: %s".formatted(kind.count(), kind.name()));
            costs.add(measure(kind));
        }
        List<String> columns = List.copyOf(costs.getFirst().bytes().keySet());
        List<String> head = new ArrayList<>(List.of("bytes for each"));
        head.addAll(columns);
        List<List<String>> rows = new ArrayList<>();
        List<List<String>> byTable = new ArrayList<>();
        for (Cost cost : costs) {
            List<String> row = new ArrayList<>(List.of(cost.kind().name()));
            columns.forEach(column -> row.add(SizingTable.number(cost.bytes().getOrDefault(column, 0.0))));
            rows.add(row);
            List<String> parts = new ArrayList<>();
            cost.tables().forEach((name, bytes) -> {
                double each = (double) bytes / cost.kind().count();
                if (each >= 0.1) {
                    parts.add("`%s` %s".formatted(name, SizingTable.number(each)));
                }
            });
            byTable.add(List.of(cost.kind().name(), String.join(", ", parts), SizingTable.number(cost.memory())));
        }
        return List.of(new SizingTable("Disk, in bytes for each message or action:", head, rows),
                new SizingTable(
                        "Where these bytes are once the tables are compacted, and the memory for the indexes and "
                                + "filters of the files:",
                        List.of("bytes for each", "tables", "memory"), byTable));
    }

    private Cost measure(Kind kind) throws IOException, InterruptedException {
        Path copies = WorkFolders.make("sizing-copies");
        try (PeerProcess server = ManiculeProcess.start(machine)) {
            Path data = server.folder().resolve("data");
            double before = ProcessSize.writtenToDisk(data);
            ClosedLoop.Result _ = ClosedLoop.httpCount(server.port(), IN_FLIGHT, kind.count(), kind.requests());
            server.awaitQuiet(run.quiet().multipliedBy(2));
            double written = ProcessSize.writtenToDisk(data) - before;
            ManiculeProcess.run("backup", "--data", data.toString(), copies.resolve("backup").toString());
            long backup = ProcessSize.onDisk(copies.resolve("backup"));
            Path export = copies.resolve("all.jsonl");
            ManiculeProcess.run("export", "--data", data.toString(), export.toString());
            server.stop();
            long log = ProcessSize.onDisk(data.resolve("log"));
            Path tables = data.resolve("tables");
            long asWritten = ProcessSize.onDisk(tables);
            TableFiles compacted = TableFiles.compacted(tables);
            progress.accept("  log %s MiB, whatever is stored".formatted(SizingTable.mebibytes(log)));
            LongUnaryOperator each = bytes -> bytes / kind.count();
            Map<String, Double> bytes = new LinkedHashMap<>();
            bytes.put("payload", (double) kind.payload());
            bytes.put("written", written / kind.count());
            bytes.put("tables", (double) each.applyAsLong(asWritten));
            bytes.put("compacted", (double) each.applyAsLong(compacted.all()));
            bytes.put("backup", (double) each.applyAsLong(backup));
            bytes.put("export", (double) each.applyAsLong(Files.size(export)));
            return new Cost(kind, bytes, compacted.bytes(), (double) compacted.readers() / kind.count());
        } finally {
            WorkFolders.delete(copies);
        }
    }
}
