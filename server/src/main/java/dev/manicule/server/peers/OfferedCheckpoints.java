package dev.manicule.server.peers;

import dev.manicule.server.access.PeerKey;
import dev.manicule.server.files.FileFault;
import dev.manicule.server.files.Folders;
import dev.manicule.server.ledger.IncomingTables;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.StorageException;
import dev.manicule.server.peers.CheckpointManifest.TableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints that a node has for others, and its responses to their requests. A checkpoint is made on request: a
 * copy of the tables in the data folder, which shares their files. It is deleted when no node has requested it for a
 * while, and when this is closed.
 *
 * <p>Each response sends a node one part of a file, so a fetch continues wherever it was, and work for it takes turns
 * with that for clients. The number of nodes that are served at a time is bounded; others are to come again.
 *
 * <p>Any thread may use it.
 */
public final class OfferedCheckpoints implements AutoCloseable {
    /** The path of the requests. */
    public static final String PATH = "/cluster/checkpoint";
    /** The size of a part of a file in bytes: a part is one response. */
    public static final int PART_BYTES = 128 << 10;
    private static final int MOST_TRANSFERS = 2;
    private static final int MOST_CHECKPOINTS = 2;
    /** A node that has requested nothing for so long is not fetching any more. */
    private static final Duration PAUSE = Duration.ofSeconds(30);
    /** How long a checkpoint is kept for a node that comes again. */
    private static final Duration KEPT = Duration.ofMinutes(10);
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final Pattern OFFER = Pattern.compile("by=([A-Za-z0-9._-]{1,63})&least=([0-9]{1,18})&time=.*");
    private static final Pattern PART = Pattern.compile("by=([A-Za-z0-9._-]{1,63})&from=([0-9]{1,18})&time=.*");
    private static final Logger LOG = LoggerFactory.getLogger(OfferedCheckpoints.class);

    private final Ledger ledger;
    private final Path data;
    private final PeerKey key;
    private final LongSupplier seconds;
    private final LongSupplier nanoTime;
    private final SecureRandom chance = new SecureRandom();
    /** By their ids, the newest last. Guarded by this, as all that follows. */
    private final Map<String, Offer> offers = new LinkedHashMap<>();
    /** The time of the last request of each fetching node, by its name. */
    private final Map<String, Long> transfers = new LinkedHashMap<>();
    private boolean isMaking;
    private boolean isClosed;
    private @Nullable Thread tidier;

    private static final class Offer {
        private final CheckpointManifest manifest;
        private final Map<String, Long> sizes = new HashMap<>();
        private final Path folder;
        private long used;

        Offer(CheckpointManifest manifest, Path folder, long used) {
            this.manifest = manifest;
            manifest.files().forEach(file -> sizes.put(file.name(), file.size()));
            this.folder = folder;
            this.used = used;
        }
    }

    /** The response to a request. */
    public sealed interface Response permits Sealed, Refused {}

    /** The requested content, signed. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Sealed(byte[] body) implements Response {}

    /**
     * A refusal.
     *
     * @param status of HTTP; after 503 it is worthwhile to ask again
     * @param words why, for people
     */
    public record Refused(int status, String words) implements Response {}

    /**
     * Of some tables.
     *
     * @param data the data folder of the ledger
     * @param key the key that signs requests and responses
     * @param seconds gives the time in seconds since 1970
     * @param nanoTime gives a time that does not step
     */
    public OfferedCheckpoints(Ledger ledger, Path data, PeerKey key, LongSupplier seconds, LongSupplier nanoTime) {
        this.ledger = ledger;
        this.data = data.toAbsolutePath().normalize();
        this.key = key;
        this.seconds = seconds;
        this.nanoTime = nanoTime;
    }

    /** Why a request is not from a node of this cluster; null when it is. Does not block. */
    public @Nullable Refused stranger(String path, String query) {
        return switch (key.judge("GET", path, query, seconds.getAsLong())) {
            case PeerKey.Good() -> null;
            case PeerKey.Wrong() -> new Refused(403, "This is not signed by the secret of this cluster");
            case PeerKey.OffTime(long off) -> new Refused(403, "The clocks of the two nodes differ by "
                    + Math.abs(off) + " s; " + PeerKey.SECONDS_OFF + " s are the most");
        };
    }

    /**
     * Offers the newest checkpoint, or makes a new one. Takes as long as the disk takes to write the tables out.
     *
     * @param query that of a request that is no {@link #stranger}'s
     */
    public Response offer(String query) {
        Matcher asked = OFFER.matcher(query);
        if (!asked.matches()) {
            return new Refused(400, "Expected by and least");
        }
        long least = Long.parseLong(asked.group(2));
        synchronized (this) {
            if (!admits(asked.group(1))) {
                return busy();
            }
            Optional<Offer> known = offers.values()
                    .stream()
                    .filter(offer -> offer.manifest.applied() >= least)
                    .reduce((one, newer) -> newer);
            if (known.isPresent()) {
                known.get().used = nanoTime.getAsLong();
                return sealed(PATH, query, known.get().manifest.toJson());
            }
            long applied = ledger.applied();
            if (applied < least) {
                return new Refused(409,
                        "This node has the entries below " + applied + ", and " + least + " is the least");
            }
            if (isMaking || !hasRoom()) {
                return busy();
            }
            isMaking = true;
        }
        try {
            return made(query);
        } catch (IOException e) {
            return failed(FileFault.reason(e));
        } catch (StorageException e) {
            return failed(String.valueOf(e.getMessage()));
        } finally {
            synchronized (this) {
                isMaking = false;
            }
        }
    }

