package dev.manicule.cli;

import dev.manicule.server.Operations;
import dev.manicule.server.StartException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes data as lines of JSON. */
@Command(name = "export", mixinStandardHelpOptions = true, versionProvider = ManiculeCommand.Version.class,
        description = "Write what a server's data, or a backup, holds as lines of JSON: messages, actions, groups, revoked tokens.",
        footerHeading = "%n",
        footer = {
                "Until it is whole, the file is called FILE.partial. The same command goes on with an export that was cut short."})
final class ExportCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private final ProgressBars progress = new ProgressBars();

    @Mixin
    private final DataOption data = new DataOption();

    @Parameters(paramLabel = "FILE", description = "Where to write; - for the standard output.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws StartException {
        try (progress) {
            if (file.toString().equals("-")) {
                PrintStream out = System.out;
                long _ = Operations.export(data.path(), out, progress);
                out.flush();
                return ExitCode.OK;
            }
            Path partial = file.resolveSibling(file.getFileName() + ".partial");
            if (Files.exists(partial)) {
                spec.commandLine().getErr().println("going on with " + partial + "; delete it to begin anew");
            }
            long lines = Operations.export(data.path(), file, progress);
            progress.close();
            spec.commandLine().getOut().printf("exported %,d lines to %s%n", lines, file);
            return ExitCode.OK;
        }
    }
}
