package dev.manicule.cli;

import dev.manicule.server.ConfigException;
import dev.manicule.server.ManiculeConfig;
import dev.manicule.server.StartException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Something that is done with data as a whole, and may take long. */
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

    /** The data folder where the command line names none. */
    Path usualFolder() throws ConfigException {
        return ManiculeConfig.DEFAULT.data();
    }

    /** Does it; gives the exit code. */
    abstract int work(Path folder, ProgressBars bars) throws StartException, ConfigException;

    /** Where to say what was done, once the bars are gone. */
    PrintWriter out() {
        progress.close();
        return spec.commandLine().getOut();
    }

    /** Where to say something by the way. */
    PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
