package dev.manicule.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.manicule.client.FetchMessages;
import dev.manicule.client.FetchMessages.Actor;
import dev.manicule.client.FetchMessages.Effective;
import dev.manicule.client.FetchMessages.Message;
import dev.manicule.client.ManiculeClient;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints stored messages. */
@Command(name = "history", description = "Print the newest messages of a channel, oldest first.")
final class HistoryCommand extends ClientCommand {
    private static final int MOST = 100;
    private static final int MOST_WITH_ACTIONS = 25;

    @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel.")
    private String channel = "";

    @Option(names = "--actions", description = "With the actions on each message.")
    private boolean actions;

    @Option(names = "--summary", description = "With the counts of the actions on each message.")
    private boolean summary;

    @Option(names = "--effective", description = "With the edit or deletion of each message that counts.")
    private boolean effective;

    @Option(names = "--max", paramLabel = "N",
            description = "Maximum number. Default and limit: 100, with actions 25.")
    private @Nullable Integer max;

    @Option(names = "--start", paramLabel = "TIMETOKEN", converter = TimetokenArgument.class,
            description = "Start timetoken, exclusive.")
    private @Nullable Long start;

    @Option(names = "--end", paramLabel = "TIMETOKEN", converter = TimetokenArgument.class,
            description = "End timetoken, inclusive.")
    private @Nullable Long end;

    @Override
    void check() {
        int most = actions ? MOST_WITH_ACTIONS : MOST;
        if (max != null && (max < 1 || max > most)) {
            throw new IllegalArgumentException("--max must be 1 to " + most + (actions ? " with --actions" : "")
                    + ", not " + max + "; what is older comes with --start and the oldest timetoken of these");
        }
    }

    @Override
    void run(ManiculeClient client, Output out) {
        FetchMessages fetch = client.fetchMessages(channel)
                .includeMessageActions(actions)
                .includeActionSummary(summary)
                .includeEffective(effective)
                .includeMeta(true)
                .includeCustomMessageType(true);
        if (max != null) {
            fetch = fetch.maximumPerChannel(max);
        }
        if (start != null) {
            fetch = fetch.start(start);
        }
        if (end != null) {
            fetch = fetch.end(end);
        }
        fetch.sync()
                .orThrow()
                .channels()
                .values()
                .forEach(messages -> messages.forEach(message -> print(message, out)));
    }

    private void print(Message message, Output out) {
        ObjectNode json = Output.object()
                .put("channel", channel)
                .put("timetoken", String.valueOf(message.timetoken()))
                .put("publisher", message.uuid());
        json.set("message", message.message());
        if (message.meta() != null) {
            json.set("meta", message.meta());
        }
        if (message.customMessageType() != null) {
            json.put("customMessageType", message.customMessageType());
        }
        if (message.effective() != null) {
            json.set("effective", effective(message.effective()));
        }
        if (actions) {
            json.set("actions", actions(message));
        }
        if (message.actionSummary() != null) {
            json.set("actionSummary", SummaryText.json(message.actionSummary()));
        }
        StringBuilder words = new StringBuilder().append(message.timetoken())
                .append("  ")
                .append(message.uuid() == null ? "(unknown)" : message.uuid())
                .append(": ")
                .append(text(message));
        message.actions()
                .forEach((type, values) -> values.forEach((value, actors) -> words.append("\n    ")
                        .append(type)
                        .append(" = ")
                        .append(value)
                        .append("  by ")
                        .append(actors.stream().map(Actor::uuid).collect(Collectors.joining(", ")))));
        if (message.actionSummary() != null) {
            SummaryText.lines(message.actionSummary()).forEach(line -> words.append('\n').append(line));
        }
        out.print(words.toString(), json);
    }

    /** What a reader of the channel sees, and of an edited or deleted message by which user. */
    private static String text(Message message) {
        Effective effective = message.effective();
        if (effective == null) {
            return Output.text(message.message());
        }
        return effective.message() == null
                ? "(deleted by " + effective.by().uuid() + ")"
                : Output.text(effective.message()) + "  (edited by " + effective.by().uuid() + ")";
    }

    private static ObjectNode effective(Effective effective) {
        ObjectNode json = Output.object();
        if (effective.message() != null) {
            json.set("message", effective.message());
        }
        json.putObject(effective.isDeleted() ? "deleted" : "edited")
                .put("uuid", effective.by().uuid())
                .put("actionTimetoken", String.valueOf(effective.by().actionTimetoken()));
        return json;
    }

    private static ObjectNode actions(Message message) {
        ObjectNode types = Output.object();
        for (Map.Entry<String, Map<String, List<Actor>>> type : message.actions().entrySet()) {
            ObjectNode values = types.putObject(type.getKey());
            type.getValue().forEach((value, actors) -> values.set(value, Output.array(actors)));
        }
        return types;
    }
}
