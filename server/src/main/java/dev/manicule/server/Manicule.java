package dev.manicule.server;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.Keysets;
import dev.manicule.server.access.Revocations;
import dev.manicule.server.api.AccessManagerApi;
import dev.manicule.server.api.Api;
import dev.manicule.server.api.ChannelGroupsApi;
import dev.manicule.server.api.ConsoleApi;
import dev.manicule.server.api.Crowd;
import dev.manicule.server.api.HealthApi;
import dev.manicule.server.api.HistoryApi;
import dev.manicule.server.api.MessageActionsApi;
import dev.manicule.server.api.MetricsApi;
import dev.manicule.server.api.PresenceApi;
import dev.manicule.server.api.PublishApi;
import dev.manicule.server.api.Pages;
import dev.manicule.server.api.Reads;
import dev.manicule.server.api.SubscribeApi;
import dev.manicule.server.api.TimeApi;
import dev.manicule.server.http.Certificate;
import dev.manicule.server.http.HttpServer;
import dev.manicule.server.hub.FeedReader;
import dev.manicule.server.hub.Groups;
import dev.manicule.server.hub.Hub;
import dev.manicule.server.hub.HubFigures;
import dev.manicule.server.journal.BatchListener;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.journal.LocalJournal;
import dev.manicule.server.journal.Timeline;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.LedgerReads;
import dev.manicule.server.ledger.StorageFigure;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.telemetry.Metrics;
import dev.manicule.server.telemetry.Metrics.Distribution;
import dev.manicule.server.telemetry.RequestTelemetry;
import dev.manicule.server.telemetry.Tracing;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.presence.PresenceThread;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server: journal, ledger, hub and HTTP put together. Any thread may use it.
 *
 * <pre>{@code
 * try (Manicule manicule = Manicule.start(ManiculeConfig.DEFAULT.withPort(0).withData(folder))) {
 *     System.out.println("http://127.0.0.1:" + manicule.port());
 * }
 * }</pre>
 */
