package dev.manicule.cli;

import dev.manicule.server.Operations;
import dev.manicule.server.StartException;
import dev.manicule.server.ledger.Import;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Takes in an export. */
@Command(name = "import",
        description = "Take an export into the data of a server, which must not run. Timetokens stay what they are.",
        footerHeading = "%n",
        footer = {
                "What is there already stays. The same command goes on with an import that was cut short. A line that says what this",
                "version does not know is refused, with its number."})
final class ImportCommand extends DataCommand {
    @Parameters(paramLabel = "FILE", description = "The export; - for the standard input.")
    private Path file = Path.of("");

    @Override
    int work(Path folder, ProgressBars bars) throws StartException {
        Import.Report report = file.toString().equals("-")
                ? Operations.importLines(System.in, folder, bars)
                : Operations.importFile(file, folder, bars);
        out().printf("imported %,d lines to %s; %,d were there already%n", report.taken(), folder,
                report.known());
        return ExitCode.OK;
    }
}
