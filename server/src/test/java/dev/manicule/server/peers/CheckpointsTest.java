package dev.manicule.server.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.server.Maintenance;
import dev.manicule.server.StartException;
import dev.manicule.server.access.PeerKey;
import dev.manicule.server.access.Secret;
import dev.manicule.server.command.Entry;
import dev.manicule.server.journal.DataStore;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.ledger.Progress;
import dev.manicule.server.log.MemoryLog;
import dev.manicule.server.peers.CheckpointFetch.Waiting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node gets the tables of another one: all of them, checked, or its own stay as they are. */
@Timeout(120)
class CheckpointsTest {
    private static final int MESSAGES = 300;
    private static final Waiting IMPATIENT = new Waiting(Duration.ofSeconds(20), Duration.ofMillis(1), 2);

    @TempDir
    private Path folder;
    private MemoryLog<Entry> memory;
    private PeerInTests peer;

    @BeforeEach
    void start() throws Exception {
        memory = new MemoryLog<>(0, InstantSource.system());
        peer = new PeerInTests(folder.resolve("b"), memory);
    }

    @AfterEach
    void stop() {
        peer.close();
    }

    private Path data() {
        return folder.resolve("d");
    }

    /** A folder that has what the log has by now, and is stopped then. */
    private void stopAtPresent() throws Exception {
        PeerInTests.open(data(), memory).close();
    }

    /** Has the log begin at its present end. */
    private void cutLog() {
        memory.release(memory.end());
        assertThat(memory.begin()).isEqualTo(memory.end());
    }

    private Checkpoints checkpoints(@Nullable PeerKey key, Waiting waiting) {
        return new Checkpoints(data(), new Checkpoints.Self(4, "d", key, PeerInTests.LOG_ID),
                () -> new Peers(List.of(peer.node()), memory.begin(), memory.end()), waiting, Progress.NONE);
    }

    private Checkpoints checkpoints() {
        return checkpoints(PeerInTests.KEY, IMPATIENT);
    }

    private boolean replaceIfUseless() throws Exception {
        return checkpoints().replaceIfUseless(memory.begin());
    }

    private int messages() throws Exception {
        try (DataStore store = PeerInTests.open(data(), memory)) {
            assertThat(store.ledger().applied()).isEqualTo(memory.end());
            return store.ledger().reads().countMessages(PeerInTests.CHANNEL, 0, 10_000);
        }
    }

