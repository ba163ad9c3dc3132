package dev.manicule.server.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.Entry;
import dev.manicule.server.log.MemoryLog;
import dev.manicule.server.peers.CheckpointManifest.TableFile;
import dev.manicule.server.peers.OfferedCheckpoints.Refused;
import dev.manicule.server.peers.OfferedCheckpoints.Response;
import dev.manicule.server.peers.OfferedCheckpoints.Sealed;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node answers to others that want a checkpoint: within bounds, to nodes of its cluster only, and for a while. */
class OfferedCheckpointsTest {
    private static final long NOW = 1_700_000_000;

    @TempDir
    private Path folder;
    private final AtomicLong nanos = new AtomicLong(5);
    private PeerInTests peer;
    private OfferedCheckpoints offered;

    @BeforeEach
    void open() throws Exception {
        MemoryLog<Entry> memory = new MemoryLog<>(0, InstantSource.system());
        peer = new PeerInTests(folder, memory);
        peer.publish(300);
        offered = new OfferedCheckpoints(peer.store.ledger(), folder, PeerInTests.KEY, () -> NOW, nanos::get);
    }

    @AfterEach
    void close() {
        offered.close();
        peer.close();
    }

    private Response offer(String by, long least) {
        String query = signed("", "by=" + by + "&least=" + least);
        assertThat(offered.stranger(OfferedCheckpoints.PATH, query)).isNull();
        Response response = offered.offer(query);
        return response instanceof Sealed(byte[] body)
                ? new Sealed(Objects.requireNonNull(
                        PeerInTests.KEY.open("GET", OfferedCheckpoints.PATH, query, body)))
                : response;
    }

    private CheckpointManifest manifest(String by, long least) {
        assertThat(offer(by, least)).isInstanceOf(Sealed.class);
        return Objects.requireNonNull(CheckpointManifest.of(((Sealed) offer(by, least)).body()));
    }

    private Response part(String by, String id, String file, long from) {
        String query = signed("/" + id + "/" + file, "by=" + by + "&from=" + from);
        String path = OfferedCheckpoints.PATH + "/" + id + "/" + file;
        Response response = offered.part(id, file, path, query);
        return response instanceof Sealed(byte[] body)
                ? new Sealed(Objects.requireNonNull(PeerInTests.KEY.open("GET", path, query, body)))
                : response;
    }

    private static String signed(String rest, String query) {
        return PeerInTests.KEY.sign("GET", OfferedCheckpoints.PATH + rest, query, NOW, "n");
    }

