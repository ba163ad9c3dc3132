package dev.manicule.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.manicule.client.HereNow;
import dev.manicule.client.ManiculeClient;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the users on channels, or the channels of a user. */
@Command(name = "presence", description = "Print the users on channels, or the channels of a user.",
        footerHeading = "%n",
        footer = "For joins and leaves, live: manicule subscribe --presence CHANNEL")
final class PresenceCommand extends ClientCommand {
    @Parameters(arity = "0..*", paramLabel = "CHANNEL",
            description = "The channels; none for all that have users.")
    private String[] channels = {};

    @Option(names = "--group", paramLabel = "GROUP",
            description = "The channels of a group; may be given several times.")
    private List<String> groups = List.of();

    @Option(names = "--where", paramLabel = "UUID", description = "Print the channels that this user is on.")
    private @Nullable String where;

    @Override
    void check() {
        if (where != null && (channels.length > 0 || !groups.isEmpty())) {
            throw new IllegalArgumentException("--where takes a user, and no channels");
        }
    }

    @Override
    void run(ManiculeClient client, Output out) {
        if (where != null) {
            for (String channel : client.whereNow().uuid(where).sync().orThrow()) {
                out.print(channel, Output.object().put("uuid", where).put("channel", channel));
            }
            return;
        }
        HereNow.Result result = client.hereNow(channels)
                .channelGroups(groups.toArray(String[]::new))
                .includeState(true)
                .sync()
                .orThrow();
        result.channels().forEach((name, channel) -> {
            for (HereNow.Occupant occupant : channel.occupants()) {
                ObjectNode line = Output.object().put("channel", name).put("uuid", occupant.uuid());
                String words = name + "  " + occupant.uuid();
                if (occupant.state() != null) {
                    line.set("state", occupant.state());
                    words += "  " + Output.text(occupant.state());
                }
                out.print(words, line);
            }
        });
    }
}
