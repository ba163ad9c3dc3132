package dev.manicule.server.config;

import dev.manicule.server.config.ConfigNodes.Members;
import dev.manicule.server.limits.AddressRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** The settings of how a server talks to its clients. */
final class HttpSection {
    private HttpSection() {}

    static TlsFiles tls(ConfigNodes nodes, Node node) throws ConfigException {
        Members members = nodes.members(node, List.of("certificate", "key"));
        Path certificate = members.get("certificate", nodes::path);
        Path key = members.get("key", nodes::path);
        if (certificate == null || key == null) {
            throw nodes.at(node, "`tls` needs `certificate` and `key`, each the path of a PEM file.");
        }
        return new TlsFiles(certificate, key);
    }

    static List<AddressRange> ranges(ConfigNodes nodes, Node node, Function<AddressRange, @Nullable String> rule)
            throws ConfigException {
        List<AddressRange> ranges = new ArrayList<>();
        for (Node entry : nodes.entries(node)) {
            String text = nodes.text(entry);
            AddressRange range = AddressRange.parse(text);
            if (range == null) {
                throw nodes.at(entry, "`" + text + "` is no address or range of addresses, such as 10.0.0.0/8 or ::1.");
            }
            String problem = rule.apply(range);
            nodes.check(entry, problem == null ? null : "`" + text + "` " + problem);
            ranges.add(range);
        }
        return ranges;
    }
}