    private List<Path> copies() throws Exception {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> String.valueOf(entry.getFileName()).startsWith("snapshot-checkpoint-"))
                    .toList();
        }
    }

    private static void assertRefused(Response response, int status, String words) {
        assertThat(response).isInstanceOf(Refused.class);
        assertThat(((Refused) response).status()).isEqualTo(status);
        assertThat(((Refused) response).words()).contains(words);
    }

    @Test
    void fileIsServedFromAnyOffset() throws Exception {
        CheckpointManifest manifest = manifest("d", 0);
        TableFile largest = manifest.files().stream().max(Comparator.comparingLong(TableFile::size)).orElseThrow();
        byte[] all = Files.readAllBytes(copies().getFirst().resolve(largest.name()));
        assertThat(all.length).isEqualTo((int) largest.size()).isGreaterThan(3 * OfferedCheckpoints.PART_BYTES);
        for (int begin : List.of(0, 1, 1_000, OfferedCheckpoints.PART_BYTES, all.length - 1)) {
            ByteArrayOutputStream come = new ByteArrayOutputStream();
            come.write(all, 0, begin);
            while (come.size() < all.length) {
                Response part = part("d", manifest.id(), largest.name(), come.size());
                come.write(((Sealed) part).body());
            }
            assertThat(come.toByteArray()).as("from %s on", begin).isEqualTo(all);
        }
        assertRefused(part("d", manifest.id(), largest.name(), all.length), 416, all.length + " bytes");
        assertRefused(part("d", manifest.id(), "../FORMAT", 0), 404, "no such file");
        assertRefused(part("d", "0".repeat(32), largest.name(), 0), 404, "no such file");
    }

    @Test
    void checkpointIsSharedUntilANewerOneIsNeeded() throws Exception {
        CheckpointManifest first = manifest("d", 0);
        assertThat(first.logId()).isEqualTo(PeerInTests.LOG_ID);
        assertThat(first.applied()).isEqualTo(peer.store.ledger().applied());
        peer.publish(1);
        assertThat(manifest("c", first.applied())).isEqualTo(first);
        CheckpointManifest second = manifest("c", first.applied() + 1);
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(manifest("d", 0)).as("the newest").isEqualTo(second);
        assertRefused(offer("d", second.applied() + 1), 409, "the entries below " + second.applied());
        assertThat(copies()).hasSize(2);
        peer.publish(1);
        assertRefused(offer("d", second.applied() + 1), 503, "as many");
        nanos.addAndGet(Duration.ofSeconds(31).toNanos());
        assertThat(part("c", second.id(), "CURRENT", 0)).isInstanceOf(Sealed.class);
        CheckpointManifest third = manifest("d", second.applied() + 1);
        assertThat(copies()).as("in place of the one that nobody fetches").hasSize(2);
        assertRefused(part("d", first.id(), "CURRENT", 0), 404, "any more");
        assertThat(part("c", second.id(), "CURRENT", 0)).isInstanceOf(Sealed.class);
        assertThat(part("d", third.id(), "CURRENT", 0)).isInstanceOf(Sealed.class);
    }

    @Test
    void atMostTwoNodesAreServedAtOnce() throws Exception {
        CheckpointManifest manifest = manifest("c", 0);
        assertThat(manifest("d", 0)).isEqualTo(manifest);
        assertRefused(offer("e", 0), 503, "as many");
        assertRefused(part("e", manifest.id(), "CURRENT", 0), 503, "as many");
        nanos.addAndGet(Duration.ofSeconds(20).toNanos());
        assertThat(part("c", manifest.id(), "CURRENT", 0)).isInstanceOf(Sealed.class);
        nanos.addAndGet(Duration.ofSeconds(20).toNanos());
        assertThat(part("e", manifest.id(), "CURRENT", 0)).as("d has gone").isInstanceOf(Sealed.class);
        assertRefused(part("d", manifest.id(), "CURRENT", 0), 503, "as many");
        assertThat(part("c", manifest.id(), "CURRENT", 0)).isInstanceOf(Sealed.class);
    }

    @Test
    void checkpointExpiresAndEndsWithItsServer() throws Exception {
        CheckpointManifest manifest = manifest("d", 0);
        nanos.addAndGet(Duration.ofMinutes(9).toNanos());
        assertThat(part("d", manifest.id(), "CURRENT", 0)).isInstanceOf(Sealed.class);
        nanos.addAndGet(Duration.ofMinutes(9).toNanos());
        offered.tidyUp();
        assertThat(copies()).hasSize(1);
        nanos.addAndGet(Duration.ofMinutes(2).toNanos());
        offered.tidyUp();
        assertThat(copies()).isEmpty();
        assertRefused(part("d", manifest.id(), "CURRENT", 0), 404, "any more");
        assertThat(manifest("d", 0)).isNotEqualTo(manifest);
        assertThat(copies()).hasSize(1);
        offered.close();
        assertThat(copies()).isEmpty();
        assertRefused(offer("d", 0), 503, "as many");
    }

    @Test
    void onlyTimelySignedRequestsAreServed() {
        String path = OfferedCheckpoints.PATH;
        String query = signed("", "by=d&least=0");
        assertThat(offered.stranger(path, query)).isNull();
        for (String other : List.of("", "by=d&least=0", query.replace("least=0", "least=1"), query + "&x=1",
                query.replace("nonce=n", "nonce=m"), query.substring(0, query.length() - 1) + "!")) {
            Refused refused = offered.stranger(path, other);
            assertThat(refused).as(other).isNotNull();
            assertRefused(Objects.requireNonNull(refused), 403, "not signed");
        }
        assertRefused(Objects.requireNonNull(offered.stranger(path + "/x/CURRENT", query)), 403, "not signed");
        for (int off : List.of(-61, 61)) {
            String late = PeerInTests.KEY.sign("GET", path, "by=d&least=0", NOW + off, "n");
            assertRefused(Objects.requireNonNull(offered.stranger(path, late)), 403, "differ by 61 s");
        }
        assertThat(offered.stranger(path, PeerInTests.KEY.sign("GET", path, "by=d&least=0", NOW - 60, "n"))).isNull();
        assertRefused(offered.offer(signed("", "by=d")), 400, "least");
        assertRefused(offered.part("x", "y", path, signed("/x/y", "by=d")), 400, "from");
    }
}
