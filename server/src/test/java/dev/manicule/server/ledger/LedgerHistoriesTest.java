package dev.manicule.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.ActionChange;
import dev.manicule.server.command.ActionTerms;
import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.AddFile;
import dev.manicule.server.command.ChangeActions;
import dev.manicule.server.command.ChangeDevice;
import dev.manicule.server.command.ChangeGroup;
import dev.manicule.server.command.ChangeMemberships;
import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.DeleteFile;
import dev.manicule.server.command.DeleteGroup;
import dev.manicule.server.command.DeleteMessages;
import dev.manicule.server.command.ExpireActions;
import dev.manicule.server.command.ExpireFiles;
import dev.manicule.server.command.FollowFeed;
import dev.manicule.server.command.GrantToKeys;
import dev.manicule.server.command.IdempotencyKey;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.LeaseModel;
import dev.manicule.server.command.OperationId;
import dev.manicule.server.command.MarkRead;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.PresenceChange;
import dev.manicule.server.command.PresenceChange.Interval;
import dev.manicule.server.command.PresenceChange.Join;
import dev.manicule.server.command.PresenceChange.Leave;
import dev.manicule.server.command.PresenceChange.LeaveEverywhere;
import dev.manicule.server.command.PresenceChange.SetState;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.RemoveAction;
import dev.manicule.server.command.RemoveEntity;
import dev.manicule.server.command.RemoveDevice;
import dev.manicule.server.command.RemoveNode;
import dev.manicule.server.command.ReportNode;
import dev.manicule.server.command.Retain;
import dev.manicule.server.command.Retryable;
import dev.manicule.server.command.RevokeToken;
import dev.manicule.server.command.SetEntity;
import dev.manicule.server.command.Tick;
import dev.manicule.server.files.Folders;
import dev.manicule.server.json.Json;
import dev.manicule.server.ledger.GlobalFeed.Gap;
import dev.manicule.server.ledger.GlobalFeed.Page;
import dev.manicule.server.ledger.GlobalFeed.Scope;
import dev.manicule.server.ledger.LedgerReader.ActionPage;
import dev.manicule.server.ledger.LedgerReader.ChannelUser;
import dev.manicule.server.ledger.LedgerReader.MessagePage;
import dev.manicule.server.ledger.LedgerReader.Rest;
import dev.manicule.server.ledger.LedgerReader.UserPage;
import dev.manicule.server.ledger.LedgerReader.UserPlace;
import dev.manicule.server.ledger.RuleBookTest.StoringRules;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.ActionSummary;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.ChannelGroup.Members;
import dev.manicule.server.model.Entity;
import dev.manicule.server.model.EntityId;
import dev.manicule.server.model.EntityOrder;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Membership;
import dev.manicule.server.model.Message;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Metadata;
import dev.manicule.server.model.PushDevice.Gateway;
import dev.manicule.server.model.PushDevice;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.ReadMark;
import dev.manicule.server.model.Revision;
import dev.manicule.server.model.StoredFile;
import dev.manicule.server.model.Timetoken;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Generated histories of commands, commits and restarts: the ledger and the model must never tell apart. */
@SuppressWarnings({"NullAway", "NonApiType"}) // what the maps hold is known, and their order is the point
class LedgerHistoriesTest {
    // Names that would run into each other if keys were only joined.
    private static final List<Channel> CHANNELS = List.of(new Channel("demo", "a"), new Channel("demo", "ab"),
            new Channel("dem", "oa"), new Channel("demo", "ÿ\uFFFF😀"));
    private static final List<ChannelGroup> GROUPS = List.of(new ChannelGroup("demo", "a"),
            new ChannelGroup("dem", "oa"), new ChannelGroup("demo", "ab"));
    /** How many bytes the actions on a message may take: any number, or those of two or three. */
    private static final List<Long> ADD_LIMITS = List.of(Long.MAX_VALUE, 150L, 250L);
    private static final List<String> TYPES = List.of("reaction", "reactio", "edit", "deleted");
    private static final List<String> VALUES = List.of("n", "😀", "😀n", "");
    private static final List<String> UUIDS = List.of("alice", "bob", "\u0001");
    /** One has the name of a channel. */
    private static final List<String> USERS = List.of("alice", "a", "\u0001");
    private static final List<Json> PATCHES = List.of("{}", "{\"name\":\"n\"}", "{\"name\":\"😀\\u0000x\"}",
            "{\"name\":null,\"status\":\"s\"}", "{\"custom\":{\"a\":1},\"name\":\"\"}", "{\"type\":\"t\"}")
            .stream()
            .map(each -> new Json(each.getBytes(StandardCharsets.UTF_8)))
            .toList();
    private static final List<String> FILE_IDS = List.of("018c0000-0000-7000-8000-000000000000",
            "018c0000-0000-7000-8000-000000000001", "018c0000-0000-7000-8000-00000000000f",
            "018c0000-0000-7000-8000-000000000010");
    private static final List<Long> INVENTED = List.of(1L, 1595634332L, Long.MAX_VALUE);

    private static final int REPLICAS = 3;
    private static final List<String> NAMES = List.of("a", "b", "x.y", "z");
    private static final List<PushDevice> DEVICES = List.of(new PushDevice("demo", Gateway.FCM, "", "t"),
            new PushDevice("demo", Gateway.APNS2_PRODUCTION, "app", "ab"),
            new PushDevice("demo", Gateway.APNS2_PRODUCTION, "ap", "pab"),
            new PushDevice("other", Gateway.APNS, "", "ab"));

    private enum Kind {
        PUBLISH, TRANSIENT, FIRE, PRESENCE, REPORT_NODE, REMOVE_NODE, ADD, ADD_AGAIN, CHANGE, CHANGE_KNOWN, BATCH, REMOVE, REMOVE_FOREIGN, REMOVE_STRANGER, DELETE, GROUP, UNGROUP, ADD_STRICTLY, MODERATE, REVOKE, GRANT, ONCE, ONCE_AGAIN, LATER, RETAIN, MARK, EXPIRING, TICK, SET_ENTITY, REMOVE_ENTITY, MEMBERSHIPS, EXPIRE, PUBLISH_FILE, ADD_FILE, DELETE_FILE, EXPIRE_FILES, DEVICE, REMOVE_DEVICE, FOLLOW, REMOVE_ROWS, COMMIT, RESTART
    }

