package dev.manicule.server.config;

import static dev.manicule.server.config.ConfigSetting.TakesEffect.AT_RELOAD;
import static dev.manicule.server.config.ConfigSetting.TakesEffect.AT_START;

import dev.manicule.server.config.ConfigSetting.Form;
import dev.manicule.server.config.ConfigSetting.TakesEffect;
import dev.manicule.server.limits.AddressRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * All settings, in the order of the reference page. A new one is a component of a record of settings, and a line here:
 * the file, the reload and the reference page follow.
 */
public final class ConfigTable {
    private static final int LONGEST_POLL_SECONDS = 300;

    private static final List<ConfigSetting<?>> SETTINGS = List.of(
            http("host", AT_START, (nodes, node) -> nodes.good(node, ConfigRules::host),
                    HttpSettings::host, HttpSettings::withHost,
                    "`127.0.0.1`", "the address to listen on; `0.0.0.0` for all of this machine"),
            http("port", AT_START, (nodes, node) -> nodes.number(node, 0, 65_535),
                    HttpSettings::port, HttpSettings::withPort, "8090",
                    "the port to listen on; 0 for any free one"),
            setting("data", AT_START, ConfigNodes::path, ManiculeConfig::data, ManiculeConfig::withData,
                    "`data`, where the server is started",
                    "the folder for all that is stored; like all paths, relative to the file"),
            http("tls", AT_START, HttpSection::tls, HttpSettings::tls, HttpSettings::withTls,
                    "none", "`certificate` and `key`, PEM files: [TLS](#tls)"),
            http("pollTimeoutSeconds", AT_START,
                    (nodes, node) -> Duration.ofSeconds(nodes.number(node, 1, LONGEST_POLL_SECONDS)),
                    HttpSettings::pollTimeout, HttpSettings::withPollTimeout,
                    "280", "how long a poll waits, up to " + LONGEST_POLL_SECONDS + "; clients wait for 310"),
            new ConfigSetting<>("presence", AT_START, PresenceSection::read, ManiculeConfig::presence,
                    ManiculeConfig::withPresence, "20, 10",
                    "with more users than `intervalAbove` on a channel, presence is"
                            + " announced each `intervalSeconds`"),
            setting("keysets", AT_RELOAD, KeysetSection::all, ManiculeConfig::keysets, ManiculeConfig::withKeysets,
                    "none: every key works", "the keysets that are served"),
            setting("limits", AT_RELOAD, LimitsSection::read, ManiculeConfig::limits, ManiculeConfig::withLimits,
                    "[the defaults](#limits)", "the limits that differ"),
            http("trustedProxies", AT_RELOAD, (nodes, node) -> HttpSection.ranges(nodes, node, ConfigRules::proxies),
                    HttpSettings::trustedProxies, HttpSettings::withTrustedProxies,
                    "`127.0.0.0/8`, `::1`",
                    "proxies that may say where a request is from: [Behind a proxy](#behind-a-proxy)"),
            http("hosts", AT_RELOAD, (nodes, node) -> nodes.texts(node, ConfigRules::hostName),
                    HttpSettings::hosts, HttpSettings::withHosts,
                    "none", "names for this server over loopback: [Behind a proxy](#behind-a-proxy)"),
            ConfigTable.<@Nullable List<AddressRange>>observability("metricsFrom", AT_RELOAD,
                    (nodes, node) -> HttpSection.ranges(nodes, node, any -> null),
                    ObservabilitySettings::metricsFrom, ObservabilitySettings::withMetricsFrom,
                    "this machine without keysets, no address with them",
                    "the addresses that may read `/metrics`"),
            http("console", AT_RELOAD, ConfigNodes::truth, HttpSettings::console, HttpSettings::withConsole, "`true`",
                    "whether browsers get [the console](console.md) at `/`"),
            new ConfigSetting<>("log", AT_RELOAD, ObservabilitySection::log, config -> config.observability().log(),
                    ManiculeConfig::withLog, "`text`, `false`",
                    "`format`, `text` or `json`, and `requests`, whether each"
                            + " request has a line: [observability.md](observability.md)"),
            observability("tracing", AT_START, ObservabilitySection::tracing, ObservabilitySettings::tracing,
                    ObservabilitySettings::withTracing,
                    "none", "`endpoint`, where spans go, and `share` of the requests, 0 to 1"),
            setting("push", AT_START, PushSection::read, ManiculeConfig::push, ManiculeConfig::withPush,
                    "none", "the gateways that take [notifications to devices](push.md)"),
            setting("cluster", AT_START, ClusterSection::read, ManiculeConfig::cluster, ManiculeConfig::withCluster,
                    "none", "makes the server a node of a [cluster](cluster.md)"));

