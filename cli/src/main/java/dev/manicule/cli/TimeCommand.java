package dev.manicule.cli;

import dev.manicule.client.ManiculeClient;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Asks a server what time it is. */
@Command(name = "time", mixinStandardHelpOptions = true, versionProvider = ManiculeCommand.Version.class, description = "Print the server's time, as a timetoken.", sortOptions = false)
final class TimeCommand implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        try (ManiculeClient client = server.connect()) {
            long timetoken = client.time().sync().orThrow().timetoken();
            Instant instant = Instant.ofEpochSecond(timetoken / 10_000_000, timetoken % 10_000_000 * 100);
            output.print(String.valueOf(timetoken), Output.object()
                    .put("timetoken", String.valueOf(timetoken))
                    .put("instant", instant.toString()));
        }
        return ExitCode.OK;
    }
}
