package dev.manicule.cli;

import dev.manicule.client.ManiculeClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Memberships of users in channels. */
@Command(name = "members", description = "List, make and end memberships of users in channels.",
        subcommands = {MembersCommand.Listing.class, MembersCommand.Channels.class, MembersCommand.Set.class,
                MembersCommand.Remove.class, MembersCommand.Join.class, MembersCommand.Leave.class})
final class MembersCommand extends CommandGroup {
    MembersCommand() {
        super("list, channels, set, remove, join or leave");
    }

    /** Lists the members of a channel. */
    @Command(name = "list", description = "List the members of a channel.")
    static final class Listing extends MetadataListing {
        @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel.")
        private String channel = "";

        @Override
        void run(ManiculeClient client, Output out) {
            options.entries(client.getMembers(channel).withMetadata())
                    .forEach(each -> MetadataText.printUser(each, out));
        }
    }

    /** Lists the channels of a user. */
    @Command(name = "channels", description = "List the channels that a user is a member of.")
    static final class Channels extends MetadataListing {
        @Parameters(index = "0", arity = "0..1", paramLabel = "USER", description = "The user. Default: you.")
        private @Nullable String user;

        @Override
        void run(ManiculeClient client, Output out) {
            options.entries(client.getMemberships(user == null ? client.config().uuid() : user).withMetadata())
                    .forEach(each -> MetadataText.printChannel(each, out));
        }
    }

    /** Makes users members of a channel. */
    @Command(name = "set",
            description = "Make users members of a channel, or set fields of their memberships: all of them, or none.")
    static final class Set extends ClientCommand {
        @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel.")
        private String channel = "";

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "USER", description = "The users, up to 100.")
        private String[] users = {};

        @Mixin
        private final MetadataFieldOptions fields = new MetadataFieldOptions();

        @Override
        void check() {
            fields.check(MetadataFieldOptions.NAMES);
        }

        @Override
        void run(ManiculeClient client, Output out) {
            fields.in(client.changeMembers(channel).set(users)).limit(1).sync().orThrow();
            out.print("done", Output.object().put("channel", channel).put("set", users.length));
        }
    }

    /** Ends memberships of a channel. */
    @Command(name = "remove", description = "End memberships of users in a channel: all of them, or none.")
    static final class Remove extends ClientCommand {
        @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel.")
        private String channel = "";

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "USER", description = "The users, up to 100.")
        private String[] users = {};

        @Override
        void run(ManiculeClient client, Output out) {
            client.changeMembers(channel).remove(users).limit(1).sync().orThrow();
            out.print("done", Output.object().put("channel", channel).put("removed", users.length));
        }
    }

    /** Has the user join channels. */
    @Command(name = "join",
            description = "Become a member of channels, or set fields of your memberships: all of them, or none.")
    static final class Join extends ClientCommand {
        @Parameters(index = "0..*", arity = "1..*", paramLabel = "CHANNEL", description = "The channels, up to 100.")
        private String[] channels = {};

        @Mixin
        private final MetadataFieldOptions fields = new MetadataFieldOptions();

        @Override
        void check() {
            fields.check(MetadataFieldOptions.NAMES);
        }

        @Override
        void run(ManiculeClient client, Output out) {
            String user = client.config().uuid();
            fields.in(client.changeMemberships(user).set(channels)).limit(1).sync().orThrow();
            out.print("done", Output.object().put("uuid", user).put("joined", channels.length));
        }
    }

    /** Has the user leave channels. */
    @Command(name = "leave", description = "End your memberships of channels: all of them, or none.")
    static final class Leave extends ClientCommand {
        @Parameters(index = "0..*", arity = "1..*", paramLabel = "CHANNEL", description = "The channels, up to 100.")
        private String[] channels = {};

        @Override
        void run(ManiculeClient client, Output out) {
            String user = client.config().uuid();
            client.changeMemberships(user).remove(channels).limit(1).sync().orThrow();
            out.print("done", Output.object().put("uuid", user).put("left", channels.length));
        }
    }
}
