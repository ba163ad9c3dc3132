package dev.manicule.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.manicule.client.AccessToken;
import dev.manicule.client.GrantToken;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.Permission;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tokens of the access manager. */
@Command(name = "token", description = "Grant, read and revoke access tokens.",
        subcommands = {
                TokenCommand.Grant.class, TokenCommand.Parse.class, TokenCommand.Revoke.class})
final class TokenCommand extends CommandGroup {
    TokenCommand() {
        super("grant, parse or revoke");
    }

    /** A name and its permissions, as in {@code chats.room1=rw}. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Allowed(String name, Permission[] permissions) {
        /** The first letter of each permission is enough to tell it from the others. */
        static Allowed of(String argument) {
            int equals = argument.lastIndexOf('=');
            if (equals < 1 || equals == argument.length() - 1) {
                throw new IllegalArgumentException("\"" + argument
                        + "\" should be a name and letters for what is allowed: "
                        + "chats.room1=rw, of r(ead), w(rite), m(anage), d(elete), c(reate), g(et), u(pdate), j(oin).");
            }
            List<Permission> permissions = new ArrayList<>();
            for (char letter : argument.substring(equals + 1).toUpperCase(Locale.ROOT).toCharArray()) {
                permissions.add(permission(letter, argument));
            }
            return new Allowed(argument.substring(0, equals), permissions.toArray(Permission[]::new));
        }

        private static Permission permission(char letter, String argument) {
            for (Permission permission : Permission.values()) {
                if (permission.name().charAt(0) == letter) {
                    return permission;
                }
            }
            throw new IllegalArgumentException("'" + letter + "' in \"" + argument + "\" stands for nothing: "
                    + "there are r, w, m, d, c, g, u and j.");
        }
    }

    /** Grants a token. */
    @Command(name = "grant", description = "Grant a token and print it. Takes the secret key of the keyset.",
            footerHeading = "%nFor example:%n",
            footer = "  manicule token grant --for alice --channel chats.room1=rwd --channel-pattern 'news\\..*=r'")
    static final class Grant extends ClientCommand {
        @Option(names = "--ttl", paramLabel = "MINUTES", defaultValue = "60",
                description = "Minutes until it expires, 1 to 43200. Default: 60.")
        private int ttl;

        @Option(names = "--for", paramLabel = "UUID",
                description = "The user that the token is for. Default: any user.")
        private @Nullable String uuid;

        @Option(names = "--channel", paramLabel = "NAME=LETTERS",
                description = "Permissions on a channel: r(ead), w(rite), d(elete).")
        private List<String> channels = List.of();

        @Option(names = "--channel-pattern", paramLabel = "REGEX=LETTERS",
                description = "Permissions on all channels whose name matches a pattern.")
        private List<String> channelPatterns = List.of();

        @Option(names = "--group", paramLabel = "NAME=LETTERS",
                description = "Permissions on a group: r(ead), m(anage).")
        private List<String> groups = List.of();

        @Option(names = "--group-pattern", paramLabel = "REGEX=LETTERS",
                description = "Permissions on all groups whose name matches a pattern.")
        private List<String> groupPatterns = List.of();

        @Option(names = "--meta", paramLabel = "NAME=TEXT", description = "Metadata of the token.")
        private Map<String, String> meta = Map.of();

        @Override
        void check() {
            for (List<String> arguments : List.of(channels, channelPatterns, groups, groupPatterns)) {
                arguments.forEach(Allowed::of);
            }
        }

        @Override
        void run(ManiculeClient client, Output out) {
            if (client.config().keys().secretKey() == null) {
                throw new IllegalArgumentException(
                        "granting takes the secret key of the keyset: export MANICULE_SECRET_KEY.");
            }
            GrantToken grant = client.grantToken(ttl);
            for (Allowed each : allowed(channels)) {
                grant = grant.channel(each.name(), each.permissions());
            }
            for (Allowed each : allowed(channelPatterns)) {
                grant = grant.channelPattern(each.name(), each.permissions());
            }
            for (Allowed each : allowed(groups)) {
                grant = grant.channelGroup(each.name(), each.permissions());
            }
            for (Allowed each : allowed(groupPatterns)) {
                grant = grant.channelGroupPattern(each.name(), each.permissions());
            }
            for (Map.Entry<String, String> member : meta.entrySet()) {
                grant = grant.meta(member.getKey(), member.getValue());
            }
            if (uuid != null) {
                grant = grant.authorizedUuid(uuid);
            }
            String token = grant.sync().orThrow().token();
            out.print(token, Output.object().put("token", token));
        }

        private static List<Allowed> allowed(List<String> arguments) {
            return arguments.stream().map(Allowed::of).toList();
        }
    }

    /** Prints the content of a token. */
    @Command(name = "parse", mixinStandardHelpOptions = true, versionProvider = ManiculeCommand.Version.class,
            description = "Print the permissions and the user of a token. Asks no server, so it may be revoked or not be genuine.")
    static final class Parse implements Callable<Integer> {
        @Mixin
        private final Output output = new Output();

        @Parameters(index = "0", paramLabel = "TOKEN", description = "The token.")
        private String token = "";

        @Override
        public Integer call() {
            AccessToken read = AccessToken.parse(token);
            ObjectNode json = Output.object()
                    .put("issued", read.issued().toString())
                    .put("expires", read.issued().plus(read.ttl()).toString())
                    .put("ttlMinutes", read.ttl().toMinutes())
                    .put("authorizedUuid", read.authorizedUuid());
            StringBuilder words = new StringBuilder("holds from ").append(read.issued())
                    .append(" to ")
                    .append(read.issued().plus(read.ttl()))
                    .append(read.authorizedUuid() == null ? ", for any holder" : ", for " + read.authorizedUuid());
            add("resources", "", read.resources(), json, words);
            add("patterns", " like", read.patterns(), json, words);
            json.set("meta", Output.tree(read.meta()));
            read.meta().forEach((name, value) -> words.append("\nmeta ").append(name).append(": ").append(value));
            output.print(words.toString(), json);
            return ExitCode.OK;
        }

        private static void add(String group, String like, AccessToken.Permissions permissions, ObjectNode json,
                StringBuilder words) {
            ObjectNode node = json.putObject(group);
            Map.of("channels", permissions.channels(), "channelGroups", permissions.channelGroups(), "uuids",
                    permissions.uuids()).forEach((kind, names) -> {
                        ObjectNode ofKind = node.putObject(kind);
                        names.forEach((name, allowed) -> {
                            ofKind.put(name, words(allowed));
                            words.append('\n')
                                    .append(kind)
                                    .append(like)
                                    .append(' ')
                                    .append(name)
                                    .append(": ")
                                    .append(words(allowed));
                        });
                    });
        }

        private static String words(Set<Permission> allowed) {
            return allowed.stream().map(each -> each.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining(", "));
        }
    }

    /** Revokes a token. */
    @Command(name = "revoke", description = "Revoke a token. Takes the secret key of the keyset.")
    static final class Revoke extends ClientCommand {
        @Parameters(index = "0", paramLabel = "TOKEN", description = "The token.")
        private String token = "";

        @Override
        void run(ManiculeClient client, Output out) {
            client.revokeToken(token).sync().orThrow();
            out.print("revoked", Output.object().put("revoked", true));
        }
    }
}
