package dev.manicule.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that does nothing by itself: all it does is in its subcommands. */
@Command(mixinStandardHelpOptions = true, versionProvider = ManiculeCommand.Version.class)
abstract class CommandGroup implements Runnable {
    private final String choices;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /** With the choices there are, in words. */
    CommandGroup(String choices) {
        this.choices = choices;
    }

    @Override
    public final void run() {
        throw new ParameterException(spec.commandLine(), "Missing subcommand: " + choices + ".");
    }
}
