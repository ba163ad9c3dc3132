package dev.manicule.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.manicule.client.ChangeChannelGroup;
import dev.manicule.client.ManiculeClient;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Groups of channels. */
@Command(name = "groups", description = "List, fill and empty channel groups.", subcommands = {
        GroupsCommand.Listing.class, GroupsCommand.Add.class, GroupsCommand.Remove.class,
        GroupsCommand.Delete.class})
final class GroupsCommand extends CommandGroup {
    GroupsCommand() {
        super("list, add, remove or delete");
    }

    /** Lists the channels of a group, or all groups. */
    @Command(name = "list", description = "Print the channels of a group, or the groups there are.")
    static final class Listing extends ClientCommand {
        @Parameters(index = "0", arity = "0..1", paramLabel = "GROUP",
                description = "The group; none for the names of all groups.")
        private @Nullable String group;

        @Override
        void run(ManiculeClient client, Output out) {
            List<String> names = (group == null
                    ? client.listAllChannelGroups()
                    : client.listChannelsForChannelGroup(group)).sync().orThrow();
            for (String name : names) {
                ObjectNode line = Output.object();
                out.print(name,
                        group == null ? line.put("group", name) : line.put("group", group).put("channel", name));
            }
        }
    }

    /** Changes the channels of a group. */
    abstract static class Change extends ClientCommand {
        @Parameters(index = "0", paramLabel = "GROUP", description = "The group.")
        private String group = "";

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "CHANNEL", description = "The channels.")
        private String[] channels = {};

        @Override
        final void run(ManiculeClient client, Output out) {
            change(client, group, channels).sync().orThrow();
            out.print("done", Output.object().put("group", group).put("changed", channels.length));
        }

        abstract ChangeChannelGroup change(ManiculeClient client, String group, String... channels);
    }

    /** Puts channels in. */
    @Command(name = "add", description = "Add channels to a group, which is created if need be.")
    static final class Add extends Change {
        @Override
        ChangeChannelGroup change(ManiculeClient client, String group, String... channels) {
            return client.addChannelsToChannelGroup(group, channels);
        }
    }

    /** Takes channels out. */
    @Command(name = "remove", description = "Remove channels from a group.")
    static final class Remove extends Change {
        @Override
        ChangeChannelGroup change(ManiculeClient client, String group, String... channels) {
            return client.removeChannelsFromChannelGroup(group, channels);
        }
    }

    /** Takes all out. */
    @Command(name = "delete", description = "Remove all channels from a group.")
    static final class Delete extends ClientCommand {
        @Parameters(index = "0", paramLabel = "GROUP", description = "The group.")
        private String group = "";

        @Override
        void run(ManiculeClient client, Output out) {
            client.deleteChannelGroup(group).sync().orThrow();
            out.print("done", Output.object().put("group", group).put("deleted", true));
        }
    }
}
