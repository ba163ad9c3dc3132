package dev.manicule.cli;

import dev.manicule.client.GetMessageActions;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Adds, removes and lists message actions. */
@Command(name = "actions", description = "Add, remove or list actions on messages.", subcommands = {
        ActionsCommand.Add.class, ActionsCommand.Remove.class, ActionsCommand.Listing.class})
final class ActionsCommand extends CommandGroup {
    ActionsCommand() {
        super("add, remove or list");
    }

    private static String words(MessageAction action) {
        return action.actionTimetoken() + "  on " + action.messageTimetoken() + "  " + action.type() + " = "
                + action.value() + "  by " + action.uuid();
    }

    /** Puts an action on a message. */
    @Command(name = "add", description = "Add an action to a message, and print its action timetoken.")
    static final class Add extends ClientCommand {
        @Parameters(index = "0", paramLabel = "CHANNEL",
                description = "The channel of the message.")
        private String channel = "";

        @Parameters(index = "1", paramLabel = "MESSAGE", converter = TimetokenArgument.class,
                description = "The message's timetoken.")
        private long message;

        @Parameters(index = "2", paramLabel = "TYPE",
                description = "The action's type, such as reaction.")
        private String type = "";

        @Parameters(index = "3", paramLabel = "VALUE",
                description = "The action's value, such as smiley_face.")
        private String value = "";

        @Override
        void run(ManiculeClient client, Output out) {
            MessageAction added = client.addMessageAction(channel, MessageAction.of(type, value, message))
                    .sync()
                    .orThrow();
            out.print(String.valueOf(added.actionTimetoken()), Output.object(added));
        }
    }

    /** Takes an action off a message. */
    @Command(name = "remove", description = "Remove one of your actions from a message.")
    static final class Remove extends ClientCommand {
        @Parameters(index = "0", paramLabel = "CHANNEL",
                description = "The channel of the message.")
        private String channel = "";

        @Parameters(index = "1", paramLabel = "MESSAGE", converter = TimetokenArgument.class,
                description = "The message's timetoken.")
        private long message;

        @Parameters(index = "2", paramLabel = "ACTION", converter = TimetokenArgument.class,
                description = "The action's timetoken.")
        private long action;

        @Override
        void run(ManiculeClient client, Output out) {
            client.removeMessageAction(channel, message, action).sync().orThrow();
            out.print("Removed.", Output.object().put("removed", String.valueOf(action)));
        }
    }

    /** Lists the actions of a channel. */
    @Command(name = "list", description = "List the newest actions of a channel, oldest first.")
    static final class Listing extends ClientCommand {
        private static final int MOST = 1_000;

        @Parameters(index = "0", paramLabel = "CHANNEL",
                description = "The channel of the messages.")
        private String channel = "";

        @Option(names = "--start", paramLabel = "TIMETOKEN", converter = TimetokenArgument.class,
                description = "Only actions before this timetoken.")
        private @Nullable Long start;

        @Option(names = "--end", paramLabel = "TIMETOKEN", converter = TimetokenArgument.class,
                description = "Only actions from this timetoken on.")
        private @Nullable Long end;

        @Option(names = "--limit", paramLabel = "N",
                description = "Maximum number, 1 to 1000. Default: 100.")
        private int limit = 100;

        @Option(names = "--all", description = "All there are, page by page, newest first.")
        private boolean all;

        @Override
        void check() {
            if (limit < 1 || limit > MOST) {
                throw new IllegalArgumentException(
                        "--limit must be 1 to " + MOST + ", not " + limit + "; --all lists all there are");
            }
        }

        @Override
        void run(ManiculeClient client, Output out) {
            GetMessageActions get = client.getMessageActions(channel).limit(limit);
            if (start != null) {
                get = get.start(start);
            }
            if (end != null) {
                get = get.end(end);
            }
            if (all) {
                get.stream().forEach(action -> print(action, out));
            } else {
                List<MessageAction> actions = get.sync().orThrow().actions();
                actions.forEach(action -> print(action, out));
            }
        }

        private static void print(MessageAction action, Output out) {
            out.print(words(action), Output.object(action));
        }
    }
}
