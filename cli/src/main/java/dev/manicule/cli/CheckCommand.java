package dev.manicule.cli;

import dev.manicule.server.Maintenance;
import dev.manicule.server.StartException;
import dev.manicule.server.ledger.IntegrityCheck;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** Checks every row of some data. */
@Command(name = "check",
        description = "Check every byte and every row of a server's data, while it runs or not, or of a backup.")
final class CheckCommand extends DataCommand {
    @Override
    int work(Path folder, ProgressBars bars) throws StartException {
        IntegrityCheck.Report report = Maintenance.check(folder, bars);
        PrintWriter out = out();
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
