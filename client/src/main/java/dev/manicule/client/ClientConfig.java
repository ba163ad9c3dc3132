package dev.manicule.client;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.manicule.client.internal.Unicode;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The server of a client, its user, and its timeouts. Immutable.
 *
 * <pre>{@code
 * ClientConfig config = ClientConfig.forUser("alice").origin("127.0.0.1:8090").build();
 * }</pre>
 *
 * @param server where the server is
 * @param keys the keyset, and what opens it
 * @param uuid the user of the client
 * @param timeouts how long it waits for what
 * @param reconnection how a subscription reconnects when the connection is lost
 * @param retries how often a call is retried, within its timeout, after no response or when the server is too busy
 * @param filterExpression which messages and signals to deliver, null for all
 * @since 0.1
 */
public record ClientConfig(Server server, Keys keys, String uuid, Timeouts timeouts, Reconnection reconnection,
        int retries, @Nullable String filterExpression) {
    private static final int MOST_PORT = 65_535;
    private static final Duration LONGEST = Duration.ofDays(30);
    private static final String NOT_REASONABLE = " must be longer than nothing and at most 30 days, and not ";

    /**
     * Checks the values as far as possible.
     *
     * @throws IllegalArgumentException when one is invalid; the message names it
     */
    public ClientConfig {
        checkText(uuid, "uuid");
        checkText(filterExpression, "filterExpression");
        require(retries >= 0, "retries is less than 0");
        require(!uuid.isBlank(), "uuid is missing: every client must say who it is");
    }

    /**
     * Where a server is.
     *
     * @param origin its host and port; without a port, 443 with TLS and 80 without
     * @param secure whether to use TLS
     * @param sslContext the certificates to trust and to present; null for the JDK's defaults
     * @since 0.1
     */
    public record Server(String origin, boolean secure, @Nullable SSLContext sslContext) {
        /**
         * Checks the origin.
         *
         * @throws IllegalArgumentException when it is not a host and a port
         */
        public Server {
            require(isHostAndPort(origin),
                    "origin must be a host, or host:port with a port of 1 to 65535, without http://, and not \""
                            + origin + "\"");
        }
    }

    /**
     * A keyset, and what opens it.
     *
     * @param subscribeKey the keyset
     * @param publishKey the key that is needed to publish
     * @param authKey a token of the access manager, null for none
     * @param secretKey the key that signs every request, which permits everything; null for none. Never set it in an
     *        app that strangers run
     * @since 0.1
     */
    public record Keys(String subscribeKey, String publishKey, @Nullable String authKey, @Nullable String secretKey) {
        /**
         * Checks the texts.
         *
         * @throws IllegalArgumentException when one can't be sent, or the keyset is missing
         */
        public Keys {
            require(!subscribeKey.isEmpty(), "subscribeKey is missing");
            checkText(subscribeKey, "subscribeKey");
            checkText(publishKey, "publishKey");
            checkText(authKey, "authKey");
            checkText(secretKey, "secretKey");
        }

        /** Without the token and the secret key: they must not be in a log. */
        @Override
        public String toString() {
            return "Keys[subscribeKey=" + subscribeKey + "]";
        }
    }

    /**
     * How long a client waits.
     *
     * @param connect for a connection
     * @param request for the response to a call, and not to the polls of a subscription
     * @param subscribe for the response to a poll; longer than the server parks it (280 seconds)
     * @param presence not the client, but others: how long the user stays present for them after the last sign of life
     * @since 0.1
     */
    public record Timeouts(Duration connect, Duration request, Duration subscribe, Duration presence) {
        /**
         * Checks them.
         *
         * @throws IllegalArgumentException when one is not longer than nothing or longer than 30 days, or the last one is
         *         shorter than a second
         */
        public Timeouts {
            require(isReasonable(connect), "connectTimeout" + NOT_REASONABLE + connect);
            require(isReasonable(request), "requestTimeout" + NOT_REASONABLE + request);
            require(isReasonable(subscribe), "subscribeTimeout" + NOT_REASONABLE + subscribe);
            require(presence.toSeconds() > 0, "presenceTimeout is shorter than a second");
        }
    }

    /**
     * How a subscription reconnects.
     *
     * @param policy how the pauses between attempts grow
     * @param maximumDelay the longest pause
     * @param maximumAttempts after so many failed attempts in a row a subscription gives up; −1 for never
     * @since 0.1
     */
    public record Reconnection(ReconnectionPolicy policy, Duration maximumDelay, int maximumAttempts) {
        /**
         * Checks the pause.
         *
         * @throws IllegalArgumentException when it is shorter than a millisecond
         */
        public Reconnection {
            require(maximumDelay.toMillis() > 0, "maximumReconnectionDelay is shorter than a millisecond");
        }
    }

    /** Without the token and the secret key: they must not be in a log. */
    @Override
    public String toString() {
        return "ClientConfig[" + uuid + " at " + (server.secure ? "https://" : "http://") + server.origin
                + ", subscribeKey=" + keys.subscribeKey + "]";
    }

    /**
     * A configuration for a user, with the defaults: a local server at port 8090, keys demo and demo.
     *
     * @param uuid the user, not blank
     * @return a builder
     */
    public static Builder forUser(String uuid) {
        return new Builder(uuid);
    }

    private static boolean isHostAndPort(String origin) {
        try {
            URI uri = new URI("http://" + origin);
            boolean isPort = uri.getPort() == -1
                    ? !origin.endsWith(":")
                    : uri.getPort() > 0 && uri.getPort() <= MOST_PORT;
            return uri.getHost() != null && origin.equals(uri.getAuthority()) && uri.getUserInfo() == null && isPort;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean isReasonable(Duration timeout) {
        return !timeout.isNegative() && !timeout.isZero() && timeout.compareTo(LONGEST) <= 0;
    }

    private static void checkText(@Nullable String text, String name) {
        if (text != null) {
            String unused = Unicode.checked(text, name);
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /**
     * Builds a configuration. For one thread.
     *
     * @since 0.1
     */
    public static final class Builder {
        private final String uuid;
        private String origin = "127.0.0.1:8090";
        private boolean secure;
        private @Nullable SSLContext sslContext;
        private String subscribeKey = "demo";
        private String publishKey = "demo";
        private @Nullable String authKey;
        private @Nullable String secretKey;
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration requestTimeout = Duration.ofSeconds(10);
        private int retries = 2;
        private Duration subscribeTimeout = Duration.ofSeconds(310);
        private ReconnectionPolicy reconnectionPolicy = ReconnectionPolicy.EXPONENTIAL;
        private Duration maximumReconnectionDelay = Duration.ofSeconds(5);
        private int maximumReconnectionAttempts = -1;
        private @Nullable String filterExpression;
        private Duration presenceTimeout = Duration.ofMinutes(5);

        private Builder(String uuid) {
            this.uuid = uuid;
        }

        /**
         * Host and port of the server, such as {@code 127.0.0.1:8090}, which is the default.
         *
         * @param hostAndPort host and port; the port may be left out, and is 443 with TLS and 80 without
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder origin(String hostAndPort) {
            origin = hostAndPort;
            return this;
        }

        /**
         * Whether to use TLS; by default not.
         *
         * @param tls whether to use TLS
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder secure(boolean tls) {
            secure = tls;
            return this;
        }

        /**
         * Uses TLS, and trusts and presents the certificates of this context rather than the JDK's defaults.
         *
         * @param context the context
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder sslContext(SSLContext context) {
            sslContext = context;
            secure = true;
            return this;
        }

        /**
         * The keyset; {@code demo} by default.
         *
         * @param key the keyset, not empty
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder subscribeKey(String key) {
            subscribeKey = key;
            return this;
        }

        /**
         * The key that is needed to publish; {@code demo} by default.
         *
         * @param key the key
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder publishKey(String key) {
            publishKey = key;
            return this;
        }

        /**
         * A token of the access manager; none by default.
         *
         * @param token the token, null for none
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder authKey(@Nullable String token) {
            authKey = token;
            return this;
        }

        /**
         * The key that signs every request, which permits everything, such as to grant tokens; none by default. For
         * servers only: its holder controls the whole keyset.
         *
         * @param key the key, null for none
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder secretKey(@Nullable String key) {
            secretKey = key;
            return this;
        }

        /**
         * For making a connection; 10 seconds by default.
         *
         * @param timeout the longest wait
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder connectTimeout(Duration timeout) {
            connectTimeout = timeout;
            return this;
        }

        /**
         * For all calls but the polls of a subscription; 10 seconds by default.
         *
         * @param timeout the longest wait, with all retries
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder requestTimeout(Duration timeout) {
            requestTimeout = timeout;
            return this;
        }

        /**
         * How often a call is retried, within its timeout, after no response or when the server is too busy; 2 by
         * default, 0 for never. The server recognizes a retried call, so that nothing is done twice.
         *
         * @param attempts how often, 0 or more
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder retries(int attempts) {
            retries = attempts;
            return this;
        }

        /**
         * For the polls of a subscription; 310 seconds by default, as the server parks them for 280.
         *
         * @param timeout the longest wait
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder subscribeTimeout(Duration timeout) {
            subscribeTimeout = timeout;
            return this;
        }

        /**
         * How a subscription reconnects when the connection is lost; {@link ReconnectionPolicy#EXPONENTIAL} by
         * default.
         *
         * @param policy the policy
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder reconnectionPolicy(ReconnectionPolicy policy) {
            reconnectionPolicy = policy;
            return this;
        }

        /**
         * How long a subscription waits at most between two attempts to reach the server again; 5 seconds by default,
         * at least a millisecond. For very many clients of one server, longer.
         *
         * @param delay the longest pause
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder maximumReconnectionDelay(Duration delay) {
            maximumReconnectionDelay = delay;
            return this;
        }

        /**
         * After so many failed attempts in a row a subscription gives up; −1, the default, for never.
         *
         * @param attempts how many, −1 for no limit
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder maximumReconnectionAttempts(int attempts) {
            maximumReconnectionAttempts = attempts;
            return this;
        }

        /**
         * Which messages and signals to deliver, such as {@code lang == 'en' && data.size < 10}. Actions and presence
         * are always delivered.
         *
         * @param expression the filter
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder filterExpression(String expression) {
            filterExpression = expression;
            return this;
        }

        /**
         * How long the user stays present for others after the last sign of life; whole seconds, at least one.
         *
         * @param timeout the time
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder presenceTimeout(Duration timeout) {
            presenceTimeout = timeout;
            return this;
        }

        /**
         * The configuration.
         *
         * @return the configuration, which never changes
         * @throws IllegalArgumentException when something is missing; the message names it
         */
        public ClientConfig build() {
            return new ClientConfig(new Server(origin, secure, sslContext),
                    new Keys(subscribeKey, publishKey, authKey, secretKey), uuid,
                    new Timeouts(connectTimeout, requestTimeout, subscribeTimeout, presenceTimeout),
                    new Reconnection(reconnectionPolicy, maximumReconnectionDelay, maximumReconnectionAttempts),
                    retries, filterExpression);
        }
    }
}
