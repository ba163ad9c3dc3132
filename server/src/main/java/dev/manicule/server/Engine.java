package dev.manicule.server;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.FileKey;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.KeyGrants;
import dev.manicule.server.access.Keysets;
import dev.manicule.server.access.PeerKey;
import dev.manicule.server.access.Revocations;
import dev.manicule.server.api.ActionChangesApi;
import dev.manicule.server.api.AccessManagerApi;
import dev.manicule.server.api.ActionReadsApi;
import dev.manicule.server.api.AppContextApi;
import dev.manicule.server.api.ChannelGroupsApi;
import dev.manicule.server.api.ClusterApi;
import dev.manicule.server.api.ClusterView;
import dev.manicule.server.api.ConsoleApi;
import dev.manicule.server.api.DescriptionApi;
import dev.manicule.server.api.FileBytesApi;
import dev.manicule.server.api.FileTransfers;
import dev.manicule.server.api.FilesApi;
import dev.manicule.server.api.HealthApi;
import dev.manicule.server.api.HistoryApi;
import dev.manicule.server.api.MessageActionsApi;
import dev.manicule.server.api.MetricsApi;
import dev.manicule.server.api.PageCache;
import dev.manicule.server.api.PresenceApi;
import dev.manicule.server.api.PublishApi;
import dev.manicule.server.api.Sandbox;
import dev.manicule.server.api.PushApi;
import dev.manicule.server.api.ReadMarksApi;
import dev.manicule.server.api.SandboxApi;
import dev.manicule.server.api.SubscribeApi;
import dev.manicule.server.api.TimeApi;
import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.Tick;
import dev.manicule.server.config.ClusterSettings;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.files.FileFolder;
import dev.manicule.server.http.HttpServer;
import dev.manicule.server.hub.FeedReader;
import dev.manicule.server.hub.Groups;
import dev.manicule.server.hub.Hub;
import dev.manicule.server.hub.HubMetrics;
import dev.manicule.server.hub.PresenceInterest;
import dev.manicule.server.journal.DataStore;
import dev.manicule.server.journal.LogJournal;
import dev.manicule.server.journal.TimetokenClock;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.Likeness;
import dev.manicule.server.ledger.StorageException;
import dev.manicule.server.ledger.StorageMetric;
import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.WorkerThreads;
import dev.manicule.server.log.LogListener;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.peers.OfferedCheckpoints;
import dev.manicule.server.presence.PresenceService;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.Faults;
import dev.manicule.server.routing.PermissionCheck;
import dev.manicule.server.routing.RateLimits;
import dev.manicule.server.routing.Router;
import dev.manicule.server.push.PushDelivery.Figure;
import dev.manicule.server.push.PushDelivery;
import dev.manicule.server.telemetry.Metrics.Histogram;
import dev.manicule.server.telemetry.Metrics;
import dev.manicule.server.telemetry.RequestTelemetry;
import dev.manicule.server.telemetry.Tracing;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All of a server except its connections: ledger, journal, hub, presence, and the API over them. It lasts as long as
 * its ledger is open.
 */
final class Engine implements AutoCloseable {
    private static final double NANOS_A_SECOND = 1e9;
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private final DataStore data;
    private final Ledger ledger;
    private final Hub hub;
    private final LogJournal journal;
    private final PresenceService presence;
    private final @Nullable PushDelivery push;
    private final @Nullable NodeWatch nodes;
    private final Retention retention;
    private final ControlSocket control;
    private final WorkerThreads workers;
    private final @Nullable FileSweep fileSweep;
    private final @Nullable OfferedCheckpoints checkpoints;
    private final Limits limits;
    private final TimetokenClock timeline;
    private final Router router;

    /**
     * The context of an engine.
     *
     * @param parts what outlasts engines
     * @param config supplies the present configuration
     * @param observed what the operator sees of it
     * @param sandbox the controls for tests, null when there are none
     * @param end receives the reason, in sentences, when only a restart helps: the server ends then
     */
    record EngineContext(Parts parts, Supplier<ManiculeConfig> config, Clocks clocks, Observed observed,
            @Nullable Sandbox sandbox, Consumer<String> end) {}

