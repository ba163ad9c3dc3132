package dev.manicule.bench;

import dev.manicule.bench.peer.WorkFolders;
import dev.manicule.bench.peer.Machine;
import dev.manicule.bench.peer.ManiculeProcess;
import dev.manicule.bench.sizing.Sizing;
import dev.manicule.bench.sizing.Sizing.Measurement;
import dev.manicule.bench.sizing.SizingRun;
import dev.manicule.bench.sizing.SizingTable;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench sizing}. */
@Command(name = "sizing", mixinStandardHelpOptions = true,
        description = "Measures what a message, an action, a subscriber and the rest cost in memory and on disk.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class SizingCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--size", defaultValue = "FULL",
            description = "${COMPLETION-CANDIDATES}: a quarter of an hour, or just whether it works.")
    private SizingRun size;

    @Option(names = "--out", paramLabel = "FOLDER",
            description = "Where sizing.md goes; bench/target/sizing in the checkout by default.")
    private @Nullable Path folder;

    @Parameters(arity = "0..*", paramLabel = "WHAT", description = "What is measured; all when none is named.")
    private List<String> only = List.of();

    @Override
    public Integer call() throws Exception {
        PrintWriter terminal = spec.commandLine().getOut();
        // sizes do not depend on cores: a server may use all of them
        Machine machine = Machine.undivided();
        Map<String, Measurement> all = Sizing.all(machine, size, line -> {
            terminal.println(line);
            terminal.flush();
        });
        for (String name : only) {
            if (!all.containsKey(name)) {
                throw new ParameterException(spec.commandLine(), "No measurement is called " + name + "; there are "
                        + String.join(", ", all.keySet()));
            }
        }
        Path out = Files.createDirectories(folder == null
                ? ManiculeProcess.checkout().resolve("bench/target/sizing")
                : folder.toAbsolutePath());
        Path probe = WorkFolders.make("probe");
        StringBuilder text = new StringBuilder(machine.describe(probe)).append('\n');
        WorkFolders.delete(probe);
        for (Map.Entry<String, Measurement> each : all.entrySet()) {
            if (only.isEmpty() || only.contains(each.getKey())) {
                for (SizingTable table : each.getValue().tables()) {
                    text.append('\n').append(table.markdown());
                }
                Files.writeString(out.resolve("sizing.md"), text); // what is measured stays, whatever comes
            }
        }
        terminal.println();
        terminal.print(text);
        terminal.flush();
        return 0;
    }
}
