package dev.manicule.server;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.Keysets;
import dev.manicule.server.access.Revocations;
import dev.manicule.server.api.AccessManagerApi;
import dev.manicule.server.api.Api;
import dev.manicule.server.api.ChannelGroupsApi;
import dev.manicule.server.api.HistoryApi;
import dev.manicule.server.api.MessageActionsApi;
import dev.manicule.server.api.PresenceApi;
import dev.manicule.server.api.PublishApi;
import dev.manicule.server.api.Reads;
import dev.manicule.server.api.SubscribeApi;
import dev.manicule.server.api.TimeApi;
import dev.manicule.server.http.HttpServer;
import dev.manicule.server.hub.FeedReader;
import dev.manicule.server.hub.Groups;
import dev.manicule.server.hub.Hub;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.journal.LocalJournal;
import dev.manicule.server.journal.Timeline;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.LedgerReads;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
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

    private final HttpServer http;
    private final Hub hub;
    private final Journal journal;
    private final PresenceThread presence;
    private final Reads reads;
    private final Ledger ledger;
    private final Keysets keysets;
    private final int port;
    private boolean closed;

    private Manicule(ManiculeConfig config, InstantSource clock, Ledger ledger) throws StartException {
        this.ledger = ledger;
        int cores = Runtime.getRuntime().availableProcessors();
        reads = new Reads(Math.max(2, cores));
        http = new HttpServer(Math.clamp(cores, 1, 8));
        Timeline timeline = new Timeline(clock, ledger.lastTimetoken());
        Groups groups = new Groups(ledger.reads().groups());
        hub = new Hub(http.loops(), reads, feed(ledger.reads()), groups, timeline::now, config.pollTimeout(),
                ledger.lastTimetoken());
        Revocations revocations = new Revocations(ledger.reads().revocations());
        journal = new LocalJournal(ledger, timeline, commit -> {
            commit.revocations().forEach(revocations::add);
            hub.committed(commit);
        });
        presence = new PresenceThread(journal, timeline::now, config.presence());
        keysets = new Keysets(config.keysets());
        Access access = new Access(keysets, revocations, () -> clock.instant().getEpochSecond(),
                new SecureRandom());
        Api api = new Api(keysets, access, timeline, reads,
                List.of(new PublishApi(journal), new SubscribeApi(journal, hub, presence, groups, access),
                        new MessageActionsApi(journal, ledger.reads()), new HistoryApi(journal, ledger.reads()),
                        new PresenceApi(presence, groups, access), new ChannelGroupsApi(journal, groups, access),
                        new AccessManagerApi(access, journal), new TimeApi(timeline, version())));
        try {
            port = http.listen(address(config), api);
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
        Ledger ledger;
        try {
            ledger = Ledger.open(config.data());
        } catch (DataFolderException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
        return new Manicule(config, clock, ledger);
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
        boolean interrupted = false;
        http.stopListening();
        try {
            hub.drain();
        } catch (InterruptedException e) {
            interrupted = true; // hurry, but never close the tables under those who use them
        }
        presence.close();
        journal.close();
        reads.close();
        try {
            http.close(interrupted ? Duration.ZERO : GRACE);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        ledger.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
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
