package dev.manicule.cli;

import dev.manicule.server.Maintenance;
import dev.manicule.server.StartException;
import dev.manicule.server.ledger.Backup;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes a data folder of a backup. */
@Command(name = "restore", description = "Make a data folder of a backup, and check all of it.")
final class RestoreCommand extends DataCommand {
    @Parameters(paramLabel = "BACKUP", description = "The backup.")
    private Path from = Path.of("");

    @Override
    int work(Path folder, ProgressBars bars) throws StartException {
        Backup backup = Maintenance.restore(from, folder, bars);
        out().printf("restored to %s: %,d bytes, all up to timetoken %d%n", folder, backup.size(),
                backup.lastTimetoken());
        return ExitCode.OK;
    }
}
