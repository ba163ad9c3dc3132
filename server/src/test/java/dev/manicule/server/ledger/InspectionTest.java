package dev.manicule.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.AddFile;
import dev.manicule.server.command.ChangeGroup;
import dev.manicule.server.command.ChangeMemberships;
import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.ChangeDevice;
import dev.manicule.server.command.IdempotencyKey;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.PresenceChange.Join;
import dev.manicule.server.command.MarkRead;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.RevokeToken;
import dev.manicule.server.command.SetEntity;
import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.EntityId;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Metadata;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.PushDevice.Gateway;
import dev.manicule.server.model.PushDevice;
import dev.manicule.server.model.ReadMark;
import dev.manicule.server.model.StoredFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

/** Each kind of thing that can be wrong is found, and nothing where all is well. */
class InspectionTest {
    private static final Channel ROOM = new Channel("demo", "room");
    private static final byte[] KEY = Keys.channel(ROOM);
    private static final long MESSAGE = 1001;
    private static final long ACTION = 1002;
    private static final ActionKeys KEYS = new ActionKeys(KEY, new MessageAction(MESSAGE, "r", "v", "alice", ACTION));

    @TempDir
    private Path folder;

    private interface Tampering {
        void with(Transaction transaction, Tables tables) throws RocksDBException;
    }

    private List<String> findings(Tampering tampering) throws Exception {
        Path data = folder.resolve("data");
        try (Ledger ledger = Ledger.open(data)) {
            Transaction transaction = ledger.transaction();
            Publish publish = new Publish(ROOM, new Json("{}".getBytes(StandardCharsets.UTF_8)), null, "alice", null,
                    null, null, Delivery.STORED);
            apply(ledger, publish, MESSAGE, transaction);
            apply(ledger, new AddAction(ROOM, MESSAGE, "r", "v", "alice"), ACTION, transaction);
            apply(ledger, new Idempotent<>(publish, IdempotencyKey.of("demo", "a", "1", publish, false)), 1003,
                    transaction);
            apply(ledger, new Publish(ROOM, publish.payload(), null, null, null, null, null, Delivery.TRANSIENT), 1004,
                    transaction);
            apply(ledger, new ChangeGroup(new ChannelGroup("demo", "g"), List.of("room"), List.of()), 1005,
                    transaction);
            apply(ledger, new RevokeToken("demo", "abc", 99, 98), 1006, transaction);
            apply(ledger, new ChangePresence(1, List.of(new Join(ROOM, "bob", 5, null, false))), 1007, transaction);
            tampering.with(transaction, transaction.tables());
            ledger.commit(transaction);
        }
        try (Snapshot snapshot = Snapshot.openData(data)) {
            IntegrityCheck.Report report = IntegrityCheck.of(snapshot, Progress.NONE);
            assertThat(report.lastTimetoken()).isEqualTo(1007);
            return report.findings();
        }
    }

    private static void apply(Ledger ledger, Command<?> command, long timetoken, Transaction transaction) {
        assertThat(ledger.apply(command, timetoken, transaction)).isNotNull();
    }

    @Test
    void intactTablesHaveNoFindings() throws Exception {
        assertThat(findings((transaction, tables) -> {})).isEmpty();
    }

    @Test
    void actionWithoutItsKeyIsFound() throws Exception {
        assertThat(findings((transaction, tables) -> transaction.delete(tables.of(ActionsByMessage.TABLE),
                KEYS.action(ACTION))))
                .anyMatch(line -> line.startsWith("actions: not on its message"))
                .anyMatch(line -> line.startsWith("actionsByUser: no such action on its message"))
                .anyMatch(line -> line.startsWith("actionsByMessage: 1 actions are said"))
                .anyMatch(line -> line.startsWith("actionsByMessage: the tally of type r and value v is 1 too high"));
    }

    @Test
    void actionMissingFromItsUserIsFound() throws Exception {
        assertThat(findings((transaction, tables) -> transaction.delete(tables.of(ActionsByUser.TABLE),
                KEYS.ofUser()))).singleElement().asString().startsWith("actions: not among those of its user");
    }

    @Test
    void actionThatNeverLeavesIsFound() throws Exception {
        MessageAction action = new MessageAction(MESSAGE, "r", "v", "alice", ACTION);
        assertThat(findings((transaction, tables) -> {
            assertThat(Actions.renew(action, 5_000, KEY, transaction).expires()).isEqualTo(5_000);
            transaction.delete(tables.of(ActionExpiries.TABLE), Expiries.key(5_000, KEY, ACTION));
        })).singleElement().asString().startsWith("actions: it never leaves");
    }

