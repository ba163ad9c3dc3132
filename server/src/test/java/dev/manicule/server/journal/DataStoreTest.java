package dev.manicule.server.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.manicule.server.Maintenance;
import dev.manicule.server.command.ByteWriter;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.OperationId;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.Tick;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.files.Folders;
import dev.manicule.server.json.Json;
import dev.manicule.server.ledger.Backup;
import dev.manicule.server.ledger.DataFolderException;
import dev.manicule.server.ledger.EarlierFolder;
import dev.manicule.server.ledger.Import;
import dev.manicule.server.ledger.ImportLimits;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.ledger.LedgerReader.ChannelUser;
import dev.manicule.server.ledger.LedgerReader.UserPage;
import dev.manicule.server.ledger.LedgerReader.UserPlace;
import dev.manicule.server.ledger.Progress;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.log.EntryCodec;
import dev.manicule.server.log.FolderLogFiles;
import dev.manicule.server.log.LocalLog;
import dev.manicule.server.log.LocalLogOptions;
import dev.manicule.server.log.LogListener;
import dev.manicule.server.model.ActionSummary;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Message;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Range;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data folders as a kill, a damaged disk or a careless hand leaves them: all is there, or the start is refused in words. */
class DataStoreTest {
    private static final Channel CHANNEL = new Channel("demo", "room");

    @TempDir
    private Path folder;

    private static void publish(DataStore data, int messages, int bytes) {
        Journal journal = new LogJournal(data.log(), data.ledger(),
                new TimetokenClock(InstantSource.system(), data.ledger().lastTimetoken()), commit -> {},
                new Budget(new Limits()), System.nanoTime(), data.background(), true);
        Json payload = new Json(("\"" + "x".repeat(bytes) + "\"").getBytes(StandardCharsets.UTF_8));
        List<? extends CompletableFuture<?>> all = IntStream.range(0, messages).mapToObj(i -> {
            CompletableFuture<Publish.Outcome> outcome = new CompletableFuture<>();
            journal.submit(new Publish(CHANNEL, payload, null, null, null, null, null, Delivery.STORED),
                    outcome::complete);
            if (i % 16 == 0) {
                assertThat(outcome.join()).isInstanceOf(Publish.Published.class);
            }
            return outcome;
        }).toList();
        all.forEach(outcome -> assertThat(outcome.join()).isInstanceOf(Publish.Published.class));
        journal.close();
    }

