package dev.manicule.cli;

import dev.manicule.server.Operations;
import dev.manicule.server.StartException;
import dev.manicule.server.ledger.Import;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes in an export. */
@Command(name = "import", mixinStandardHelpOptions = true, versionProvider = ManiculeCommand.Version.class,
        description = "Take an export into the data of a server, which must not run. Timetokens stay what they are.",
        footerHeading = "%n",
        footer = {"What is there already stays. The same command goes on with an import that was cut short."})
final class ImportCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private final ProgressBars progress = new ProgressBars();

    @Mixin
    private final DataOption data = new DataOption();

    @Parameters(paramLabel = "FILE", description = "The export.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws StartException {
        try (progress) {
            Import.Report report = Operations.importFile(file, data.path(), progress);
            progress.close();
            spec.commandLine()
                    .getOut()
                    .printf("imported %,d lines to %s; %,d were there already%n", report.taken(), data.path(),
                            report.known());
            return ExitCode.OK;
        }
    }
}