    @Test
    void missingTallyIsFound() throws Exception {
        assertThat(findings((transaction, tables) -> transaction.delete(tables.of(ActionsByMessage.TABLE),
                KEYS.tally()))).singleElement()
                .asString()
                .contains("the tally of type r and value v is 1 too low");
    }

    @Test
    void wrongSumOfAmountsIsFound() throws Exception {
        assertThat(findings((transaction, tables) -> transaction.put(tables.of(ActionsByMessage.TABLE), KEYS.tally(),
                ActionTally.NONE.plus(new MessageAction(MESSAGE, "r", "v", "alice", ACTION).times(4)).row())))
                .singleElement()
                .asString()
                .contains("the sum of amounts of type r and value v is 3 too high");
    }

    @Test
    void keyWithoutItsActionIsFound() throws Exception {
        assertThat(findings(
                (transaction, tables) -> transaction.delete(tables.of(Actions.TABLE), Keys.newestFirst(KEY, ACTION))))
                .anyMatch(line -> line.startsWith("actionsByMessage: no such action"));
    }

    @Test
    void wrongCountIsFound() throws Exception {
        assertThat(findings(
                (transaction, tables) -> transaction.put(tables.of(ActionsByMessage.TABLE), KEYS.count(),
                        new ActionCount(2, 0, ACTION, ACTION).row())))
                .singleElement()
                .asString()
                .contains("2 actions are said to be on a message that has 1");
    }

    @Test
    void wrongWeightIsFound() throws Exception {
        assertThat(findings(
                (transaction, tables) -> transaction.put(tables.of(ActionsByMessage.TABLE), KEYS.count(),
                        new ActionCount(1, 7, ACTION, ACTION).row())))
                .singleElement()
                .asString()
                .contains("are said to take 7 bytes and take ");
    }

    @Test
    void messageMissingFromTheFeedIsFound() throws Exception {
        assertThat(findings((transaction, tables) -> transaction.delete(tables.of(Feed.TABLE), Keys.at(KEY, MESSAGE))))
                .singleElement()
                .asString()
                .startsWith("messages: not in the feed, at demo/room/");
    }

    @Test
    void messageThatIsNotJsonIsFound() throws Exception {
        byte[] row = Messages
                .row(new Publish(ROOM, new Json("{oops".getBytes(StandardCharsets.UTF_8)), null, null, null,
                        null, null, Delivery.STORED));
        assertThat(findings(
                (transaction, tables) -> transaction.put(tables.of(Messages.TABLE), Keys.at(KEY, MESSAGE), row)))
                .singleElement()
                .asString()
                .startsWith("messages: not JSON");
    }

    @Test
    void unreadableRowIsFound() throws Exception {
        assertThat(
                findings((transaction, tables) -> transaction.put(tables.of(Messages.TABLE), Keys.at(KEY, MESSAGE),
                        new byte[]{1})))
                .singleElement()
                .asString()
                .startsWith("messages: a row that makes no sense");
        assertThat(findings(
                (transaction, tables) -> transaction.put(tables.of(Tables.META), new byte[]{1, 2}, new byte[]{1})))
                .anyMatch(line -> line.startsWith("meta: a row that makes no sense"));
    }

    @Test
    void rowFromTheFutureIsFound() throws Exception {
        assertThat(
                findings((transaction, tables) -> transaction.put(tables.of(Channels.TABLE), KEY, Keys.number(2000))))
                .singleElement()
                .asString()
                .startsWith("channels: makes no sense");
    }

    @Test
    void unknownChannelIsFound() throws Exception {
        assertThat(findings((transaction, tables) -> transaction.delete(tables.of(Channels.TABLE), KEY)))
                .anyMatch(line -> line.startsWith("feed: of a channel that is not known"));
    }

    @Test
    void userWithoutAnIndexRowIsFound() throws Exception {
        assertThat(findings((transaction, tables) -> Whereabouts.delete(ROOM, "bob", transaction))).singleElement()
                .asString()
                .startsWith("presence: a user to whom nothing leads, at demo/room/");
    }

    @Test
    void indexRowWithoutAUserIsFound() throws Exception {
        assertThat(findings((transaction, tables) -> Whereabouts.put(ROOM, "carol", transaction))).singleElement()
                .asString()
                .startsWith("whereabouts: a user who is not there, at demo/room/");
    }

