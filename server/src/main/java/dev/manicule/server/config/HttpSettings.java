package dev.manicule.server.config;

import dev.manicule.server.limits.AddressRange;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a server talks to its clients.
 *
 * @param host the address to listen on, a name or a number
 * @param port 1 to 65535, or 0 for any free one
 * @param tls the certificate, null to speak without TLS
 * @param pollTimeout how long a poll is parked before it is answered without events; clients wait no longer than 300
 *        seconds
 * @param trustedProxies the proxies whose forwarded addresses are trusted
 * @param hosts host names that requests over loopback may use, such as those of a proxy on this machine
 * @param console whether the console is served
 */
public record HttpSettings(String host, int port, @Nullable TlsFiles tls, Duration pollTimeout,
        List<AddressRange> trustedProxies, List<String> hosts, boolean console) {
    /** Loopback only, port 8090, no TLS, polls of 280 seconds. */
    public static final HttpSettings DEFAULT = new HttpSettings("127.0.0.1", 8090, null, Duration.ofSeconds(280),
            AddressRange.LOOPBACK, List.of(), true);

    /** Copies the lists. */
    public HttpSettings {
        trustedProxies = List.copyOf(trustedProxies);
        hosts = List.copyOf(hosts);
    }

    /** The same listening on another address. */
    public HttpSettings withHost(String newHost) {
        return new HttpSettings(newHost, port, tls, pollTimeout, trustedProxies, hosts, console);
    }

    /** The same listening on another port. */
    public HttpSettings withPort(int newPort) {
        return new HttpSettings(host, newPort, tls, pollTimeout, trustedProxies, hosts, console);
    }

    /** The same with TLS, or without. */
    public HttpSettings withTls(@Nullable TlsFiles newTls) {
        return new HttpSettings(host, port, newTls, pollTimeout, trustedProxies, hosts, console);
    }

    /** The same with another timeout of polls. */
    public HttpSettings withPollTimeout(Duration newPollTimeout) {
        return new HttpSettings(host, port, tls, newPollTimeout, trustedProxies, hosts, console);
    }

    /** The same trusting these proxies and no others. */
    public HttpSettings withTrustedProxies(List<AddressRange> newTrustedProxies) {
        return new HttpSettings(host, port, tls, pollTimeout, newTrustedProxies, hosts, console);
    }

    /** The same serving these host names besides those of this machine. */
    public HttpSettings withHosts(List<String> newHosts) {
        return new HttpSettings(host, port, tls, pollTimeout, trustedProxies, newHosts, console);
    }

    /** The same with the console, or without. */
    public HttpSettings withConsole(boolean newConsole) {
        return new HttpSettings(host, port, tls, pollTimeout, trustedProxies, hosts, newConsole);
    }
}
