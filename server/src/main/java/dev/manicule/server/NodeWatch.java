package dev.manicule.server;

import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.api.ClusterView;
import dev.manicule.server.command.RemoveNode;
import dev.manicule.server.command.ReportNode;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.LedgerReader.Node;
import dev.manicule.server.ledger.Likeness;
import dev.manicule.server.ledger.StorageException;
import dev.manicule.server.model.Timetoken;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports to the other nodes of a cluster, each second, that this one lives, and removes dead nodes: those that were
 * not seen for ten seconds of the log's time, while ten reports of this node went through the log. So no node loses its
 * users when the log stands still for a while. Every live node may remove one; a second removal does no harm.
 *
 * <p>A node that stops is no different from one that dies: its users stay present for ten seconds more, and if it does
 * not come back they time out, unless another node has received a sign of life of them by then.
 *
 * <p>The reports of the nodes about their tables are compared ({@link Agreement}): this node stops when its tables are
 * the ones that differ. Its writes require the version of the rules that all live nodes know, so that a newer one comes
 * into force when the last node has it.
 *
 * <p>Of two processes that claim to be the same node, the one that began to report later is the node. The other rejects
 * all writes from then on, and is not ready.
 *
 * <p>Where the log belongs to one process, nothing is reported: only nodes of a cluster that the data comes from are removed.
 *
 * <p>{@link #look} belongs to one thread at a time.
 */
final class NodeWatch implements AutoCloseable {
    private static final Duration MISSED = Duration.ofSeconds(10);
    private static final int REPORTS_MISSED = 10;
    private static final long STEPS_A_MILLI = Timetoken.steps(Duration.ofSeconds(1)) / 1_000;
    /** After so long without a report that came through the log, this node is behind. */
    private static final long BEHIND_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final Logger LOG = LoggerFactory.getLogger(NodeWatch.class);

    private final Ledger ledger;
    private final Journal journal;
    private final @Nullable Self self;
    private final Consumer<String> whenDiffering;
    private final LongSupplier nanoTime;
    private final Agreement agreement = new Agreement();
    /** The end of the log when this process began: what earlier processes knew is below it. */
    private final long began;
    /** The start of this node that reported when this process began; 0 for none. */
    private final long former;
    private volatile int rules = Ledger.FIRST_RULES;
    /** When the other nodes were seen last. */
    private final Map<Long, Silence> silences = new HashMap<>();
    private Beats.@Nullable Beat beat;
    /** Nodes without reports whose leases are to be ended. Guarded by this, as all that follows. */
    private final Set<Long> strangers = new HashSet<>();
    private final Set<Long> removing = new HashSet<>();
    private long reports;
    private boolean isReporting;
    private boolean hasReported;
    private boolean isReplaced;
    /** When the last report of this node that has come through the log was made. */
    private long reportedAt;
    private long reportingAt;
    /** Done when the last report is decided. */
    private CompletableFuture<Void> decided = CompletableFuture.completedFuture(null);

    /**
     * This node.
     *
     * @param address where other nodes reach it; empty where they can't
     * @param incarnation stands for this start of the process: a number that no other has
     */
    record Self(long number, String name, String address, long incarnation) {}

    /** The last report of a node, and how many reports of this node had been decided then. */
    private record Silence(long seen, long reports) {}

    /**
     * A watch that looks at each call of {@link #look}.
     *
     * @param self this node; null where the log belongs to one process
     */
    private NodeWatch(Ledger ledger, Journal journal, @Nullable Self self, Consumer<String> whenDiffering,
            LongSupplier nanoTime) {
        this.whenDiffering = whenDiffering;
        this.nanoTime = nanoTime;
        this.ledger = ledger;
        this.journal = journal;
        this.self = self;
        began = ledger.applied();
        former = self == null ? 0 : incarnationOf(find(self, ledger.reads().nodes()));
        if (self != null && hasLeasesOfOnlyNode()) {
            strangers.add(ChangePresence.ONLY_NODE);
        }
    }

    /** A watch that looks at each call of {@link #look}. */
    static NodeWatch stepped(Ledger ledger, Journal journal, @Nullable Self self, Consumer<String> whenDiffering,
            LongSupplier nanoTime) {
        return new NodeWatch(ledger, journal, self, whenDiffering, nanoTime);
    }

    /**
     * Begins to look each second.
     *
     * @param whenDiffering receives the reason, in sentences, when this node's tables are the ones that differ, once
     * @param clocks define a second
     */
    static NodeWatch start(Ledger ledger, Journal journal, @Nullable Self self, Consumer<String> whenDiffering,
            Clocks clocks) {
        NodeWatch watch = new NodeWatch(ledger, journal, self, whenDiffering, clocks.steady());
        watch.report(ledger.reads().nodes()); // before anything else of this process comes to the log: it is not the node until then
        watch.beat = clocks.beats().start(watch::lookAndReport);
        return watch;
    }

    /** The start of a node that reports by now; 0 for none. */
    private static long incarnationOf(@Nullable Node node) {
        return node == null ? 0 : node.incarnation();
    }

    /** What the log has of this node; null for nothing. */
    private static @Nullable Node find(Self self, List<Node> nodes) {
        return nodes.stream().filter(each -> each.number() == self.number).findFirst().orElse(null);
    }

    /**
     * Whether there are leases of users from the time when the log belonged to one process, in data that became that of
     * a cluster.
     */
    private boolean hasLeasesOfOnlyNode() {
        boolean[] hasAny = {false};
        ledger.reads().leases(ChangePresence.ONLY_NODE, lease -> hasAny[0] = true);
        return hasAny[0];
    }

    @Override
    public void close() {
        if (beat != null) {
            beat.close();
        }
    }

    /** Looks, and returns a future that is done when the report of it is decided. */
    private Future<Void> lookAndReport() {
        look();
        synchronized (this) {
            return decided;
        }
    }

    /** Reports that this node lives, and removes dead nodes. */
    void look() {
        try {
            List<Node> nodes = ledger.reads().nodes();
            report(nodes);
            nodes.forEach(this::watch);
            silences.keySet().retainAll(nodes.stream().map(Node::number).toList());
            removeStrangers();
            agree(nodes);
        } catch (StorageException e) {
            LOG.debug("{}", e.getMessage()); // the journal reports a failing disk
        } catch (RuntimeException e) { // the next beat tries again
            LOG.error("Watching the nodes failed", e);
        }
    }

    /** Receives a report of a node that this node has applied. Called by the thread that applies the log. */
    void heard(ReportNode report) {
        if (self != null && report.node() != self.number) {
            agreement.heard(report, ledger.compare(report.reached()));
        }
    }

    private void agree(List<Node> nodes) {
        long done;
        synchronized (this) {
            done = reports;
        }
        if (self == null || done == 0) { // nodes that have reported before may still be missing in the tables
            return;
        }
        int known = ledger.newestRules();
        Set<Long> others = new HashSet<>();
        for (Node node : nodes) {
            known = Math.min(known, Math.max(node.rules(), Ledger.FIRST_RULES));
            if (node.number() != self.number) {
                others.add(node.number());
            }
        }
        rules = known;
        journal.askFor(known);
        Agreement.Finding found = agreement.look(others, done);
        if (found == null) {
            return;
        }
        LOG.error(found.words());
        if (found.isOfThisNode()) {
            journal.refuse("This node's tables differ from those of others.");
            ledger.markDiffering(found.words());
            whenDiffering.accept(found.words());
        }
    }

    /**
     * The nodes as this one sees them, by their names. Any thread may call it.
     *
     * @throws StorageException when the tables can't be read
     */
    List<ClusterView.Node> seen() {
        long now = ledger.lastTimetoken();
        return ledger.reads()
                .nodes()
                .stream()
                .map(node -> new ClusterView.Node(
                        node.name().isEmpty() ? Long.toString(node.number()) : node.name(), node.address(),
                        Math.max(now - node.seen(), 0) / STEPS_A_MILLI, node.applied(), node.rules(),
                        self != null && self.number == node.number()
                                ? Likeness.SAME
                                : agreement.of(node.number())))
                .sorted(Comparator.comparing(ClusterView.Node::name))
                .toList();
    }

    /** The version of the rules that writes of this node require. Any thread may call it. */
    int rules() {
        return rules;
    }

    /**
     * The time since this node made the last report that has come back through the log, in nanoseconds; 0 when none was
     * made yet. Any thread may call it.
     */
    synchronized long nanosBehind() {
        return hasReported ? nanoTime.getAsLong() - reportedAt : 0;
    }

    /** Why this node may be behind the others; null when it is not. Any thread may call it. */
    @Nullable
    String whyBehind() {
        synchronized (this) {
            if (self == null || (hasReported && nanoTime.getAsLong() - reportedAt < BEHIND_NANOS)) {
                return null;
            }
            return hasReported
                    ? "This node is behind the log: nothing that it has written came back for "
                            + TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong() - reportedAt)
                            + " s. The brokers take no writes, or this node was cut off or stood still."
                    : "This node has not caught up with the log yet.";
        }
    }

    private void report(List<Node> nodes) {
        Self reporting = self;
        if (reporting == null) {
            return;
        }
        Node present = find(reporting, nodes);
        if (present != null && isAnotherLater(reporting, present)) {
            replaced(reporting);
        }
        boolean isFirst;
        synchronized (this) {
            if (isReporting || isReplaced) {
                return;
            }
            isReporting = true;
            decided = new CompletableFuture<>();
            isFirst = !hasReported;
            reportingAt = nanoTime.getAsLong();
        }
        journal.submit(
                new ReportNode(reporting.number, reporting.name, reporting.address,
                        new ReportNode.Incarnation(reporting.incarnation, isFirst, incarnationOf(present)),
                        ledger.newestRules(),
                        ledger.reached()),
                outcome -> reported(reporting, outcome));
    }

    /**
     * Whether another process, which began later than this one, is the node before any report of this one came through
     * the log. It has reported, and has applied more of the log than there was when this process began. A late report
     * of a process that had ended by then has not.
     */
    private boolean isAnotherLater(Self reporting, Node present) {
        synchronized (this) {
            if (hasReported || isReplaced) {
                return false;
            }
        }
        long known = present.incarnation();
        return known != 0 && known != former && known != reporting.incarnation && present.applied() > began;
    }

    private void reported(Self reporting, ReportNode.Outcome outcome) {
        CompletableFuture<Void> done;
        boolean isTaken;
        synchronized (this) {
            isReporting = false;
            done = decided;
            isTaken = outcome instanceof ReportNode.NodeReplaced && hasReported; // or the report of an earlier start came late
            if (outcome instanceof ReportNode.NodeReported) {
                hasReported = true;
                reportedAt = reportingAt;
                reports++;
            }
        }
        if (isTaken) {
            replaced(reporting);
        }
        done.complete(null);
    }

    private void replaced(Self reporting) {
        synchronized (this) {
            isReplaced = true;
        }
        LOG.error(
                "Another process, started later, is the node {} of this cluster too. This one refuses all writes from now on, and is not ready."
                        + " Stop it, or give it another name: each node has its own.",
                reporting.name);
        journal.refuse("Another process is the node " + reporting.name + " of this cluster.");
    }

    private void watch(Node node) {
        if (self != null && self.number == node.number()) {
            return;
        }
        long done;
        synchronized (this) {
            if (isReplaced) {
                return;
            }
            done = reports;
        }
        Silence known = silences.get(node.number());
        if (known == null || known.seen != node.seen()) {
            known = new Silence(node.seen(), done);
            silences.put(node.number(), known);
        }
        boolean isMissed = done - known.reports >= REPORTS_MISSED
                && ledger.lastTimetoken() - node.seen() >= Timetoken.steps(MISSED);
        if (self == null || isMissed) {
            remove(node.number(), node.seen(),
                    "The node " + (node.name().isEmpty() ? node.number() : node.name()) + " was not seen for "
                            + MISSED.toSeconds() + " s: its users time out.");
        }
    }

    private void removeStrangers() {
        List<Long> left;
        synchronized (this) {
            left = reports < REPORTS_MISSED ? List.of() : List.copyOf(strangers);
        }
        left.forEach(number -> remove(number, Long.MAX_VALUE, "Users from before this was a cluster time out."));
    }

    private void remove(long number, long seen, String words) {
        synchronized (this) {
            if (!removing.add(number)) {
                return;
            }
        }
        LOG.info(words);
        removeSome(number, seen);
    }

    /** Continues until none is left, or the journal rejects one: then the next look begins again. */
    private void removeSome(long number, long seen) {
        journal.submit(new RemoveNode(number, seen, RemoveNode.MOST), outcome -> {
            if (outcome instanceof RemoveNode.NodeRemoved(_, boolean hasMore) && hasMore) {
                removeSome(number, seen);
                return;
            }
            synchronized (this) {
                removing.remove(number);
                if (outcome instanceof RemoveNode.NodeRemoved) {
                    strangers.remove(number);
                }
            }
        });
    }
}
