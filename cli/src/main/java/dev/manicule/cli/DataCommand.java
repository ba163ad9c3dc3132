package dev.manicule.cli;

import dev.manicule.server.StartException;
import dev.manicule.server.config.ConfigException;
import dev.manicule.server.config.ManiculeConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command on data as a whole, which may take long. */
@Command(mixinStandardHelpOptions = true, versionProvider = ManiculeCommand.Version.class)
abstract class DataCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private final ProgressBars progress = new ProgressBars();

    @Option(names = "--data", paramLabel = "FOLDER", description = "The data folder of a server. Default: ./data.")
    private @Nullable Path data;

    @Override
    public final Integer call() throws StartException, ConfigException {
        try (progress) {
            return work(data == null ? usualFolder() : data, progress);
        }
    }

    /** The default data folder, when the command line names none. */
    Path usualFolder() throws ConfigException {
        return ManiculeConfig.DEFAULT.data();
    }

    /** Runs the command; returns the exit code. */
    abstract int work(Path folder, ProgressBars bars) throws StartException, ConfigException;

    /** The output for the result, once the bars are gone. */
    PrintWriter out() {
        progress.close();
        return spec.commandLine().getOut();
    }

    /** The output for messages on the way. */
    PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
