package dev.manicule.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code manicule bench}, which works in a checkout only. */
@Command(name = "manicule bench", mixinStandardHelpOptions = true,
        subcommands = {CompareCommand.class, MicroCommand.class, ClusterCommand.class, ScalingCommand.class,
                SizingCommand.class},
        description = "Measures Manicule.")
public final class BenchCommand {
    private BenchCommand() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String... arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new BenchCommand()).setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true);
        CommandLine micro = line.getSubcommands().get("micro");
        if (micro != null) {
            micro.setUnmatchedOptionsArePositionalParams(true); // they are JMH's
        }
        return line;
    }
}
