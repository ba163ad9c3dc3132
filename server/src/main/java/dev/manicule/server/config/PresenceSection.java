package dev.manicule.server.config;

import dev.manicule.server.config.ConfigNodes.Members;
import dev.manicule.server.presence.PresenceSettings;
import java.time.Duration;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.Node;

/** The settings of presence. */
final class PresenceSection {
    private PresenceSection() {}

    static PresenceSettings read(ConfigNodes nodes, Node node, PresenceSettings base) throws ConfigException {
        Members members = nodes.members(node, List.of("intervalAbove", "intervalSeconds"));
        return new PresenceSettings(
                members.get("intervalAbove", each -> nodes.number(each, 0, 1_000_000), base.intervalAbove()),
                members.get("intervalSeconds", each -> Duration.ofSeconds(nodes.number(each, 1, 3_600)),
                        base.interval()));
    }
}
