package dev.manicule.bench;

import dev.manicule.bench.cluster.ClusterBench;
import dev.manicule.bench.cluster.Scale;
import dev.manicule.bench.peer.WorkFolders;
import dev.manicule.bench.peer.Machine;
import dev.manicule.bench.peer.ManiculeProcess;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench cluster}. */
@Command(name = "cluster", mixinStandardHelpOptions = true, description = {
        "Measures a cluster: how long a replicated write takes beside Kafka's own clients, writes a second,",
        "and deliveries by one, two and three nodes. Brokers and nodes are started here, and end with it."})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ClusterCommand implements Callable<Integer> {
    private static final String KAFKA = "manicule.kafka";

    @Spec
    private CommandSpec spec;

    @Option(names = "--size", defaultValue = "FULL",
            description = "${COMPLETION-CANDIDATES}: ten minutes, three, or just whether it works.")
    private Scale size;

    @Option(names = "--out", paramLabel = "FILE", description = "Where the table goes, besides the terminal.")
    private @Nullable Path file;

    @Override
    public Integer call() throws Exception {
        Path checkout = ManiculeProcess.checkout();
        if (System.getProperty(KAFKA) == null) {
            System.setProperty(KAFKA, checkout.resolve("brokers/kafka/target/lib").toString());
        }
        PrintWriter terminal = spec.commandLine().getOut();
        Machine machine = Machine.undivided();
        Path probe = WorkFolders.make("probe");
        String where = machine.describe(probe);
        WorkFolders.delete(probe);
        String table = where + "\n\n" + ClusterBench.run(size, machine, line -> {
            terminal.println(line);
            terminal.flush();
        });
        terminal.println();
        terminal.println(table);
        terminal.flush();
        if (file != null) {
            Files.writeString(file, table);
        }
        return 0;
    }
}
