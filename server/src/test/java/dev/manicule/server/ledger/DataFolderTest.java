package dev.manicule.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.Tick;
import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.WriteOptions;
import org.rocksdb.RocksDBException;

class DataFolderTest {
    private static final Channel CHANNEL = new Channel("demo", "room");

    @TempDir
    private Path folder;

    @Test
    void aFolderInUseIsRefused() throws Exception {
        try (Ledger first = Ledger.open(folder)) {
            assertThatThrownBy(() -> Ledger.open(folder)).isInstanceOf(DataFolderException.class)
                    .hasMessageContaining("in use")
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
            assertThat(first.lastTimetoken()).isZero();
        }
        Ledger.open(folder).close();
    }

    @Test
    void foreignFolderIsRefusedAndUnchanged() throws IOException {
        Files.writeString(folder.resolve("thesis.txt"), "mine");
        assertThatThrownBy(() -> Ledger.open(folder)).hasMessageContaining("thesis.txt").hasMessageContaining("--data");
        assertThat(folder).isDirectoryNotContaining(path -> !path.endsWith("thesis.txt"));
    }

    @Test
    void fullDiskIsReportedAsFull() {
        for (String words : new String[]{"IO error: No space left on device: While appending to file",
                "IO error: Disk quota exceeded: while open a file for lock"}) {
            assertThat(Tables.cannotOpen(folder, new RocksDBException(words))).hasMessageContaining("is full")
                    .hasMessageContaining("free some of it")
                    .message()
                    .doesNotContain("backup");
        }
        assertThat(Tables.cannotOpen(folder, new RocksDBException("Corruption: bad block")))
                .hasMessageContaining("restore a backup");
    }

    @Test
    void anotherFormatIsRefused() throws Exception {
        Ledger.open(folder).close();
        Files.writeString(folder.resolve("FORMAT"), "manicule data format 99\n");
        assertThatThrownBy(() -> Ledger.open(folder)).hasMessageContaining("format 99");
    }

