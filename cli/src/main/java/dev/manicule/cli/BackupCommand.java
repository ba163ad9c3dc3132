package dev.manicule.cli;

import dev.manicule.server.Maintenance;
import dev.manicule.server.StartException;
import dev.manicule.server.ledger.Backup;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes a backup. */
@Command(name = "backup", description = "Make a backup of a server's data, while it runs or not, and check all of it.",
        footerHeading = "%n",
        footer = {
                "On the same file system a backup takes no room at first: it shares its files with the data, which are never",
                "changed. A backup that is to survive the disk belongs on another one."})
final class BackupCommand extends DataCommand {
    @Parameters(paramLabel = "FOLDER", description = "Where to make it; must not be there yet.")
    private Path to = Path.of("");

    @Override
    int work(Path folder, ProgressBars bars) throws StartException {
        Backup backup = Maintenance.backup(folder, to, bars);
        out().printf("backed up to %s: %,d bytes, all up to timetoken %d%n", to, backup.size(),
                backup.lastTimetoken());
        return ExitCode.OK;
    }
}
