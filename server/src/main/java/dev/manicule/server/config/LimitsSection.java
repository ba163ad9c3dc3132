package dev.manicule.server.config;

import dev.manicule.server.config.ConfigNodes.Members;
import dev.manicule.server.limits.Limit;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.Node;

/** The limits that differ from their defaults. */
final class LimitsSection {
    private LimitsSection() {}

    static Map<Limit, Long> read(ConfigNodes nodes, Node node) throws ConfigException {
        Members members = nodes.members(node, Stream.of(Limit.values()).map(Limit::setting).toList());
        Map<Limit, Long> limits = new EnumMap<>(Limit.class);
        for (Limit limit : Limit.values()) {
            Node value = members.node(limit.setting());
            if (value != null) {
                limits.put(limit, nodes.number(value, limit.least(), limit.most()));
            }
        }
        return limits;
    }
}
