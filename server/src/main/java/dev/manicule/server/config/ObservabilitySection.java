package dev.manicule.server.config;

import dev.manicule.server.config.ConfigNodes.Members;
import dev.manicule.server.telemetry.Tracing;
import java.net.URI;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.Node;

/** The settings of the log, and of traces. */
final class ObservabilitySection {
    private ObservabilitySection() {}

    static LogSettings log(ConfigNodes nodes, Node node, LogSettings base) throws ConfigException {
        Members members = nodes.members(node, List.of("format", "requests"));
        return new LogSettings(members.get("format", each -> switch (nodes.text(each)) {
            case "text" -> LogSettings.Format.TEXT;
            case "json" -> LogSettings.Format.JSON;
            default -> throw nodes.at(each, "expected text or json.");
        }, base.format()), members.get("requests", nodes::truth, base.requests()));
    }

    static Tracing.Settings tracing(ConfigNodes nodes, Node node) throws ConfigException {
        Members members = nodes.members(node, List.of("endpoint", "share"));
        URI endpoint = members.get("endpoint", each -> endpoint(nodes, each));
        double share = members.get("share", each -> share(nodes, each), 1.0);
        if (endpoint == null) {
            throw nodes.at(node,
                    "`tracing` needs an `endpoint` that takes OTLP, such as http://127.0.0.1:4318/v1/traces.");
        }
        return new Tracing.Settings(endpoint, share);
    }

    private static URI endpoint(ConfigNodes nodes, Node node) throws ConfigException {
        String text = nodes.text(node);
        URI endpoint = Tracing.endpoint(text);
        if (endpoint == null) {
            throw nodes.at(node,
                    "`" + text + "` is no endpoint: expected something like http://127.0.0.1:4318/v1/traces.");
        }
        return endpoint;
    }

    private static double share(ConfigNodes nodes, Node node) throws ConfigException {
        try {
            double share = Double.parseDouble(nodes.text(node));
            if (share >= 0 && share <= 1) {
                return share;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw nodes.at(node, "expected a number from 0 to 1.");
    }
}