    private static final String FILE_ID = "018c0000-0000-7000-8000-000000000000";

    private List<String> findingsOfFiles(Tampering tampering) throws Exception {
        return findings((transaction, tables) -> {
            assertThat(StoredFiles.add(
                    new AddFile(ROOM, FILE_ID, "x", new StoredFile.Content(5, "image/png", "ab".repeat(32), "p"), 9),
                    1008, transaction)).isEqualTo(new AddFile.FileAdded());
            tampering.with(transaction, tables);
        });
    }

    @Test
    void fileInItsPlacesHasNoFindings() throws Exception {
        assertThat(findingsOfFiles((transaction, tables) -> {})).isEmpty();
    }

    @Test
    void fileInNoListOfAChannelIsFound() throws Exception {
        assertThat(findingsOfFiles((transaction, tables) -> FilesByChannel.delete(
                new StoredFile(ROOM, FILE_ID, "x", new StoredFile.Content(5, "", "", ""), 1008), transaction)))
                .containsExactly("files: it is in no list of a channel, at " + FILE_ID);
    }

    @Test
    void listedFileThatIsNotThereIsFound() throws Exception {
        assertThat(findingsOfFiles((transaction, tables) -> FilesByChannel.put(
                new StoredFile(ROOM, FILE_ID.replace('c', 'd'), "x", new StoredFile.Content(5, "", "", ""), 1008),
                transaction))).singleElement()
                .asString()
                .startsWith("filesByChannel: there is no such file, at demo/room/");
    }

    @Test
    void wrongSumOfFilesIsFound() throws Exception {
        assertThat(findingsOfFiles((transaction, tables) -> transaction.delete(tables.of(StoredFiles.TABLE),
                StoredFiles.key(FILE_ID)))).anySatisfy(
                        finding -> assertThat(finding).startsWith("files: the sums of keysets are "));
    }

    private static final ReadMark MARK = new ReadMark("bob", MESSAGE, 1008);

    private List<String> findingsOfMarks(Tampering tampering) throws Exception {
        return findings((transaction, tables) -> {
            assertThat(ReadMarks.mark(new MarkRead(ROOM, "bob", MESSAGE, 9), 1008, transaction).advances()).isTrue();
            tampering.with(transaction, tables);
        });
    }

    @Test
    void marksInTheirPlacesHaveNoFindings() throws Exception {
        assertThat(findingsOfMarks((transaction, tables) -> {})).isEmpty();
    }

    @Test
    void markInNoListOfReadersIsFound() throws Exception {
        assertThat(findingsOfMarks((transaction, tables) -> Readers.takeOut(KEY, MARK, transaction))).singleElement()
                .asString()
                .startsWith("readMarks: it is in no list of readers, at demo/room/");
    }

    @Test
    void readerWhoseMarkStandsElsewhereIsFound() throws Exception {
        ReadMark former = new ReadMark("bob", MESSAGE - 1, 1008);
        assertThat(findingsOfMarks((transaction, tables) -> Readers.put(KEY, former,
                (key, row) -> transaction.put(tables.of(Readers.TABLE), key, row)))).singleElement()
                .asString()
                .startsWith("readers: its mark stands elsewhere, at demo/room/");
    }

    private static final PushDevice DEVICE = new PushDevice("demo", Gateway.APNS2_PRODUCTION, "app", "ab");

    private List<String> findingsOfDevices(Tampering tampering) throws Exception {
        return findings((transaction, tables) -> {
            assertThat(Devices.change(new ChangeDevice(DEVICE, List.of("room"), List.of(), 9, 9), 1008, transaction))
                    .isEqualTo(new ChangeDevice.DeviceChanged());
            tampering.with(transaction, tables);
        });
    }

    @Test
    void devicesOfTheirChannelsHaveNoFindings() throws Exception {
        assertThat(findingsOfDevices((transaction, tables) -> {})).isEmpty();
    }

    @Test
    void deviceThatItsChannelLacksIsFound() throws Exception {
        assertThat(findingsOfDevices((transaction, tables) -> DevicesByChannel.delete(ROOM, DEVICE, transaction)))
                .singleElement()
                .asString()
                .startsWith("devices: its channel lacks it, at demo/room/");
    }

