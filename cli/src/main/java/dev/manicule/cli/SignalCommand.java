package dev.manicule.cli;

import dev.manicule.client.ManiculeClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Sends a signal. */
@Command(name = "signal", description = "Send a signal, which is delivered and never stored, and print its timetoken.")
final class SignalCommand extends ClientCommand {
    @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel to publish to.")
    private String channel = "";

    @Parameters(index = "1", paramLabel = "JSON",
            description = "The signal: up to 64 bytes of JSON, such as '\"typing\"'.")
    private String message = "";

    @Override
    void run(ManiculeClient client, Output out) {
        String timetoken = String.valueOf(client.signal(channel, Output.parse(message)).sync().orThrow().timetoken());
        out.print(timetoken, Output.object().put("channel", channel).put("timetoken", timetoken));
    }
}
