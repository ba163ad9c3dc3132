package dev.manicule.server.peers;

import dev.manicule.server.access.PeerKey;
import dev.manicule.server.files.FileFault;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.ledger.IncomingTables;
import dev.manicule.server.ledger.Progress;
import dev.manicule.server.ledger.TablesPlace;
import dev.manicule.server.log.LogException;
import dev.manicule.server.peers.CheckpointFetch.Want;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces the tables of a node whose log does not have all that they lack by those of another node. For one thread.
 */
public final class Checkpoints {
    private static final Duration SAID_AGAIN = Duration.ofSeconds(30);
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

    private final Path data;
    private final Self self;
    private final Listening listening;
    private final CheckpointFetch.Waiting waiting;
    private final Progress progress;
    private String said = "";
    private long saidAt;

    /**
     * The node whose tables they are.
     *
     * @param number identifies it in the log
     * @param name its name
     * @param key the key that it signs with; null when nodes request nothing from each other
     * @param logId which log it follows
     */
    public record Self(long number, String name, @Nullable PeerKey key, long logId) {}

    /** Listens to a log for a while. */
    @FunctionalInterface
    public interface Listening {
        /** The nodes that report there. */
        Peers listen() throws LogException, InterruptedException;
    }

    /**
     * Those of a folder.
     *
     * @param data no server runs on it
     * @param progress receives the progress of a fetch
     */
    public Checkpoints(Path data, Self self, Listening listening, CheckpointFetch.Waiting waiting, Progress progress) {
        this.data = data.toAbsolutePath().normalize();
        this.self = self;
        this.listening = listening;
        this.waiting = waiting;
        this.progress = progress;
    }

    /**
     * Replaces the tables as long as they are useless, and does nothing when they are of use. Blocks; waits for another
     * node for as long as it takes.
     *
     * @param begin the lowest offset that the log has
     * @return whether they were replaced
     * @throws DataFolderException when the folder can't be used, or nodes request nothing from each other
     */
    public boolean replaceIfUseless(long begin) throws DataFolderException, LogException, InterruptedException {
        boolean isReplaced = false;
        try (IncomingTables incoming = IncomingTables.into(data)) {
            Set<URI> failed = new HashSet<>();
            String reason = uselessness(incoming, begin);
            if (reason == null) {
                discard(incoming);
            }
            while (reason != null) {
                PeerKey key = keyFor(reason);
                say(reason + ". A checkpoint of another node is needed");
                Peers peers = listening.listen();
                reason = uselessness(incoming, peers.begin());
                if (reason != null && isFetched(incoming, key, peers, failed)) {
                    isReplaced = true;
                    reason = uselessness(incoming, peers.begin());
                }
            }
        }
        return isReplaced;
    }

    /**
     * Replaces the tables once, by hand.
     *
     * @param from the address of the node to ask; null for any node that reports
     * @param isForced whether tables that are of use are replaced too
     * @return what was fetched
     * @throws DataFolderException when the folder can't be used, its tables are of use, or no node delivers a
     *         checkpoint
     */
    public CheckpointManifest replace(@Nullable URI from, boolean isForced)
            throws DataFolderException, LogException, InterruptedException {
        try (IncomingTables incoming = IncomingTables.into(data)) {
            PeerKey key = keyFor("Asks for a checkpoint");
            Peers peers = listening.listen();
            if (incoming.hasTables() && !isForced && !incoming.areDiffering()
                    && uselessness(incoming, peers.begin()) == null) {
                throw new DataFolderException("The data in " + data + (isOfThisLog(incoming.place())
                        ? " is of use: it has the entries below " + incoming.place().applied()
                                + ", and the log begins at "
                                + peers.begin()
                        : " does not follow the log of this cluster. If it is the data of a single server, \"manicule cluster"
                                + " adopt\" makes it the beginning of a cluster")
                        + ". Nothing was changed. --replace replaces it all the same: what is there is lost then.");
            }
            List<URI> addresses = from == null ? addresses(incoming, key, peers, Set.of()) : List.of(from);
            String words = silence(peers);
            for (URI address : addresses) {
                try (CheckpointFetch fetch = fetch(incoming, key, peers.begin())) {
                    return fetch.from(address);
                } catch (PeerException e) {
                    words = "The node at " + address + " gives no checkpoint: " + e.getMessage();
                    LOG.debug("{}", words);
                }
            }
            throw new DataFolderException(words + ". What is there was not changed.");
        }
    }