    /** The parts of a server that stay when its engine is another one. */
    record Parts(HttpServer http, Limits limits, Budget budget, Keysets keysets) {}

    /**
     * What the operator sees besides the metrics of the engine.
     *
     * @param tracing where spans go, null when nowhere
     * @param certificateExpiry when the certificate expires, in seconds since 1970; null without one
     * @param reloads how often the configuration was read again
     */
    record Observed(@Nullable Tracing tracing, @Nullable Supplier<Long> certificateExpiry, Reloads reloads) {}

    /** Begins to work on the data of a folder, which it closes at the end. */
    Engine(DataStore data, EngineContext context) {
        this.data = data;
        ledger = data.ledger();
        limits = context.parts().limits();
        HttpServer http = context.parts().http();
        Clocks clocks = context.clocks();
        ManiculeConfig config = context.config().get();
        workers = new WorkerThreads("manicule-worker", Math.max(2, Runtime.getRuntime().availableProcessors()));
        ClusterSettings cluster = config.cluster();
        long node = cluster == null ? ChangePresence.ONLY_NODE : cluster.number();
        long incarnation = new SecureRandom().nextLong();
        timeline = data.log().isShared()
                ? TimetokenClock.ofLog(ledger.lastTimetoken())
                : new TimetokenClock(clocks.wall(), Math.max(ledger.lastTimetoken(), toldBefore(ledger, clocks)));
        Groups groups = new Groups(ledger.reads().groups(), context.parts().budget());
        FeedReader feed = new StoredFeed(ledger.reads());
        hub = new Hub(http.loops(), workers, feed, groups,
                new PresenceInterest(ledger.lastTimetoken() > 0, groups, clocks.steady()), timeline::now,
                clocks.steady(),
                config.http().pollTimeout(), timeline.now());
        Revocations revocations = new Revocations(ledger.reads().revocations());
        KeyGrants keyGrants = new KeyGrants(ledger.reads().keyGrants());
        Metrics metrics = new Metrics(limits, context.parts().budget());
        data.observe(observer(metrics, context.end()));
        AtomicReference<@Nullable PresenceService> present = new AtomicReference<>();
        AtomicReference<@Nullable NodeWatch> watching = new AtomicReference<>();
        AtomicReference<@Nullable PushDelivery> pushing = new AtomicReference<>();
        journal = new LogJournal(data.log(), ledger, timeline, commit -> {
            commit.revocations().forEach(revocations::add);
            commit.keyGrants().forEach(keyGrants::set);
            hub.committed(commit);
            PushDelivery sending = pushing.get();
            if (sending != null && !commit.events().isEmpty()) {
                sending.wake();
            }
            NodeWatch watch = watching.get();
            if (watch != null) {
                commit.ofNodes().reports().forEach(watch::heard);
            }
            PresenceService reporting = present.get();
            if (reporting != null) {
                if (commit.ofNodes().removed().contains(node)) {
                    LOG.warn("Other nodes have taken this one for dead: its users are reported again.");
                    reporting.reportAgain(context.parts().budget().server());
                }
                reporting.heard(commit.ofNodes().notices(), context.parts().budget()::keyset);
            }
        }, context.parts().budget(), incarnation, data.background(),
                cluster == null || cluster.reads() == ClusterSettings.Reads.LINEARIZABLE);
        hub.begin(journal::position);
        Budget budget = context.parts().budget();
        nodes = cluster == null && ledger.reads().nodes().isEmpty()
                ? null
                : NodeWatch.start(ledger, journal, cluster == null
                        ? null
                        : new NodeWatch.Self(node, cluster.node(), cluster.address(), incarnation), context.end(),
                        clocks);
        watching.set(nodes);
        // a subscriber of another node may listen
        Predicate<Channel> isListenedTo = cluster == null ? hub.interest()::isListenedTo : channel -> true;
        presence = new PresenceService(journal, node, isListenedTo, groups::isIn, clocks.steady(),
                config.presence(), limits);
        present.set(presence); // first, so that no removal comes between
        ledger.reads().leases(node, presence.restoring(budget::keyset));
        presence.start();
        groups.listen((group, removed, added) -> presence.groupChanged(budget.keyset(group.keyset()), group, removed,
                added));
        Keysets keysets = context.parts().keysets();
        push = config.push().isNone()
                ? null
                : new PushDelivery(config.push(), ledger.reads(), journal, new PushDelivery.Node(node,
                        data.log().isShared(), timeline::now, clocks.wall(), clocks.steady()));
        pushing.set(push);
        retention = new Retention(ledger, journal, keysets, timeline::now);
        PageCache pages = new PageCache(ledger.reads()::version);
        Access access = new Access(keysets, revocations, keyGrants, () -> clocks.wall().instant().getEpochSecond(),
                new SecureRandom());
        RateLimits crowd = new RateLimits(limits, http::isTrusted, System::nanoTime);
        addFigures(metrics, http, pages, context.observed().certificateExpiry());
        context.observed().reloads().addTo(metrics);
        RequestTelemetry telemetry = new RequestTelemetry(metrics,
                () -> context.config().get().observability().log().requests(),
                context.observed().tracing());
        Supplier<List<AddressRange>> readers = () -> context.config().get().metricsReaders();
        List<EndpointFamily> families = new ArrayList<>();
        families.add(new PublishApi(journal));
        families.add(new MessageActionsApi(journal, ledger.reads(), pages, new PermissionCheck(access), limits));
        families.add(new ActionChangesApi(journal, limits));
        families.add(new ActionReadsApi(ledger.reads()));
        families.add(new ReadMarksApi(journal, ledger.reads(), limits));
        families.add(new AppContextApi(journal, ledger.reads(), access, limits));
        Sandbox sandbox = context.sandbox();
        FileFolder files = cluster == null ? files(config.data()) : null;
        FileTransfers transfers = files == null
                ? null
                : new FileTransfers(files, new FileKey(files.key()), limits, http::isTrusted, sandbox == null);
        SecureRandom random = new SecureRandom();
        families.add(new FilesApi(journal, ledger.reads(), transfers, limits, random));
        if (transfers != null) {
            families.add(new FileBytesApi(journal, ledger.reads(), transfers, random));
        }
        fileSweep = files == null || transfers == null || sandbox != null
                ? null
                : new FileSweep(ledger.reads(), journal, files, transfers, new FileSweep.Time(key -> {
                    Keyset keyset = keysets.find(key);
                    return keyset == null ? null : keyset.policy().retention();
                }, timeline::now));
        families.add(new HistoryApi(journal, ledger.reads(), pages));
        families.add(new SubscribeApi(journal, hub, feed, presence, ledger.reads(), groups, access, limits));
        families.add(new PresenceApi(presence, ledger.reads(), groups, access, limits));
        families.add(new ChannelGroupsApi(journal, groups, access, limits));
        families.add(new PushApi(journal, ledger.reads(), access, limits));
        families.add(new AccessManagerApi(access, journal, limits));
        families.add(new MetricsApi(metrics, readers));
        families.add(health(cluster, readers));
        families.add(
                new ConsoleApi(Manicule.version(), keysets, () -> context.config().get().http().console(), readers));
        families.add(new DescriptionApi());
        families.add(new TimeApi(timeline));
        checkpoints = cluster == null || cluster.secret() == null
                ? null
                : new OfferedCheckpoints(ledger, config.data(), new PeerKey(cluster.secret()),
                        () -> clocks.wall().instant().getEpochSecond(), System::nanoTime);
        if (checkpoints != null) {
            families.add(new ClusterApi(checkpoints, data.background()));
        }
        if (sandbox != null) {
            families.add(new SandboxApi(sandbox));
        }
        router = new Router(keysets, access, crowd, limits, timeline, journal, workers, telemetry,
                sandbox == null ? new Faults() : sandbox.faults(), families);
        control = new ControlSocket(config.data(), ledger);
    }

