package dev.manicule.cli;

import dev.manicule.client.ClientConfig;
import dev.manicule.client.ManiculeClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** The server to connect to, and the user: the options of all commands that connect to a server. */
final class ServerOptions {
    @Option(names = "--origin", paramLabel = "HOST:PORT", defaultValue = "${env:MANICULE_ORIGIN:-127.0.0.1:8090}",
            description = "The server. Default: $MANICULE_ORIGIN, or 127.0.0.1:8090.")
    private String origin = "";

    @Option(names = "--tls", description = "Use TLS.")
    private boolean tls;

    @Option(names = "--subscribe-key", paramLabel = "KEY", defaultValue = "${env:MANICULE_SUBSCRIBE_KEY:-demo}",
            description = "The keyset. Default: $MANICULE_SUBSCRIBE_KEY, or demo.")
    private String subscribeKey = "";

    @Option(names = "--publish-key", paramLabel = "KEY", defaultValue = "${env:MANICULE_PUBLISH_KEY:-demo}",
            description = "The key to publish with. Default: $MANICULE_PUBLISH_KEY, or demo.")
    private String publishKey = "";

    @Option(names = "--uuid", paramLabel = "NAME", defaultValue = "${env:MANICULE_UUID:-manicule-cli}",
            description = "The user. Default: $MANICULE_UUID, or manicule-cli.")
    private String uuid = "";

    @Option(names = "--auth", paramLabel = "TOKEN", defaultValue = "${env:MANICULE_AUTH:-}",
            description = "A token of the access manager. Default: $MANICULE_AUTH, or none.")
    private @Nullable String auth;

    @Option(names = "--secret-key", paramLabel = "KEY", defaultValue = "${env:MANICULE_SECRET_KEY:-}",
            showDefaultValue = Visibility.NEVER,
            description = "The secret key, which signs requests. Default: $MANICULE_SECRET_KEY, or none. Better the "
                    + "variable than the option, which others on this machine can see.")
    private @Nullable String secretKey;

    ManiculeClient connect() {
        return connect(null);
    }

    /** A client that receives only messages that match a filter expression. */
    ManiculeClient connect(@Nullable String filter) {
        ClientConfig.Builder config = ClientConfig.forUser(uuid)
                .origin(origin)
                .secure(tls)
                .subscribeKey(subscribeKey)
                .publishKey(publishKey)
                .secretKey(nothingIfEmpty(secretKey))
                .authKey(nothingIfEmpty(auth));
        return ManiculeClient.of((filter == null ? config : config.filterExpression(filter)).build());
    }

    private static @Nullable String nothingIfEmpty(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}
