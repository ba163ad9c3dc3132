package dev.manicule.bench.sizing;

import dev.manicule.bench.load.ClosedLoop;
import dev.manicule.bench.peer.Machine;
import dev.manicule.bench.peer.PeerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What a server takes before it holds anything, and while it takes as many writes as it can. */
final class IdleServer {
    private static final int IN_FLIGHT = 64;
    private static final int PAYLOAD = 1_000;
    private static final int SEED = 11;

    private final Machine machine;
    private final SizingRun run;
    private final Consumer<String> progress;

    IdleServer(Machine machine, SizingRun run, Consumer<String> progress) {
        this.machine = machine;
        this.run = run;
        this.progress = progress;
    }

    /** Measures it. */
    List<SizingTable> tables() throws IOException, InterruptedException {
        progress.accept("a server by itself");
        SampleText text = new SampleText(SEED);
        List<List<String>> rows = new ArrayList<>();
        try (MeasuredServer server = MeasuredServer.start(machine, run)) {
            rows.add(row("after the start", server));
            ClosedLoop.Result _ = ClosedLoop.httpCount(server.port(), IN_FLIGHT, run.stored() / 3,
                    out -> Http.post(out, "/publish/demo/demo/0/" + text.channel() + "?uuid=" + text.user(),
                            text.message(PAYLOAD)));
            rows.add(row("after %,d messages of %,d bytes".formatted(run.stored() / 3, PAYLOAD), server));
            long most = (ProcessSize.of(server.process(), "status", "VmHWM") << 10)
                    - server.metric("jvm_memory_committed_bytes{area=\"heap\"}");
            rows.add(List.of("at most, while they came", "", SizingTable.mebibytes(most), "", "", ""));
        }
        return List.of(new SizingTable("A server, in MiB, with its open files:",
                List.of("", "heap", "outside the heap", "log", "tables", "files"), rows));
    }

    private static List<String> row(String when, MeasuredServer server) throws IOException, InterruptedException {
        PeerProcess process = server.process();
        ProcessSize size = server.size();
        Path data = process.folder().resolve("data");
        return List.of(when, SizingTable.mebibytes(size.heap()), SizingTable.mebibytes(size.outside()),
                SizingTable.mebibytes(ProcessSize.onDisk(data.resolve("log"))),
                SizingTable.mebibytes(ProcessSize.onDisk(data.resolve("tables"))),
                "%,d".formatted(ProcessSize.openFiles(process)));
    }
}
