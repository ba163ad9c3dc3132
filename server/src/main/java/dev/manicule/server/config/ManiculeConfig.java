package dev.manicule.server.config;

import dev.manicule.server.access.Keyset;
import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.presence.PresenceSettings;
import dev.manicule.server.push.PushSettings;
import dev.manicule.server.telemetry.Tracing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a server. Immutable; begin with {@link #DEFAULT} and change the settings that should differ. Those of
 * {@link #http} and {@link #observability} have methods there; the ones here are short for them.
 *
 * @param data the folder for all that is stored; made where there is none
 * @param http how it talks to its clients
 * @param delivery how users are reached beside their polls
 * @param keysets the keysets that are served; none means that any key works
 * @param limits the limits that differ from the defaults
 * @param observability what it shows to its operator
 * @param cluster the cluster that this server is a node of, null for none
 */
public record ManiculeConfig(Path data, HttpSettings http, DeliverySettings delivery, List<Keyset> keysets,
        Map<Limit, Long> limits, ObservabilitySettings observability, @Nullable ClusterSettings cluster) {
    /** The defaults of all parts, {@code ./data}, any key. */
    public static final ManiculeConfig DEFAULT = new ManiculeConfig(Path.of("data"), HttpSettings.DEFAULT,
            DeliverySettings.DEFAULT, List.of(), Map.of(), ObservabilitySettings.DEFAULT, null);

    /** Copies the list and the map. */
    public ManiculeConfig {
        keysets = List.copyOf(keysets);
        limits = Map.copyOf(limits);
    }

    /**
     * The addresses that may read the metrics: those of {@code metricsFrom}; where it is null, this machine as long as
     * every key works, and none once keysets are configured. A proxy on this machine that forwards no addresses would
     * otherwise open them to all its clients.
     */
    public List<AddressRange> metricsReaders() {
        List<AddressRange> said = observability.metricsFrom();
        if (said != null) {
            return said;
        }
        return keysets.isEmpty() ? AddressRange.LOOPBACK : List.of();
    }

    /** The same talking to its clients in another way. */
    public ManiculeConfig withHttp(HttpSettings newHttp) {
        return new ManiculeConfig(data, newHttp, delivery, keysets, limits, observability, cluster);
    }

    /** The same showing other things to its operator. */
    public ManiculeConfig withObservability(ObservabilitySettings newObservability) {
        return new ManiculeConfig(data, http, delivery, keysets, limits, newObservability, cluster);
    }

    /** The same listening on another address. */
    public ManiculeConfig withHost(String host) {
        return withHttp(http.withHost(host));
    }

    /** The same listening on another port. */
    public ManiculeConfig withPort(int port) {
        return withHttp(http.withPort(port));
    }

    /** The same with TLS, or without. */
    public ManiculeConfig withTls(@Nullable TlsFiles tls) {
        return withHttp(http.withTls(tls));
    }

    /** The same with another timeout of polls. */
    public ManiculeConfig withPollTimeout(Duration pollTimeout) {
        return withHttp(http.withPollTimeout(pollTimeout));
    }

    /** The same trusting these proxies and no others. */
    public ManiculeConfig withTrustedProxies(List<AddressRange> trustedProxies) {
        return withHttp(http.withTrustedProxies(trustedProxies));
    }

    /** The same serving these host names besides those of this machine. */
    public ManiculeConfig withHosts(List<String> hosts) {
        return withHttp(http.withHosts(hosts));
    }

    /** The same with the console, or without. */
    public ManiculeConfig withConsole(boolean console) {
        return withHttp(http.withConsole(console));
    }

    /** The same with another data folder. */
    public ManiculeConfig withData(Path newData) {
        return new ManiculeConfig(newData, http, delivery, keysets, limits, observability, cluster);
    }

    /** The same with other settings of presence. */
    public ManiculeConfig withPresence(PresenceSettings newPresence) {
        return withDelivery(new DeliverySettings(newPresence, delivery.push()));
    }

    /** The same with other notifications to devices. */
    public ManiculeConfig withPush(PushSettings push) {
        return withDelivery(new DeliverySettings(delivery.presence(), push));
    }

    private ManiculeConfig withDelivery(DeliverySettings newDelivery) {
        return new ManiculeConfig(data, http, newDelivery, keysets, limits, observability, cluster);
    }

    /** How presence is delivered. */
    public PresenceSettings presence() {
        return delivery.presence();
    }

    /** How notifications to devices are delivered. */
    public PushSettings push() {
        return delivery.push();
    }

    /** The same with these keysets and no others. */
    public ManiculeConfig withKeysets(List<Keyset> newKeysets) {
        return new ManiculeConfig(data, http, delivery, newKeysets, limits, observability, cluster);
    }

    /** The same with these limits, and the defaults for others. */
    public ManiculeConfig withLimits(Map<Limit, Long> newLimits) {
        return new ManiculeConfig(data, http, delivery, keysets, newLimits, observability, cluster);
    }

    /** The same with metrics for these readers and no others; null for the default. */
    public ManiculeConfig withMetricsFrom(@Nullable List<AddressRange> metricsFrom) {
        return withObservability(observability.withMetricsFrom(metricsFrom));
    }

    /** The same with another log. */
    public ManiculeConfig withLog(LogSettings log) {
        return withObservability(observability.withLog(log));
    }

    /** The same with traces sent there, or with none. */
    public ManiculeConfig withTracing(Tracing.@Nullable Settings tracing) {
        return withObservability(observability.withTracing(tracing));
    }

    /** The same as a node of a cluster, or of none. */
    public ManiculeConfig withCluster(@Nullable ClusterSettings newCluster) {
        return new ManiculeConfig(data, http, delivery, keysets, limits, observability, newCluster);
    }
}
