package dev.manicule.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.manicule.client.ActionRule;
import dev.manicule.client.AddMessageAction;
import dev.manicule.client.ChangedActions;
import dev.manicule.client.GetActionsBy;
import dev.manicule.client.GetActionsOn;
import dev.manicule.client.GetMessageActions;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import dev.manicule.client.RemoveMessageActions;
import dev.manicule.client.SetMessageActions;
import dev.manicule.client.ToggleMessageAction;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Adds, toggles, sets, removes and lists message actions. */
@Command(name = "actions", description = "Add, toggle, set, remove or list actions on messages.", subcommands = {
        ActionsCommand.Add.class, ActionsCommand.Toggle.class, ActionsCommand.Set.class,
        ActionsCommand.Remove.class, ActionBatchCommand.class, ActionsCommand.Listing.class,
        ActionsCommand.Rules.class})
final class ActionsCommand extends CommandGroup {
    ActionsCommand() {
        super("add, toggle, set, remove, batch, list or rules");
    }

    static String words(MessageAction action) {
        return action.actionTimetoken() + "  on " + action.messageTimetoken() + "  " + action.type() + " = "
                + action.value() + "  by " + action.uuid()
                + (action.amount() == 1 ? "" : "  amount " + action.amount())
                + (action.expires() == 0 ? "" : "  expires " + action.expires());
    }

