package dev.manicule.cli;

import dev.manicule.client.ManiculeClient;
import java.time.Instant;
import picocli.CommandLine.Command;

/** Gets the time of a server. */
@Command(name = "time", description = "Print the server's time, as a timetoken.")
final class TimeCommand extends ClientCommand {
    @Override
    void run(ManiculeClient client, Output out) {
        long timetoken = client.time().sync().orThrow().timetoken();
        Instant instant = Instant.ofEpochSecond(timetoken / 10_000_000, timetoken % 10_000_000 * 100);
        out.print(String.valueOf(timetoken), Output.object()
                .put("timetoken", String.valueOf(timetoken))
                .put("instant", instant.toString()));
    }
}
