package dev.manicule.server.peers;

import dev.manicule.server.command.Entry;
import dev.manicule.server.command.ReportNode;
import dev.manicule.server.log.Batch;
import dev.manicule.server.log.Log;
import dev.manicule.server.log.LogException;
import dev.manicule.server.log.LogReader;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The nodes of a cluster, as their reports in the log say.
 *
 * @param nodes the nodes that reported, by their names
 * @param begin the lowest offset that the log had
 * @param end the offset behind the last entry that the log had before this began to listen: entries below it that a
 *         node has still to apply are no reports under way
 */
public record Peers(List<Node> nodes, long begin, long end) {
    /** Within this time a live node reports for certain, unless its machine is heavily overloaded. */
    public static final Duration USUAL_PATIENCE = Duration.ofSeconds(3);

    /**
     * A node that reported.
     *
     * @param number identifies it in the log
     * @param name its name, for people
     * @param address where other nodes reach it; empty where they can't
     * @param rules the highest version of the rules that it knows
     * @param applied it had applied all entries of the log below this offset
     */
    public record Node(long number, String name, String address, int rules, long applied) {}

    /** Copies the list. */
    public Peers {
        nodes = List.copyOf(nodes);
    }

    /**
     * Listens at the end of a log. Blocks.
     *
     * @param patience for how long; each node reports each second
     * @throws LogException when the log can't be read
     */
    public static Peers heard(Log<Entry> log, Duration patience) throws LogException, InterruptedException {
        Map<Long, Node> nodes = new TreeMap<>();
        long until = System.nanoTime() + patience.toNanos();
        long end = log.end();
        try (LogReader<Entry> reader = log.reader(end)) {
            for (long left = patience.toNanos(); left > 0; left = until - System.nanoTime()) {
                Batch<Entry> batch = reader.next(Math.max(TimeUnit.NANOSECONDS.toMillis(left), 1));
                if (batch == null) {
                    continue;
                }
                for (Entry entry : batch.entries()) {
                    if (entry.command() instanceof ReportNode report) {
                        nodes.put(report.node(), new Node(report.node(), report.name(), report.address(),
                                report.rules(), report.reached().applied()));
                    }
                }
            }
        }
        return new Peers(nodes.values().stream().sorted(Comparator.comparing(Node::name)).toList(), log.begin(), end);
    }
}
