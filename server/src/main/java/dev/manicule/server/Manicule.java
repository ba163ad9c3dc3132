package dev.manicule.server;

import dev.manicule.server.access.Keysets;
import dev.manicule.server.api.Sandbox;
import dev.manicule.server.config.ConfigException;
import dev.manicule.server.config.ConfigTable;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.http.Certificate;
import dev.manicule.server.http.Exchange;
import dev.manicule.server.http.Handler;
import dev.manicule.server.http.HttpServer;
import dev.manicule.server.http.Request;
import dev.manicule.server.http.Response;
import dev.manicule.server.journal.DataStore;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.routing.RefusedInput;
import dev.manicule.server.telemetry.Tracing;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private static final Duration A_MOMENT = Duration.ofMillis(10);
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final long FILES_OF_JAVA = 100;
    private static final long RENEW_SECONDS = 5;
    private static final Logger LOG = LoggerFactory.getLogger(Manicule.class);

    private final HttpServer http;
    private final Engine.EngineContext context;
    private final Keysets keysets;
    private final Limits limits;
    private final @Nullable Certificate certificate;
    private final @Nullable Tracing tracing;
    private final ScheduledExecutorService renewal = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("manicule-renewal").daemon().unstarted(task));
    private final DataSource source;
    private final int port;
    private final Reloads reloads = new Reloads();
    private volatile ManiculeConfig config;
    /** Null only during a restart. */
    private volatile @Nullable Engine core;
    /** Whether the log has the message already that the certificate can't be read. */
    private boolean complained;
    private boolean closed;
    private final AtomicBoolean isEnding = new AtomicBoolean();
    private final CompletableFuture<String> ended = new CompletableFuture<>();

    private Manicule(ManiculeConfig config, Clocks clocks, DataStore data, DataSource source,
            @Nullable Certificate certificate, @Nullable Sandbox sandbox) throws StartException {
        this.source = source;
        this.config = config;
        this.certificate = certificate;
        limits = new Limits(config.limits());
        keysets = new Keysets(config.keysets());
        tracing = config.observability().tracing() == null
                ? null
                : new Tracing(config.observability().tracing(), version());
        Budget budget = new Budget(limits);
        http = new HttpServer(Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 8), limits, budget,
                Math.max(Ledger.filesLeft() - FILES_OF_JAVA, 1));
        http.trust(config.http().trustedProxies());
        http.answerTo(config.http().hosts());
        context = new Engine.EngineContext(new Engine.Parts(http, limits, budget, keysets), () -> this.config, clocks,
                new Engine.Observed(tracing,
                        certificate == null ? null : () -> certificate.expiry().getEpochSecond(), reloads),
                sandbox, this::end);
        core = new Engine(data, context);
        if (certificate != null) {
            var _ = renewal.scheduleWithFixedDelay(this::renewQuietly, RENEW_SECONDS, RENEW_SECONDS, TimeUnit.SECONDS);
        }
        try {
            port = http.listen(address(config), certificate, new Requests());
        } catch (IOException e) {
            close();
            throw new StartException("Can't listen on " + config.http().host() + " port " + config.http().port() + " ("
                    + reason(e) + "): choose another with --port or --host, or stop what uses it.", e);
        }
    }

    /** Passes requests to the present engine; while there is none, they wait a moment. */
    private final class Requests implements Handler {
        @Override
        public void handle(Request request, Exchange exchange) {
            Engine present = core;
            if (present == null) {
                exchange.later(A_MOMENT, () -> handle(request, exchange));
            } else {
                present.router().handle(request, exchange);
            }
        }

        @Override
        public boolean takesBodyAsItComes(String method, String path) {
            Engine present = core;
            return present != null && present.router().takesBodyAsItComes(method, path);
        }

        @Override
        public Response refuse(Refusal refusal) {
            return RefusedInput.response(refusal);
        }
    }

    /**
     * Starts a server; it takes requests when this returns.
     *
     * @throws StartException when the address can't be bound or the data folder can't be opened
     */
    public static Manicule start(ManiculeConfig config) throws StartException {
        return start(config, Clocks.SYSTEM);
    }

    /** Starts a server that takes the time from these clocks, for tests. */
    public static Manicule start(ManiculeConfig config, Clocks clocks) throws StartException {
        return start(config, clocks, DataSource.CONFIGURED, null);
    }

    /**
     * Starts a server.
     *
     * @param source the source of its data
     * @param sandbox the controls for tests, null when there are none
     */
    static Manicule start(ManiculeConfig config, Clocks clocks, DataSource source, @Nullable Sandbox sandbox)
            throws StartException {
        Certificate certificate;
        try {
            certificate = config.http().tls() == null
                    ? null
                    : new Certificate(config.http().tls().certificate(), config.http().tls().key());
        } catch (IOException e) {
            throw new StartException("TLS can't be had: " + e.getMessage() + ".", e);
        }
        return new Manicule(config, clocks, open(config, clocks, source), source, certificate, sandbox);
    }

    private static DataStore open(ManiculeConfig config, Clocks clocks, DataSource source) throws StartException {
        try {
            return source.open(config, clocks);
        } catch (DataFolderException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Applies changes of the configuration, while everything goes on: keysets, limits, trusted proxies, readers of
     * metrics, and a certificate whose files have changed. Polls that wait go on waiting; the configuration at the time
     * of a delivery decides what it contains.
     *
     * @return the names of the changed settings that need a restart
     * @throws StartException when the certificate can't be read; then nothing is changed
     */
    public synchronized List<String> reload(ManiculeConfig changed) throws StartException {
        try {
            List<String> later = takeOn(changed);
            reloads.succeeded();
            return later;
        } catch (StartException e) {
            reloads.failed();
            throw e;
        }
    }

    /** Where a configuration is read from. */
    @FunctionalInterface
    public interface ConfigSource {
        /** Reads it. */
        ManiculeConfig read() throws ConfigException;
    }

    /**
     * Does the same with a configuration that is read now, and counts one that can't be read as a failed reload.
     *
     * @throws ConfigException when it can't be read; then nothing is changed
     */
    public List<String> reload(ConfigSource source) throws ConfigException, StartException {
        ManiculeConfig changed;
        try {
            changed = source.read();
        } catch (ConfigException | RuntimeException e) {
            reloads.failed();
            throw e;
        }
        return reload(changed);
    }

    private List<String> takeOn(ManiculeConfig changed) throws StartException {
        renewCertificate();
        keysets.replace(changed.keysets());
        limits.replace(changed.limits());
        http.trust(changed.http().trustedProxies());
        http.answerTo(changed.http().hosts());
        config = ConfigTable.reloaded(config, changed);
        return ConfigTable.differing(config, changed);
    }

    /**
     * Reads the certificate from its files; later connections receive it.
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

    /** The routes that it serves: methods and patterns of paths, such as {@code GET /time/0}. */
    public Set<String> routes() {
        Engine present = core;
        return present == null ? Set.of() : present.router().routes();
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
     * Completes with the reason, in sentences, when the server has stopped by itself since only a restart helps. Does
     * not complete when it is closed.
     */
    public CompletionStage<String> ended() {
        return ended.minimalCompletionStage();
    }

    private void end(String reason) {
        if (isEnding.getAndSet(true)) {
            return;
        }
        Thread.ofPlatform().name("manicule-end").start(() -> {
            close();
            boolean _ = ended.complete(reason);
        });
    }

    /**
     * Stops cleanly: accepts no more connections, answers parked polls with their cursor, decides and answers the
     * writes that wait, and closes the tables. Takes a moment, at most some seconds. A second call does nothing.
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
        Engine last = core;
        try {
            if (last != null) {
                last.drain();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        try {
            http.close(interrupted ? Duration.ZERO : GRACE);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (last != null) {
            last.close();
        }
        if (tracing != null) {
            tracing.close();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A change of a data folder while no ledger has it open. */
    @FunctionalInterface
    interface DataChange {
        /** Does it. */
        void to(Path data) throws IOException;
    }

    /**
     * Changes the data folder, and restarts with it. Connections stay open; polls are answered with their cursor,
     * requests that come meanwhile wait.
     *
     * @throws StartException when the folder can't be opened afterwards; then only closing helps
     */
    synchronized void restart(DataChange change) throws StartException, IOException {
        Engine last = core;
        core = null;
        if (last != null) {
            try {
                last.drain();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            last.close();
        }
        change.to(config.data());
        core = new Engine(open(config, context.clocks(), source), context);
    }

    /**
     * Ends as by a death of the process, as far as clients see it: their connections end, and nothing that waits is answered. A second call does nothing, nor does
     * one after {@link #close}.
     */
    synchronized void die() {
        if (!closed) {
            http.cut();
            close();
        }
    }

    /** Tries whether the log takes writes; returns whether it does. Does not wait. */
    CompletableFuture<Boolean> tryLog() {
        return present().tryLog();
    }

    /** The stored data, while the server runs. */
    Ledger ledger() {
        return present().ledger();
    }

    /** The timetoken that clients receive as the present one. */
    long timetoken() {
        return present().timetoken();
    }

    private Engine present() {
        Engine present = core;
        if (present == null) {
            throw new IllegalStateException("this server has been stopped");
        }
        return present;
    }

    private void renewQuietly() {
        try {
            if (renewCertificate()) {
                LOG.info("A new certificate is shown from now on; it holds until {}",
                        certificate == null ? "" : certificate.expiry());
            }
            complained = false;
        } catch (StartException e) {
            if (!complained) { // the files may be half written: a later check tries again
                LOG.warn("{}", e.getMessage());
            }
            complained = true;
        }
    }

    private static String reason(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("Address already in use") ? "the port is taken" : message;
    }

    private static InetSocketAddress address(ManiculeConfig config) throws IOException {
        InetSocketAddress address = new InetSocketAddress(config.http().host(), config.http().port());
        if (address.isUnresolved()) {
            throw new IOException("there is no host of this name");
        }
        return address;
    }
}
