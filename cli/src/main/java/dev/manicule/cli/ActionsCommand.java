package dev.manicule.cli;

import dev.manicule.client.GetActionsBy;
import dev.manicule.client.GetActionsOn;
import dev.manicule.client.GetMessageActions;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import dev.manicule.client.ToggleMessageAction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Adds, toggles, removes and lists message actions. */
@Command(name = "actions", description = "Add, toggle, remove or list actions on messages.", subcommands = {
        ActionsCommand.Add.class, ActionsCommand.Toggle.class, ActionsCommand.Remove.class,
        ActionsCommand.Listing.class})
final class ActionsCommand extends CommandGroup {
    ActionsCommand() {
        super("add, toggle, remove or list");
    }

    private static String words(MessageAction action) {
        return action.actionTimetoken() + "  on " + action.messageTimetoken() + "  " + action.type() + " = "
                + action.value() + "  by " + action.uuid();
    }

    private static void refuse(boolean isWrong, String words) {
        if (isWrong) {
            throw new IllegalArgumentException(words);
        }
    }

    /** A command that changes the actions on a message. */
    abstract static class Change extends ClientCommand {
        @Parameters(index = "0", paramLabel = "CHANNEL",
                description = "The channel of the message.")
        String channel = "";

        @Parameters(index = "1", paramLabel = "MESSAGE", converter = TimetokenArgument.class,
                description = "The message's timetoken.")
        long message;
    }

    /** A change of the user's own action, which type and value name. */
    abstract static class OwnChange extends Change {
        @Parameters(index = "2", paramLabel = "TYPE",
                description = "The action's type, such as reaction.")
        private String type = "";

        @Parameters(index = "3", paramLabel = "VALUE",
                description = "The action's value, such as smiley_face.")
        private String value = "";

        MessageAction action() {
            return MessageAction.of(type, value, message);
        }
    }

    /** Puts an action on a message. */
    @Command(name = "add", description = "Add an action to a message, and print its action timetoken.")
    static final class Add extends OwnChange {
        @Override
        void run(ManiculeClient client, Output out) {
            MessageAction added = client.addMessageAction(channel, action()).sync().orThrow();
            out.print(String.valueOf(added.actionTimetoken()), Output.object(added));
        }
    }

    /** Puts an action on a message, or takes it off. */
    @Command(name = "toggle",
            description = "Add an action to a message, or remove it where you have added it before, and print which.")
    static final class Toggle extends OwnChange {
        @Override
        void run(ManiculeClient client, Output out) {
            ToggleMessageAction.Result toggled = client.toggleMessageAction(channel, action()).sync().orThrow();
            String how = toggled.isAdded() ? "added" : "removed";
            out.print((toggled.isAdded() ? "Added " : "Removed ") + toggled.action().actionTimetoken() + ".",
                    Output.object(toggled.action()).put("toggled", how));
        }
    }

    /** Takes an action off a message. */
    @Command(name = "remove",
            description = "Remove an action from a message, by its timetoken, or by its type and value.")
    static final class Remove extends Change {
        @Parameters(index = "2", arity = "0..1", paramLabel = "ACTION", converter = TimetokenArgument.class,
                description = "The action's timetoken; not with --type and --value.")
        private @Nullable Long action;

        @Option(names = "--type", paramLabel = "TYPE", description = "With --value: the action's type.")
        private @Nullable String type;

        @Option(names = "--value", paramLabel = "VALUE", description = "With --type: the action's value.")
        private @Nullable String value;

        @Option(names = "--of", paramLabel = "UUID",
                description = "With --type and --value: the action of this user. Takes the secret key. Default: yours.")
        private @Nullable String of;

        @Override
        void check() {
            boolean isByValue = type != null && value != null;
            refuse(action == null && !isByValue,
                    "say which action to remove: its timetoken, or --type and --value");
            refuse(action != null && (type != null || value != null || of != null),
                    "a timetoken says which action to remove; leave out --type, --value and --of");
        }

        @Override
        void run(ManiculeClient client, Output out) {
            long removed = action == null ? removeByValue(client).actionTimetoken() : action;
            if (action != null) {
                client.removeMessageAction(channel, message, action).sync().orThrow();
            }
            out.print("Removed.", Output.object().put("removed", String.valueOf(removed)));
        }

        private MessageAction removeByValue(ManiculeClient client) {
            return client.removeMessageActionByValue()
                    .channel(channel)
                    .messageTimetoken(message)
                    .type(type == null ? "" : type)
                    .value(value == null ? "" : value)
                    .uuid(of)
                    .sync()
                    .orThrow();
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
