package dev.manicule.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.server.Maintenance;
import dev.manicule.server.command.Tick;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Message;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Timetoken;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data that an earlier version of the server wrote. */
class UpgradeTest {
    private static final Channel ROOM = new Channel("demo", "room1");
    private static final long LAST = 17_952_565_523_819_692L;

    @TempDir
    private Path folder;

    private void unpack(int format) throws IOException {
        folder = EarlierFolder.unpack(format, folder);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void earlierFormatIsUpgraded(int format) throws Exception {
        unpack(format);
        assertThat(Files.readString(folder.resolve("FORMAT"))).isEqualTo("manicule data format " + format + "\n");
        for (int opening = 0; opening < 2; opening++) {
            try (Ledger ledger = Ledger.open(folder)) {
                compare(ledger, told(format));
                if (opening == 1) {
                    Transaction transaction = ledger.transaction();
                    assertThat(ledger.apply(new Tick(), LAST + 2 * Timetoken.SHORTLY, transaction)).isNotNull();
                    ledger.commit(transaction);
                    assertThat(ledger.reads().events(ROOM, 0, LAST, LAST, 100)).as("freed").hasSize(11);
                }
            }
            assertThat(Files.readString(folder.resolve("FORMAT"))).isEqualTo("manicule data format 11\n");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void interruptedUpgradeIsRepeated(int format) throws Exception {
        unpack(format);
        Ledger.open(folder).close();
        Files.writeString(folder.resolve("FORMAT"), "manicule data format " + format + "\n"); // it is written last
        try (Ledger ledger = Ledger.open(folder)) {
            compare(ledger, told(format));
        }
    }

    @Test
    void aBackupOfAnEarlierFormatIsRestoredAndUpgraded() throws Exception {
        unpack(2);
        Path backup = folder.resolveSibling("backup");
        Files.createDirectories(backup);
        Files.move(folder.resolve("tables"), backup.resolve("tables"));
        JsonWriter manifest = new JsonWriter().object()
                .member("what", "manicule backup of data format 2")
                .quoted("lastTimetoken", LAST)
                .array("files");
        try (Stream<Path> files = Files.list(backup.resolve("tables"))) {
            for (Path file : files.toList()) {
                byte[] bytes = Files.readAllBytes(file);
                String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
                manifest.object()
                        .member("name", String.valueOf(file.getFileName()))
                        .member("size", bytes.length)
                        .member("sha256", digest)
                        .end();
            }
        }
        Files.write(backup.resolve("BACKUP"), manifest.end().end().toBytes());
        assertThatThrownBy(() -> Maintenance.check(backup, Progress.NONE)).hasMessageContaining("earlier format");
        Path restored = folder.resolveSibling("restored");
        Backup.read(backup).restore(restored, Progress.NONE);
        assertThat(Files.readString(restored.resolve("FORMAT"))).isEqualTo("manicule data format 2\n");
        try (Ledger ledger = Ledger.open(restored)) {
            compare(ledger, told(2));
        }
        assertThat(Maintenance.check(restored, Progress.NONE).findings()).isEmpty();
    }

    /** An older server must still read a folder that was only looked at, or backed up. */
    @Test
    void onlyAServerUpgrades() throws Exception {
        unpack(4);
        Path backup = folder.resolveSibling("backup");
        assertThatThrownBy(() -> Maintenance.check(folder, Progress.NONE)).hasMessageContaining("earlier format");
        assertThatThrownBy(() -> Maintenance.export(folder, OutputStream.nullOutputStream(), Progress.NONE))
                .hasMessageContaining("earlier format");
        assertThatThrownBy(() -> Maintenance.backup(folder, backup, Progress.NONE))
                .hasMessageContaining("earlier format");
        assertThatThrownBy(() -> Maintenance.newLog(folder)).hasMessageContaining("earlier format");
        assertThat(Files.readString(folder.resolve("FORMAT"))).isEqualTo("manicule data format 4\n");
        assertThat(backup).doesNotExist();
    }

    /** They would be taken for tables of the present format, and never be upgraded. */
    @Test
    void tablesWithoutTheirFormatAreRefused() throws Exception {
        unpack(4);
        Files.delete(folder.resolve("FORMAT"));
        assertThatThrownBy(() -> Ledger.open(folder)).isInstanceOf(DataFolderException.class)
                .hasMessageContaining("no file FORMAT");
    }

    @Test
    void anExportOfAnEarlierVersionIsRefused() {
        byte[] heading = "{\"manicule\":\"export\",\"form\":1,\"lastTimetoken\":\"5\"}"
                .getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Export.Heading.read(heading)).hasMessageContaining("an export of an earlier version");
        assertThatThrownBy(() -> Export.Heading.begun(heading)).hasMessageContaining("begin anew");
    }

    /** How many events that are only told are still there: the server that wrote format 4 had forgotten them. */
    private static int told(int format) {
        return format < 4 ? 3 : 0;
    }

    private static void compare(Ledger ledger, int told) {
        for (Message message : ledger.reads()
                .messages(ROOM, Range.ALL, 100, LedgerReader.WithActions.NONE, 1 << 20)
                .messages()) {
            long after = message.timetoken() - 1;
            assertThat(ledger.reads().messagesAfter(List.of(ROOM), new long[]{after}))
                    .containsExactly(ledger.reads().countMessages(ROOM, after, 100));
        }
        LedgerReader reads = ledger.reads();
        assertThat(ledger.lastTimetoken()).isEqualTo(LAST);
        List<Message> messages = reads.messages(ROOM, Range.ALL, 100, LedgerReader.WithActions.ALL, 1 << 20).messages();
        assertThat(messages.stream().map(message -> message.payload().toString()))
                .containsExactly("{\"text\":\"one\"}", "\"two \\n é 😀\"", "{\n  \"pretty\": true\n}",
                        "\"after the restart\"");
        assertThat(messages.getFirst().on().groups()).hasSize(2);
        assertThat(messages.get(1).meta()).hasToString("{\"lang\":\"en\"}");
        assertThat(reads.actions(ROOM, Range.ALL, 100, 1 << 20).rows().stream().map(Actions::read).toList())
                .hasSize(5)
                .isSortedAccordingTo((a, b) -> Long.compare(a.actionTimetoken(), b.actionTimetoken()));
        assertThat(reads.countMessages(new Channel("demo", "busy"), 0, 100)).isEqualTo(60);
        assertThat(reads.groups()).singleElement()
                .satisfies(group -> assertThat(group.since()).containsOnlyKeys("room1", "room2"));
        assertThat(reads.revocations()).hasSize(1);
        List<Event> events = reads.events(ROOM, 0, LAST, LAST, 100);
        assertThat(events).hasSize(11 + told).isSortedAccordingTo((a, b) -> Long.compare(a.timetoken(), b.timetoken()));
        assertThat(events.stream().filter(event -> !event.kept())).as("those that are told only").hasSize(told);
        long later = LAST + Timetoken.SHORTLY;
        assertThat(reads.events(ROOM, 0, later, later, 100)).hasSize(11);
    }
}