    /** The folder of the bytes of files; null when it can't be used, so that this server takes no files. */
    private static @Nullable FileFolder files(Path data) {
        try {
            return FileFolder.open(data.resolve(Maintenance.FILES));
        } catch (IOException e) {
            LOG.error("No files can be sent to this server, since their folder can't be used: {}", e.getMessage());
            return null;
        }
    }

    /** The API that serves requests. */
    Router router() {
        return router;
    }

    /** The timetoken that clients receive as the present one. */
    long timetoken() {
        return timeline.now();
    }

    /**
     * Tries whether the log takes writes. Does not wait.
     *
     * @return whether it does; on a thread of the journal's
     */
    CompletableFuture<Boolean> tryLog() {
        CompletableFuture<Boolean> taken = new CompletableFuture<>();
        journal.retry();
        journal.submit(new Tick(), outcome -> taken.complete(outcome instanceof Tick.Ticked));
        return taken;
    }

    /** The stored data. */
    Ledger ledger() {
        return ledger;
    }

    /**
     * Answers polls that wait with their cursor, and decides and answers the writes and reads that wait. Later ones are
     * rejected. The ledger stays open, for answers that are not sent yet.
     *
     * @throws InterruptedException when the thread was interrupted; all is done nevertheless
     */
    void drain() throws InterruptedException {
        InterruptedException interrupted = null;
        try {
            hub.drain();
        } catch (InterruptedException e) {
            interrupted = e; // hurry, but never close the tables while threads use them
        }
        control.close();
        retention.close();
        if (fileSweep != null) {
            fileSweep.close();
        }
        if (nodes != null) {
            nodes.close();
        }
        presence.close();
        if (push != null) {
            push.close();
        }
        journal.close();
        workers.close();
        if (checkpoints != null) {
            checkpoints.close();
        }
        hub.close();
        if (interrupted != null) {
            throw interrupted;
        }
    }