public final class Manicule implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final long FILES_OF_JAVA = 100;
    private static final long RENEW_SECONDS = 5;
    private static final Logger LOG = LoggerFactory.getLogger(Manicule.class);
    /** What only a new start changes. */
    private static final Map<String, Function<ManiculeConfig, @Nullable Object>> FIXED = Map.of("host",
            ManiculeConfig::host, "port", ManiculeConfig::port, "data", ManiculeConfig::data, "tls",
            ManiculeConfig::tls, "pollTimeoutSeconds", ManiculeConfig::pollTimeout, "presence",
            ManiculeConfig::presence, "tracing", ManiculeConfig::tracing);

    private final HttpServer http;
    private final Hub hub;
    private final Journal journal;
    private final PresenceThread presence;
    private final Retention retention;
    private final ControlSocket control;
    private final Reads reads;
    private final Ledger ledger;
    private final Keysets keysets;
    private final Limits limits;
    private final @Nullable Certificate certificate;
    private final @Nullable Tracing tracing;
    private final ScheduledExecutorService renewal = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("manicule-renewal").daemon().unstarted(task));
    private final int port;
    private volatile ManiculeConfig config;
    /** Whether the log has been told already that the certificate can't be read. */
    private boolean complained;
    private boolean closed;

    private Manicule(ManiculeConfig config, InstantSource clock, Ledger ledger, @Nullable Certificate certificate)
            throws StartException {
        this.ledger = ledger;
        this.config = config;
        this.certificate = certificate;
        limits = new Limits(config.limits());
        Metrics metrics = new Metrics(limits);
        tracing = config.tracing() == null ? null : new Tracing(config.tracing(), version());
        int cores = Runtime.getRuntime().availableProcessors();
        reads = new Reads(Math.max(2, cores), limits);
        http = new HttpServer(Math.clamp(cores, 1, 8), limits, Math.max(Ledger.filesLeft() - FILES_OF_JAVA, 1));
        http.trust(config.trustedProxies());
        Timeline timeline = new Timeline(clock, Math.max(ledger.lastTimetoken(), toldBefore(ledger, clock)));
        Groups groups = new Groups(ledger.reads().groups());
        hub = new Hub(http.loops(), reads, feed(ledger.reads()), groups, timeline::now, config.pollTimeout(),
                ledger.lastTimetoken());
        Revocations revocations = new Revocations(ledger.reads().revocations());
        journal = new LocalJournal(ledger, timeline, commit -> {
            commit.revocations().forEach(revocations::add);
            hub.committed(commit);
        }, batches(metrics), limits);
        presence = new PresenceThread(journal, timeline::now, config.presence(), limits);
        keysets = new Keysets(config.keysets());
        retention = new Retention(ledger, journal, keysets, timeline::now);
        Pages pages = new Pages(ledger.reads()::version);
        Access access = new Access(keysets, revocations, () -> clock.instant().getEpochSecond(),
                new SecureRandom());
        Crowd crowd = new Crowd(limits, http::isTrusted, System::nanoTime);
        addFigures(metrics, pages);
        RequestTelemetry telemetry = new RequestTelemetry(metrics, () -> this.config.log().requests(), tracing);
        Api api = new Api(keysets, access, crowd, limits, timeline, reads, telemetry,
                List.of(new PublishApi(journal), new SubscribeApi(journal, hub, presence, groups, access, limits),
                        new MessageActionsApi(journal, ledger.reads(), pages),
                        new HistoryApi(journal, ledger.reads(), pages),
                        new PresenceApi(presence, groups, access), new ChannelGroupsApi(journal, groups, access),
                        new AccessManagerApi(access, journal),
                        new MetricsApi(metrics, () -> this.config.metricsFrom()), health(),
                        new ConsoleApi(version(), keysets, () -> this.config.console(),
                                () -> this.config.metricsFrom()),
                        new TimeApi(timeline)));
        if (certificate != null) {
            var _ = renewal.scheduleWithFixedDelay(this::renewQuietly, RENEW_SECONDS, RENEW_SECONDS, TimeUnit.SECONDS);
        }
        control = new ControlSocket(config.data(), ledger);
        try {
            port = http.listen(address(config), certificate, api);
        } catch (IOException e) {
            close();
            throw new StartException("Can't listen on " + config.host() + " port " + config.port() + " ("
                    + reason(e) + "): choose another with --port or --host, or stop what uses it.", e);
        }
    }

    /**
     * Starts a server; it takes requests when this returns.
     *
     * @throws StartException when the address or the data folder can't be had
     */
    public static Manicule start(ManiculeConfig config) throws StartException {
        return start(config, InstantSource.system());
    }

    /** Starts a server that takes the time from this clock, for tests. */
    public static Manicule start(ManiculeConfig config, InstantSource clock) throws StartException {
        Certificate certificate;
        try {
            certificate = config.tls() == null
                    ? null
                    : new Certificate(config.tls().certificate(), config.tls().key());
        } catch (IOException e) {
            throw new StartException("TLS can't be had: " + e.getMessage() + ".", e);
        }
        Ledger ledger;
        try {
            ledger = Ledger.open(config.data());
        } catch (DataFolderException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
        return new Manicule(config, clock, ledger, certificate);
    }

    /**
     * Takes on what has changed in the configuration, while everything goes on: keysets, limits, who is trusted, who may
     * read metrics, and a certificate whose files have changed. Polls that wait go on waiting; what they are told is
     * decided by what holds then.
     *
     * @return what has changed too and needs a new start, by name
     * @throws StartException when the certificate can't be read; then nothing is changed
     */
    public synchronized List<String> reload(ManiculeConfig changed) throws StartException {
        renewCertificate();
        keysets.replace(changed.keysets());
        limits.replace(changed.limits());
        http.trust(changed.trustedProxies());
        Set<String> later = new TreeSet<>();
        for (Map.Entry<String, Function<ManiculeConfig, @Nullable Object>> setting : FIXED.entrySet()) {
            if (!Objects.equals(setting.getValue().apply(changed), setting.getValue().apply(config))) {
                later.add(setting.getKey());
            }
        }
        config = config.withKeysets(changed.keysets())
                .withLimits(changed.limits())
                .withTrustedProxies(changed.trustedProxies())
                .withMetricsFrom(changed.metricsFrom())
                .withConsole(changed.console())
                .withLog(changed.log());
        return List.copyOf(later);
    }

    /**
     * Shows connections that come from now on the certificate that is in its files now.
     *
     * @return whether it is another one
     * @throws StartException when it can't be read; then the old one stays
     */
    public boolean renewCertificate() throws StartException {
        try {
            return certificate != null && certificate.renew();
        } catch (IOException e) {
            throw new StartException("The certificate stays as it is: " + e.getMessage(), e);
        }
    }

    /** The port it listens on. */
    public int port() {
        return port;
    }

    /** The version of this code, such as {@code 0.1.0}. */
    public static String version() {
        try (InputStream in = Manicule.class.getResourceAsStream("version.txt")) {
            return in == null ? "unknown" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Stops cleanly: takes no more connections, answers parked polls with their cursor, decides and answers the writes
     * that wait, and closes the tables. Takes a moment, at most some seconds. A second call does nothing.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        renewal.shutdownNow();
        boolean interrupted = false;
        http.stopListening();
        try {
            hub.drain();
        } catch (InterruptedException e) {
            interrupted = true; // hurry, but never close the tables under those who use them
        }
        control.close();
        retention.close();
        presence.close();
        journal.close();
        reads.close();
        try {
            http.close(interrupted ? Duration.ZERO : GRACE);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        ledger.close();
        if (tracing != null) {
            tracing.close();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void renewQuietly() {
        try {
            if (renewCertificate()) {
                LOG.info("A new certificate is shown from now on; it holds until {}",
                        certificate == null ? "" : certificate.expiry());
            }
            complained = false;
        } catch (StartException e) {
            if (!complained) { // the files may be half written: it is tried again
                LOG.warn("{}", e.getMessage());
            }
            complained = true;
        }
    }

    /**
     * What time may have been told to clients by a server that was killed, when the clock is behind it now; else 0. The time
     * is noted every second, and a little may have been told since.
     */
    private static long toldBefore(Ledger ledger, InstantSource clock) {
        long marked = ledger.markedTime();
        return Timetoken.of(clock.instant()) < marked ? marked + Timetoken.steps(Duration.ofSeconds(2)) : 0;
    }

    private HealthApi health() {
        return new HealthApi(() -> journal.isAlive() || journal.fault() != null ? null : "The journal has ended.",
                () -> {
                    String fault = journal.fault();
                    return fault != null || reads.waiting() < limits.of(Limit.READS_WAITING)
                            ? fault
                            : "Too many reads are waiting.";
                });
    }

    /** Notes how much the journal writes at once, and how long the disk takes for it. */
    private static BatchListener batches(Metrics metrics) {
        Distribution sizes = metrics.distribution("manicule_journal_batch_commands",
                "How many commands were written at once.", 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024);
        Distribution times = metrics.distribution("manicule_journal_sync_duration_seconds",
                "How long a batch took to be written and synced.", 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10);
        return (commands, nanos) -> {
            sizes.add(commands);
            times.addNanos(nanos);
        };
    }

    private void addFigures(Metrics metrics, Pages pages) {
        metrics.gauge("manicule_connections", "Open connections.", http::connections);
        metrics.gauge("manicule_polls_parked", "Polls and streams that wait.", http::parked);
        metrics.gauge("manicule_requests_in_flight", "Requests being worked on.", http::requestsInFlight);
        metrics.gauge("manicule_writes_waiting", "Writes that wait for the disk.", journal::waiting);
        metrics.gauge("manicule_reads_waiting", "Reads that wait for the disk.", reads::waiting);
        metrics.counter("manicule_pages_from_memory_total", "Pages of history or actions that were known.",
                pages::fromMemory);
        metrics.counter("manicule_pages_from_storage_total", "Pages of history or actions that were read.",
                pages::fromStorage);
        metrics.gauge("manicule_presence_members", "Members of all channels together.", presence::members);
        HubFigures told = hub.figures();
        metrics.counter("manicule_deliveries_total", "How often a poll or a stream was told something.",
                told::deliveries);
        metrics.counter("manicule_events_delivered_total", "Events told, one for each who was told it.", told::events);
        metrics.counter("manicule_catchup_reads_total", "How often storage was read for who came back late.",
                told::catchUps);
        for (StorageFigure figure : StorageFigure.values()) {
            metrics.gauge("manicule_rocksdb_" + figure.metric(), figure.help(), () -> ledger.figure(figure));
        }
        metrics.gauge("manicule_data_free_bytes", "What the disk of the data folder has left.", ledger::freeBytes);
        if (certificate != null) {
            metrics.gauge("manicule_certificate_expiry_seconds", "Until when the certificate holds, since 1970.",
                    () -> certificate.expiry().getEpochSecond());
        }
    }

    private static FeedReader feed(LedgerReads reads) {
        return new FeedReader() {
            @Override
            public List<Event> events(Channel channel, long after, long upTo, long now, int limit) {
                return reads.events(channel, after, upTo, now, limit);
            }

            @Override
            public List<Channel> channels(String keyset, String beginning, long after) {
                return reads.channels(keyset, beginning, after);
            }
        };
    }

    private static String reason(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("Address already in use") ? "the port is taken" : message;
    }

    private static InetSocketAddress address(ManiculeConfig config) throws IOException {
        InetSocketAddress address = new InetSocketAddress(config.host(), config.port());
        if (address.isUnresolved()) {
            throw new IOException("there is no host of this name");
        }
        return address;
    }
}