    @Test
    void tablesThatAreGoneAreNotReplacedByEmptyOnes() throws Exception {
        Ledger.open(folder).close();
        try (var files = Files.list(folder.resolve("tables"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        assertThatThrownBy(() -> Ledger.open(folder)).isInstanceOf(DataFolderException.class)
                .hasMessageContaining("tables");
    }

    /** As a copy that was cut short leaves them: RocksDB would make empty ones, and delete what there is. */
    @Test
    void tablesWithoutAFormatFileAreRefused() throws Exception {
        Ledger.open(folder).close();
        Files.delete(folder.resolve("FORMAT"));
        Files.delete(folder.resolve("tables/CURRENT"));
        List<String> before = names(folder.resolve("tables"));
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> Ledger.open(folder)).isInstanceOf(DataFolderException.class)
                    .hasMessageContaining("no file FORMAT")
                    .hasMessageContaining("restore a backup");
        }
        assertThat(names(folder.resolve("tables"))).isEqualTo(before);
    }

    @Test
    void interruptedTableCreationIsCompleted() throws Exception {
        Ledger.open(folder).close();
        Files.writeString(folder.resolve("FORMAT"), "manicule data folder that is being made\n");
        Files.delete(folder.resolve("tables/CURRENT"));
        Ledger.open(folder).close();
        assertThat(folder.resolve("FORMAT")).hasContent("manicule data format " + DataFolder.FORMAT);
    }

    /** The folder that this very process has made is no newer than any other. */
    @Test
    void reopeningNeverCreatesEmptyTables() throws Exception {
        Path data = folder.resolve("data");
        Path current = data.resolve("tables/CURRENT");
        Path away = folder.resolve("CURRENT");
        long time = 17_000_000_000_000_000L;
        try (Ledger ledger = Ledger.open(data)) {
            Transaction transaction = ledger.transaction();
            Object _ = ledger.apply(new Tick(), time, transaction);
            ledger.commit(transaction);
            ledger.flush();
            Files.move(current, away); // what a failing file system may do for a while
            for (int attempt = 0; attempt < 3; attempt++) { // the server tries each second
                assertThatThrownBy(ledger::recover).isInstanceOf(StorageException.class);
            }
            Files.move(away, current);
            ledger.recover();
            assertThat(ledger.lastTimetoken()).isEqualTo(time);
        }
        try (Ledger ledger = Ledger.open(data)) {
            assertThat(ledger.lastTimetoken()).isEqualTo(time);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        }
    }

    @Test
    void fileInThePlaceOfTheFolderIsReported() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> Ledger.open(file)).isInstanceOf(DataFolderException.class)
                .hasMessageContaining("is a file")
                .hasMessageContaining("--data");
    }

    /** What a power cut leaves: the last record of the log incomplete. It was never acknowledged, or its sync had failed. */
    @Test
    void tornLogIsTruncated() throws Exception {
        Path copy = killed(10);
        Path log = log(copy);
        byte[] bytes = Files.readAllBytes(log);
        Files.write(log, Arrays.copyOf(bytes, bytes.length - 5));
        try (Ledger ledger = Ledger.open(copy)) {
            assertThat(ledger.reads().countMessages(CHANNEL, 0, 100)).isEqualTo(9);
        }
    }

    /** A flipped bit in its middle would take all that was acknowledged after it along, unsaid. */
    @Test
    void damagedLogIsRefusedAndUnchanged() throws Exception {
        Path copy = killed(10);
        Path log = log(copy);
        byte[] bytes = Files.readAllBytes(log);
        bytes[bytes.length / 2] ^= 0x40;
        Files.write(log, bytes);
        assertThatThrownBy(() -> Ledger.open(copy)).isInstanceOf(DataFolderException.class)
                .hasMessageContaining("nothing was changed")
                .hasMessageContaining("backup");
        assertThat(Files.readAllBytes(log)).isEqualTo(bytes);
    }

    /** A power cut may leave the blocks of the last write in any order. */
    @Test
    void lastWriteWithHolesIsTruncated() throws Exception {
        Path copy = killed(10);
        Path log = log(copy);
        byte[] bytes = Files.readAllBytes(log);
        Arrays.fill(bytes, bytes.length - 60, bytes.length - 10, (byte) 0);
        Files.write(log, bytes);
        assertThatThrownBy(() -> Ledger.open(copy)).as("zeros that are not whole sectors are damage")
                .hasMessageContaining("backup");
        Arrays.fill(bytes, (bytes.length - 1) / 512 * 512, bytes.length, (byte) 0);
        Files.write(log, bytes);
        try (Ledger ledger = Ledger.open(copy)) {
            assertThat(ledger.reads().countMessages(CHANNEL, 0, 100)).isEqualTo(9);
        }
    }

    /** Of several records, each of several blocks, a hole in any but the last is damage. */
    @Test
    void aHoleBeforeTheLastWriteIsDamage() throws Exception {
        Path copy = killed(10);
        Path log = log(copy);
        byte[] bytes = Files.readAllBytes(log);
        Arrays.fill(bytes, bytes.length / 2 / 512 * 512, bytes.length / 2 / 512 * 512 + 512, (byte) 0);
        Files.write(log, bytes);
        assertThatThrownBy(() -> Ledger.open(copy)).isInstanceOf(DataFolderException.class)
                .hasMessageContaining("backup");
        assertThat(Files.readAllBytes(log)).isEqualTo(bytes);
    }

    @Test
    void aFlippedBitInTheLastWriteIsDamage() throws Exception {
        Path copy = killed(10);
        Path log = log(copy);
        byte[] bytes = Files.readAllBytes(log);
        bytes[bytes.length - 20] ^= 1;
        Files.write(log, bytes);
        assertThatThrownBy(() -> Ledger.open(copy)).hasMessageContaining("backup");
    }

    /** The folder of tables with so many messages in RocksDB's own log, as earlier versions have left it when they were killed. */
    private Path killed(int messages) throws Exception {
        Path live = folder.resolve("live");
        Path copy = folder.resolve("copy");
        Ledger.open(live).close();
        try (DataFolder data = DataFolder.take(live);
                Tables tables = Tables.open(data);
                WriteOptions synced = new WriteOptions().setSync(true)) {
            for (int i = 1; i <= messages; i++) {
                String text = "message " + i + " " + "x".repeat(600); // so that each write is larger than a sector
                Json payload = new Json(('"' + text + '"').getBytes(StandardCharsets.UTF_8));
                tables.db.put(tables.of(Messages.TABLE), synced, Keys.at(Keys.channel(CHANNEL), i),
                        Messages.row(new Publish(CHANNEL, payload, null, null, null, null, null, Delivery.STORED)));
            }
            try (Stream<Path> files = Files.walk(live)) {
                for (Path file : files.toList()) {
                    Files.copy(file, copy.resolve(live.relativize(file).toString()));
                }
            }
        }
        return copy;
    }

    private static Path log(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("tables"))) {
            return files.filter(file -> file.toString().endsWith(".log")).findFirst().orElseThrow();
        }
    }

    /** Steps of the way by which tables that came from elsewhere take the place of others; a kill may be after each. */
    private interface Step {
        void in(Path data) throws Exception;
    }

    private static void rename(Path data, String from, String to) throws IOException {
        Files.createDirectories(data.resolve(to).getParent());
        Path _ = Files.move(data.resolve(from), data.resolve(to));
    }

    @Test
    void aKillWhileTablesAreReplacedLeavesTheNewOnes() throws Exception {
        List<Step> steps = List.of(data -> rename(data, "fetching/tables", "fetched-" + DataFolder.FORMAT),
                data -> Files.deleteIfExists(data.resolve("reached")),
                data -> Files.deleteIfExists(data.resolve("stopped")), data -> {
                    if (Files.exists(data.resolve("tables"))) {
                        rename(data, "tables", "snapshot-replaced");
                    }
                },
                data -> Files.writeString(data.resolve("FORMAT"), "manicule data format " + DataFolder.FORMAT + "\n"),
                data -> Files.deleteIfExists(data.resolve("fetching/CHECKPOINT")),
                data -> Files.deleteIfExists(data.resolve("fetching")),
                data -> rename(data, "fetched-" + DataFolder.FORMAT, "tables"));
        for (boolean isEmpty : List.of(true, false)) {
            for (int done = 1; done <= steps.size(); done++) {
                Path data = folder.resolve("data-" + isEmpty + done);
                if (!isEmpty) {
                    openAt(data, 5_000, 0);
                    Files.writeString(data.resolve("reached"), "%019d %019d\n".formatted(5_000, 5_000));
                }
                openAt(folder.resolve("other-" + isEmpty + done), 3_000, 0);
                Files.createDirectories(data.resolve("fetching"));
                Files.writeString(data.resolve("fetching/CHECKPOINT"), "x");
                rename(folder, "other-" + isEmpty + done + "/tables", data.getFileName() + "/fetching/tables");
                for (Step step : steps.subList(0, done)) {
                    step.in(data);
                }
                openAt(data, 0, 3_000);
                try (Stream<Path> entries = Files.list(data)) {
                    assertThat(entries.map(entry -> String.valueOf(entry.getFileName()))).as("%s after %s", data, done)
                            .containsExactlyInAnyOrder("FORMAT", "lock", "tables");
                }
            }
        }
    }

    /** Opens a ledger that has come as far as a timetoken, and has it come to another one, unless that is 0. */
    private static void openAt(Path data, long next, long present) throws Exception {
        try (Ledger ledger = Ledger.open(data)) {
            assertThat(ledger.lastTimetoken()).isEqualTo(present);
            if (next > 0) {
                Transaction transaction = ledger.transaction();
                var _ = ledger.apply(new Tick(), next, transaction);
                ledger.commit(transaction);
                long _ = ledger.flush();
            }
        }
    }

    @Test
    void partialTablesAreRefused() throws Exception {
        try (IncomingTables incoming = IncomingTables.into(folder)) {
            incoming.begin("which".getBytes(StandardCharsets.UTF_8));
            assertThat(incoming.hasTables()).isFalse();
            assertThat(incoming.place()).isEqualTo(TablesPlace.NOTHING);
            assertThatThrownBy(() -> Ledger.open(folder)).hasMessageContaining("in use");
        }
        assertThatThrownBy(() -> Ledger.open(folder)).hasMessageContaining("cut short")
                .hasMessageContaining("manicule cluster checkpoint");
        try (IncomingTables incoming = IncomingTables.into(folder)) {
            assertThat(incoming.note()).asString().isEqualTo("which");
            incoming.discard();
            assertThat(incoming.note()).isNull();
        }
        Ledger.open(folder).close();
    }
}
