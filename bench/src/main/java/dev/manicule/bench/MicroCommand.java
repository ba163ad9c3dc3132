package dev.manicule.bench;

import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bench micro}. */
@Command(name = "micro",
        description = "Runs the JMH benchmarks; what follows goes to JMH (-h for its help).")
final class MicroCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "ARGUMENT", description = "A pattern of names, and JMH's options.")
    private List<String> arguments = List.of();

    @Override
    public Integer call() throws Exception {
        CommandLineOptions options = new CommandLineOptions(arguments.toArray(String[]::new));
        if (options.shouldHelp()) {
            options.showHelp();
            return 0;
        }
        Runner runner = new Runner(options);
        if (options.shouldList()) {
            runner.list();
            return 0;
        }
        return runner.run().isEmpty() ? 1 : 0;
    }
}
