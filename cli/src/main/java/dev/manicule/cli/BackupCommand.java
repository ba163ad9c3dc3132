package dev.manicule.cli;

import dev.manicule.server.Operations;
import dev.manicule.server.StartException;
import dev.manicule.server.ledger.Backup;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a backup. */
@Command(name = "backup", mixinStandardHelpOptions = true, versionProvider = ManiculeCommand.Version.class,
        description = "Make a backup of a server's data, while it runs or not, and check all of it.",
        footerHeading = "%n",
        footer = {
                "On the same file system a backup takes no room at first: it shares its files with the data, which are never",
                "changed. A backup that is to survive the disk belongs on another one."})
final class BackupCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private final ProgressBars progress = new ProgressBars();

    @Mixin
    private final DataOption data = new DataOption();

    @Parameters(paramLabel = "FOLDER", description = "Where to make it; must not be there yet.")
    private Path to = Path.of("");

    @Override
    public Integer call() throws StartException {
        try (progress) {
            Backup backup = Operations.backup(data.path(), to, progress);
            progress.close();
            spec.commandLine()
                    .getOut()
                    .printf("backed up to %s: %,d bytes, all up to timetoken %d%n", to, backup.size(),
                            backup.lastTimetoken());
            return ExitCode.OK;
        }
    }
}
