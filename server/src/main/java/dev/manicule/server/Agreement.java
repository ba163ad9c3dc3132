package dev.manicule.server;

import dev.manicule.server.command.ReportNode;
import dev.manicule.server.ledger.Likeness;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares the tables that the nodes of a cluster have made from the log. Each node reports the result of the entries
 * below an offset, and each compares that with its own result of the same entries. Entries that a node has applied
 * differently, by a fault of the program, of a disk or of memory, show there for good.
 *
 * <p>A difference does not show which of two is wrong. A node goes on if more nodes, itself counted, have the same
 * result than another one; else it has to stop. So of two nodes that differ both stop: no answer is better than one
 * that may be wrong.
 *
 * <p>Any thread may use it.
 */
final class Agreement {
    /** For so many reports of its own a node waits for the reports of all others, once one differs. */
    private static final int PATIENCE_REPORTS = 5;

    /** The results for the other nodes, by their numbers. */
    private final TreeMap<Long, Compared> compared = new TreeMap<>();
    /** How many reports this node had made when it first saw a difference that still exists; negative without one. */
    private long since = -1;
    private @Nullable Finding last;

    /**
     * The result of the comparison of another node's tables with those of this one.
     *
     * @param applied the offset below which the entries were compared last
     * @param same the offset below which they were the same; negative when they never were
     * @param other the offset below which they were first found to differ; negative when they are the same
     */
    private record Compared(String name, long applied, long same, long other) {
        boolean isOther() {
            return other >= 0;
        }
    }

    /**
     * A difference, and the node that has to stop.
     *
     * @param isOfThisNode whether this node has to stop
     * @param words the difference, in sentences
     */
    record Finding(boolean isOfThisNode, String words) {}

    /** Another node has reported. */
    synchronized void heard(ReportNode report, Likeness likeness) {
        long applied = report.reached().applied();
        Compared before = compared.getOrDefault(report.node(), new Compared(report.name(), -1, -1, -1));
        switch (likeness) {
            case SAME -> compared.put(report.node(), new Compared(report.name(), applied, applied, -1));
            case OTHER -> compared.put(report.node(), new Compared(report.name(), applied, before.same,
                    before.isOther() ? before.other : applied));
            case UNKNOWN -> {
                // a later report will show it
            }
        }
    }

    /** How another node's tables compare with those of this one, by its last report that could be compared. */
    synchronized Likeness of(long node) {
        Compared known = compared.get(node);
        return known == null ? Likeness.UNKNOWN : known.isOther() ? Likeness.OTHER : Likeness.SAME;
    }

    /**
     * Evaluates the reports received so far.
     *
     * @param living the other nodes that live
     * @param reports how many reports this node has made
     * @return a new finding; null when there is none
     */
    synchronized @Nullable Finding look(Set<Long> living, long reports) {
        compared.keySet().retainAll(living);
        List<Compared> others = compared.values().stream().filter(Compared::isOther).toList();
        if (others.isEmpty()) {
            since = -1;
            last = null;
            return null;
        }
        since = since < 0 ? reports : since;
        long from = others.stream().mapToLong(Compared::other).min().orElseThrow();
        boolean haveAllSpoken = living.stream()
                .allMatch(node -> compared.containsKey(node) && compared.get(node).applied >= from);
        if (!haveAllSpoken && reports - since < PATIENCE_REPORTS) {
            return null;
        }
        List<Compared> same = compared.values().stream().filter(each -> !each.isOther()).toList();
        boolean isOfThisNode = same.size() + 1 <= others.size();
        Finding found = new Finding(isOfThisNode, words(others, same, isOfThisNode));
        boolean isNew = !found.equals(last);
        last = found;
        return isNew ? found : null;
    }

    private static String words(List<Compared> others, List<Compared> same, boolean isOfThisNode) {
        List<String> each = new ArrayList<>();
        for (Compared other : others) {
            each.add("the node " + other.name + " has made something else of the log's entries below offset "
                    + other.other
                    + (other.same < 0 ? "" : ", and the same of those below " + other.same));
        }
        String facts = "This node's tables differ from those of " + others.size() + " of "
                + (others.size() + same.size())
                + " others: " + String.join("; ", each) + ". ";
        if (!isOfThisNode) {
            return facts + "More nodes have what this one has, so it goes on.";
        }
        return facts + (same.size() + 1 == others.size()
                ? "Which of the two is right can't be known."
                : "More nodes have what those have.");
    }
}
