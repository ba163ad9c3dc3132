package dev.manicule.cli;

import dev.manicule.client.ManiculeClient;
import dev.manicule.client.SetUserMetadata;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Metadata of users. */
@Command(name = "users", description = "List, print, set and remove names, addresses and other metadata of users.",
        subcommands = {UsersCommand.Listing.class, UsersCommand.Get.class, UsersCommand.Set.class,
                UsersCommand.Remove.class})
final class UsersCommand extends CommandGroup {
    UsersCommand() {
        super("list, get, set or remove");
    }

    /** Lists those that have metadata. */
    @Command(name = "list", description = "List the users that have metadata.")
    static final class Listing extends MetadataListing {
        @Override
        void run(ManiculeClient client, Output out) {
            options.entries(client.listUserMetadata()).forEach(each -> MetadataText.print(each, out));
        }
    }

    /** Prints the metadata of one. */
    @Command(name = "get", description = "Print the metadata of a user.")
    static final class Get extends ClientCommand {
        @Parameters(index = "0", paramLabel = "USER", description = "The user.")
        private String user = "";

        @Override
        void run(ManiculeClient client, Output out) {
            MetadataText.print(client.getUserMetadata(user).sync().orThrow(), out);
        }
    }

    /** Sets fields. */
    @Command(name = "set",
            description = "Set fields of the metadata of a user, and print all of it. Fields without an option stay as "
                    + "they are.")
    static final class Set extends ClientCommand {
        @Parameters(index = "0", paramLabel = "USER", description = "The user.")
        private String user = "";

        @Option(names = "--name", paramLabel = "TEXT", description = "The name, for people to read.")
        private @Nullable String name;

        @Option(names = "--external-id", paramLabel = "TEXT", description = "The id of the user in another system.")
        private @Nullable String externalId;

        @Option(names = "--profile-url", paramLabel = "URL", description = "The address of a picture.")
        private @Nullable String profileUrl;

        @Option(names = "--email", paramLabel = "TEXT", description = "An address of electronic mail.")
        private @Nullable String email;

        @Mixin
        private final MetadataFieldOptions fields = new MetadataFieldOptions();

        @Option(names = "--if-match", paramLabel = "TAG",
                description = "Only if the metadata still has this eTag, which get prints with --json.")
        private @Nullable String tag;

        @Override
        void check() {
            List<String> names = new ArrayList<>(List.of("name", "externalId", "profileUrl", "email"));
            names.addAll(MetadataFieldOptions.NAMES);
            fields.check(names);
        }

        @Override
        void run(ManiculeClient client, Output out) {
            SetUserMetadata set = fields.in(client.setUserMetadata(user));
            set = fields.with(set, "name", name, SetUserMetadata::name);
            set = fields.with(set, "externalId", externalId, SetUserMetadata::externalId);
            set = fields.with(set, "profileUrl", profileUrl, SetUserMetadata::profileUrl);
            set = fields.with(set, "email", email, SetUserMetadata::email);
            MetadataText.print((tag == null ? set : set.ifMatch(tag)).sync().orThrow(), out);
        }
    }

    /** Removes metadata. */
    @Command(name = "remove", description = "Remove the metadata of a user. Memberships stay.")
    static final class Remove extends ClientCommand {
        @Parameters(index = "0", paramLabel = "USER", description = "The user.")
        private String user = "";

        @Override
        void run(ManiculeClient client, Output out) {
            client.removeUserMetadata(user).sync().orThrow();
            out.print("Removed.", Output.object().put("removed", user));
        }
    }
}
