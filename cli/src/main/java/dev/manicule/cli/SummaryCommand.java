package dev.manicule.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.manicule.client.ActionSummary;
import dev.manicule.client.ManiculeClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Counts the actions on messages. */
@Command(name = "summary",
        description = "Print how many actions of each type and value are on messages, their first users, and which are "
                + "yours.",
        footerHeading = "%n",
        footer = "For all users of an action: manicule actions list CHANNEL --message TIMETOKEN --type TYPE --value VALUE")
final class SummaryCommand extends ClientCommand {
    @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel of the messages.")
    private String channel = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "MESSAGE", converter = TimetokenArgument.class,
            description = "The messages' timetokens, any number.")
    private List<Long> messages = List.of();

    @Override
    void run(ManiculeClient client, Output out) {
        client.getActionSummaries(channel)
                .messages(messages)
                .sync()
                .orThrow()
                .summaries()
                .values()
                .forEach(summary -> print(summary, out));
    }

    private void print(ActionSummary summary, Output out) {
        String message = String.valueOf(summary.messageTimetoken());
        List<String> lines = SummaryText.lines(summary);
        ObjectNode json = Output.object().put("channel", channel).put("messageTimetoken", message);
        json.setAll(SummaryText.json(summary));
        out.print(lines.isEmpty() ? message + "  no actions" : message + "\n" + String.join("\n", lines), json);
    }
}
