package dev.manicule.bench;

import dev.manicule.bench.compare.Chart;
import dev.manicule.bench.compare.Comparison;
import dev.manicule.bench.compare.Environment;
import dev.manicule.bench.compare.Report;
import dev.manicule.bench.compare.RunSize;
import dev.manicule.bench.compare.Scenario;
import dev.manicule.bench.compare.Scenarios;
import dev.manicule.bench.peer.WorkFolders;
import dev.manicule.bench.peer.Machine;
import dev.manicule.bench.peer.ManiculeProcess;
import dev.manicule.bench.peer.Packages;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench compare}. */
@Command(name = "compare", mixinStandardHelpOptions = true, description = {
        "Runs the same scenarios with Manicule and with its peers, in turns, and prints a table.",
        "The peers are unpacked from Debian's packages into bench/target; nothing is installed."})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CompareCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--size", defaultValue = "FULL",
            description = "${COMPLETION-CANDIDATES}: about an hour, ten minutes, or just whether it works.")
    private RunSize size;

    @Option(names = "--quick", description = "The same as --size quick.")
    private boolean quick;

    @Option(names = "--alone", description = "Without the peers.")
    private boolean alone;

    @Option(names = "--out", paramLabel = "FOLDER",
            description = "Where table.md and chart.svg go; bench/target/compare in the checkout if not said.")
    private @Nullable Path folder;

    @Parameters(arity = "0..*", paramLabel = "SCENARIO", description = "The scenarios to run; all when none is named.")
    private List<String> only = List.of();

    @Override
    public Integer call() throws Exception {
        RunSize runSize = quick ? RunSize.QUICK : size;
        List<Scenario> scenarios = Scenarios.all(runSize);
        List<String> names = scenarios.stream().map(Scenario::name).toList();
        for (String name : only) {
            if (!names.contains(name)) {
                throw new ParameterException(spec.commandLine(), "No scenario is called " + name + "; there are "
                        + String.join(", ", names));
            }
        }
        PrintWriter terminal = spec.commandLine().getOut();
        Machine machine = Machine.here();
        machine.pinLoad();
        Path target = ManiculeProcess.checkout().resolve("bench/target");
        Path out = Files.createDirectories(folder == null ? target.resolve("compare") : folder.toAbsolutePath());
        Environment environment = new Environment(machine, alone ? null : Packages.in(target.resolve("peers")),
                runSize);
        Path probe = WorkFolders.make("probe");
        String where = machine.describe(probe);
        WorkFolders.delete(probe);
        terminal.println(where);
        terminal.flush();
        Comparison comparison = new Comparison(environment, line -> {
            terminal.println(line);
            terminal.flush();
        });
        List<String> failed = new ArrayList<>();
        List<Scenario> wanted = scenarios.stream()
                .filter(scenario -> only.isEmpty() || only.contains(scenario.name()))
                .toList();
        Instant began = Instant.now();
        for (Scenario scenario : wanted) {
            terminal.printf("%n%d of %d, after %d minutes%n", wanted.indexOf(scenario) + 1, wanted.size(),
                    Duration.between(began, Instant.now()).toMinutes());
            try {
                comparison.run(scenario);
            } catch (Exception e) { // the others can still be measured
                failed.add(scenario.name());
                e.printStackTrace(terminal);
                continue;
            }
            Files.writeString(out.resolve("table.md"), Report.markdown(comparison, where));
            Files.writeString(out.resolve("chart.svg"), Chart.svg(comparison));
        }
        terminal.println();
        terminal.println(Files.readString(out.resolve("table.md")));
        if (failed.isEmpty()) {
            return 0;
        }
        terminal.println("Failed: " + String.join(", ", failed));
        return 1;
    }
}