    /**
     * Why the tables of the folder are useless to a node; null when they are of use. All reasons are here.
     */
    private @Nullable String uselessness(IncomingTables incoming, long begin) throws DataFolderException {
        TablesPlace place = incoming.place();
        if (isOfThisLog(place) && place.applied() < begin) {
            return incoming.hasTables()
                    ? "The log begins at " + begin + ", and " + data + " has the entries below " + place.applied()
                    : "The log begins at " + begin + ", and " + data + " is empty";
        }
        return null;
    }

    /** Tables of another log are replaced only by an explicit request. */
    private boolean isOfThisLog(TablesPlace place) {
        return place.logId().orElse(self.logId) == self.logId;
    }

    private PeerKey keyFor(String reason) throws DataFolderException {
        PeerKey key = self.key;
        if (key == null) {
            throw new DataFolderException(reason
                    + ", and this node has no `cluster.secret`. Nothing was changed. A node fetches a checkpoint of another one when"
                    + " all have the same `cluster.secret`, and the other one an `advertisedAddress`. Or restore a backup"
                    + " of another node into an empty folder.");
        }
        return key;
    }

    private static void discard(IncomingTables incoming) throws DataFolderException {
        try {
            incoming.discard();
        } catch (IOException e) {
            throw new DataFolderException("What was fetched can't be deleted: " + FileFault.reason(e) + ".", e);
        }
    }

    /** Tries the nodes one after the other; those that have failed before come last. */
    private boolean isFetched(IncomingTables incoming, PeerKey key, Peers peers, Set<URI> failed)
            throws DataFolderException, InterruptedException {
        List<URI> addresses = addresses(incoming, key, peers, failed);
        if (addresses.isEmpty()) {
            say(silence(peers) + ". It is waited for");
        }
        for (URI address : addresses) {
            try (CheckpointFetch fetch = fetch(incoming, key, peers.begin())) {
                LOG.info("Fetching a checkpoint from {}", address);
                CheckpointManifest manifest = fetch.from(address);
                LOG.info("The tables are those of {} now: {} bytes, the entries below {}", address, manifest.size(),
                        manifest.applied());
                return true;
            } catch (PeerException e) {
                boolean _ = failed.add(address);
                say("The node at " + address + " gives no checkpoint: " + e.getMessage());
            }
        }
        Thread.sleep(waiting.pause());
        return false;
    }

    private CheckpointFetch fetch(IncomingTables incoming, PeerKey key, long begin) {
        return new CheckpointFetch(incoming, key, new Want(self.name, self.logId, begin), waiting,
                () -> Instant.now().getEpochSecond(), progress);
    }

    /**
     * The nodes to ask, in order: first the one with a fetch under way, otherwise first the node that has come
     * furthest.
     */
    private List<URI> addresses(IncomingTables incoming, PeerKey key, Peers peers, Set<URI> failed) {
        URI begunAt;
        try (CheckpointFetch fetch = fetch(incoming, key, peers.begin())) {
            begunAt = fetch.begunAt();
        }
        List<Peers.Node> others = new ArrayList<>(peers.nodes());
        others.removeIf(node -> node.number() == self.number || node.address().isEmpty()
                || node.applied() < peers.begin());
        others.sort(Comparator.comparingLong(Peers.Node::applied).reversed());
        List<URI> addresses = new ArrayList<>();
        for (Peers.Node node : others) {
            try {
                addresses.add(URI.create(node.address()));
            } catch (IllegalArgumentException e) {
                LOG.warn("The node {} says that it is at {}, which is no address", node.name(), node.address());
            }
        }
        addresses.sort(Comparator.comparing((URI address) -> failed.contains(address))
                .thenComparing(address -> !address.equals(begunAt)));
        return addresses;
    }

    private static String silence(Peers peers) {
        return peers.nodes().isEmpty()
                ? "No node reports in the log. If another node has its data, start it. If all nodes were killed, and the log does"
                        + " not reach back to what any of them has, back up the folder that has the most, restore that, and adopt"
                        + " it into a new topic; where no node has data any more, restore a backup"
                : "No other node reports in the log that has an address and is far enough: each needs an `advertisedAddress`";
    }

    /** Logs it once, and again after a while. */
    private void say(String words) {
        long now = System.nanoTime();
        if (!words.equals(said) || now - saidAt > SAID_AGAIN.toNanos()) {
            LOG.warn("{}", words);
            said = words;
            saidAt = now;
        }
    }
}