    /** Closes the data. After {@link #drain}. */
    @Override
    public void close() {
        data.close();
    }

    /**
     * The highest timetoken that a killed server may have sent to clients, when the clock is behind it now; else 0. The
     * time is noted every second, and clients may have received slightly later ones since.
     */
    private static long toldBefore(Ledger ledger, Clocks clocks) {
        long marked = ledger.markedTime();
        return Timetoken.of(clocks.wall().instant()) < marked ? marked + Timetoken.steps(Duration.ofSeconds(2)) : 0;
    }

    private @Nullable ClusterView view(@Nullable ClusterSettings cluster) {
        long applied = ledger.applied();
        return cluster == null || nodes == null
                ? null
                : new ClusterView(cluster.node(), cluster.topic(), applied, data.log().countFrom(applied),
                        nodes.rules(), nodes.seen());
    }

    private HealthApi health(@Nullable ClusterSettings cluster, Supplier<List<AddressRange>> readers) {
        return new HealthApi(() -> journal.isAlive() || journal.fault() != null ? null : "The journal has ended.",
                () -> {
                    String fault = journal.fault();
                    if (fault == null && nodes != null) {
                        fault = nodes.whyBehind();
                    }
                    return fault != null || workers.waiting() < limits.of(Limit.TASKS_WAITING)
                            ? fault
                            : "Too many reads are waiting.";
                }, () -> view(cluster), readers);
    }

    /**
     * Notes how much the journal writes at once, and how long the disk takes for it; and reports when the log lacks
     * entries that this node needs.
     */
    private static LogListener observer(Metrics metrics, Consumer<String> end) {
        Histogram sizes = metrics.histogram("manicule_journal_batch_commands",
                "Commands in a batch.", 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024);
        Histogram times = metrics.histogram("manicule_journal_sync_duration_seconds",
                "Time to write and sync a batch.", 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10);
        return new LogListener() {
            @Override
            public void appended(int entries, long bytes, long nanos) {
                sizes.add(entries);
                times.addNanos(nanos);
            }

            @Override
            public void outrun(long offset, long begin) {
                end.accept("The log begins at " + begin + ", and this node has the entries below " + offset
                        + ": it was away for longer than the topic keeps entries. With a secret of the cluster, a new start fetches a checkpoint of another node.");
            }

            @Override
            public void replaced() {
                end.accept("The topic that the log is in was deleted, and another one was made with its name: this node"
                        + " does not go on with that one.");
            }
        };
    }