    /** A step; the numbers choose among what there is at that moment. */
    record Step(Kind kind, int channel, int message, int type, int value, int uuid, int start, int end) {}

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(net.jqwik.api.Tuple.of(6, Kind.PUBLISH),
                net.jqwik.api.Tuple.of(1, Kind.TRANSIENT), net.jqwik.api.Tuple.of(4, Kind.PRESENCE),
                net.jqwik.api.Tuple.of(1, Kind.REPORT_NODE), net.jqwik.api.Tuple.of(2, Kind.REMOVE_NODE),
                net.jqwik.api.Tuple.of(1, Kind.FIRE),
                net.jqwik.api.Tuple.of(12, Kind.ADD), net.jqwik.api.Tuple.of(3, Kind.ADD_AGAIN),
                net.jqwik.api.Tuple.of(5, Kind.REMOVE), net.jqwik.api.Tuple.of(6, Kind.CHANGE),
                net.jqwik.api.Tuple.of(3, Kind.CHANGE_KNOWN), net.jqwik.api.Tuple.of(4, Kind.BATCH),
                net.jqwik.api.Tuple.of(1, Kind.REMOVE_FOREIGN),
                net.jqwik.api.Tuple.of(1, Kind.REMOVE_STRANGER), net.jqwik.api.Tuple.of(2, Kind.DELETE),
                net.jqwik.api.Tuple.of(3, Kind.GROUP), net.jqwik.api.Tuple.of(1, Kind.UNGROUP),
                net.jqwik.api.Tuple.of(2, Kind.ADD_STRICTLY), net.jqwik.api.Tuple.of(1, Kind.MODERATE),
                net.jqwik.api.Tuple.of(2, Kind.REVOKE), net.jqwik.api.Tuple.of(3, Kind.GRANT),
                net.jqwik.api.Tuple.of(3, Kind.ONCE),
                net.jqwik.api.Tuple.of(4, Kind.ONCE_AGAIN), net.jqwik.api.Tuple.of(1, Kind.LATER),
                net.jqwik.api.Tuple.of(1, Kind.RETAIN), net.jqwik.api.Tuple.of(4, Kind.MARK),
                net.jqwik.api.Tuple.of(3, Kind.EXPIRING),
                net.jqwik.api.Tuple.of(5, Kind.SET_ENTITY), net.jqwik.api.Tuple.of(2, Kind.REMOVE_ENTITY),
                net.jqwik.api.Tuple.of(6, Kind.MEMBERSHIPS),
                net.jqwik.api.Tuple.of(2, Kind.TICK), net.jqwik.api.Tuple.of(4, Kind.EXPIRE),
                net.jqwik.api.Tuple.of(1, Kind.PUBLISH_FILE), net.jqwik.api.Tuple.of(6, Kind.ADD_FILE),
                net.jqwik.api.Tuple.of(2, Kind.DELETE_FILE), net.jqwik.api.Tuple.of(1, Kind.EXPIRE_FILES),
                net.jqwik.api.Tuple.of(5, Kind.DEVICE), net.jqwik.api.Tuple.of(1, Kind.REMOVE_DEVICE),
                net.jqwik.api.Tuple.of(2, Kind.FOLLOW),
                net.jqwik.api.Tuple.of(3, Kind.REMOVE_ROWS),
                net.jqwik.api.Tuple.of(4, Kind.COMMIT), net.jqwik.api.Tuple.of(1, Kind.RESTART));
        Arbitrary<Integer> any = Arbitraries.integers().between(0, 1_000_000);
        return Combinators.combine(kinds, any, any, any, any, any, any, any)
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(120);
    }

    @Property(tries = 60)
    void everyHistoryMatchesTheModel(@ForAll("histories") List<Step> history) throws Exception {
        Path folder = Files.createTempDirectory("manicule-ledger");
        try {
            Run run = new Run(folder);
            run.all(history);
            for (int seed = 0; seed < REPLICAS; seed++) {
                replicate(run.log, folder, new Random(seed * 31L + history.hashCode()));
            }
        } finally {
            Folders.delete(folder);
        }
    }

    /** The same commands in other batches, with other restarts, their rows removed at other times: the same tables. */
    private static void replicate(List<Entry> log, Path original, Random random) throws Exception {
        Path folder = Files.createTempDirectory("manicule-replica");
        try {
            Ledger replica = Ledger.open(folder, RuleBookTest.NEWEST);
            Transaction transaction = replica.transaction();
            for (Entry entry : log) {
                assertThat(replica.apply(entry.command(), entry.timetoken(), transaction)).isEqualTo(entry.outcome());
                int choice = random.nextInt(12);
                if (choice < 4) {
                    replica.commit(transaction);
                    if (choice == 0) {
                        replica.close();
                        replica = Ledger.open(folder, RuleBookTest.NEWEST);
                    } else if (choice == 1) {
                        replica.sweep();
                        boolean _ = replica.removeRows();
                    }
                    transaction = replica.transaction();
                }
            }
            replica.commit(transaction);
            replica.close();
            assertThat(rows(folder)).isEqualTo(rows(original));
        } finally {
            Folders.delete(folder);
        }
    }

    /**
     * From one entry on, what is only delivered is stored too. Whatever the batches and restarts, the tables are those of a history under the first
     * version in which just that was asked for.
     */
    @Property(tries = 30)
    void rulesThatChangeInTheMiddleOfAHistoryChangeAtTheirEntry(@ForAll("histories") List<Step> history,
            @ForAll int seed) throws Exception {
        Path folder = Files.createTempDirectory("manicule-rules");
        try {
            Run run = new Run(folder.resolve("commands"));
            run.all(history);
            if (run.log.isEmpty()) {
                return;
            }
            Random random = new Random(seed);
            int change = random.nextInt(run.log.size());
            List<dev.manicule.server.command.Entry> changing = new ArrayList<>();
            List<dev.manicule.server.command.Entry> first = new ArrayList<>();
            for (int i = 0; i < run.log.size(); i++) {
                Entry entry = run.log.get(i);
                int rules = i < change ? 1 : i == change ? 2 : random.nextInt(3);
                changing.add(entry.asks(i, rules, entry.command()));
                first.add(entry.asks(i, 1, i < change ? entry.command() : StoringRules.stored(entry.command())));
            }
            List<String> expected = tables(first, folder.resolve("first"), new Random(1));
            expected.add("default " + HexFormat.of().formatHex(State.RULES) + " = 0000000000000002");
            for (int replica = 0; replica < REPLICAS; replica++) {
                assertThat(tables(changing, folder.resolve("replica" + replica), random))
                        .containsExactlyInAnyOrderElementsOf(expected);
            }
        } finally {
            Folders.delete(folder);
        }
    }

    /** The rows that entries lead to, in some batches and with some restarts. */
    private static List<String> tables(List<dev.manicule.server.command.Entry> entries, Path folder, Random random)
            throws Exception {
        Ledger ledger = Ledger.open(folder, RuleBookTest.TWO);
        ledger.keepDigests(true); // which are rows too
        Transaction transaction = ledger.transaction();
        for (int offset = 0; offset < entries.size(); offset++) {
            assertThat(ledger.apply(entries.get(offset), offset, 0, transaction)).isNotNull();
            int choice = random.nextInt(12);
            if (choice < 4) {
                ledger.commit(transaction);
                if (choice == 0) {
                    ledger.close();
                    ledger = Ledger.open(folder, RuleBookTest.TWO);
                } else if (choice == 1) {
                    ledger.sweep();
                    boolean _ = ledger.removeRows();
                }
                transaction = ledger.transaction();
            }
        }
        ledger.commit(transaction);
        ledger.close();
        return rows(folder);
    }

    /** All rows of all tables, once those that nobody sees are removed. */
    private static List<String> rows(Path folder) throws Exception {
        try (Ledger ledger = Ledger.open(folder, RuleBookTest.TWO)) {
            ledger.sweep();
            while (ledger.hasRowsToRemove()) {
                boolean _ = ledger.removeRows();
            }
        }
        List<String> rows = new ArrayList<>();
        try (Snapshot snapshot = Snapshot.openData(folder)) {
            for (String table : Tables.NAMES) {
                snapshot.walk(snapshot.tables.of(table), new byte[0], new byte[0],
                        (key, row) -> rows.add(table + " " + HexFormat.of().formatHex(key) + " = "
                                + HexFormat.of().formatHex(row)));
            }
        }
        return rows;
    }

    /** A command that was applied. */
    private record Entry(Command<?> command, long timetoken, Outcome outcome) {
        /** An entry of a log that gives a command the timetoken of this one. */
        dev.manicule.server.command.Entry asks(int sequence, int rules, Command<?> other) {
            return new dev.manicule.server.command.Entry(new OperationId(1, sequence), rules, timetoken - 1, other);
        }
    }

    /** One history, on the ledger and on the model. */
    private static final class Run {
        private final Path folder;
        private final LedgerModel model = new LedgerModel();
        private Ledger ledger;
        private Transaction transaction;
        private long timetoken = 1000;
        private long committed;
        private final List<Event> told = new ArrayList<>();
        private final List<Entry> log = new ArrayList<>();
        private final List<Idempotent<?>> asked = new ArrayList<>();
        private final Map<Channel, ChannelContent> known = new HashMap<>();

        Run(Path folder) throws DataFolderException {
            this.folder = folder;
            ledger = Ledger.open(folder, RuleBookTest.NEWEST);
            transaction = ledger.transaction();
        }

        void all(List<Step> history) throws Exception {
            try {
                for (Step step : history) {
                    one(step);
                }
                commit();
                restart();
                CHANNELS.forEach(this::compare);
                compareFiles();
                comparePresence();
                compareObjects();
                compareGroups();
                compareFeed();
                compareDevices();
                assertThat(ledger.reads().revocations()).containsExactlyInAnyOrderElementsOf(model.revoked);
                assertThat(ledger.reads().keyGrants())
                        .containsExactlyInAnyOrderElementsOf(model.keyGrants.values());
            } finally {
                ledger.close();
            }
        }

        private void one(Step step) throws Exception {
            switch (step.kind()) {
                case COMMIT -> commit();
                case REMOVE_ROWS -> {
                    commit();
                    if (step.start() % 3 == 0) {
                        ledger.sweep();
                    }
                    for (int slices = step.end() % 4; slices > 0 && ledger.hasRowsToRemove(); slices--) {
                        boolean _ = ledger.removeRows();
                    }
                    CHANNELS.forEach(this::compare);
                    compareFeed();
                    compareUsers();
                    compareObjects();
                }
                case RESTART -> {
                    commit();
                    restart();
                }
                default -> {
                    Command<?> command = command(step);
                    timetoken += 1 + step.start() % 3
                            + (step.kind() == Kind.LATER ? Timetoken.SHORTLY * 3 / 4 : 0);
                    Outcome outcome = ledger.apply(command, timetoken, transaction);
                    assertThat(outcome).isEqualTo(model.apply(command, timetoken));
                    log.add(new Entry(command, timetoken, outcome));
                    timetoken += command.timetokens() - 1;
                }
            }
        }

        private void compareFiles() {
            assertThat(ledger.reads().files("", 100).files()).containsExactlyElementsOf(model.files.values());
            for (Channel channel : CHANNELS) {
                List<StoredFile> there = model.files.values()
                        .stream()
                        .filter(file -> file.channel().equals(channel))
                        .toList();
                List<StoredFile> found = new ArrayList<>();
                String next = null;
                do {
                    LedgerReader.FilePage page = ledger.reads().files(channel, next, 0, 1);
                    found.addAll(page.files());
                    next = page.next();
                } while (next != null);
                assertThat(found).containsExactlyElementsOf(there);
            }
            for (String keyset : List.of("demo", "dem")) {
                assertThat(ledger.reads().fileBytes(keyset)).isEqualTo(model.files.values()
                        .stream()
                        .filter(file -> file.channel().keyset().equals(keyset))
                        .mapToLong(file -> file.content().size())
                        .sum());
            }
        }

        private Command<?> command(Step step) {
            Channel channel = pick(CHANNELS, step.channel());
            List<MessageAction> actions = List.copyOf(LedgerModel.of(model.actions, channel).values());
            long message = message(channel, step.message());
            String type = pick(TYPES, step.type());
            String value = pick(VALUES, step.value());
            String uuid = pick(UUIDS, step.uuid());
            MessageAction known = actions.isEmpty()
                    ? new MessageAction(message, type, value, uuid, 5)
                    : pick(actions, step.start());
            return switch (step.kind()) {
                case TRANSIENT -> publish(channel, step, Delivery.TRANSIENT);
                case FIRE -> publish(channel, step, Delivery.FIRED);
                case PUBLISH_FILE -> publish(channel, step,
                        step.end() % 3 == 0 ? Delivery.TRANSIENT_FILE : Delivery.FILE);
                case ADD_FILE -> new AddFile(channel, pick(FILE_IDS, step.type()), pick(VALUES, step.value() % 3),
                        new StoredFile.Content(step.start() % 5, "image/png",
                                String.valueOf(step.start() % 5).repeat(64), "p" + step.end()),
                        step.uuid() % 4 == 0 ? 6 : Long.MAX_VALUE);
                case DELETE_FILE -> {
                    StoredFile file = model.files.get(pick(FILE_IDS, step.type()));
                    yield file == null || step.end() % 4 == 0
                            ? new DeleteFile(channel, pick(FILE_IDS, step.type()), pick(VALUES, step.value() % 3))
                            : new DeleteFile(file.channel(), file.id(), file.name());
                }
                case EXPIRE_FILES -> new ExpireFiles(FILE_IDS);
                case ADD -> new AddAction(channel, message, type, value, uuid, false,
                        pick(ADD_LIMITS, step.start()));
                case ADD_AGAIN -> new AddAction(channel, known.messageTimetoken(), known.type(), known.value(),
                        known.uuid());
                case CHANGE -> new ChangeActions(channel, change(channel, step));
                case CHANGE_KNOWN -> new ChangeActions(channel, changeOf(known, step));
                case BATCH -> new ChangeActions(channel, List.of(change(channel, step), changeOf(known, step),
                        change(channel, new Step(step.kind(), 0, step.uuid(), step.message(), step.type(),
                                step.value(), step.end(), step.start()))),
                        step.end() % 2 == 0);
                case REMOVE ->
                    new RemoveAction(channel, known.messageTimetoken(), known.actionTimetoken(), known.uuid());
                case ADD_STRICTLY -> new AddAction(channel, message, type, value, uuid, true,
                        pick(ADD_LIMITS, step.start()));
                case MODERATE -> new RemoveAction(channel, known.messageTimetoken(), known.actionTimetoken(), "boss",
                        true);
                case ONCE -> once(new AddAction(channel, message, type, value, uuid), step);
                case ONCE_AGAIN ->
                    asked.isEmpty() ? publish(channel, step, Delivery.STORED) : pick(asked, step.start());
                case RETAIN -> new Retain(channel.keyset(),
                        step.start() % 4 == 0 ? Retain.FOREVER : 1 + step.start() % (timetoken + 20));
                case EXPIRING ->
                    new Publish(channel, publish(channel, step, Delivery.STORED).payload(), null, null, null,
                            null, null, Delivery.STORED).lasting(1 + step.start() % 40);
                case EXPIRE -> new ExpireActions(1 + step.end() % 3);
                case MARK -> new MarkRead(channel, uuid, step.end() % 3 == 0 ? step.start() : message,
                        step.value() % 4 == 0 ? 2 : 3);
                case SET_ENTITY -> setEntity(step);
                case REMOVE_ENTITY -> new RemoveEntity(entity(step.channel(), step.uuid()), step.end() % 3);
                case MEMBERSHIPS -> memberships(step);
                case DEVICE -> new ChangeDevice(pick(DEVICES, step.uuid()), names(step.start()), names(step.end()),
                        1 + step.type() % 4, 1 + step.value() % 3);
                case REMOVE_DEVICE -> new RemoveDevice(pick(DEVICES, step.uuid()),
                        step.end() % 3 == 0 ? Long.MAX_VALUE : timetoken - step.start() % 20);
                case FOLLOW -> new FollowFeed("r" + step.type() % 2, step.uuid() % 2, timetoken + 5 - step.start() % 20,
                        step.end() % 40);
                case TICK -> new Tick();
                case REVOKE -> new RevokeToken(channel.keyset(), value.length() + "abcdef",
                        1_000_000 + step.start() % 4, 1_086_400 + step.start() % 7);
                case GRANT -> new GrantToKeys(channel.keyset(), List.of("c" + channel.name(), "gteam"),
                        List.of(type, value), step.value() % 3 == 0 ? 0 : 1 + step.start() % 255,
                        1_000_000 + step.start() % 4, 1_086_400 + step.end() % 7, 4 + step.end() % 4);
                case REMOVE_FOREIGN -> new RemoveAction(channel, known.messageTimetoken(), known.actionTimetoken(),
                        known.uuid() + "x");
                case REMOVE_STRANGER -> new RemoveAction(channel, known.messageTimetoken() - 1, known.actionTimetoken(),
                        known.uuid());
                case DELETE -> new DeleteMessages(channel, range(step, channel));
                case PRESENCE -> new ChangePresence(1 + step.end() % 3, CHANNELS.subList(0, 1 + step.value() % 4)
                        .stream()
                        .map(each -> change(each, uuid, step))
                        .toList());
                case REPORT_NODE -> new ReportNode(1 + step.end() % 3, "n" + step.value(), "a" + step.message(),
                        new ReportNode.Incarnation(1 + step.start() % 2, step.type() % 2 == 0, step.start() % 3),
                        step.uuid() % 4,
                        new ReportNode.Reached(step.value(), step.value() % 2, step.start()));
                case REMOVE_NODE -> new RemoveNode(1 + step.end() % 3,
                        step.start() % 4 == 0 ? step.message() : Long.MAX_VALUE, 1 + step.value() % 4);
                case GROUP -> new ChangeGroup(pick(GROUPS, step.type()),
                        CHANNELS.subList(0, step.value() % 4).stream().map(Channel::name).toList(),
                        step.uuid() % 2 == 0 ? List.of() : List.of(channel.name(), "never there"),
                        step.start() % 3 == 0 ? 2 : ChannelGroup.MAX_CHANNELS);
                case UNGROUP -> new DeleteGroup(pick(GROUPS, step.type()));
                case PUBLISH, LATER, REMOVE_ROWS, COMMIT, RESTART -> publish(channel, step, Delivery.STORED);
            };
        }

        private static EntityId entity(int channel, int uuid) {
            Channel of = pick(CHANNELS, channel);
            return uuid % 2 == 0
                    ? new EntityId(of.keyset(), EntityId.Kind.CHANNEL, of.name())
                    : new EntityId(of.keyset(), EntityId.Kind.USER, pick(USERS, uuid / 2));
        }

        private SetEntity setEntity(Step step) {
            EntityId entity = entity(step.channel(), step.uuid());
            Metadata there = model.objects.entities.get(entity);
            String tag = switch (step.end() % 4) {
                case 0 -> there == null ? "none" : there.eTag();
                case 1 -> step.end() % 3 == 0 ? "other" : null;
                default -> null;
            };
            return new SetEntity(entity, pick(PATCHES, step.start()), tag, step.type() % 3 == 0 ? 2 : 9);
        }

        private static ChangeMemberships memberships(Step step) {
            EntityId owner = entity(step.channel(), step.uuid());
            List<String> names = owner.kind() == EntityId.Kind.USER
                    ? CHANNELS.stream().map(Channel::name).toList()
                    : USERS;
            return new ChangeMemberships(owner,
                    names.subList(0, step.start() % 4 == 0 ? 0 : 1 + step.value() % 2)
                            .stream()
                            .map(name -> new ChangeMemberships.Member(name, pick(PATCHES, step.end())))
                            .toList(),
                    step.type() % 3 == 0 ? List.of(pick(names, step.message()), "never there") : List.of(),
                    step.end() % 5 == 0, step.end() % 7 == 0 ? 1 : 9);
        }

        private static PresenceChange change(Channel channel, String uuid, Step step) {
            boolean isAnnounced = step.type() % 3 > 0;
            Json state = step.start() % 3 == 0
                    ? null
                    : new Json(("{\"s\":" + step.start() % 2 + "}").getBytes(StandardCharsets.UTF_8));
            return switch ((step.message() + channel.name().length()) % 5) {
                case 0, 1 -> new Join(channel, uuid, step.start(), state, isAnnounced,
                        !isAnnounced && step.value() % 3 > 0);
                case 2 -> new Leave(channel, uuid, step.value() % 2 == 0, isAnnounced);
                case 3 -> state == null
                        ? new Interval(channel, UUIDS, UUIDS, List.of(uuid), step.value() % 2 == 0,
                                step.type() % 2 == 0 ? null : pick(GROUPS, step.type()))
                        : new SetState(channel, uuid, state, isAnnounced);
                default -> step.value() % 2 == 0
                        ? new Leave(channel, uuid, false, isAnnounced)
                        : new LeaveEverywhere(channel, uuid, step.start() % 3 == 0 ? "group" : null, isAnnounced);
            };
        }

        /** Names are few, so that some are used for different things. */
        private Idempotent<?> once(AddAction add, Step step) {
            Retryable<?> command = switch (step.end() % 7) {
                case 0 -> add;
                case 5 -> setEntity(step);
                case 6 -> memberships(step);
                case 1 -> publish(add.channel(), step, Delivery.STORED);
                case 2, 3 -> new ChangeActions(add.channel(), List.of(change(add.channel(), step),
                        change(add.channel(), new Step(step.kind(), 0, step.type(), step.value(), step.uuid(),
                                step.message(), step.end(), step.start()))),
                        step.end() % 2 == 0);
                default -> new RemoveAction(add.channel(), add.messageTimetoken(), step.start(), add.uuid());
            };
            boolean isStrict = step.start() % 2 == 0;
            byte[] name = new byte[IdempotencyKey.BYTES];
            name[0] = (byte) (step.value() % 6 * UUIDS.size() + UUIDS.indexOf(add.uuid())); // a name is one user's
            IdempotencyKey id = IdempotencyKey.of("demo", "alice", "", command, isStrict);
            Idempotent<?> once = new Idempotent<>(command, new IdempotencyKey(name, id.content(), isStrict));
            asked.add(once);
            return once;
        }

        private ActionChange change(Channel channel, Step step) {
            long message = message(channel, step.message());
            String type = pick(TYPES, step.type());
            String value = pick(VALUES, step.value());
            String uuid = pick(UUIDS, step.uuid());
            return switch (step.start() % 9) {
                case 0 -> new ActionChange.Replace(message, type,
                        VALUES.stream().filter(each -> (step.end() >> VALUES.indexOf(each)) % 2 == 0).toList(), uuid,
                        ttl(step), terms(step));
                case 1 -> new ActionChange.TakeOff(message, step.end() % 3 == 0 ? null : type,
                        step.end() % 3 < 2 ? null : value, step.uuid() % 4 == 0 ? null : uuid, "boss",
                        1 + step.end() % 4);
                case 2, 3 ->
                    new ActionChange.AddAmount(message, type, value, uuid, amount(step), ttl(step), terms(step));
                default ->
                    new ActionChange.Put(message, type, value, uuid, ttl(step), step.start() % 3 == 0, terms(step));
            };
        }

        /** A change that is about an action which is there, most of the time. */
        private static ActionChange changeOf(MessageAction known, Step step) {
            return switch (step.end() % 6) {
                case 0 -> new ActionChange.Put(known.messageTimetoken(), known.type(), known.value(), known.uuid(),
                        ttl(step), step.message() % 2 == 0, terms(step));
                case 1 -> ActionChange.TakeOff.one(known.messageTimetoken(), known.type(), known.value(),
                        known.uuid(), "boss");
                case 2 -> new ActionChange.Put(known.messageTimetoken(), known.type(), pick(VALUES, step.value()),
                        known.uuid(), ttl(step), step.value() % 2 == 0, terms(step));
                case 3, 4 -> new ActionChange.AddAmount(known.messageTimetoken(), known.type(), known.value(),
                        known.uuid(), amount(step), ttl(step), terms(step));
                default -> new ActionChange.Replace(known.messageTimetoken(), known.type(),
                        List.of(pick(VALUES, step.value())), known.uuid(), ttl(step), terms(step));
            };
        }

        private static int amount(Step step) {
            int amount = step.message() % 6 - 2;
            return step.message() % 11 == 0 ? MessageAction.MOST_AMOUNT : amount == 0 ? 7 : amount;
        }

        private static long ttl(Step step) {
            return step.start() % 2 == 0 ? ActionChange.FOREVER : 1 + step.start() % 30;
        }

        private static ActionTerms terms(Step step) {
            ActionRule.Kind[] kinds = ActionRule.Kind.values();
            return new ActionTerms(step.end() % 5 == 0, pick(ADD_LIMITS, step.start()),
                    kinds[step.end() % kinds.length],
                    step.value() % 3 == 0 ? 1 + step.end() % 3 : ActionRule.ANY_NUMBER,
                    step.value() % 5 == 0 ? 1 + step.end() % 2 : ActionRule.ANY_NUMBER);
        }

        private static Publish publish(Channel channel, Step step, Delivery delivery) {
            Json payload = new Json(("{\"n\":" + step.value() + "}").getBytes(StandardCharsets.UTF_8));
            Json meta = step.type() % 2 == 0 ? null : new Json("\"é\"".getBytes(StandardCharsets.UTF_8));
            String uuid = step.uuid() % 4 == 0 ? null : pick(UUIDS, step.uuid());
            return new Publish(channel, payload, meta, uuid, null, null, null, delivery);
        }

        private long message(Channel channel, int choice) {
            List<Long> all = new ArrayList<>(LedgerModel.of(model.messages, channel).keySet());
            all.addAll(INVENTED);
            return pick(all, choice);
        }

        private Range range(Step step, Channel channel) {
            Long start = step.start() % 4 == 0
                    ? null
                    : (Long) Math.max(0, message(channel, step.start()) - 1 + step.start() % 3);
            Long end = step.end() % 4 == 0 ? null : (Long) message(channel, step.end());
            return Range.ofHistory(start, end, step.value() % 2 == 0);
        }

        private void commit() {
            ledger.commit(transaction);
            told.addAll(transaction.events());
            committed = Math.max(committed, transaction.lastTimetoken());
            transaction = ledger.transaction();
            CHANNELS.forEach(this::compareWithTheSameVersion);
            assertThat(told).isSortedAccordingTo((a, b) -> Long.compare(a.timetoken(), b.timetoken()));
        }

        /** What is stored on a channel, and the version it had then. */
        private record ChannelContent(long version, List<String> messages, List<MessageAction> actions) {}

        private void compareWithTheSameVersion(Channel channel) {
            LedgerReader reads = ledger.reads();
            ChannelContent stored = new ChannelContent(reads.version(channel),
                    reads.messages(channel, Range.ALL, 100, LedgerReader.WithActions.ALL, 1 << 20)
                            .messages()
                            .stream()
                            .map(Message::toString)
                            .toList(),
                    reads.actions(channel, Range.ALL, 100, 1 << 20).rows().stream().map(Actions::read).toList());
            assertThat(stored.version % 2).as("nothing is being written").isZero();
            ChannelContent before = known.put(channel, stored);
            if (before != null && before.version == stored.version && !model.retained.containsKey(channel.keyset())) {
                assertThat(stored).isEqualTo(before);
            }
        }

        private void restart() throws DataFolderException {
            ledger.close();
            try (Snapshot snapshot = Snapshot.openData(folder)) {
                assertThat(IntegrityCheck.of(snapshot, Progress.NONE).findings()).isEmpty();
            }
            ledger = Ledger.open(folder, RuleBookTest.NEWEST);
            known.clear();
            transaction = ledger.transaction();
            assertThat(ledger.lastTimetoken()).isEqualTo(committed);
        }

        /** Summaries are those of the model, alone and with the messages of a page. */
        private void compareSummaries(Channel channel) {
            TreeSet<Long> about = new TreeSet<>(INVENTED);
            about.addAll(LedgerModel.of(model.messages, channel).keySet());
            LedgerModel.of(model.actions, channel).values().forEach(action -> about.add(action.messageTimetoken()));
            String reader = UUIDS.get((int) (timetoken % UUIDS.size()));
            List<ActionSummary> read = ledger.reads()
                    .summaries(channel, List.copyOf(about), reader, Integer.MAX_VALUE)
                    .summaries();
            assertThat(read.stream().map(ActionSummary::messageTimetoken)).containsExactlyElementsOf(about);
            for (ActionSummary summary : read) {
                compareSummary(channel, summary, reader);
            }
            ledger.reads()
                    .messages(channel, Range.ALL, 100, new LedgerReader.WithActions(true, true, reader, null), 1 << 20)
                    .messages()
                    .forEach(message -> {
                        compareSummary(channel, message.on().summary(), reader);
                        assertThat(message.on().groups()).hasSameSizeAs(message.on().summary().tallies());
                    });
        }

        private void compareSummary(Channel channel, ActionSummary summary, String reader) {
            assertThat(summary.tallies()).containsExactlyInAnyOrderElementsOf(
                    model.summary(channel, summary.messageTimetoken(), summary.asOf(), reader).tallies());
            LedgerModel.of(model.feed, channel)
                    .forEach((at, what) -> assertThat(at <= summary.asOf() || !model.isAbout(channel, at,
                            summary.messageTimetoken())).as("%s at %d is behind %s", what, at, summary).isTrue());
        }

        /** The edit or deletion of each message of a page that counts is the one that all actions give. */
        private void compareRevisions(Channel channel) {
            for (Revision.Authority authority : List.of(new Revision.Authority(false, false),
                    new Revision.Authority(true, false), new Revision.Authority(false, true))) {
                for (boolean isAll : new boolean[]{false, true}) {
                    ledger.reads()
                            .messages(channel, Range.ALL, 100,
                                    new LedgerReader.WithActions(isAll, isAll, null, authority), 1 << 20)
                            .messages()
                            .forEach(message -> assertThat(message.on().revision())
                                    .isEqualTo(model.revision(channel, message.timetoken(), authority)));
                }
            }
        }

        private void compare(Channel channel) {
            compareSummaries(channel);
            compareRevisions(channel);
            TreeMap<Long, Publish> messages = LedgerModel.of(model.messages, channel);
            TreeMap<Long, MessageAction> actions = LedgerModel.of(model.actions, channel);
            LedgerReader reads = ledger.reads();
            for (Range range : ranges(messages)) {
                comparePage(channel, range, messages, actions, reads);
                List<Long> inRange = LedgerModel.inRange(actions, range);
                ActionPage page = reads.actions(channel, range, 5, 1 << 20);
                List<Long> newest = inRange.subList(Math.max(0, inRange.size() - 5), inRange.size());
                assertThat(page.rows().stream().map(Actions::read).toList())
                        .isEqualTo(newest.stream().map(actions::get).toList());
                assertThat(page.more()).isEqualTo(inRange.size() > 5);
            }
            assertThat(reads.countMessages(channel, 0, 10_000)).isEqualTo(messages.size());
            compareCounts(channel, messages, reads);
            compareMarks(channel, messages, reads);
            List<Event> events = reads.events(channel, 0, Long.MAX_VALUE, Long.MAX_VALUE, 10_000);
            TreeMap<Long, String> feed = new TreeMap<>(LedgerModel.of(model.feed, channel));
            feed.keySet().removeIf(at -> feed.get(at).equals("message") && !messages.containsKey(at)); // transient: too old
            assertThat(events.stream().map(Event::timetoken).toList()).isEqualTo(new ArrayList<>(feed.keySet()));
        }

        /** From before each message on, and from behind each; also when it is deleted. */
        private void compareCounts(Channel channel, TreeMap<Long, Publish> messages, LedgerReader reads) {
            TreeSet<Long> places = new TreeSet<>(List.of(0L, 1L, timetoken, Long.MAX_VALUE));
            log.forEach(entry -> places.addAll(List.of(entry.timetoken() - 1, entry.timetoken())));
            for (long after : places) {
                assertThat(reads.messagesAfter(List.of(channel), new long[]{after}))
                        .as("after %d on %s", after, channel)
                        .containsExactly(messages.tailMap(after, false).size());
            }
        }

        private void compareMarks(Channel channel, TreeMap<Long, Publish> messages, LedgerReader reads) {
            List<ReadMark> marks = List
                    .copyOf(model.marks.computeIfAbsent(channel, first -> new TreeMap<>()).values());
            for (String uuid : UUIDS) {
                long upTo = marks.stream()
                        .filter(mark -> mark.uuid().equals(uuid))
                        .mapToLong(ReadMark::upTo)
                        .sum();
                assertThat(reads.unread(List.of(channel), uuid, 0)).containsExactly(
                        new LedgerReader.Unread(channel, upTo, messages.tailMap(upTo, false).size()));
            }
            List<ReadMark> furthest = marks.stream()
                    .sorted(Comparator.comparingLong(ReadMark::upTo).reversed().thenComparing(ReadMark::uuid))
                    .toList();
            TreeSet<Long> places = new TreeSet<>(List.of(0L, timetoken / 2, Long.MAX_VALUE));
            marks.forEach(mark -> places.addAll(List.of(mark.upTo(), mark.upTo() + 1)));
            for (long since : places) {
                List<ReadMark> readers = furthest.stream().filter(mark -> mark.upTo() >= since).toList();
                for (int most = 1; most <= 3; most++) { // three hold all
                    assertThat(marks(channel, since, true, most, reads)).isEqualTo(readers);
                    assertThat(marks(channel, since, false, most, reads)).isEqualTo(readers.reversed());
                }
            }
        }

        @SuppressWarnings("NullAway") // a cursor is that of the page before
        private static List<ReadMark> marks(Channel channel, long since, boolean isNewestFirst, int most,
                LedgerReader reads) {
            List<ReadMark> read = new ArrayList<>();
            String next = null;
            do {
                LedgerReader.MarkPage page = reads.marks(channel, since, next, isNewestFirst, most);
                assertThat(page.marks()).hasSize(page.next() == null ? page.marks().size() : most);
                read.addAll(page.marks());
                next = page.next();
            } while (next != null);
            return read;
        }

        private static List<String> names(int bits) {
            return IntStream.range(0, NAMES.size()).filter(i -> (bits >> i & 1) == 1).mapToObj(NAMES::get).toList();
        }

        private void compareDevices() {
            LedgerReader reads = ledger.reads();
            for (PushDevice device : DEVICES) {
                List<String> channels = model.devices.containsKey(device)
                        ? List.copyOf(model.devices.get(device).channels())
                        : List.of();
                assertThat(reads.channelsOf(device, null, 9)).isEqualTo(channels);
                if (!channels.isEmpty()) {
                    assertThat(reads.channelsOf(device, channels.getFirst(), 1))
                            .isEqualTo(channels.stream().skip(1).limit(1).toList());
                }
            }
            for (String name : NAMES) {
                compareDevices(new Channel("demo", name), reads);
                compareDevices(new Channel("other", name), reads);
            }
        }

        @SuppressWarnings("NullAway") // a cursor is that of the page before
        private void compareDevices(Channel channel, LedgerReader reads) {
            List<PushDevice> found = new ArrayList<>();
            PushDevice next = null;
            do {
                LedgerReader.DevicePage page = reads.devices(channel, Gateway.FCM, Gateway.APNS2_PRODUCTION, next, 1);
                found.addAll(page.devices());
                next = page.next();
            } while (next != null);
            assertThat(found).containsExactlyInAnyOrderElementsOf(model.devicesOf(channel));
            assertThat(reads.devices(channel, Gateway.APNS, Gateway.APNS2_PRODUCTION, null, 9).devices())
                    .containsExactlyElementsOf(
                            found.stream().filter(device -> device.gateway() != Gateway.FCM).toList());
        }

        private void compareFeed() {
            TreeMap<Long, Channel> expected = new TreeMap<>();
            for (Channel channel : CHANNELS) {
                LedgerModel.of(model.feed, channel).forEach((at, what) -> {
                    if (!what.equals("message") || LedgerModel.of(model.messages, channel).containsKey(at)) {
                        expected.put(at, channel);
                    }
                });
            }
            assertThat(feed(0, Scope.KEPT)).isEqualTo(expected);
            long lowest = ledger.reads().eventsAfter(0, Scope.ALL, 1, 1) instanceof Gap(long offset) ? offset : 0;
            told.stream()
                    .filter(event -> !event.kept())
                    .forEach(event -> expected.put(event.timetoken(), event.channel()));
            assertThat(feed(lowest, Scope.ALL)).isEqualTo(expected.tailMap(lowest, false));
        }

        private Map<Long, Channel> feed(long after, Scope scope) {
            Map<Long, Channel> found = new LinkedHashMap<>();
            Page page;
            long next = after;
            do {
                page = (Page) ledger.reads().eventsAfter(next, scope, 3, Long.MAX_VALUE);
                page.events().forEach(event -> found.put(event.timetoken(), event.channel()));
                next = page.next();
            } while (page.more());
            assertThat(List.copyOf(found.keySet())).isSorted();
            return found;
        }

        private void comparePresence() {
            for (long node = 1; node <= 3; node++) {
                TreeSet<String> leases = new TreeSet<>();
                ledger.reads().leases(node, lease -> leases.add(LeaseModel.words(lease)));
                assertThat(leases).isEqualTo(model.leases.leases(node));
            }
            compareUsers();
            assertThat(ledger.reads().nodes())
                    .extracting(node -> node.number() + " " + node.name() + " " + node.incarnation() + " "
                            + node.seen() + " " + node.rules() + " " + node.address() + " " + node.applied())
                    .containsExactlyElementsOf(model.leases.nodes());
            TreeMap<Long, String> announced = new TreeMap<>();
            told.stream()
                    .filter(event -> Channel.isPresence(event.channel().name()))
                    .forEach(event -> announced.put(event.timetoken(),
                            new String(event.envelope(), StandardCharsets.UTF_8)));
            assertThat(announced.keySet()).isEqualTo(model.announced.headMap(committed, true).keySet());
            announced.forEach((at, text) -> assertThat(text)
                    .contains(",\"d\":" + model.announced.get(at).json(Timetoken.seconds(at))));
        }

        private void compareObjects() {
            LedgerReader reads = ledger.reads();
            for (String keyset : List.of("demo", "dem")) {
                for (EntityId.Kind kind : EntityId.Kind.values()) {
                    Map<String, Metadata> expected = new TreeMap<>(AppContextModel.BY_NAME);
                    model.objects.entities.forEach((id, metadata) -> {
                        if (id.keyset().equals(keyset) && id.kind() == kind) {
                            expected.put(id.name(), metadata);
                        }
                    });
                    assertThat(reads.countEntities(keyset, kind)).isEqualTo(expected.size());
                    for (EntityOrder order : EntityOrder.values()) {
                        List<Entity> sorted = expected.entrySet()
                                .stream()
                                .map(each -> new Entity(new EntityId(keyset, kind, each.getKey()), each.getValue()))
                                .sorted((one, other) -> Arrays.compareUnsigned(
                                        order.key(one.id().name(), one.metadata()),
                                        order.key(other.id().name(), other.metadata())))
                                .toList();
                        assertThat(all(from -> reads.entities(keyset, kind, order, from, 2), false)).isEqualTo(sorted);
                        assertThat(all(from -> reads.entities(keyset, kind, order, from, 2), true))
                                .isEqualTo(sorted.reversed());
                    }
                    List<String> names = kind == EntityId.Kind.USER
                            ? USERS
                            : CHANNELS.stream().map(Channel::name).toList();
                    names.forEach(name -> compareMemberships(new EntityId(keyset, kind, name)));
                }
            }
        }

        private void compareMemberships(EntityId owner) {
            LedgerReader reads = ledger.reads();
            List<Membership> expected = model.objects.others(owner)
                    .stream()
                    .map(other -> AppContextModel.Pair.of(owner, other))
                    .map(pair -> new Membership(pair.user(), pair.channel(), model.objects.memberships.get(pair)))
                    .toList();
            assertThat(reads.countMemberships(owner)).isEqualTo(expected.size());
            assertThat(all(from -> reads.memberships(owner, from, 2), false)).isEqualTo(expected);
            assertThat(all(from -> reads.memberships(owner, from, 2), true)).isEqualTo(expected.reversed());
            assertThat(reads.metadata(owner)).isEqualTo(model.objects.entities.get(owner));
        }

        /** All elements of a list, two at a time. */
        private static <T> List<T> all(Function<LedgerReader.ListPlace, List<LedgerReader.Placed<T>>> list,
                boolean isBackwards) {
            List<T> all = new ArrayList<>();
            List<LedgerReader.Placed<T>> page = list.apply(new LedgerReader.ListPlace(null, isBackwards));
            while (!page.isEmpty()) {
                page.forEach(each -> all.add(each.element()));
                page = list.apply(new LedgerReader.ListPlace(page.getLast().place(), isBackwards));
            }
            return all;
        }

        private void compareUsers() {
            LedgerReader reads = ledger.reads();
            Map<String, TreeSet<String>> whereabouts = new TreeMap<>();
            TreeSet<String> occupied = new TreeSet<>();
            for (Channel channel : CHANNELS) {
                List<String> expected = model.leases.users(channel);
                assertThat(users(reads, channel, 0)).containsExactlyElementsOf(expected);
                assertThat(users(reads, channel, 1))
                        .isEqualTo(expected.subList(Math.min(1, expected.size()), expected.size()));
                assertThat(reads.occupancy(channel)).isEqualTo(expected.size());
                assertThat(reads.users(channel, new UserPlace(null, 0), 1, false).occupancy())
                        .isEqualTo(expected.size());
                for (String uuid : UUIDS) {
                    ChannelUser user = reads.user(channel, uuid);
                    assertThat(user == null ? null : uuid + " " + user.state())
                            .isEqualTo(expected.stream()
                                    .filter(each -> each.startsWith(uuid + " "))
                                    .findFirst()
                                    .orElse(null));
                    if (user != null && channel.keyset().equals("demo")) {
                        whereabouts.computeIfAbsent(uuid, first -> new TreeSet<>()).add(channel.name());
                        occupied.add(channel.name());
                    }
                }
            }
            for (String uuid : UUIDS) {
                assertThat(reads.channelsOf("demo", uuid, 10))
                        .containsExactlyInAnyOrderElementsOf(whereabouts.getOrDefault(uuid, new TreeSet<>()));
            }
            assertThat(occupiedChannels(reads)).containsExactlyInAnyOrderElementsOf(occupied);
        }

        /** The users of a channel, one at a time, each from where the one before was. */
        private static List<String> users(LedgerReader reads, Channel channel, int skip) {
            List<String> users = new ArrayList<>();
            UserPage page = reads.users(channel, new UserPlace(null, skip), 1, true);
            while (!page.users().isEmpty()) {
                ChannelUser user = page.users().getFirst();
                users.add(user.uuid() + " " + user.state());
                page = reads.users(channel, new UserPlace(user.uuid(), 0), 1, true);
            }
            return users;
        }

        private static List<String> occupiedChannels(LedgerReader reads) {
            List<String> names = new ArrayList<>();
            Channel from = null;
            do {
                LedgerReader.ChannelPage page = reads.occupiedChannels("demo", from, 1);
                page.channels().forEach(channel -> names.add(channel.name()));
                from = page.next();
            } while (from != null);
            return names;
        }

        private void compareGroups() {
            assertThat(ledger.reads()
                    .groups()
                    .stream()
                    .filter(group -> !group.since().isEmpty())
                    .map(group -> new Members(group.group(), group.since())))
                    .containsExactlyInAnyOrderElementsOf(model.groups.entrySet()
                            .stream()
                            .map(group -> new Members(group.getKey(), group.getValue()))
                            .toList());
            for (String beginning : List.of("", "a", "ab", "abc", "o", "ÿ", "ÿ\uFFFF")) {
                for (long after : new long[]{0, timetoken / 2, timetoken}) {
                    assertThat(channels(ledger.reads(), beginning, after))
                            .containsExactlyInAnyOrderElementsOf(model.lastEvents.entrySet()
                                    .stream()
                                    .filter(last -> last.getValue() > after)
                                    .map(Map.Entry::getKey)
                                    .filter(channel -> channel.keyset().equals("demo"))
                                    .filter(channel -> channel.name().startsWith(beginning))
                                    .toList());
                }
            }
        }

        private void comparePage(Channel channel, Range range, TreeMap<Long, Publish> messages,
                TreeMap<Long, MessageAction> actions, LedgerReader reads) {
            List<Long> all = LedgerModel.inRange(messages, range);
            List<Long> expected = range.newest()
                    ? all.subList(Math.max(0, all.size() - 3), all.size())
                    : all.subList(0, Math.min(3, all.size()));
            MessagePage page = reads.messages(channel, range, 3, LedgerReader.WithActions.ALL, 1 << 20);
            assertThat(page.messages().stream().map(Message::timetoken).toList()).isEqualTo(expected);
            assertThat(page.rest()).isEqualTo(all.size() > 3 ? Rest.OVER_LIMIT : Rest.NONE);
            for (Message message : page.messages()) {
                Publish publish = messages.get(message.timetoken());
                assertThat(message.payload()).isEqualTo(publish.payload());
                assertThat(message.meta()).isEqualTo(publish.meta());
                assertThat(message.uuid() == null).isEqualTo(publish.uuid() == null);
                List<MessageAction> on = message.on()
                        .groups()
                        .stream()
                        .flatMap(group -> group.actors()
                                .stream()
                                .map(actor -> new MessageAction(message.timetoken(), group.type(), group.value(),
                                        actor.uuid(), actor.actionTimetoken(), actor.expires(), actor.amount())))
                        .toList();
                assertThat(on).containsExactlyInAnyOrderElementsOf(actions.values()
                        .stream()
                        .filter(action -> action.messageTimetoken() == message.timetoken())
                        .toList());
            }
        }

        private static List<Range> ranges(TreeMap<Long, Publish> messages) {
            List<Range> ranges = new ArrayList<>(List.of(Range.ALL, Range.ofHistory(null, null, true)));
            if (!messages.isEmpty()) {
                long first = messages.firstKey();
                long last = messages.lastKey();
                ranges.addAll(List.of(Range.ofHistory(last, null, false), Range.ofHistory(null, first, false),
                        Range.ofHistory(first, last, false), Range.ofHistory(last, first, false),
                        Range.ofHistory(first, first, false), Range.ofHistory(first, null, true)));
            }
            return ranges;
        }
    }

    private static <T> T pick(List<T> from, int choice) {
        return from.get(choice % from.size());
    }

    /** All of them, two rows at a time. */
    private static List<Channel> channels(LedgerReader reads, String beginning, long after) {
        List<Channel> all = new ArrayList<>();
        Channel from = null;
        do {
            LedgerReader.ChannelPage page = reads.channels("demo", beginning, after, from, 2);
            all.addAll(page.channels());
            from = page.next();
        } while (from != null);
        return all;
    }
}
