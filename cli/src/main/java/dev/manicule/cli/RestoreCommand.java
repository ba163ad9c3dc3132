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

/** Makes a data folder of a backup. */
@Command(name = "restore", mixinStandardHelpOptions = true, versionProvider = ManiculeCommand.Version.class,
        description = "Make a data folder of a backup, and check all of it.")
final class RestoreCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private final ProgressBars progress = new ProgressBars();

    @Mixin
    private final DataOption data = new DataOption();

    @Parameters(paramLabel = "BACKUP", description = "The backup.")
    private Path from = Path.of("");

    @Override
    public Integer call() throws StartException {
        try (progress) {
            Backup backup = Operations.restore(from, data.path(), progress);
            progress.close();
            spec.commandLine()
                    .getOut()
                    .printf("restored to %s: %,d bytes, all up to timetoken %d%n", data.path(), backup.size(),
                            backup.lastTimetoken());
            return ExitCode.OK;
        }
    }
}