    private Response failed(String reason) {
        LOG.warn("A checkpoint for another node can't be made: {}", reason);
        return new Refused(503, "The checkpoint can't be made: " + reason);
    }

    private Response made(String query) throws IOException {
        long applied = ledger.applied(); // first: the copy has all of it
        byte[] random = new byte[16];
        chance.nextBytes(random);
        String id = HexFormat.of().formatHex(random);
        Path folder = IncomingTables.passing(data, "checkpoint-" + id);
        ledger.copyTables(folder);
        List<TableFile> files = new ArrayList<>();
        for (Path file : IncomingTables.files(folder)) {
            files.add(new TableFile(String.valueOf(file.getFileName()), Files.size(file)));
        }
        CheckpointManifest manifest = new CheckpointManifest(id, IncomingTables.FORMAT, ledger.logId().orElse(0),
                applied, files);
        synchronized (this) {
            if (isClosed) {
                delete(folder);
                return busy();
            }
            offers.put(id, new Offer(manifest, folder, nanoTime.getAsLong()));
            if (tidier == null) {
                tidier = Thread.ofVirtual().name("manicule-checkpoints").start(this::tidy);
            }
        }
        LOG.info("A checkpoint for other nodes is made: {} bytes, the entries below {}", manifest.size(), applied);
        return sealed(PATH, query, manifest.toJson());
    }

    /**
     * A part of a file of a checkpoint, from an offset on.
     *
     * @param query that of a request that is no {@link #stranger}'s
     */
    public Response part(String id, String file, String path, String query) {
        Matcher asked = PART.matcher(query);
        if (!asked.matches()) {
            return new Refused(400, "Expected by and from");
        }
        Path source;
        long size;
        synchronized (this) {
            Offer offer = offers.get(id);
            Long known = offer == null ? null : offer.sizes.get(file);
            if (offer == null || known == null) {
                return new Refused(404, "There is no such file of a checkpoint any more");
            }
            if (!admits(asked.group(1))) {
                return busy();
            }
            offer.used = nanoTime.getAsLong();
            source = offer.folder.resolve(file);
            size = known;
        }
        long from = Long.parseLong(asked.group(2));
        if (from >= size) {
            return new Refused(416, "The file has " + size + " bytes");
        }
        try {
            return sealed(path, query, read(source, from, (int) Math.min(PART_BYTES, size - from)));
        } catch (NoSuchFileException e) {
            return new Refused(404, "There is no such file of a checkpoint any more");
        } catch (IOException e) {
            LOG.warn("A checkpoint can't be read: {}", FileFault.reason(e));
            return new Refused(500, "The checkpoint can't be read");
        }
    }

    private static byte[] read(Path file, long from, int size) throws IOException {
        ByteBuffer part = ByteBuffer.allocate(size);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (part.hasRemaining()) {
                if (channel.read(part, from + part.position()) < 0) {
                    throw new IOException(file + " has become shorter");
                }
            }
        }
        return part.array();
    }

    private Sealed sealed(String path, String query, byte[] body) {
        return new Sealed(key.seal("GET", path, query, body));
    }

    private static Refused busy() {
        return new Refused(503, "This node has as many nodes to serve as it can");
    }

    /** Whether a node is among those that are served now. */
    private boolean admits(String by) {
        long now = nanoTime.getAsLong();
        transfers.values().removeIf(last -> now - last > PAUSE.toNanos());
        boolean isAdmitted = !isClosed && (transfers.containsKey(by) || transfers.size() < MOST_TRANSFERS);
        if (isAdmitted) {
            transfers.put(by, now);
        }
        return isAdmitted;
    }

    /** Whether one more may be made; if need be, first deletes one that no node fetches now. */
    private boolean hasRoom() {
        if (offers.size() < MOST_CHECKPOINTS) {
            return true;
        }
        long now = nanoTime.getAsLong();
        Optional<Offer> idle = offers.values()
                .stream()
                .filter(offer -> now - offer.used > PAUSE.toNanos())
                .min(Comparator.comparingLong(offer -> offer.used - now));
        idle.ifPresent(this::remove);
        return idle.isPresent();
    }

    /** Deletes those that no node has requested in a while. */
    synchronized void tidyUp() {
        long now = nanoTime.getAsLong();
        List.copyOf(offers.values())
                .stream()
                .filter(offer -> now - offer.used > KEPT.toNanos())
                .forEach(this::remove);
    }

    private void remove(Offer offer) {
        offers.remove(offer.manifest.id());
        delete(offer.folder);
    }

    private static void delete(Path folder) {
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            LOG.warn("The next start deletes {}: {}", folder, FileFault.reason(e));
        }
    }

    private void tidy() {
        try {
            while (true) {
                Thread.sleep(LOOK);
                synchronized (this) {
                    tidyUp();
                    if (offers.isEmpty()) {
                        tidier = null;
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("No checkpoints are offered any more", e);
        }
    }

    /** Deletes them all, and makes no more. */
    @Override
    public synchronized void close() {
        isClosed = true;
        if (tidier != null) {
            tidier.interrupt();
        }
        List.copyOf(offers.values()).forEach(this::remove);
    }
}
