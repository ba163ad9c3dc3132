package dev.manicule.cli;

import dev.manicule.client.ManiculeClient;
import dev.manicule.client.Publish;
import dev.manicule.client.RawJson;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Publishes a message. */
@Command(name = "publish", description = "Publish a message, and print its timetoken.")
final class PublishCommand extends ClientCommand {
    @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel to publish to.")
    private String channel = "";

    @Parameters(index = "1", paramLabel = "JSON",
            description = "The message: any JSON, such as '{\"text\":\"hello\"}' or '\"hello\"'.")
    private String message = "";

    @Option(names = "--meta", paramLabel = "JSON",
            description = "Metadata, a JSON object.")
    private @Nullable String meta;

    @Option(names = "--no-store",
            description = "Deliver it without storing it.")
    private boolean transientOnly;

    @Override
    void run(ManiculeClient client, Output out) {
        RawJson json = Output.parse(message);
        RawJson metaJson = meta == null ? null : Output.parse(meta);
        Publish publish = client.publish(channel, json);
        if (metaJson != null) {
            publish = publish.meta(metaJson);
        }
        if (transientOnly) {
            publish = publish.shouldStore(false);
        }
        String timetoken = String.valueOf(publish.sync().orThrow().timetoken());
        out.print(timetoken, Output.object().put("channel", channel).put("timetoken", timetoken));
    }
}
