package dev.manicule.cli;

import dev.manicule.client.GetActionsBy;
import dev.manicule.client.GetActionsOn;
import dev.manicule.client.GetMessageActions;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import java.util.stream.Stream;
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

    /** Lists the actions of a channel, of a message or of a user. */
    @Command(name = "list",
            description = "List the newest actions of a channel, oldest first; or those on a message, or of a user.",
            footerHeading = "%n",
            footer = "For counts: manicule summary CHANNEL TIMETOKEN")
    static final class Listing extends ClientCommand {
        private static final int MOST = 1_000;

        @Parameters(index = "0", paramLabel = "CHANNEL",
                description = "The channel of the messages.")
        private String channel = "";

        @Option(names = "--message", paramLabel = "TIMETOKEN", converter = TimetokenArgument.class,
                description = "Only actions on this message: those of one type and value together, the oldest first.")
        private @Nullable Long message;

        @Option(names = "--type", paramLabel = "TYPE", description = "With --message: only actions of this type.")
        private @Nullable String type;

        @Option(names = "--value", paramLabel = "VALUE",
                description = "With --type: only actions of this value, in the order in which they were added.")
        private @Nullable String value;

        @Option(names = "--by", paramLabel = "UUID",
                description = "Only actions of this user, those on the oldest message first.")
        private @Nullable String by;

        @Option(names = "--newest", description = "With --message or --by: the newest first.")
        private boolean newest;

        @Option(names = "--start", paramLabel = "TIMETOKEN", converter = TimetokenArgument.class,
                description = "Only actions before this timetoken.")
        private @Nullable Long start;

        @Option(names = "--end", paramLabel = "TIMETOKEN", converter = TimetokenArgument.class,
                description = "Only actions from this timetoken on.")
        private @Nullable Long end;

        @Option(names = "--limit", paramLabel = "N",
                description = "Maximum number, 1 to 1000. Default: 100.")
        private int limit = 100;

        @Option(names = "--all", description = "All there are, page by page; of a channel, newest first.")
        private boolean all;

        @Override
        void check() {
            if (limit < 1 || limit > MOST) {
                throw new IllegalArgumentException(
                        "--limit must be 1 to " + MOST + ", not " + limit + "; --all lists all there are");
            }
            boolean isOfOne = message != null || by != null;
            refuse(message != null && by != null, "--message and --by exclude each other; leave one out");
            refuse(type != null && message == null, "--type needs --message, such as --message 17672256000000001");
            refuse(value != null && type == null, "--value needs --type, such as --type reaction");
            refuse(newest && !isOfOne, "--newest needs --message or --by; the newest are listed without it");
            refuse(isOfOne && (start != null || end != null),
                    "--start and --end select actions of a channel; leave them out with --message and --by");
        }

        private static void refuse(boolean isWrong, String words) {
            if (isWrong) {
                throw new IllegalArgumentException(words);
            }
        }

        @Override
        void run(ManiculeClient client, Output out) {
            if (message != null) {
                GetActionsOn get = client.getActionsOn(channel, message).limit(limit);
                get = type == null ? get : get.type(type);
                get = value == null ? get : get.value(value);
                get = newest ? get.newestFirst() : get;
                print(all ? get.stream() : get.sync().orThrow().actions().stream(), out);
            } else if (by != null) {
                GetActionsBy get = client.getActionsBy(channel, by).limit(limit);
                get = newest ? get.newestFirst() : get;
                print(all ? get.stream() : get.sync().orThrow().actions().stream(), out);
            } else {
                GetMessageActions get = client.getMessageActions(channel).limit(limit);
                get = start == null ? get : get.start(start);
                get = end == null ? get : get.end(end);
                print(all ? get.stream() : get.sync().orThrow().actions().stream(), out);
            }
        }

        private static void print(Stream<MessageAction> actions, Output out) {
            actions.forEach(action -> out.print(words(action), Output.object(action)));
        }
    }
}
