package dev.manicule.bench;

import dev.manicule.bench.scaling.KeysetSkew;
import dev.manicule.bench.scaling.ReconnectStorm;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bench scaling}. */
@Command(name = "scaling", mixinStandardHelpOptions = true,
        description = {
                "Simulates what arithmetic does not tell about large clusters, and prints the tables of docs/scaling.md.",
                "It measures nothing: the same numbers come out of every run."})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ScalingCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter terminal = spec.commandLine().getOut();
        terminal.print(KeysetSkew.table());
        terminal.println();
        terminal.print(ReconnectStorm.table());
        terminal.flush();
        return 0;
    }
}
