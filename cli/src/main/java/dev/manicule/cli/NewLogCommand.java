package dev.manicule.cli;

import dev.manicule.server.Maintenance;
import dev.manicule.server.StartException;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** Begins a new log for tables that need nothing of the old one. */
@Command(name = "newlog",
        description = "Begin a new log where that of a data folder is damaged or missing, if the server was stopped before and"
                + " so nothing is lost.")
final class NewLogCommand extends DataCommand {
    @Override
    int work(Path folder, ProgressBars bars) throws StartException {
        Maintenance.newLog(folder);
        out().printf("a new log has begun in %s%n", folder);
        return ExitCode.OK;
    }
}
