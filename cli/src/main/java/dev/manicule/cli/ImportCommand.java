package dev.manicule.cli;

import dev.manicule.server.Maintenance;
import dev.manicule.server.StartException;
import dev.manicule.server.config.ConfigException;
import dev.manicule.server.config.ConfigFile;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.ledger.Import;
import dev.manicule.server.ledger.ImportLimits;
import dev.manicule.server.limits.Limits;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Imports an export. */
@Command(name = "import",
        description = "Import an export into the data folder of a server that is stopped. Timetokens are kept.",
        footerHeading = "%n",
        footer = {
                "What is there already stays. The same command goes on with an import that was cut short. A line that says what this",
                "version does not know is refused, with its number."})
final class ImportCommand extends DataCommand {
    @Parameters(paramLabel = "FILE", description = "The export; - for the standard input.")
    private Path file = Path.of("");

    @Option(names = "--config", paramLabel = "FILE",
            description = "The configuration of the server: its limits hold, and its data folder if --data names none. Without it, the"
                    + " highest limits that there are.")
    private @Nullable Path config;

    @Override
    Path usualFolder() throws ConfigException {
        return settings().data();
    }

    private ManiculeConfig settings() throws ConfigException {
        return config == null ? ManiculeConfig.DEFAULT : ConfigFile.read(config, ManiculeConfig.DEFAULT);
    }

    @Override
    int work(Path folder, ProgressBars bars) throws StartException, ConfigException {
        ImportLimits limits = config == null
                ? ImportLimits.HIGHEST
                : ImportLimits.of(new Limits(settings().limits()));
        Import.Report report = file.toString().equals("-")
                ? Maintenance.importLines(System.in, folder, limits, bars)
                : Maintenance.importFile(file, folder, limits, bars);
        out().printf("imported %,d lines to %s; %,d were there already%n", report.taken(), folder,
                report.known());
        return ExitCode.OK;
    }
}
