package dev.manicule.client.internal;

import dev.manicule.client.Category;
import dev.manicule.client.ClientConfig;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why a request got no response: which host and port, and whether it is unknown, refused the connection, was too slow,
 * or failed at TLS. The exceptions of the JDK's client often lack all of this.
 */
final class NetworkFailure {
    private static final int HTTPS = 443;
    private static final int HTTP = 80;

    private NetworkFailure() {}

    /** The category of an exception. */
    static Category category(Throwable thrown) {
        if (thrown instanceof HttpTimeoutException) {
            return Category.TIMEOUT;
        }
        if (thrown instanceof SSLException) {
            return cause(thrown, CertificateException.class) == null
                    ? Category.TLS_CONNECTION_FAILED
                    : Category.TLS_UNTRUSTED_CERTIFICATE;
        }
        if (thrown instanceof CancellationException || thrown instanceof InterruptedException) {
            return Category.CANCELLED;
        }
        return thrown instanceof IOException ? Category.NETWORK_ISSUES : Category.INTERNAL_EXCEPTION;
    }

    /** The failure in words, such as {@code chat.example:443: unknown host}. */
    static String words(Throwable thrown, Category category, ClientConfig config) {
        String reason = switch (category) {
            case TIMEOUT -> thrown instanceof HttpConnectTimeoutException
                    ? "no connection within " + config.timeouts().connect().toMillis() + " ms"
                    : "no answer in time";
            case TLS_UNTRUSTED_CERTIFICATE -> "the certificate is not trusted: " + deepest(thrown);
            case TLS_CONNECTION_FAILED -> "TLS failed: " + deepest(thrown);
            case NETWORK_ISSUES -> reason(thrown);
            default -> null;
        };
        return reason == null ? said(thrown) : hostAndPort(config) + ": " + reason;
    }

    private static String reason(Throwable thrown) {
        if (cause(thrown, UnresolvedAddressException.class) != null
                || cause(thrown, UnknownHostException.class) != null) {
            return "unknown host";
        }
        NoRouteToHostException noRoute = cause(thrown, NoRouteToHostException.class);
        if (noRoute != null) {
            return "can't be reached: " + said(noRoute);
        }
        if (thrown instanceof ConnectException) {
            String said = deepest(thrown);
            boolean isRefused = said.toLowerCase(Locale.ROOT).contains("refused")
                    // the JDK tries a refused connection once more on a channel that is closed by then
                    || cause(thrown, ClosedChannelException.class) != null;
            return isRefused ? "connection refused" : "can't be reached: " + said;
        }
        return "the connection broke before the answer: " + deepest(thrown);
    }

    private static String hostAndPort(ClientConfig config) {
        boolean hasPort = config.server().origin().matches(".*:\\d+");
        return hasPort
                ? config.server().origin()
                : config.server().origin() + ":" + (config.server().secure() ? HTTPS : HTTP);
    }

    /** The message of the innermost exception that has one. */
    private static String deepest(Throwable thrown) {
        String said = said(thrown);
        for (Throwable cause = thrown.getCause(); cause != null; cause = cause.getCause()) {
            said = cause.getMessage() == null ? said : cause.getMessage();
        }
        return said;
    }

    private static String said(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null ? thrown.getClass().getSimpleName() : message;
    }

    private static <T extends Throwable> @Nullable T cause(Throwable thrown, Class<T> kind) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return kind.cast(cause);
            }
        }
        return null;
    }
}