    @Test
    void channelOfADeviceThatLacksItIsFound() throws Exception {
        PushDevice other = new PushDevice("demo", Gateway.FCM, "", "t");
        assertThat(findingsOfDevices((transaction, tables) -> DevicesByChannel.put(ROOM, other, transaction)))
                .singleElement()
                .asString()
                .startsWith("devicesByChannel: the device lacks the channel, at demo/room/");
    }

    private static final EntityId USER = new EntityId("demo", EntityId.Kind.USER, "bob");

    private List<String> findingsOfObjects(Tampering tampering) throws Exception {
        Json name = new Json("{\"name\":\"Bob\"}".getBytes(StandardCharsets.UTF_8));
        return findings((transaction, tables) -> {
            assertThat(Entities.set(new SetEntity(USER, name, null, 9), 1007, transaction))
                    .isInstanceOf(SetEntity.EntitySet.class);
            assertThat(Memberships.set(USER, new ChangeMemberships.Member("room", name), 1007, transaction))
                    .isNotNull();
            tampering.with(transaction, tables);
        });
    }

    @Test
    void metadataInItsListsHasNoFindings() throws Exception {
        assertThat(findingsOfObjects((transaction, tables) -> {})).isEmpty();
    }

    @Test
    void metadataInNoListIsFound() throws Exception {
        assertThat(findingsOfObjects((transaction, tables) -> EntityLists.change(USER,
                new Metadata(new Json("{\"name\":\"Bob\"}".getBytes(StandardCharsets.UTF_8)), 1), null, transaction)))
                .anyMatch(line -> line.startsWith("entities: it is not in the list by NAME"));
    }

    @Test
    void listOfMetadataThatStandsElsewhereIsFound() throws Exception {
        assertThat(findingsOfObjects(
                (transaction, tables) -> EntityLists.change(USER, null, Metadata.NONE, transaction)))
                .anyMatch(line -> line.startsWith("entityLists: its metadata stands elsewhere"));
    }

    @Test
    void wrongNumberOfEntitiesIsFound() throws Exception {
        byte[] list = EntityKeys.list("demo", EntityId.Kind.USER);
        assertThat(findingsOfObjects((transaction, tables) -> EntityKeys.count(Entities.TABLE, list, 1, transaction)))
                .singleElement()
                .asString()
                .startsWith("entities: a list with another number of elements");
    }

    @Test
    void missingNumberOfEntitiesIsFound() throws Exception {
        byte[] list = EntityKeys.list("demo", EntityId.Kind.USER);
        assertThat(findingsOfObjects((transaction, tables) -> EntityKeys.count(Entities.TABLE, list, -1, transaction)))
                .singleElement()
                .asString()
                .startsWith("entities: a list without a number");
    }

    @Test
    void membershipInOneListOnlyIsFound() throws Exception {
        byte[] key = Keys.joined(EntityKeys.list(USER.other("room")), "bob");
        assertThat(findingsOfObjects((transaction, tables) -> transaction.delete(tables.of(Memberships.TABLE), key)))
                .anyMatch(line -> line.startsWith("memberships: the other list has something else"))
                .anyMatch(line -> line.startsWith("memberships: a list with another number of elements"));
    }

    @Test
    void fieldsInAnotherOrderAreFound() throws Exception {
        Json turned = new Json("{\"b\":1,\"a\":2}".getBytes(StandardCharsets.UTF_8));
        assertThat(findingsOfObjects((transaction, tables) -> transaction.put(tables.of(Entities.TABLE),
                Entities.key(USER), Entities.row(new Metadata(turned, 1007)))))
                .anyMatch(line -> line.startsWith("entities: fields that no change makes"));
    }

    @Test
    void nodeFromTheFutureIsFound() throws Exception {
        assertThat(findings(
                (transaction, tables) -> Nodes.put(7, new Nodes.Seen(2000, 1, 1, 0, "n", "", Nodes.NOT_BEGUN),
                        transaction)))
                .singleElement()
                .asString()
                .startsWith("meta: a row that makes no sense");
    }

    @Test
    void wrongCountOfUnannouncedUsersIsFound() throws Exception {
        byte[] row = ByteBuffer.allocate(2 * Long.BYTES).putLong(1).putLong(1).array();
        assertThat(findings((transaction, tables) -> transaction.put(tables.of(Leases.TABLE), KEY, row)))
                .singleElement()
                .asString()
                .startsWith("presence: 1 users fewer to be announced than counted, at demo/room/");
    }
}