    private ConfigTable() {}

    /** A form that needs no value so far. */
    @FunctionalInterface
    private interface PlainForm<T extends @Nullable Object> {
        T read(ConfigNodes nodes, Node node) throws ConfigException;
    }

    private static <T extends @Nullable Object> ConfigSetting<T> setting(String name, TakesEffect takesEffect,
            PlainForm<T> plain, Function<ManiculeConfig, T> get, BiFunction<ManiculeConfig, T, ManiculeConfig> with,
            String usual, String meaning) {
        Form<T> form = (nodes, node, base) -> plain.read(nodes, node);
        return new ConfigSetting<>(name, takesEffect, form, get, with, usual, meaning);
    }

    private static <T extends @Nullable Object> ConfigSetting<T> http(String name, TakesEffect takesEffect,
            PlainForm<T> plain, Function<HttpSettings, T> get, BiFunction<HttpSettings, T, HttpSettings> with,
            String usual, String meaning) {
        return setting(name, takesEffect, plain, config -> get.apply(config.http()),
                (config, value) -> config.withHttp(with.apply(config.http(), value)), usual, meaning);
    }

    private static <T extends @Nullable Object> ConfigSetting<T> observability(String name, TakesEffect takesEffect,
            PlainForm<T> plain, Function<ObservabilitySettings, T> get,
            BiFunction<ObservabilitySettings, T, ObservabilitySettings> with, String usual, String meaning) {
        return setting(name, takesEffect, plain, config -> get.apply(config.observability()),
                (config, value) -> config.withObservability(with.apply(config.observability(), value)), usual, meaning);
    }

    /** A configuration with the settings of a file. */
    static ManiculeConfig read(ConfigNodes nodes, Node root, ManiculeConfig base) throws ConfigException {
        ConfigNodes.Members members = nodes.members(root, SETTINGS.stream().map(ConfigSetting::name).toList());
        ManiculeConfig config = base;
        for (ConfigSetting<?> setting : SETTINGS) {
            Node value = members.node(setting.name());
            config = value == null ? config : setting.read(nodes, value, config);
        }
        return config;
    }

    /** What a reload makes of a configuration: that with the changed values that take effect without a restart. */
    public static ManiculeConfig reloaded(ManiculeConfig present, ManiculeConfig changed) {
        ManiculeConfig config = present;
        for (ConfigSetting<?> setting : SETTINGS) {
            config = setting.takesEffect() == AT_RELOAD ? setting.copy(changed, config) : config;
        }
        return config;
    }

    /** The names of the settings that differ between two configurations, in alphabetical order. */
    public static List<String> differing(ManiculeConfig one, ManiculeConfig other) {
        List<String> names = new ArrayList<>();
        for (ConfigSetting<?> setting : SETTINGS) {
            if (setting.differs(one, other)) {
                names.add(setting.name());
            }
        }
        names.sort(null);
        return names;
    }

    /** The table of the reference page, in Markdown. */
    public static String page() {
        StringBuilder page = new StringBuilder(
                "| setting | usual | what | a change takes effect |\n|---|---|---|---|\n");
        for (ConfigSetting<?> setting : SETTINGS) {
            page.append("| `")
                    .append(setting.name())
                    .append("` | ")
                    .append(setting.usual())
                    .append(" | ")
                    .append(setting.meaning())
                    .append(" | ")
                    .append(setting.takesEffect() == AT_RELOAD ? "at a reload" : "at a start")
                    .append(" |\n");
        }
        return page.toString();
    }
}