    private static byte[] export(Path data) throws StartException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        assertThat(Maintenance.export(data, lines, Progress.NONE)).isPositive();
        return lines.toByteArray();
    }

    private List<String> content() throws IOException {
        try (Stream<Path> entries = Files.list(data())) {
            return entries.map(entry -> String.valueOf(entry.getFileName())).sorted().toList();
        }
    }

    /** Fetching by hand fails with these words, and leaves the tables of before. */
    private void assertFails(Waiting waiting, String words) throws Exception {
        byte[] before = export(data());
        assertThatThrownBy(() -> checkpoints(PeerInTests.KEY, waiting).replace(null, true))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining(words)
                .hasMessageContaining("not changed");
        assertThat(export(data())).isEqualTo(before);
    }

    @Test
    void emptyFolderFetchesACheckpoint() throws Exception {
        peer.publish(MESSAGES);
        cutLog();
        assertThat(replaceIfUseless()).isTrue();
        peer.publish(10);
        assertThat(messages()).isEqualTo(MESSAGES + 10);
        assertThat(peer.asked.size()).as("it came in parts").isGreaterThan(10);
        peer.close();
        assertThat(export(data())).isEqualTo(export(folder.resolve("b")));
    }

    @Test
    void tablesThatAreTooOldAreReplaced() throws Exception {
        peer.publish(10);
        stopAtPresent();
        peer.publish(MESSAGES);
        cutLog();
        assertThatThrownBy(() -> PeerInTests.open(data(), memory)).hasMessageContaining("older than the log");
        assertThat(replaceIfUseless()).isTrue();
        assertThat(content()).containsExactly("FORMAT", "lock", "tables");
        assertThat(messages()).isEqualTo(MESSAGES + 10);
    }

    @Test
    void tablesWithinTheLogStay() throws Exception {
        peer.publish(10);
        stopAtPresent();
        cutLog();
        peer.publish(10);
        Files.createDirectories(data().resolve("fetching/tables"));
        assertThat(replaceIfUseless()).isFalse();
        assertThat(peer.asked).isEmpty();
        assertThat(content()).as("what once was to replace them is gone").doesNotContain("fetching");
        assertThat(messages()).isEqualTo(20);
        assertThatThrownBy(() -> checkpoints().replace(null, false)).hasMessageContaining("is of use")
                .hasMessageContaining("--replace");
        assertThat(checkpoints().replace(null, true).applied()).isEqualTo(memory.end());
        assertThat(messages()).isEqualTo(20);
    }

    @Test
    void emptyFolderNeedsNoCheckpointOfAWholeLog() throws Exception {
        peer.publish(10);
        assertThat(replaceIfUseless()).isFalse();
        assertThat(messages()).isEqualTo(10);
    }

    @Test
    void missingSecretIsReported() {
        peer.publish(10);
        cutLog();
        assertThatThrownBy(() -> checkpoints(null, IMPATIENT).replaceIfUseless(memory.begin()))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("The log begins at " + memory.begin())
                .hasMessageContaining("cluster.secret")
                .hasMessageContaining("advertisedAddress");
    }

    @Test
    void tablesOfAnotherLogAreNotReplacedByThemselves() throws Exception {
        stopAtPresent();
        peer.publish(10);
        cutLog();
        Checkpoints others = new Checkpoints(data(), new Checkpoints.Self(4, "d", PeerInTests.KEY, 78),
                () -> new Peers(List.of(peer.node()), memory.begin(), memory.end()), IMPATIENT, Progress.NONE);
        assertThat(others.replaceIfUseless(memory.begin())).isFalse();
        assertThatThrownBy(() -> others.replace(null, true)).hasMessageContaining("another log");
    }

    /** Each part is asked for once, whatever happens in between, but for the one at which it happened. */
    @Test
    void interruptedFetchResumes() throws Exception {
        peer.publish(10);
        stopAtPresent();
        peer.publish(MESSAGES);
        cutLog();
        AtomicInteger left = new AtomicInteger(6);
        peer.spoiling = (path, body) -> {
            if (left.decrementAndGet() < 0) {
                throw new IOException("cut");
            }
            return body;
        };
        assertFails(IMPATIENT, "hangs up");
        assertThat(content()).contains("fetching", "tables");
        int first = peer.asked.size();
        peer.spoiling = (path, body) -> body;
        assertThat(replaceIfUseless()).isTrue();
        List<String> before = new ArrayList<>(peer.asked.subList(0, first));
        List<String> after = peer.asked.subList(first, peer.asked.size());
        String cut = before.getLast();
        assertThat(after.getFirst()).isEqualTo(cut);
        before.removeIf(cut::equals);
        assertThat(before).as("what came").hasSize(6);
        assertThat(after).as("it is not asked for again").doesNotContainAnyElementsOf(before).doesNotHaveDuplicates();
        assertThat(messages()).isEqualTo(MESSAGES + 10);
    }

    @Test
    void vanishedCheckpointIsFetchedAgain() throws Exception {
        peer.publish(MESSAGES);
        cutLog();
        AtomicInteger left = new AtomicInteger(6);
        peer.spoiling = (path, body) -> {
            if (left.decrementAndGet() < 0) {
                throw new IOException("cut");
            }
            return body;
        };
        assertThatThrownBy(() -> checkpoints().replace(null, false)).hasMessageContaining("hangs up");
        assertThatThrownBy(() -> DataStore.open(data(), InstantSource.system())).isInstanceOf(DataFolderException.class)
                .hasMessageContaining("cluster checkpoint");
        peer.publish(10);
        peer.close(); // which deletes its checkpoints
        cutLog();
        peer = new PeerInTests(folder.resolve("b"), memory);
        assertThat(replaceIfUseless()).isTrue();
        assertThat(messages()).isEqualTo(MESSAGES + 10);
    }

    @Test
    void silentNodeIsReplacedByAnother() throws Exception {
        peer.publish(MESSAGES);
        cutLog();
        try (PeerInTests silent = new PeerInTests(folder.resolve("c"), new MemoryLog<>(0, InstantSource.system()))) {
            silent.spoiling = (path, body) -> {
                throw new IOException("cut");
            };
            Peers.Node furthest = new Peers.Node(2, "c", silent.address().toString(), 1, Long.MAX_VALUE);
            Checkpoints checkpoints = new Checkpoints(data(),
                    new Checkpoints.Self(4, "d", PeerInTests.KEY, PeerInTests.LOG_ID),
                    () -> new Peers(List.of(peer.node(), furthest), memory.begin(), memory.end()), IMPATIENT,
                    Progress.NONE);
            assertThat(checkpoints.replaceIfUseless(memory.begin())).isTrue();
            assertThat(silent.asked).isNotEmpty();
        }
        assertThat(messages()).isEqualTo(MESSAGES);
    }

    @Test
    void fetchWaitsForANodeWithAnAddress() throws Exception {
        peer.publish(10);
        cutLog();
        AtomicInteger listens = new AtomicInteger();
        Checkpoints checkpoints = new Checkpoints(data(),
                new Checkpoints.Self(4, "d", PeerInTests.KEY, PeerInTests.LOG_ID), () -> {
                    List<Peers.Node> nodes = switch (listens.incrementAndGet()) {
                        case 1 -> List.of();
                        case 2 -> List.of(new Peers.Node(1, "b", "", 1, memory.end()));
                        case 3 -> List.of(new Peers.Node(4, "d", "http://127.0.0.1:1", 1, memory.end()));
                        default -> List.of(peer.node());
                    };
                    return new Peers(nodes, memory.begin(), memory.end());
                }, IMPATIENT, Progress.NONE);
        assertThat(checkpoints.replaceIfUseless(memory.begin())).isTrue();
        assertThat(listens).hasValue(4);
        assertThat(messages()).isEqualTo(10);
    }

    @Test
    void wrongSecretIsRefusedWithoutDetails() throws Exception {
        peer.publish(10);
        stopAtPresent();
        byte[] before = export(data());
        PeerKey other = new PeerKey(new Secret("a secret of others"));
        assertThatThrownBy(() -> checkpoints(other, IMPATIENT).replace(null, true)).hasMessageContaining("403")
                .hasMessageContaining("not signed by the secret of this cluster")
                .hasMessageNotContaining("a secret of");
        assertThat(export(data())).isEqualTo(before);
    }

    @Test
    void tamperedCheckpointIsRefused() throws Exception {
        peer.publish(MESSAGES);
        stopAtPresent();
        for (int place : List.of(0, 60, -1)) {
            peer.spoiling = (path, body) -> {
                if (path.endsWith(".sst")) {
                    body[place < 0 ? body.length - 1 : place] ^= 1;
                }
                return body;
            };
            assertFails(IMPATIENT, "not signed");
        }
        byte[][] first = new byte[1][];
        peer.spoiling = (path, body) -> {
            if (body.length < OfferedCheckpoints.PART_BYTES) {
                return body;
            }
            first[0] = first[0] == null ? body : first[0];
            return first[0];
        };
        assertFails(IMPATIENT, "not signed"); // what answers another request is no answer
    }

    @Test
    void checkpointOfWrongSizeIsRefused() throws Exception {
        peer.publish(MESSAGES);
        stopAtPresent();
        peer.spoiling = (path, body) -> path.endsWith(".sst") ? Arrays.copyOf(body, 1 << 20) : body;
        assertFails(IMPATIENT, "too large");
        peer.spoiling = (path, body) -> path.endsWith(".sst") ? Arrays.copyOf(body, body.length / 2) : body;
        assertFails(IMPATIENT, "not signed");
        peer.spoiling = (path, body) -> path.endsWith(".sst") ? new byte[0] : body;
        assertFails(IMPATIENT, "does not say how large");
    }

    @Test
    void stalledNodeIsGivenUp() throws Exception {
        peer.publish(10);
        stopAtPresent();
        CountDownLatch end = new CountDownLatch(1);
        peer.spoiling = (path, body) -> {
            if (path.endsWith(".sst")) {
                try {
                    end.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            return body;
        };
        assertFails(new Waiting(Duration.ofSeconds(1), Duration.ofMillis(1), 1), "has not answered within 1 s");
        end.countDown();
    }

    @Test
    void damagedSourceTablesReplaceNothing() throws Exception {
        peer.publish(10);
        stopAtPresent();
        peer.publish(MESSAGES);
        peer.spoiling = (path, body) -> {
            damageOffered();
            peer.spoiling = (rest, as) -> as;
            return body;
        };
        assertFails(IMPATIENT, "damaged");
        assertThat(content()).as("it would never become better").doesNotContain("fetching");
    }

    /** Only rows of messages: opening the tables does not show it. */
    private void damageOffered() throws IOException {
        Path largest;
        try (Stream<Path> files = Files.walk(folder.resolve("b"))) {
            largest = files.filter(each -> each.toString().contains("snapshot-checkpoint"))
                    .filter(each -> each.toString().endsWith(".sst"))
                    .max(Comparator.comparingLong(each -> each.toFile().length()))
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(largest);
        Files.delete(largest); // its bytes are those of the tables
        bytes[bytes.length / 3] ^= 1;
        Files.write(largest, bytes);
    }

    @Test
    void checkpointLargerThanTheDiskIsNotFetched() throws Exception {
        peer.publish(10);
        stopAtPresent();
        manifest("{\"id\":\"" + "0".repeat(32) + "\",\"format\":8,\"logId\":\"77\",\"applied\":\"" + memory.end()
                + "\",\"files\":[{\"name\":\"000001.sst\",\"size\":\"" + (Long.MAX_VALUE - 5) + "\"}]}");
        assertThatThrownBy(() -> checkpoints().replace(null, true)).hasMessageContaining("the disk has")
                .hasMessageContaining("bytes left");
        assertThat(content()).doesNotContain("fetching");
    }

    @Test
    void manifestWithForeignFilesIsRefused() throws Exception {
        peer.publish(10);
        stopAtPresent();
        for (String name : List.of("../tables/CURRENT", "/etc/passwd", "tables/CURRENT", "..", "", "CURRENT\\n",
                "LOCK", "000001.sst/")) {
            manifest("{\"id\":\"" + "0".repeat(32) + "\",\"format\":8,\"logId\":\"77\",\"applied\":\"1000\",\"files\":"
                    + "[{\"name\":\"CURRENT\",\"size\":\"1\"},{\"name\":\"" + name + "\",\"size\":\"1\"}]}");
            assertFails(IMPATIENT, "its checkpoint is none");
        }
    }

    @Test
    void aLaterFormatIsRefused() throws Exception {
        peer.publish(10);
        stopAtPresent();
        manifest("{\"id\":\"" + "0".repeat(32) + "\",\"format\":99,\"logId\":\"77\",\"applied\":\"1000\",\"files\":"
                + "[{\"name\":\"CURRENT\",\"size\":\"1\"}]}");
        assertFails(IMPATIENT, "of format 99");
    }

    /** Has the node offer this, signed by the secret. */
    private void manifest(String json) {
        peer.manifest = json;
    }
}
