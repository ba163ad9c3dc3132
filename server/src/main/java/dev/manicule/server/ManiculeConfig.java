package dev.manicule.server;

import dev.manicule.server.access.Keyset;
import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.presence.PresenceSettings;
import dev.manicule.server.telemetry.Tracing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a server. Immutable; begin with {@link #DEFAULT} and change the settings that should differ.
 *
 * @param host the address to listen on, a name or a number
 * @param port 1 to 65535, or 0 for any free one
 * @param data the folder for all that is stored; made where there is none
 * @param tls the certificate, null to speak without TLS
 * @param pollTimeout how long a poll is parked before it is answered without events; clients wait no longer than 300
 *        seconds
 * @param presence how presence is delivered
 * @param keysets the keysets that are served; none means that any key works
 * @param limits the limits that differ from the defaults
 * @param trustedProxies the proxies whose forwarded addresses are trusted
 * @param hosts host names that requests over loopback may use, such as those of a proxy on this machine
 * @param metricsFrom the addresses that may read the metrics; null for the default of {@link #metricsReaders}
 * @param console whether the console is served
 * @param log the settings of the log
 * @param tracing where traces are sent, null for no traces
 * @param cluster the cluster that this server is a node of, null for none
 */
public record ManiculeConfig(String host, int port, Path data, @Nullable TlsFiles tls, Duration pollTimeout,
        PresenceSettings presence, List<Keyset> keysets, Map<Limit, Long> limits, List<AddressRange> trustedProxies,
        List<String> hosts, @Nullable List<AddressRange> metricsFrom, boolean console, LogSettings log,
        Tracing.@Nullable Settings tracing, @Nullable ClusterSettings cluster) {
    /** Loopback only, port 8090, no TLS, {@code ./data}, polls of 280 seconds, any key. */
    public static final ManiculeConfig DEFAULT = new ManiculeConfig("127.0.0.1", 8090, Path.of("data"), null,
            Duration.ofSeconds(280), PresenceSettings.DEFAULT, List.of(), Map.of(), AddressRange.LOOPBACK,
            List.of(), null, true, LogSettings.DEFAULT, null, null);

    /** Copies the lists and the map. */
    public ManiculeConfig {
        keysets = List.copyOf(keysets);
        limits = Map.copyOf(limits);
        trustedProxies = List.copyOf(trustedProxies);
        hosts = List.copyOf(hosts);
        metricsFrom = metricsFrom == null ? null : List.copyOf(metricsFrom);
    }

    /** The same listening on another address. */
    public ManiculeConfig withHost(String newHost) {
        return new ManiculeConfig(newHost, port, data, tls, pollTimeout, presence, keysets, limits, trustedProxies,
                hosts, metricsFrom, console, log, tracing, cluster);
    }

    /** The same listening on another port. */
    public ManiculeConfig withPort(int newPort) {
        return new ManiculeConfig(host, newPort, data, tls, pollTimeout, presence, keysets, limits, trustedProxies,
                hosts, metricsFrom, console, log, tracing, cluster);
    }

    /** The same with another data folder. */
    public ManiculeConfig withData(Path newData) {
        return new ManiculeConfig(host, port, newData, tls, pollTimeout, presence, keysets, limits, trustedProxies,
                hosts, metricsFrom, console, log, tracing, cluster);
    }

    /** The same with TLS. */
    public ManiculeConfig withTls(@Nullable TlsFiles newTls) {
        return new ManiculeConfig(host, port, data, newTls, pollTimeout, presence, keysets, limits, trustedProxies,
                hosts, metricsFrom, console, log, tracing, cluster);
    }

    /** The same with another timeout of polls. */
    public ManiculeConfig withPollTimeout(Duration newPollTimeout) {
        return new ManiculeConfig(host, port, data, tls, newPollTimeout, presence, keysets, limits, trustedProxies,
                hosts, metricsFrom, console, log, tracing, cluster);
    }

    /** The same with other settings of presence. */
    public ManiculeConfig withPresence(PresenceSettings newPresence) {
        return new ManiculeConfig(host, port, data, tls, pollTimeout, newPresence, keysets, limits, trustedProxies,
                hosts, metricsFrom, console, log, tracing, cluster);
    }

    /** The same with these keysets and no others. */
    public ManiculeConfig withKeysets(List<Keyset> newKeysets) {
        return new ManiculeConfig(host, port, data, tls, pollTimeout, presence, newKeysets, limits, trustedProxies,
                hosts, metricsFrom, console, log, tracing, cluster);
    }

    /** The same with these limits, and the defaults for others. */
    public ManiculeConfig withLimits(Map<Limit, Long> newLimits) {
        return new ManiculeConfig(host, port, data, tls, pollTimeout, presence, keysets, newLimits, trustedProxies,
                hosts, metricsFrom, console, log, tracing, cluster);
    }

    /** The same trusting these proxies and no others. */
    public ManiculeConfig withTrustedProxies(List<AddressRange> newTrustedProxies) {
        return new ManiculeConfig(host, port, data, tls, pollTimeout, presence, keysets, limits, newTrustedProxies,
                hosts, metricsFrom, console, log, tracing, cluster);
    }

    /** The same serving these host names besides those of this machine. */
    public ManiculeConfig withHosts(List<String> newHosts) {
        return new ManiculeConfig(host, port, data, tls, pollTimeout, presence, keysets, limits, trustedProxies,
                newHosts, metricsFrom, console, log, tracing, cluster);
    }

    /**
     * The addresses that may read the metrics: those of {@code metricsFrom}; where it is null, this machine as long as
     * every key works, and none once keysets are configured. A proxy on this machine that forwards no addresses would
     * otherwise open them to all its clients.
     */
    public List<AddressRange> metricsReaders() {
        List<AddressRange> said = metricsFrom;
        if (said != null) {
            return said;
        }
        return keysets.isEmpty() ? AddressRange.LOOPBACK : List.of();
    }

    /** The same with metrics for these readers and no others. */
    public ManiculeConfig withMetricsFrom(@Nullable List<AddressRange> newMetricsFrom) {
        return new ManiculeConfig(host, port, data, tls, pollTimeout, presence, keysets, limits, trustedProxies,
                hosts, newMetricsFrom, console, log, tracing, cluster);
    }

    /** The same with the console, or without. */
    public ManiculeConfig withConsole(boolean newConsole) {
        return new ManiculeConfig(host, port, data, tls, pollTimeout, presence, keysets, limits, trustedProxies,
                hosts, metricsFrom, newConsole, log, tracing, cluster);
    }

    /** The same with another log. */
    public ManiculeConfig withLog(LogSettings newLog) {
        return new ManiculeConfig(host, port, data, tls, pollTimeout, presence, keysets, limits, trustedProxies,
                hosts, metricsFrom, console, newLog, tracing, cluster);
    }

    /** The same with traces sent there, or with none. */
    public ManiculeConfig withTracing(Tracing.@Nullable Settings newTracing) {
        return new ManiculeConfig(host, port, data, tls, pollTimeout, presence, keysets, limits, trustedProxies,
                hosts, metricsFrom, console, log, newTracing, cluster);
    }

    /** The same as a node of a cluster, or of none. */
    public ManiculeConfig withCluster(@Nullable ClusterSettings newCluster) {
        return new ManiculeConfig(host, port, data, tls, pollTimeout, presence, keysets, limits, trustedProxies,
                hosts, metricsFrom, console, log, tracing, newCluster);
    }
}