    /** A metric from the tables; not a number while they can't be read. */
    private static double read(DoubleSupplier figure) {
        try {
            return figure.getAsDouble();
        } catch (StorageException e) {
            LOG.debug("A figure can't be read", e);
            return Double.NaN;
        }
    }

    private void addFigures(Metrics metrics, HttpServer http, PageCache pages,
            @Nullable Supplier<Long> certificateExpiry) {
        metrics.gauge("manicule_connections", "Open connections.", http::connections);
        metrics.gauge("manicule_polls_parked", "Polls and streams that wait for events.", http::parked);
        metrics.gauge("manicule_requests_in_flight", "Requests in flight.", http::requestsInFlight);
        metrics.gauge("manicule_write_queue_commands", "Writes that wait for the log.", journal::waiting);
        metrics.gauge("manicule_worker_queue_tasks", "Reads and other tasks in the queue of the workers.",
                workers::waiting);
        metrics.counter("manicule_page_cache_hits_total", "Pages of history or actions from the page cache.",
                pages::fromMemory);
        metrics.counter("manicule_page_cache_misses_total", "Pages of history or actions read from storage.",
                pages::fromStorage);
        metrics.gauge("manicule_presence_members", "Users present, summed over all channels.", presence::members);
        HubMetrics hubMetrics = hub.metrics();
        metrics.counter("manicule_deliveries_total", "Responses to polls and chunks of streams with events.",
                hubMetrics::deliveries);
        metrics.counter("manicule_events_delivered_total", "Events delivered, counted for each subscriber.",
                hubMetrics::events);
        metrics.counter("manicule_subscribers_failed_total",
                "Internal errors at subscribers: they reconnect, or receive events from storage.",
                hubMetrics::failures);
        metrics.counter("manicule_catchup_reads_total",
                "Catch-up reads from storage, for subscribers with an old cursor.",
                hubMetrics::catchUps);
        for (StorageMetric figure : StorageMetric.values()) {
            metrics.gauge("manicule_rocksdb_" + figure.metric(), figure.help(), () -> ledger.metric(figure));
        }
        metrics.gauge("manicule_data_free_bytes", "Free bytes of the data folder's disk.", ledger::freeBytes);
        metrics.gauge("manicule_log_lag_entries",
                "Entries of the log that this server has not applied yet.",
                () -> read(() -> data.log().countFrom(ledger.applied())));
        NodeWatch watch = nodes;
        if (data.log().isShared() && watch != null) {
            metrics.gauge("manicule_cluster_nodes", "Live nodes of the cluster, including this one.",
                    () -> read(() -> watch.seen().size()));
            metrics.gauge("manicule_cluster_nodes_differing", "Nodes whose tables differ from this node's.",
                    () -> read(() -> watch.seen().stream().filter(node -> node.tables() == Likeness.OTHER).count()));
            metrics.gauge("manicule_cluster_report_age_seconds",
                    "Time since a report of this node, one a second, last came back through the log.",
                    () -> watch.nanosBehind() / NANOS_A_SECOND);
        }
        metrics.counter("manicule_push_sent_total", "Notifications that a gateway has taken.", "gateway",
                PushDelivery.figures(push, Figure.SENT));
        metrics.counter("manicule_push_failed_total", "Notifications that were given up.", "gateway",
                PushDelivery.figures(push, Figure.FAILED));
        metrics.counter("manicule_push_devices_gone_total",
                "Devices that a gateway does not know any more, and that were taken out.", "gateway",
                PushDelivery.figures(push, Figure.GONE));
        if (certificateExpiry != null) {
            metrics.gauge("manicule_certificate_expiry_seconds", "Unix time at which the certificate expires.",
                    certificateExpiry::get);
        }
    }
}
