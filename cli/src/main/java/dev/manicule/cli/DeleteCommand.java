package dev.manicule.cli;

import dev.manicule.client.DeleteMessages;
import dev.manicule.client.ManiculeClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes stored messages. */
@Command(name = "delete", description = "Delete stored messages of a channel, and the actions on them.",
        footerHeading = "%n", footer = "One of --message, --start, --end or --all is needed.")
final class DeleteCommand extends ClientCommand {
    @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel.")
    private String channel = "";

    @Option(names = "--message", paramLabel = "TIMETOKEN", converter = TimetokenArgument.class,
            description = "Only this message.")
    private @Nullable Long message;

    @Option(names = "--start", paramLabel = "TIMETOKEN", converter = TimetokenArgument.class,
            description = "Start timetoken, exclusive; alone, deletes everything older.")
    private @Nullable Long start;

    @Option(names = "--end", paramLabel = "TIMETOKEN", converter = TimetokenArgument.class,
            description = "End timetoken, inclusive; alone, deletes it and everything newer.")
    private @Nullable Long end;

    @Option(names = "--all", description = "All messages of the channel.")
    private boolean all;

    @Override
    void check() {
        int ways = (message == null ? 0 : 1) + (start == null && end == null ? 0 : 1) + (all ? 1 : 0);
        if (ways != 1) {
            throw new IllegalArgumentException(
                    "say which messages to delete: --message, --start and --end, or --all, and only one of these");
        }
    }

    @Override
    void run(ManiculeClient client, Output out) {
        DeleteMessages delete = client.deleteMessages(channel);
        if (message != null) {
            delete = delete.start(message - 1).end(message);
        }
        if (start != null) {
            delete = delete.start(start);
        }
        if (end != null) {
            delete = delete.end(end);
        }
        delete.sync().orThrow();
        out.print("Deleted.", Output.object().put("deleted", true));
    }
}
