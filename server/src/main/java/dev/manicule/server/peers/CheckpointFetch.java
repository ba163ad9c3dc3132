package dev.manicule.server.peers;

import dev.manicule.server.access.PeerKey;
import dev.manicule.server.files.FileFault;
import dev.manicule.server.files.OwnerOnly;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.ledger.IncomingTables;
import dev.manicule.server.ledger.Progress;
import dev.manicule.server.ledger.TablesPlace;
import dev.manicule.server.peers.CheckpointManifest.TableFile;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the checkpoint of another node into a data folder, part by part. Received parts stay, so that an interrupted
 * fetch continues where it was, as long as the other node still has the checkpoint. For one thread.
 */
public final class CheckpointFetch implements AutoCloseable {
    private static final int LARGEST_MANIFEST = 32 << 20;
    private static final long SPARE_BYTES = 64 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointFetch.class);

    private final IncomingTables incoming;
    private final PeerClient client;
    private final Waiting waiting;
    private final Want want;
    private final Progress progress;

    /**
     * The requirements on the checkpoint.
     *
     * @param by the name of the node that fetches
     * @param logId which log the tables have to follow
     * @param least how far they have to have come
     */
    public record Want(String by, long logId, long least) {}

    /**
     * How long to wait.
     *
     * @param answer for one response, all of it
     * @param pause after a failure, before the next try
     * @param tries so many failures in a row, without a success in between, end a fetch
     */
    public record Waiting(Duration answer, Duration pause, int tries) {
        /** Long enough for a node that restarts or serves others. */
        public static final Waiting USUAL = new Waiting(Duration.ofSeconds(20), Duration.ofSeconds(2), 5);
    }

    /**
     * A fetch into a folder.
     *
     * @param seconds gives the time in seconds since 1970
     */
    public CheckpointFetch(IncomingTables incoming, PeerKey key, Want want, Waiting waiting, LongSupplier seconds,
            Progress progress) {
        this.incoming = incoming;
        this.want = want;
        this.waiting = waiting;
        this.progress = progress;
        client = new PeerClient(key, seconds, waiting.answer());
    }

    /** The source of a checkpoint that has come in part. */
    private record Begun(URI address, CheckpointManifest manifest) {}

    /**
     * The address of the node whose checkpoint has come in part; null when none has. That fetch can continue.
     */
    public @Nullable URI begunAt() {
        Begun begun = begun();
        return begun == null ? null : begun.address;
    }

    /**
     * Fetches a checkpoint and makes its tables those of the folder. Blocks, for as long as it takes.
     *
     * @param address of the node that has it
     * @return what was fetched
     * @throws PeerException when that node does not deliver it; received parts stay
     * @throws DataFolderException when it can't be written
     */
    public CheckpointManifest from(URI address) throws PeerException, DataFolderException, InterruptedException {
        try {
            Begun begun = begun();
            CheckpointManifest manifest = begun != null && begun.address.equals(address)
                    && begun.manifest.applied() >= want.least && begun.manifest.logId() == want.logId
                            ? goneOn(begun)
                            : null;
            if (manifest == null) {
                manifest = begin(address);
                fetch(address, manifest);
            }
            finish(manifest);
            return manifest;
        } catch (IOException e) {
            throw new DataFolderException("The checkpoint can't be written: " + FileFault.reason(e)
                    + ". What has come stays; mend that and start again.", e);
        }
    }

    private @Nullable CheckpointManifest goneOn(Begun begun)
            throws PeerException, DataFolderException, IOException, InterruptedException {
        try {
            fetch(begun.address, begun.manifest);
            return begun.manifest;
        } catch (PeerException e) {
            if (!e.isGone()) {
                throw e;
            }
            LOG.info("The checkpoint of {} that had come in part is gone there: another one is fetched", begun.address);
            return null;
        }
    }

    private void finish(CheckpointManifest manifest) throws PeerException, DataFolderException, IOException {
        try {
            incoming.finish(manifest.format(),
                    new TablesPlace(OptionalLong.of(manifest.logId()), manifest.applied()), progress);
        } catch (IncomingTables.DamagedException e) {
            incoming.discard();
            throw new PeerException("what came is damaged, and was deleted: " + e.getMessage());
        }
    }

    /** Requests a checkpoint, and prepares for it. */
    private CheckpointManifest begin(URI address)
            throws PeerException, DataFolderException, IOException, InterruptedException {
        String query = "by=" + want.by + "&least=" + want.least;
        byte[] json = withTries(() -> client.get(address, OfferedCheckpoints.PATH, query, LARGEST_MANIFEST));
        CheckpointManifest manifest = CheckpointManifest.of(json);
        if (manifest == null) {
            throw new PeerException("its checkpoint is none");
        }
        if (manifest.format() < 1 || manifest.format() > IncomingTables.FORMAT) {
            throw new PeerException("its data is of format " + manifest.format() + ", and this version reads "
                    + IncomingTables.FORMAT + " at most");
        }
        if (manifest.logId() != want.logId || manifest.applied() < want.least) {
            throw new PeerException("its tables follow another log, or are too old");
        }
        incoming.discard(); // first: it may be what fills the disk
        long free = incoming.freeBytes();
        if (free < SPARE_BYTES || free - SPARE_BYTES < manifest.size()) {
            throw new DataFolderException("The checkpoint has " + manifest.size() + " bytes, and the disk has " + free
                    + " bytes left, of which " + SPARE_BYTES + " are to stay. Free some and start again.");
        }
        incoming.begin(note(address, json));
        return manifest;
    }

    /** The address, a line break, the manifest. */
    private static byte[] note(URI address, byte[] manifest) {
        byte[] line = (address + "\n").getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(line.length + manifest.length).put(line).put(manifest).array();
    }

    private @Nullable Begun begun() {
        byte[] note = incoming.note();
        if (note == null) {
            return null;
        }
        String text = new String(note, StandardCharsets.UTF_8);
        int end = Math.max(text.indexOf('\n'), 0);
        CheckpointManifest manifest = CheckpointManifest.of(text.substring(end).getBytes(StandardCharsets.UTF_8));
        try {
            return manifest == null ? null : new Begun(new URI(text.substring(0, end)), manifest);
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private void fetch(URI address, CheckpointManifest manifest)
            throws PeerException, DataFolderException, IOException, InterruptedException {
        progress.begins("bytes", manifest.size());
        for (TableFile each : manifest.files()) {
            Path target = incoming.files().resolve(each.name());
            String path = OfferedCheckpoints.PATH + "/" + manifest.id() + "/" + each.name();
            try (FileChannel file = OwnerOnly.open(target, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                if (file.size() > each.size()) {
                    FileChannel _ = file.truncate(0);
                }
                long come = file.size();
                FileChannel _ = file.position(come);
                progress.goesOn(come);
                while (come < each.size()) {
                    come += part(address, path, each.size(), come, file);
                }
            }
        }
    }

    /** Fetches a part and writes it; returns its size. */
    private int part(URI address, String path, long size, long from, FileChannel file)
            throws PeerException, DataFolderException, IOException, InterruptedException {
        int most = (int) Math.min(OfferedCheckpoints.PART_BYTES, size - from);
        byte[] part = withTries(() -> client.get(address, path, "by=" + want.by + "&from=" + from, most));
        if (part.length == 0) {
            throw new PeerException("it sends an empty part");
        }
        writeAll(file, part);
        progress.goesOn(part.length);
        return part.length;
    }

    private static void writeAll(FileChannel file, byte[] bytes) throws IOException {
        for (ByteBuffer left = ByteBuffer.wrap(bytes); left.hasRemaining();) {
            int _ = file.write(left);
        }
    }

    private interface Question {
        byte[] ask() throws PeerException, InterruptedException;
    }

    /** Repeats a request after a failure, unless the response would be the same. */
    private byte[] withTries(Question question) throws PeerException, InterruptedException {
        for (int tries = 1;; tries++) {
            try {
                return question.ask();
            } catch (PeerException e) {
                if (e.isFinal() || tries >= waiting.tries()) {
                    throw e;
                }
                LOG.debug("Asks another node", e);
                Thread.sleep(waiting.pause());
            }
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