    private static void copy(Path from, Path to) throws Exception {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                if (!String.valueOf(file.getFileName()).equals("lock")) {
                    Files.copy(file, to.resolve(from.relativize(file).toString()));
                }
            }
        }
    }

    /** The folder of a store with so many messages, as it is found after the process was killed. */
    private Path killed(int messages) throws Exception {
        Path live = folder.resolve("live");
        Path copy = folder.resolve("killed");
        try (DataStore data = DataStore.open(live, InstantSource.system())) {
            publish(data, messages, 100);
            copy(live, copy);
        }
        return copy;
    }

    private static int messages(Path data) throws Exception {
        try (DataStore store = DataStore.open(data, InstantSource.system())) {
            assertThat(store.ledger().applied()).isEqualTo(store.log().end());
            return store.ledger().reads().countMessages(CHANNEL, 0, 10_000);
        }
    }

    private static Path lastSegment(Path data) throws Exception {
        try (Stream<Path> files = Files.list(data.resolve(Ledger.LOG_FOLDER))) {
            return files.filter(file -> file.getFileName().toString().matches("[0-9]+.*"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    @Test
    void unflushedRowsAreReplayedFromTheLog() throws Exception {
        Path killed = killed(200);
        try (Ledger tables = Ledger.open(killed)) {
            assertThat(tables.reads().countMessages(CHANNEL, 0, 1000)).as("in the tables alone").isZero();
        }
        assertThat(messages(killed)).isEqualTo(200);
        assertThat(messages(killed)).as("and stays").isEqualTo(200);
    }

    @Test
    void aCleanStopLeavesNothingToApply() throws Exception {
        Path live = folder.resolve("live");
        try (DataStore data = DataStore.open(live, InstantSource.system())) {
            publish(data, 10, 100);
        }
        try (Ledger tables = Ledger.open(live)) {
            assertThat(tables.reads().countMessages(CHANNEL, 0, 1000)).isEqualTo(10);
        }
        assertThat(messages(live)).isEqualTo(10);
    }

    @Test
    void aMissingLogIsRefused() throws Exception {
        Path killed = killed(10);
        Folders.delete(killed.resolve(Ledger.LOG_FOLDER));
        assertThatThrownBy(() -> DataStore.open(killed, InstantSource.system()))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("log")
                .hasMessageContaining("backup");
    }

    /** A log that has been released in part can't make them again, and empty ones would look like a server that is new. */
    @Test
    void missingTablesAreRefused() throws Exception {
        Path killed = killed(10);
        Path tables = killed.resolve("tables");
        Folders.delete(tables);
        assertThatThrownBy(() -> DataStore.open(killed, InstantSource.system()))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining(tables.toString())
                .hasMessageContaining("backup");
        assertThatThrownBy(() -> DataStore.open(killed, InstantSource.system())).as("the second time")
                .isInstanceOf(DataFolderException.class);
    }

    /** Otherwise new entries would get offsets that the tables take for applied. */
    @Test
    void logShorterThanTheTablesIsRefused() throws Exception {
        Path live = folder.resolve("live");
        try (DataStore data = DataStore.open(live, InstantSource.system())) {
            publish(data, 1, 100);
        }
        Path early = folder.resolve("early");
        copy(live.resolve(Ledger.LOG_FOLDER), early);
        try (DataStore data = DataStore.open(live, InstantSource.system())) {
            publish(data, 20, 100);
        }
        Folders.delete(live.resolve(Ledger.LOG_FOLDER));
        copy(early, live.resolve(Ledger.LOG_FOLDER));
        assertThatThrownBy(() -> DataStore.open(live, InstantSource.system()))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("has lost its end")
                .hasMessageContaining("newlog");
    }

    @Test
    void tablesOlderThanTheLogsBeginAreRefused() throws Exception {
        Path live = folder.resolve("live");
        try (DataStore data = DataStore.open(live, InstantSource.system())) {
            publish(data, 1, 100);
        }
        Path early = folder.resolve("early");
        copy(live.resolve("tables"), early);
        try (DataStore data = DataStore.open(live, InstantSource.system())) {
            publish(data, 1_500, 30_000);
        }
        try (DataStore data = DataStore.open(live, InstantSource.system())) {
            await().untilAsserted(
                    () -> assertThat(data.log().begin()).as("what the tables have on the disk goes").isPositive());
        }
        Folders.delete(live.resolve("tables"));
        copy(early, live.resolve("tables"));
        assertThatThrownBy(() -> DataStore.open(live, InstantSource.system()))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("backup");
    }

    /** What was synced and is gone all the same: the note beside the tables tells. */
    @Test
    void truncatedLogIsDetected() throws Exception {
        Path killed = killed(10);
        long last;
        try (DataStore data = DataStore.open(killed, InstantSource.system())) {
            last = data.ledger().lastTimetoken();
        }
        Files.writeString(killed.resolve("reached"), "%019d %019d\n".formatted(last + 1, last + 1));
        assertThatThrownBy(() -> DataStore.open(killed, InstantSource.system()))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("had come as far as " + (last + 1))
                .hasMessageContaining("reached");
        Files.delete(killed.resolve("reached"));
        assertThat(messages(killed)).isEqualTo(10);
    }

    @Test
    void damageInTheLogIsRefused() throws Exception {
        Path killed = killed(100);
        try (RandomAccessFile file = new RandomAccessFile(lastSegment(killed).toFile(), "rw")) {
            file.seek(1_000);
            int was = file.read();
            file.seek(1_000);
            file.write(was ^ 0x40);
        }
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> DataStore.open(killed, InstantSource.system()))
                    .isInstanceOf(DataFolderException.class)
                    .hasMessageContaining("backup");
        }
    }

    private static void appendWithRules(int rules, DataStore data) {
        Publish publish = new Publish(CHANNEL, new Json("1".getBytes(StandardCharsets.UTF_8)), null, null, null, null,
                null, Delivery.STORED);
        data.log()
                .append(List.of(new Entry(new OperationId(7, 1), rules, 0, publish)),
                        (reason, inDoubt) -> assertThat(reason).isNull());
    }

    @Test
    void logWithNewerRulesIsRefused() throws Exception {
        Path live = folder.resolve("live");
        try (DataStore data = DataStore.open(live, InstantSource.system())) {
            publish(data, 1, 100);
            appendWithRules(Ledger.RULES, data);
            appendWithRules(Ledger.RULES + 1, data);
        }
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> DataStore.open(live, InstantSource.system()))
                    .isInstanceOf(DataFolderException.class)
                    .hasMessageContaining("The log was written by a newer Manicule")
                    .hasMessageContaining("Install that Manicule, or a newer one. Nothing was lost.");
        }
        try (Ledger tables = Ledger.open(live)) {
            assertThat(tables.reads().countMessages(CHANNEL, 0, 10)).as("nothing of that entry").isLessThan(3);
        }
    }

    @Test
    void logOfFormat6IsAppliedAndContinues() throws Exception {
        Path data = EarlierFolder.unpack(6, folder);
        Channel late = new Channel("demo", "late");
        for (int opening = 0; opening < 2; opening++) {
            try (DataStore store = DataStore.open(data, InstantSource.system())) {
                assertThat(store.ledger().reads().countMessages(late, 0, 10)).isEqualTo(2);
                assertThat(store.ledger().reads().actions(late, Range.ALL, 10, 1 << 20).rows()).hasSize(1);
                assertThat(store.ledger().reads().countMessages(new Channel("demo", "busy"), 0, 100)).isEqualTo(60);
            }
            assertThat(data.resolve("FORMAT")).hasContent("manicule data format 11");
        }
    }

    /** Some were put into the tables by the earlier version, and some come out of its log. */
    @Test
    void usersOfFormat7AreFoundByTheirNames() throws Exception {
        Path data = EarlierFolder.unpack(7, folder);
        assertThat(data.resolve("FORMAT")).hasContent("manicule data format 7");
        for (int opening = 0; opening < 3; opening++) {
            try (DataStore store = DataStore.open(data, InstantSource.system())) {
                LedgerReader reads = store.ledger().reads();
                assertThat(reads.channelsOf("demo", "alice", 10)).containsExactlyInAnyOrder("a", "late", "ÿ😀");
                assertThat(reads.channelsOf("demo", "bob", 10)).containsExactly("a");
                assertThat(reads.channelsOf("demo", "carol", 10)).containsExactly("a");
                assertThat(reads.users(new Channel("demo", "a"), new UserPlace(null, 0), 10, true))
                        .isEqualTo(new UserPage(3,
                                List.of(new ChannelUser("alice",
                                        new Json("{\"s\":1}".getBytes(StandardCharsets.UTF_8))),
                                        new ChannelUser("bob", null), new ChannelUser("carol", null)),
                                null));
            }
            assertThat(data.resolve("FORMAT")).hasContent("manicule data format 11");
            assertThat(Maintenance.check(data, Progress.NONE).findings()).isEmpty();
            if (opening == 0) { // cut short: the format is written last
                Files.writeString(data.resolve("FORMAT"), "manicule data format 7\n");
            }
        }
    }

    /** Of some actions the tables of the earlier version have rows of other kinds, and one comes out of its log. */
    @Test
    @SuppressWarnings("NullAway") // each message has the summary that was requested
    void actionsOfFormat8AreSummedUp() throws Exception {
        Path data = EarlierFolder.unpack(8, folder);
        assertThat(data.resolve("FORMAT")).hasContent("manicule data format 8");
        Channel summed = new Channel("demo", "summed");
        for (int opening = 0; opening < 3; opening++) {
            try (DataStore store = DataStore.open(data, InstantSource.system())) {
                LedgerReader reads = store.ledger().reads();
                List<Message> messages = reads
                        .messages(summed, Range.ALL, 10, new LedgerReader.WithActions(true, true, "ann", null), 1 << 20)
                        .messages();
                assertThat(messages).hasSize(2);
                ActionSummary first = messages.getFirst().on().summary();
                assertThat(first.tallies()
                        .stream()
                        .map(tally -> tally.type() + " " + tally.value() + " "
                                + tally.count()))
                        .containsExactly("receipt read 1", "reaction frown 1", "reaction smile 5");
                assertThat(first.tallies().getLast().first().stream().map(Message.Actor::uuid))
                        .containsExactly("yan", "xia", "wim");
                assertThat(Objects.requireNonNull(first.tallies().getLast().mine()).actionTimetoken())
                        .isEqualTo(17_958_218_508_574_622L);
                assertThat(messages.getLast().on().summary().tallies()).as("what was added was removed").isEmpty();
                assertThat(messages.getLast().on().summary().asOf()).isGreaterThan(messages.getLast().timetoken());
                long deleted = 17_958_218_519_394_533L; // the action that came after the deletion of its message
                MessageAction late = reads.actionsBy(summed, "bob", new LedgerReader.ActionsFrom(null, true), 1)
                        .actions()
                        .getFirst();
                assertThat(late.actionTimetoken()).isEqualTo(deleted);
                assertThat(reads.summaries(summed, List.of(late.messageTimetoken()), null, 1)
                        .summaries()
                        .getFirst()
                        .tallies()).containsExactly(new ActionSummary.Tally("reaction", "smile", 1, 1,
                                List.of(new Message.Actor("bob", deleted)), null));
                assertThat(reads.actionsBy(summed, "ann", new LedgerReader.ActionsFrom(null, false), 10).actions())
                        .hasSize(2);
            }
            assertThat(data.resolve("FORMAT")).hasContent("manicule data format 11");
            assertThat(Maintenance.check(data, Progress.NONE).findings()).isEmpty();
            if (opening == 0) { // cut short: the format is written last
                Files.writeString(data.resolve("FORMAT"), "manicule data format 8\n");
            }
        }
    }

    /** Some stand in the tables of the earlier version, and two come out of its log: one of them has moved. */
    @Test
    @SuppressWarnings("NullAway") // there is no cursor
    void marksOfFormat9AreInTheListOfReaders() throws Exception {
        Path data = EarlierFolder.unpack(9, folder);
        assertThat(data.resolve("FORMAT")).hasContent("manicule data format 9");
        for (int opening = 0; opening < 3; opening++) {
            try (DataStore store = DataStore.open(data, InstantSource.system())) {
                LedgerReader reads = store.ledger().reads();
                assertThat(reads.marks(new Channel("demo", "read"), 0, null, true, 10)
                        .marks()
                        .stream()
                        .map(mark -> mark.uuid() + " " + mark.upTo()))
                        .containsExactly("bob 60", "ann 50", "cem 40", "ÿ😀 35", "dan 20");
                assertThat(reads.marks(new Channel("demo", "other"), 0, null, true, 10).marks()).singleElement()
                        .satisfies(mark -> assertThat(mark.uuid()).isEqualTo("bob"));
            }
            assertThat(data.resolve("FORMAT")).hasContent("manicule data format 11");
            assertThat(Maintenance.check(data, Progress.NONE).findings()).isEmpty();
            if (opening == 0) { // cut short: the format is written last
                Files.writeString(data.resolve("FORMAT"), "manicule data format 9\n");
            }
        }
    }

    /** Its version is read before its command, which this server may not have. */
    @Test
    void newerCommandAdvisesNoRestore() throws Exception {
        Path live = folder.resolve("live");
        DataStore.open(live, InstantSource.system()).close();
        ByteWriter out = new ByteWriter();
        new Entry(new OperationId(1, 1), Ledger.RULES + 1, 0, new Tick()).writeTo(out);
        byte[] form = out.toBytes();
        form[form.length - 1] = 99; // where the kind of the command stands
        EntryCodec<byte[]> asTheyAre = new EntryCodec<>() {
            @Override
            public byte[] encode(byte[] entry) {
                return entry;
            }

            @Override
            public byte[] decode(ByteBuffer bytes) {
                return new byte[0];
            }

            @Override
            public byte[] stray() {
                return new byte[0];
            }
        };
        try (LocalLog<byte[]> log = LocalLog.open(FolderLogFiles.in(live.resolve(Ledger.LOG_FOLDER)), asTheyAre,
                LocalLogOptions.usual(InstantSource.system(), Runnable::run, LogListener.NONE))) {
            log.append(List.of(form), (reason, inDoubt) -> assertThat(reason).isNull());
        }
        assertThatThrownBy(() -> DataStore.open(live, InstantSource.system())).isInstanceOf(DataFolderException.class)
                .hasMessageContaining("The log was written by a newer Manicule")
                .hasMessageNotContaining("backup");
    }

    @Test
    void serverStopsApplyingAtNewerRules() throws Exception {
        Path live = folder.resolve("live");
        try (DataStore data = DataStore.open(live, InstantSource.system())) {
            publish(data, 1, 100);
            appendWithRules(Ledger.RULES + 1, data);
            Journal journal = new LogJournal(data.log(), data.ledger(),
                    new TimetokenClock(InstantSource.system(), data.ledger().lastTimetoken()), commit -> {},
                    new Budget(new Limits()), System.nanoTime(), data.background(), true);
            await().untilAsserted(() -> assertThat(journal.fault()).contains("newer version of the server"));
            CompletableFuture<Outcome> outcome = new CompletableFuture<>();
            journal.submit(new Tick(), outcome::complete);
            assertThat(outcome.join())
                    .isEqualTo(new Unavailable("The server is older than its log: nothing was done.", false));
            assertThat(data.ledger().reads().countMessages(CHANNEL, 0, 10)).as("reads go on").isEqualTo(1);
            journal.close();
        }
    }

    @Test
    void interruptedFolderCreationIsCompleted() throws Exception {
        Path live = folder.resolve("live");
        Ledger.open(live).close();
        assertThat(messages(live)).isZero();
        Path other = folder.resolve("other"); // its log is there, and the tables have not heard of it yet
        DataStore.open(other, InstantSource.system()).close();
        Folders.delete(other.resolve("tables"));
        Files.writeString(other.resolve("FORMAT"), "manicule data folder that is being made\n");
        assertThat(messages(other)).isZero();
    }

    /** The folder that a server with one message leaves, and a backup of it. */
    private Path backup() throws Exception {
        Path live = folder.resolve("live");
        try (DataStore data = DataStore.open(live, InstantSource.system())) {
            publish(data, 1, 100);
        }
        Path backup = folder.resolve("backup");
        Backup _ = Maintenance.backup(live, backup, Progress.NONE);
        return backup;
    }

    /** What a kill in the middle of a restore leaves: some of the files, under the name of tables that are not whole. */
    @Test
    void interruptedRestoreIsRefusedAndRepeatable() throws Exception {
        Path backup = backup();
        Path restored = folder.resolve("restored");
        Files.createDirectories(restored.resolve("restoring"));
        try (Stream<Path> files = Files.list(backup.resolve("tables"))) {
            for (Path file : files.filter(each -> each.toString().endsWith(".sst")).toList()) {
                Files.copy(file, restored.resolve("restoring").resolve(file.getFileName()));
            }
        }
        for (String format : List.of("", "manicule data format 8\n")) { // before and after it was written
            if (!format.isEmpty()) {
                Files.writeString(restored.resolve("FORMAT"), format);
            }
            assertThatThrownBy(() -> messages(restored)).isInstanceOf(DataFolderException.class)
                    .hasMessageContaining("cut short")
                    .hasMessageContaining("manicule restore");
        }
        Backup _ = Maintenance.restore(backup, restored, Progress.NONE);
        assertThat(messages(restored)).isEqualTo(1);
        assertThat(restored.resolve("restoring")).doesNotExist();
    }

    @Test
    void refusedRestoreDoesNotBlockTheNext() throws Exception {
        Path backup = backup();
        Path damaged = folder.resolve("damaged");
        copy(backup, damaged);
        try (Stream<Path> files = Files.list(damaged.resolve("tables"))) {
            Path file = files.filter(each -> each.toString().endsWith(".sst")).findFirst().orElseThrow();
            Files.write(file, new byte[9]);
        }
        Path restored = folder.resolve("restored");
        assertThatThrownBy(() -> Maintenance.restore(damaged, restored, Progress.NONE)).hasMessageContaining("damaged");
        Backup _ = Maintenance.restore(backup, restored, Progress.NONE);
        assertThat(messages(restored)).isEqualTo(1);
    }

    /** Two servers that began with one backup have logs of the same offsets. */
    @Test
    void theLogOfAnotherServerIsRefused() throws Exception {
        Path backup = backup();
        Path live = folder.resolve("live");
        Path other = folder.resolve("other");
        Backup _ = Maintenance.restore(backup, other, Progress.NONE);
        try (DataStore data = DataStore.open(other, InstantSource.system())) {
            publish(data, 1, 100);
        }
        try (DataStore data = DataStore.open(live, InstantSource.system())) {
            publish(data, 1, 200);
        }
        Folders.delete(other.resolve(Ledger.LOG_FOLDER));
        copy(live.resolve(Ledger.LOG_FOLDER), other.resolve(Ledger.LOG_FOLDER));
        assertThatThrownBy(() -> messages(other)).isInstanceOf(DataFolderException.class)
                .hasMessageContaining("is not the one that the tables beside it follow")
                .hasMessageContaining("restore a backup");
        assertThat(messages(live)).isEqualTo(2);
    }

    /** What an import takes in is in no log: older tables and the log would not have it. */
    @Test
    void tablesOlderThanAnImportAreRefused() throws Exception {
        Path live = folder.resolve("live");
        try (DataStore data = DataStore.open(live, InstantSource.system())) {
            publish(data, 1, 100);
        }
        Path early = folder.resolve("early");
        copy(live.resolve("tables"), early);
        String export = """
                {"manicule":"export","form":1,"lastTimetoken":"100","order":"newestActionsFirst"}
                {"kind":"message","keyset":"demo","channel":"room","timetoken":"50","payload":1}
                {"kind":"end","lines":2}
                """;
        var _ = Maintenance.importLines(new ByteArrayInputStream(export.getBytes(StandardCharsets.UTF_8)), live,
                ImportLimits.HIGHEST, Progress.NONE);
        try (DataStore data = DataStore.open(live, InstantSource.system())) {
            publish(data, 1, 100);
        }
        assertThat(messages(live)).isEqualTo(3);
        Folders.delete(live.resolve("tables"));
        copy(early, live.resolve("tables"));
        assertThatThrownBy(() -> messages(live)).isInstanceOf(DataFolderException.class)
                .hasMessageContaining("follow");
    }

    private static byte[] export(int messages) {
        StringBuilder text = new StringBuilder(
                "{\"manicule\":\"export\",\"form\":1,\"lastTimetoken\":\"10000\",\"order\":\"newestActionsFirst\"}\n");
        for (int i = 1; i <= messages; i++) {
            text.append("{\"kind\":\"message\",\"keyset\":\"demo\",\"channel\":\"room\",\"timetoken\":\"")
                    .append(i)
                    .append("\",\"payload\":1}\n");
        }
        return text.append("{\"kind\":\"end\",\"lines\":")
                .append(messages + 1)
                .append("}\n")
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Lines, between which something happens. */
    private static InputStream lines(byte[] all, int before, Callable<?> between) {
        InputStream event = new InputStream() {
            private boolean isOver;

            @Override
            public int read() throws IOException {
                if (!isOver) {
                    isOver = true;
                    try {
                        between.call();
                    } catch (Exception e) {
                        throw new IOException(e);
                    }
                }
                return -1;
            }

            @Override
            public int read(byte[] to, int at, int most) throws IOException {
                return read();
            }
        };
        return new SequenceInputStream(Collections.enumeration(List.of(new ByteArrayInputStream(all, 0, before), event,
                new ByteArrayInputStream(all, before, all.length - before))));
    }

    private static void refusedAsHalfAnImport(ThrowingCallable what) {
        assertThatThrownBy(what)
                .hasMessageContaining("An import of the standard input into ")
                .hasMessageContaining("was cut short")
                .hasMessageContaining("Run the same \"manicule import\" again");
    }

    /** What was taken in could pass for all of it, of which nobody would be told. */
    @Test
    void partialImportIsRefusedUntilItCompletes() throws Exception {
        Path live = folder.resolve("live");
        byte[] all = export(5_000);
        InputStream broken = lines(all, all.length / 2, () -> {
            throw new IOException("the disk is gone");
        });
        assertThatThrownBy(() -> Maintenance.importLines(broken, live, ImportLimits.HIGHEST, Progress.NONE))
                .hasMessageContaining("the disk is gone");
        refusedAsHalfAnImport(() -> messages(live));
        refusedAsHalfAnImport(() -> Maintenance.backup(live, folder.resolve("backup"), Progress.NONE));
        refusedAsHalfAnImport(() -> Maintenance.check(live, Progress.NONE));
        refusedAsHalfAnImport(() -> Maintenance.newLog(live));
        var report = Maintenance.importLines(new ByteArrayInputStream(all), live, ImportLimits.HIGHEST, Progress.NONE);
        assertThat(report.known()).as("lines from before").isBetween(1_000L, 4_000L);
        assertThat(messages(live)).isEqualTo(5_000);
        assertThat(Maintenance.check(live, Progress.NONE).findings()).isEmpty();
    }

    /** A refusal names the line, and leaves what stood before it. */
    @Test
    void linesBeforeARefusedLineAreKept() throws Exception {
        Path live = folder.resolve("live");
        byte[] cut = Arrays.copyOf(export(10), 400);
        assertThatThrownBy(
                () -> Maintenance.importLines(new ByteArrayInputStream(cut), live, ImportLimits.HIGHEST, Progress.NONE))
                .hasMessageContaining("line ");
        assertThat(messages(live)).isPositive();
    }

    /** They follow the log of the finished ones, and have all that was in it. */
    @Test
    void tablesFromTheMidstOfAnImportAreRefused() throws Exception {
        Path live = folder.resolve("live");
        Path early = folder.resolve("early");
        Path midst = folder.resolve("midst");
        byte[] all = export(5_000);
        AtomicReference<DataStore> store = new AtomicReference<>();
        InputStream copied = lines(all, all.length / 2, () -> {
            store.get().ledger().copyTables(midst);
            return true;
        });
        try (Import lines = Import.begin(new Import.Source(copied, "the standard input", null, 0), Instant.now(),
                ImportLimits.HIGHEST, Progress.NONE);
                DataStore data = DataStore.openToImport(live, lines, InstantSource.system())) {
            data.ledger().copyTables(early);
            store.set(data);
            assertThat(lines.into(data.ledger()).taken()).isEqualTo(5_000);
        }
        assertThat(messages(live)).isEqualTo(5_000);
        for (Path tables : List.of(early, midst)) {
            Folders.delete(live.resolve("tables"));
            copy(tables, live.resolve("tables"));
            refusedAsHalfAnImport(() -> messages(live));
        }
    }

    private static void flipInLastFrame(Path segment) throws Exception {
        byte[] bytes = Files.readAllBytes(segment);
        int last = bytes.length - 1;
        while (bytes[last] == 0) {
            last--;
        }
        bytes[last - 2] ^= 4;
        Files.write(segment, bytes);
    }

    /** The damaged frame is all that there is of an acknowledged write. */
    @Test
    void refusedStartTruncatesNothing() throws Exception {
        Path live = folder.resolve("live");
        Path killed = folder.resolve("killed");
        try (DataStore data = DataStore.open(live, InstantSource.system())) {
            publish(data, 1, 100);
            publish(data, 1, 100);
            data.ledger().mark(1);
            copy(live, killed);
        }
        Path segment = lastSegment(killed);
        flipInLastFrame(segment);
        byte[] before = Files.readAllBytes(segment);
        assertThatThrownBy(() -> messages(killed)).isInstanceOf(DataFolderException.class)
                .hasMessageContaining("Nothing was changed")
                .hasMessageContaining("has lost its end");
        assertThat(Arrays.equals(Files.readAllBytes(segment), before)).isTrue();

        Files.delete(killed.resolve("reached"));
        assertThat(messages(killed)).as("nothing else tells it from a write that was cut short").isPositive();
        try (Stream<Path> files = Files.list(killed.resolve(Ledger.LOG_FOLDER))) {
            Path kept = files.filter(file -> file.getFileName().toString().startsWith("cut-"))
                    .findFirst()
                    .orElseThrow();
            assertThat(new String(before, StandardCharsets.ISO_8859_1))
                    .contains(Files.readString(kept, StandardCharsets.ISO_8859_1));
            assertThat(kept).isNotEmptyFile();
        }
    }

    @Test
    void cleanStopNeedsNoLog() throws Exception {
        Path live = folder.resolve("live");
        try (DataStore data = DataStore.open(live, InstantSource.system())) {
            publish(data, 10, 100);
        }
        flipInLastFrame(lastSegment(live));
        assertThatThrownBy(() -> messages(live)).isInstanceOf(DataFolderException.class)
                .hasMessageContaining("manicule newlog");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(Maintenance.export(live, out, Progress.NONE)).as("with the first and the last line").isEqualTo(12);
        Backup _ = Maintenance.backup(live, folder.resolve("backup"), Progress.NONE);
        Folders.delete(live.resolve(Ledger.LOG_FOLDER));
        assertThatThrownBy(() -> messages(live)).hasMessageContaining("manicule newlog");
        assertThat(Maintenance.check(live, Progress.NONE).findings()).isEmpty();
        Maintenance.newLog(live);
        try (DataStore data = DataStore.open(live, InstantSource.system())) {
            publish(data, 1, 100);
        }
        assertThat(messages(live)).isEqualTo(11);
    }

    @Test
    void neededLogIsNotReplaced() throws Exception {
        Path killed = killed(10);
        assertThatThrownBy(() -> Maintenance.newLog(killed)).hasMessageContaining("may have what the tables have not");
        assertThat(messages(killed)).isEqualTo(10);
    }

    /** A file that can't be opened is no damage: permissions, or too many open files, may be the reason. */
    @Test
    void unreadableLogAdvisesNoRestore() throws Exception {
        Path live = folder.resolve("live");
        DataStore.open(live, InstantSource.system()).close();
        Path segment = lastSegment(live);
        Files.move(segment, folder.resolve("away"));
        Files.createDirectory(segment);
        assertThatThrownBy(() -> messages(live)).isInstanceOf(DataFolderException.class)
                .hasMessageContaining("Nothing was lost; mend that")
                .hasMessageNotContainingAny("backup");
    }
}
