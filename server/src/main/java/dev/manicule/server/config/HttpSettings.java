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
}
