package dev.manicule.cli;

import dev.manicule.server.Operations;
import dev.manicule.server.StartException;
import dev.manicule.server.ledger.Inspection;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Looks at every row of some data. */
@Command(name = "check", mixinStandardHelpOptions = true, versionProvider = ManiculeCommand.Version.class,
        description = "Check every byte and every row of a server's data, while it runs or not, or of a backup.")
final class CheckCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private final ProgressBars progress = new ProgressBars();

    @Mixin
    private final DataOption data = new DataOption();

    @Override
    public Integer call() throws StartException {
        try (progress) {
            Inspection.Report report = Operations.check(data.path(), progress);
            progress.close();
            PrintWriter out = spec.commandLine().getOut();
            out.printf("%,d messages, %,d actions, %,d events, up to timetoken %d%n", report.messages(),
                    report.actions(),
                    report.events(), report.lastTimetoken());
            if (report.findings().isEmpty()) {
                out.println("all is well");
                return ExitCode.OK;
            }
            report.findings().forEach(out::println);
            out.println("Something is wrong: restore a backup, or export what can be read and import it elsewhere.");
            return ExitCode.REFUSED;
        }
    }
}
