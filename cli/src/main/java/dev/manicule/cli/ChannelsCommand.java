package dev.manicule.cli;

import dev.manicule.client.ManiculeClient;
import dev.manicule.client.SetChannelMetadata;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Metadata of channels. */
@Command(name = "channels",
        description = "List, print, set and remove names, descriptions and other metadata of channels.",
        subcommands = {ChannelsCommand.Listing.class, ChannelsCommand.Get.class, ChannelsCommand.Set.class,
                ChannelsCommand.Remove.class})
final class ChannelsCommand extends CommandGroup {
    ChannelsCommand() {
        super("list, get, set or remove");
    }

    /** Lists those that have metadata. */
    @Command(name = "list", description = "List the channels that have metadata.")
    static final class Listing extends MetadataListing {
        @Override
        void run(ManiculeClient client, Output out) {
            options.entries(client.listChannelMetadata()).forEach(each -> MetadataText.print(each, out));
        }
    }

    /** Prints the metadata of one. */
    @Command(name = "get", description = "Print the metadata of a channel.")
    static final class Get extends ClientCommand {
        @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel.")
        private String channel = "";

        @Override
        void run(ManiculeClient client, Output out) {
            MetadataText.print(client.getChannelMetadata(channel).sync().orThrow(), out);
        }
    }

    /** Sets fields. */
    @Command(name = "set",
            description = "Set fields of the metadata of a channel, and print all of it. Fields without an option stay as "
                    + "they are.")
    static final class Set extends ClientCommand {
        @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel.")
        private String channel = "";

        @Option(names = "--name", paramLabel = "TEXT", description = "The name, for people to read.")
        private @Nullable String name;

        @Option(names = "--description", paramLabel = "TEXT", description = "The description, for people to read.")
        private @Nullable String description;

        @Mixin
        private final MetadataFieldOptions fields = new MetadataFieldOptions();

        @Option(names = "--if-match", paramLabel = "TAG",
                description = "Only if the metadata still has this eTag, which get prints with --json.")
        private @Nullable String tag;

        @Override
        void check() {
            List<String> names = new ArrayList<>(List.of("name", "description"));
            names.addAll(MetadataFieldOptions.NAMES);
            fields.check(names);
        }

        @Override
        void run(ManiculeClient client, Output out) {
            SetChannelMetadata set = fields.in(client.setChannelMetadata(channel));
            set = fields.with(set, "name", name, SetChannelMetadata::name);
            set = fields.with(set, "description", description, SetChannelMetadata::description);
            MetadataText.print((tag == null ? set : set.ifMatch(tag)).sync().orThrow(), out);
        }
    }

    /** Removes metadata. */
    @Command(name = "remove", description = "Remove the metadata of a channel. Memberships stay.")
    static final class Remove extends ClientCommand {
        @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel.")
        private String channel = "";

        @Override
        void run(ManiculeClient client, Output out) {
            client.removeChannelMetadata(channel).sync().orThrow();
            out.print("Removed.", Output.object().put("removed", channel));
        }
    }
}
