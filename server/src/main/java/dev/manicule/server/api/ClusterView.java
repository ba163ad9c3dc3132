package dev.manicule.server.api;

import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.Likeness;
import java.util.List;
import java.util.Locale;

/**
 * A cluster as one of its nodes sees it.
 *
 * @param node the name of the node that sees it
 * @param topic the topic of the log
 * @param applied the offset below which the node has applied all entries of the log
 * @param behind how many entries of the log it knows of and has not applied
 * @param rules the version of the rules that new entries require
 * @param nodes the nodes that live, and those that are not removed yet, by their names
 */
public record ClusterView(String node, String topic, long applied, long behind, int rules, List<Node> nodes) {
    /** Copies the list. */
    public ClusterView {
        nodes = List.copyOf(nodes);
    }

    /**
     * One of the nodes.
     *
     * @param address where other nodes reach it; empty where they can't
     * @param silentMillis the time since its last report, by the time of the log, in milliseconds
     * @param applied the offset below which it had applied all entries, by its last report
     * @param rules the newest version of the rules that it knows; 0 when that is not known
     * @param tables how its tables compare with those of the node that sees it
     */
    public record Node(String name, String address, long silentMillis, long applied, int rules, Likeness tables) {}

    /** Appends it as an object. */
    void writeTo(JsonWriter json) {
        json.object()
                .member("node", node)
                .member("topic", topic)
                .member("applied", applied)
                .member("behind", behind)
                .member("rules", rules)
                .array("nodes");
        for (Node each : nodes) {
            json.object()
                    .member("name", each.name)
                    .member("address", each.address)
                    .member("silentMillis", each.silentMillis)
                    .member("applied", each.applied)
                    .member("rules", each.rules)
                    .member("tables", each.tables.name().toLowerCase(Locale.ROOT))
                    .end();
        }
        json.end().end();
    }
}
