package dev.manicule.cli;

import dev.manicule.server.Maintenance;
import dev.manicule.server.StartException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes data as lines of JSON. */
@Command(name = "export",
        description = "Write what a server's data, or a backup, holds as lines of JSON: messages, actions, read marks, groups, revoked tokens.",
        footerHeading = "%n",
        footer = {
                "Until it is whole, the file is called FILE.partial. The same command goes on with an export that was cut short."})
final class ExportCommand extends DataCommand {
    @Parameters(paramLabel = "FILE", description = "Where to write; - for the standard output.")
    private Path file = Path.of("");

    @Override
    int work(Path folder, ProgressBars bars) throws StartException {
        if (file.toString().equals("-")) {
            PrintStream out = System.out;
            long _ = Maintenance.export(folder, out, bars);
            out.flush();
            return ExitCode.OK;
        }
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        if (Files.exists(partial)) {
            err().println("going on with " + partial + "; delete it to begin anew");
        }
        long lines = Maintenance.export(folder, file, bars);
        out().printf("exported %,d lines to %s%n", lines, file);
        return ExitCode.OK;
    }
}