    /** The JSON of an addition, with what it replaced, if anything. */
    private static ObjectNode with(List<MessageAction> replaced, ObjectNode json) {
        if (!replaced.isEmpty()) {
            ArrayNode array = json.putArray("replaced");
            replaced.forEach(action -> array.add(Output.object(action)));
        }
        return json;
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

    /** A change that adds actions, for a time or until they are removed. */
    abstract static class Addition extends Change {
        @Option(names = "--ttl", paramLabel = "SECONDS",
                description = "What is added leaves by itself after this time, 1 to 31536000. Default: it stays.")
        private @Nullable Long ttl;

        @Override
        void check() {
            refuse(ttl != null && !TimeToLive.isIn(ttl),
                    "--ttl: expected 1 to " + TimeToLive.LONGEST + " seconds, not " + ttl);
        }

        /** A call with the time to live, if there is one. */
        <C> C timed(C call, BiFunction<C, Duration, C> ttlOf) {
            return ttl == null ? call : ttlOf.apply(call, Duration.ofSeconds(ttl));
        }
    }

    /** A change of the user's own action, which type and value name. */
    abstract static class OwnChange extends Addition {
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
        @Option(names = "--amount", paramLabel = "N", converter = AmountArgument.class, defaultValue = "1",
                description = "Of a type whose rule is counter: what to add to your own action, or, if it is negative, to take "
                        + "back. Default: 1.")
        private int amount;

        @Override
        void run(ManiculeClient client, Output out) {
            ChangedActions changed = timed(client.addMessageAction(channel, action().withAmount(amount)),
                    AddMessageAction::ttl)
                    .withReplaced()
                    .sync()
                    .orThrow();
            if (changed.added().isEmpty() && changed.renewed().isEmpty()) {
                MessageAction gone = changed.removed().get(0);
                out.print("Removed " + gone.actionTimetoken() + ": nothing of it is left.",
                        Output.object(gone).put("removed", true));
                return;
            }
            MessageAction added = (changed.added().isEmpty() ? changed.renewed() : changed.added()).get(0);
            out.print(String.valueOf(added.actionTimetoken()), with(changed.removed(), Output.object(added)));
        }
    }

    /** Puts an action on a message, or takes it off. */
    @Command(name = "toggle",
            description = "Add an action to a message, or remove it where you have added it before, and print which.")
    static final class Toggle extends OwnChange {
        @Override
        void run(ManiculeClient client, Output out) {
            ToggleMessageAction.Result toggled = timed(client.toggleMessageAction(channel, action()),
                    ToggleMessageAction::ttl).sync().orThrow();
            String how = toggled.isAdded() ? "added" : "removed";
            out.print((toggled.isAdded() ? "Added " : "Removed ") + toggled.action().actionTimetoken() + ".",
                    with(toggled.replaced(), Output.object(toggled.action()).put("toggled", how)));
        }
    }

    /** Makes some values those of a type. */
    @Command(name = "set",
            description = "Make some values the ones that you have of a type on a message: add what is missing, remove all "
                    + "others, and print what changed.")
    static final class Set extends Addition {
        @Parameters(index = "2", paramLabel = "TYPE", description = "The type of the actions, such as label.")
        private String type = "";

        @Parameters(index = "3..*", arity = "0..*", paramLabel = "VALUE",
                description = "The values, up to 100; none to remove all of the type.")
        private String[] values = {};

        @Override
        void run(ManiculeClient client, Output out) {
            ChangedActions changed = timed(client.setMessageActions(channel, message, type, values),
                    SetMessageActions::ttl).sync().orThrow();
            changed.removed().forEach(action -> print("removed", action, out));
            changed.added().forEach(action -> print("added", action, out));
            changed.renewed().forEach(action -> print("renewed", action, out));
        }

        private static void print(String how, MessageAction action, Output out) {
            out.print(how + " " + words(action), Output.object(action).put("change", how));
        }
    }

    /** Takes actions off a message. */
    @Command(name = "remove",
            description = "Remove an action from a message, by its timetoken, or by its type and value; or all actions of a "
                    + "type, of a user or of everyone.")
    static final class Remove extends Change {
        @Parameters(index = "2", arity = "0..1", paramLabel = "ACTION", converter = TimetokenArgument.class,
                description = "The action's timetoken; not with the options below.")
        private @Nullable Long action;

        @Option(names = "--type", paramLabel = "TYPE",
                description = "The action's type. Without --value: all actions of this type.")
        private @Nullable String type;

        @Option(names = "--value", paramLabel = "VALUE", description = "With --type: the action's value.")
        private @Nullable String value;

        @Option(names = "--of", paramLabel = "UUID",
                description = "The actions of this user; without --type, all of them. Takes the secret key for other "
                        + "users. Default: yours.")
        private @Nullable String of;

        @Option(names = "--everyone",
                description = "The actions of all users; without --type, all of them. Takes the secret key.")
        private boolean everyone;

        @Override
        void check() {
            boolean isSelected = type != null || value != null || of != null || everyone;
            refuse(action == null && !isSelected,
                    "say which action to remove: its timetoken, or --type and --value; or --type, --of or --everyone for "
                            + "many");
            refuse(action != null && isSelected,
                    "a timetoken says which action to remove; leave out --type, --value, --of and --everyone");
            refuse(value != null && type == null, "--value needs --type, such as --type reaction");
            refuse(of != null && everyone, "--of and --everyone exclude each other; leave one out");
        }

        @Override
        void run(ManiculeClient client, Output out) {
            if (action == null && (value == null || everyone)) {
                long count = removeMany(client);
                out.print("Removed " + count + ".", Output.object().put("count", count));
                return;
            }
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

        private long removeMany(ManiculeClient client) {
            RemoveMessageActions remove = client.removeMessageActions(channel, message).uuid(of);
            remove = type == null ? remove : remove.type(type);
            remove = value == null ? remove : remove.value(value);
            return (everyone ? remove.everyone() : remove).sync().orThrow().removed();
        }
    }

    /** Lists the actions of a channel, of a message or of a user. */
    @Command(name = "list",
            description = "List the newest actions of a channel, oldest first; or those on a message, or of a user.",
            footerHeading = "%n",
            footer = "For counts: manicule summary CHANNEL TIMETOKEN")
    static final class Listing extends ClientCommand {
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

        @Option(names = "--newest",
                description = "With --message or --by: the list turned round; of one type and value, the newest first.")
        private boolean newest;

        @Option(names = "--start", paramLabel = "TIMETOKEN", converter = TimetokenArgument.class,
                description = "Only actions before this timetoken.")
        private @Nullable Long start;

        @Option(names = "--end", paramLabel = "TIMETOKEN", converter = TimetokenArgument.class,
                description = "Only actions from this timetoken on.")
        private @Nullable Long end;

        @Option(names = "--limit", paramLabel = "N", description = PageSize.DESCRIPTION)
        private int limit = PageSize.DEFAULT;

        @Option(names = "--all", description = "All there are, page by page; of a channel, newest first.")
        private boolean all;

        @Override
        void check() {
            PageSize.check(limit);
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

    /** Prints the rules of the keyset. */
    @Command(name = "rules",
            description = "Print the rules of the keyset for types of actions; * stands for all types without a rule.")
    static final class Rules extends ClientCommand {
        @Override
        void run(ManiculeClient client, Output out) {
            client.getActionRules().sync().orThrow().rules().forEach(rule -> out.print(words(rule), json(rule)));
        }

        private static String kind(ActionRule rule) {
            return rule.kind().name().toLowerCase(Locale.ROOT);
        }

        private static String words(ActionRule rule) {
            StringBuilder words = new StringBuilder(rule.type()).append("  ").append(kind(rule));
            if (!rule.values().isEmpty()) {
                words.append(", values ").append(String.join(" ", rule.values()));
            }
            rule.most().values().ifPresent(most -> words.append(", at most ").append(most).append(" values a message"));
            rule.most()
                    .byUser()
                    .ifPresent(most -> words.append(", at most ").append(most).append(" a user and message"));
            rule.most().ttl().ifPresent(ttl -> words.append(", for ").append(ttl.toSeconds()).append(" seconds"));
            words.append(rule.isAddedByOwner() ? ", added by the owner only" : "");
            return words.append(rule.isRemovedByOwner() ? ", removed by the owner only" : "").toString();
        }

        /** As the server has it. */
        private static ObjectNode json(ActionRule rule) {
            ObjectNode json = Output.object().put("type", rule.type()).put("rule", kind(rule));
            if (!rule.values().isEmpty()) {
                json.set("values", Output.tree(rule.values()));
            }
            rule.most().values().ifPresent(most -> json.put("mostValues", most));
            rule.most().byUser().ifPresent(most -> json.put("mostByUser", most));
            rule.most().ttl().ifPresent(ttl -> json.put("ttlSeconds", ttl.toSeconds()));
            return json.put("addedBy", rule.isAddedByOwner() ? "owner" : "users")
                    .put("removedBy", rule.isRemovedByOwner() ? "owner" : "author");
        }
    }
}
