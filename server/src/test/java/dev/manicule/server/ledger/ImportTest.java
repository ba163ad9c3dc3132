package dev.manicule.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.server.command.ExpireActions;
import dev.manicule.server.command.Retain;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.PushDevice;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.ReadMark;
import dev.manicule.server.model.KeyGrant.Resource;
import dev.manicule.server.model.KeyGrant;
import dev.manicule.server.model.Revocation;
import dev.manicule.server.model.StoredFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an import takes is what a server could have exported; anything else is refused with its line. */
class ImportTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String HEADING = "{\"manicule\":\"export\",\"form\":1,\"lastTimetoken\":\"100\",\"order\":\"newestActionsFirst\"}";
    private static final String MESSAGE = "{\"kind\":\"message\",\"keyset\":\"demo\",\"channel\":\"c\",\"timetoken\":\"50\",\"payload\":1}";
    private static final String ACTION = "{\"kind\":\"action\",\"keyset\":\"demo\",\"channel\":\"c\",\"messageTimetoken\":\"50\","
            + "\"type\":\"t\",\"value\":\"v\",\"uuid\":\"u\",\"actionTimetoken\":\"60\"}";
    private static final String GROUP = "{\"kind\":\"group\",\"keyset\":\"demo\",\"group\":\"g\",\"channels\":{\"a\":\"1\"}}";
    private static final String REVOCATION = "{\"kind\":\"revocation\",\"keyset\":\"demo\",\"token\":\"0f\",\"expiry\":9,\"since\":7}";

    @TempDir
    private Path folder;

    private ImportLimits limits = ImportLimits.HIGHEST;
    private Ledger ledger;

    @BeforeEach
    void open() throws Exception {
        ledger = Ledger.open(folder);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private Import.Report taken(String... lines) throws Exception {
        byte[] text = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        try (Import all = Import.begin(new Import.Source(new ByteArrayInputStream(text), "all.jsonl", null, 0), NOW,
                limits, Progress.NONE)) {
            return all.into(ledger);
        }
    }

    private static String end(int lines) {
        return "{\"kind\":\"end\",\"lines\":" + lines + "}";
    }

    private void refused(String words, String... lines) {
        assertThatThrownBy(() -> taken(lines)).as(String.join("\n", lines))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("line " + lines.length + ": ")
                .hasMessageContaining(words);
    }

    @Test
    void everyExportLineIsImported() throws Exception {
        String all = REVOCATION.replace("\"0f\",\"expiry\":9", "\"" + Revocation.EVERY + "\",\"expiry\":6");
        String long0 = ACTION.replace("\"t\"", "\"" + "t".repeat(3_000) + "\"").replace("\"60\"", "\"61\"");
        assertThat(taken(HEADING, GROUP, REVOCATION, all, MESSAGE, ACTION, long0, end(7)))
                .isEqualTo(new Import.Report(6, 0));
        assertThat(ledger.lastTimetoken()).isEqualTo(100);
        assertThat(taken("\uFEFF" + HEADING, MESSAGE + "\r", end(2), "", " \t\r", ""))
                .as("a byte order mark, and blank lines at the end")
                .isEqualTo(new Import.Report(0, 1));
    }

    @Test
    void permissionsOfAuthKeysAreImported() throws Exception {
        String grant = "{\"kind\":\"keyGrant\",\"keyset\":\"demo\",\"resource\":\"cé\",\"key\":\"k\",\"mask\":3,\"expiry\":9}";
        String ever = grant.replace("\"cé\"", "\"k\"").replace(",\"expiry\":9", "");
        assertThat(taken(HEADING, grant, ever, end(3))).isEqualTo(new Import.Report(2, 0));
        assertThat(taken(HEADING, grant, ever, end(3))).isEqualTo(new Import.Report(0, 2));
        assertThat(ledger.reads().keyGrants()).containsExactlyInAnyOrder(
                new KeyGrant("demo", Resource.of("cé"), "k", 3, 9),
                new KeyGrant("demo", Resource.KEYSET, "k", 3, Long.MAX_VALUE));
        refused("no resource of a grant: \"x\"", HEADING, grant.replace("cé", "x"));
        refused("no name of a channel, group or user: \"a,b\"", HEADING, grant.replace("cé", "ca,b"));
        refused("mask", HEADING, grant.replace(":3", ":0"));
        refused("\"key\" has more than 1024 bytes", HEADING, grant.replace("\"k\"", "\"" + "k".repeat(1025) + "\""));
    }

    @Test
    void anExportWithoutItsEndIsRefused() throws Exception {
        refused("the last line of an export, which says how many there are, is missing", HEADING, MESSAGE, "");
        refused("the last line of an export, which says how many there are, is missing", HEADING, "");
        refused("says that 3 lines stand before it, and there are 2", HEADING, MESSAGE, end(3));
        assertThatThrownBy(() -> taken(HEADING, MESSAGE, end(2), HEADING, MESSAGE, end(2)))
                .hasMessage(
                        "line 3: is the last line of an export, and more follows it: import one export after the other");
        assertThat(taken(HEADING, MESSAGE, end(2))).as("what stood before is there").isEqualTo(new Import.Report(0, 1));
    }

    /** A server goes on from the last timetoken that it took in: one of the future is for ever. */
    @Test
    void invalidHeadingIsRefused() throws Exception {
        for (long future : new long[]{17_674_848_000_000_000L, 99_999_999_999_999_999L, Long.MAX_VALUE}) {
            refused("later than the present by more than a day", HEADING.replace("\"100\"", "\"" + future + "\""));
        }
        assertThat(ledger.lastTimetoken()).isZero();
        refused("another order (foo)", HEADING.replace("newestActionsFirst", "foo"));
        refused("an export of an earlier version", HEADING.replace(",\"order\":\"newestActionsFirst\"", ""));
        refused("another form (2)", HEADING.replace(":1,", ":2,"));
        refused("a member \"x\"", HEADING.replace("{", "{\"x\":1,"));
        refused("no export of Manicule", "{\"some\":\"thing\"}");
        refused("a blank line", " ");
        assertThatThrownBy(this::taken).hasMessage("the file is empty");
        String today = HEADING.replace("\"100\"", "\"17672256000000000\"");
        assertThat(taken(today, end(1))).isEqualTo(new Import.Report(0, 0));
    }

    /** Also between others, also of an import that ends with an error, and again. */
    @Test
    void importedMessagesAreCountedFromEachPlace() throws Exception {
        List<String> lines = new ArrayList<>(List.of(HEADING));
        for (long timetoken : List.of(20L, 60L, 40L)) {
            lines.add(MESSAGE.replace("50", String.valueOf(timetoken)));
        }
        lines.add(end(lines.size()));
        assertThat(taken(lines.toArray(String[]::new)).taken()).isEqualTo(3);
        counted(20, 40, 60);
        refused("not a JSON object", HEADING, MESSAGE, "x");
        counted(20, 40, 50, 60);
        assertThat(taken(lines.toArray(String[]::new)).known()).isEqualTo(3);
        counted(20, 40, 50, 60);
        String mark = "{\"kind\":\"readMark\",\"keyset\":\"demo\",\"channel\":\"c\",\"uuid\":\"u\",\"timetoken\":\"45\","
                + "\"markedAt\":\"60\"}";
        assertThat(taken(HEADING, mark, end(2))).isEqualTo(new Import.Report(1, 0));
        assertThat(taken(HEADING, mark, end(2))).isEqualTo(new Import.Report(0, 1));
        assertThat(ledger.reads().unread(List.of(new Channel("demo", "c")), "u", 0))
                .containsExactly(new LedgerReader.Unread(new Channel("demo", "c"), 45, 2));
        assertThat(ledger.reads().marks(new Channel("demo", "c"), 45, null, false, 9))
                .isEqualTo(new LedgerReader.MarkPage(List.of(new ReadMark("u", 45, 60)), null));
    }

    @Test
    void devicesAreImportedWithTheirChannelsOnce() throws Exception {
        String device = "{\"kind\":\"device\",\"keyset\":\"demo\",\"channel\":\"c\",\"gateway\":\"fcm\",\"topic\":\"\","
                + "\"token\":\"t\",\"registeredAt\":\"60\"}";
        assertThat(taken(HEADING, device, device.replace("\"c\"", "\"d\""), end(3))).isEqualTo(new Import.Report(2, 0));
        assertThat(taken(HEADING, device, end(2))).isEqualTo(new Import.Report(0, 1));
        PushDevice known = new PushDevice("demo", PushDevice.Gateway.FCM, "", "t");
        assertThat(ledger.reads().channelsOf(known, null, 9)).containsExactly("c", "d");
        assertThat(ledger.reads()
                .devices(new Channel("demo", "c"), PushDevice.Gateway.FCM, PushDevice.Gateway.FCM, null, 9)
                .devices()).containsExactly(known);
        refused("no device", HEADING, device.replace("fcm", "pigeon"));
        refused("no device", HEADING, device.replace("\"t\"", "\"a b\""));
    }

    private void counted(long... messages) {
        for (long after = 0; after < 70; after++) {
            long place = after;
            assertThat(ledger.reads().messagesAfter(List.of(new Channel("demo", "c")), new long[]{after}))
                    .containsExactly(LongStream.of(messages).filter(message -> message > place).count());
        }
    }

    /** As a server does: the same action is on a message once, and 25,000 of them are the most. */
    @Test
    void actionsObeyTheServersRules() throws Exception {
        refused("the same action is on its message already", HEADING, ACTION, ACTION.replace("\"60\"", "\"61\""));
        List<String> lines = new ArrayList<>(List.of(HEADING.replace("\"100\"", "\"100000\"")));
        for (int i = 1; i < Ledger.MAX_ACTIONS_PER_MESSAGE; i++) { // one is there
            lines.add(ACTION.replace("\"v\"", "\"v" + i + "\"").replace("\"60\"", "\"" + (100 + i) + "\""));
        }
        lines.add(end(lines.size()));
        assertThat(taken(lines.toArray(String[]::new)).taken()).isEqualTo(Ledger.MAX_ACTIONS_PER_MESSAGE - 1);
        refused("its message has 25000 actions, as many as a message may have", lines.getFirst(),
                ACTION.replace("\"v\"", "\"more\"").replace("\"60\"", "\"90\""));
    }

    /** An action that is too old is not in the way of the same one anew. */
    @Test
    void actionReplacesAnExpiredOne() throws Exception {
        assertThat(taken(HEADING, ACTION, end(2)).taken()).isEqualTo(1);
        Transaction transaction = ledger.transaction();
        assertThat(ledger.apply(new Retain("demo", 30), 101, transaction)).isNotNull();
        ledger.commit(transaction);
        assertThat(taken(HEADING, ACTION.replace("\"60\"", "\"90\""), end(2)).taken()).isEqualTo(1);
        assertThat(ledger.reads().actions(new Channel("demo", "c"), Range.ALL, 10, 1_000).rows()).singleElement()
                .satisfies(row -> assertThat(Actions.read(row).actionTimetoken()).isEqualTo(90));
    }

    @Test
    void jsonSizeIsLimited() {
        byte[] text = ("{\"payload\":\"" + "x".repeat(32 << 10) + "\"}").getBytes(StandardCharsets.UTF_8);
        assertThat(ExportLine.read(text).json("payload")).isNotNull();
        ExportLine line = ExportLine.read(text, ImportLimits.of(new Limits()));
        assertThatThrownBy(() -> line.json("payload"))
                .hasMessageStartingWith("its \"payload\" has 32770 bytes, more than 32768, the \"inflatedBytes\" of");
        Limits larger = new Limits(Map.of(Limit.BODY_BYTES, 40_000L));
        assertThat(ExportLine.read(text, ImportLimits.of(larger)).json("payload")).isNotNull();
    }

    /** Else the server would show what it would refuse, to clients that are set to its limits. */
    @Test
    void configuredLimitsApplyToImports() throws Exception {
        Map<Limit, Long> set = new EnumMap<>(Limit.class);
        set.put(Limit.UUID_CHARACTERS, 3L);
        set.put(Limit.ACTION_TYPE_BYTES, 4L);
        set.put(Limit.ACTION_VALUE_BYTES, 5L);
        set.put(Limit.ACTION_BYTES_BY_MESSAGE, 1_024L);
        set.put(Limit.CHANNELS_BY_GROUP, 2L);
        set.put(Limit.GROUPS_BY_KEYSET, 1L);
        set.put(Limit.INFLATED_BYTES, 1_024L);
        set.put(Limit.BODY_BYTES, 1_024L);
        set.put(Limit.URI_BYTES, 1_500L);
        String[] all = {HEADING, GROUP.replace("{\"a\":\"1\"}", "{\"a\":\"1\",\"b\":\"1\",\"c\":\"1\"}"),
                GROUP.replace("\"g\"", "\"h\""), MESSAGE.replace(":1}", ":\"" + "x".repeat(1_500) + "\"}"),
                ACTION.replace("\"u\"", "\"alice\""), ACTION.replace("\"t\"", "\"taste\"").replace("\"60\"", "\"61\""),
                ACTION.replace("\"v\"", "\"values\"").replace("\"60\"", "\"62\""), end(7)};
        limits = ImportLimits.of(new Limits(set));
        String remedy = " of the configuration: raise that and import again, or import without --config";
        refused("3 channels with", HEADING, all[1]);
        refused("more than 2, the \"channelsByGroup\"" + remedy, HEADING, all[1]);
        refused("2 groups, more than 1, the \"groupsByKeyset\"" + remedy, HEADING, GROUP, all[2]);
        refused("1502 bytes, more than 1500, the \"uriBytes\"" + remedy, HEADING, all[3]);
        refused("5 characters, more than 3, the \"uuidCharacters\"" + remedy, HEADING, all[4]);
        refused("5 bytes, more than 4, the \"actionTypeBytes\"" + remedy, HEADING, all[5]);
        refused("6 bytes, more than 5, the \"actionValueBytes\"" + remedy, HEADING, all[6]);
        List<String> many = new ArrayList<>(List.of(HEADING));
        while (many.size() < 40) {
            many.add(ACTION.replace("\"v\"", "\"v" + many.size() + "\"")
                    .replace("\"60\"", "\"" + (10 + many.size()) + "\""));
        }
        assertThatThrownBy(() -> taken(many.toArray(String[]::new)))
                .hasMessageContaining("would be more than 1024, the \"actionBytesByMessage\"" + remedy);
        limits = ImportLimits.HIGHEST;
        assertThat(taken(all).taken()).as("any server could be set to take them").isEqualTo(6);
    }

    @Test
    void invalidLineIsRefused() {
        for (List<String> wrong : List.of(List.of("oops", "not a JSON object"), List.of(" ", "a blank line"),
                List.of("{\"kind\":\"thing\",\"keyset\":\"demo\"}", "unknown kind: thing"),
                List.of(MESSAGE.replace("\"50\"", "50"), "timetoken"),
                List.of(MESSAGE.replace(":1}", ":2}"), "something else is stored there already"),
                List.of(MESSAGE.replace(",\"payload\":1", ""), "payload"),
                List.of(MESSAGE.replace("{", "{\"colour\":\"red\","),
                        "a member \"colour\" that this version does not know"),
                List.of(MESSAGE.replace("{", "{\"channel\":\"d\","), "has \"channel\" twice"),
                List.of(MESSAGE.replace("{", "{\"payloadText\":\"2\","), "has both \"payload\" and \"payloadText\""),
                List.of(MESSAGE.replace(":1}", ":" + "[".repeat(202) + "]".repeat(202) + "}"),
                        "\"payload\" is not JSON"),
                List.of(MESSAGE.replace("\"50\"", "\"101\""),
                        "timetoken 101 is later than \"lastTimetoken\" in line 1"),
                List.of(MESSAGE.replace("\"c\"", "\"a,b\""), "no name of a channel: a,b"),
                List.of(MESSAGE.replace("\"c\"", "\"a.*\""), "no name of a channel: a.*"),
                List.of(MESSAGE.replace("\"c\"", "\"a-pnpres\""), "no name of a channel: a-pnpres"),
                List.of(MESSAGE.replace("\"c\"", "\"\\u0007\""), "no name of a channel"),
                List.of(MESSAGE.replace("\"c\"", "\"\\ud800\""),
                        "half of a surrogate pair stands alone in \"channel\""),
                List.of(MESSAGE.replace("{", "{\"uuid\":\"\","), "no uuid: it has 0 characters"),
                List.of(MESSAGE.replace("{", "{\"uuid\":\"" + "u".repeat(4_097) + "\","),
                        "no uuid: it has 4097 characters"),
                List.of(MESSAGE.replace("{", "{\"type\":\"a b\","), "no \"type\" that a message can have: a b"),
                List.of(MESSAGE.replace("{", "{\"sequence\":-1,"), "its \"sequence\" is less than 0"),
                List.of(ACTION.replace("\"60\"", "\"101\""), "timetoken 101 is later than \"lastTimetoken\" in line 1"),
                List.of(ACTION.replace("\"60\"", "\"0\""), "has no timetoken \"actionTimetoken\""),
                List.of(ACTION.replace("\"t\"", "\"\""), "has an empty \"type\""),
                List.of(ACTION.replace("\"t\"", "\"" + "t".repeat((int) Limit.ACTION_TYPE_BYTES.most() + 1) + "\""),
                        "its \"type\" has 32769 bytes, more than 32768"),
                List.of(ACTION.replace("\"v\"", "\"\\udc00\""), "half of a surrogate pair stands alone in \"value\""),
                List.of(ACTION.replace("\"u\"", "\"\""), "no uuid: it has 0 characters"),
                List.of(ACTION.replace("{", "{\"emoji\":1,"), "a member \"emoji\""),
                List.of(ACTION.replace("\"c\"", "\"\""), "no name of a channel"),
                List.of(GROUP.replace("\"a\"", "\"\""), "no name of a channel"),
                List.of(GROUP.replace("\"a\"", "\"a.*\""), "no name of a channel: a.*"),
                List.of(GROUP.replace("\"a\"", "\"\\ud800\""), "not a JSON object"),
                List.of(GROUP.replace("{\"a\"", "{\"a\":\"2\",\"a\""), "its \"channels\": has \"a\" twice"),
                List.of(GROUP.replace("\"1\"", "\"101\""), "timetoken 101 is later than \"lastTimetoken\" in line 1"),
                List.of(GROUP.replace("\"1\"", "1"), "has no text \"a\""),
                List.of(GROUP.replace("{\"a\":\"1\"}", "7"), "its \"channels\": not a JSON object"),
                List.of(GROUP.replace("\"g\"", "\"g,h\""), "no name of a group: g,h"),
                List.of(GROUP.replace("{\"k", "{\"x\":1,\"k"), "a member \"x\""),
                List.of(REVOCATION.replace(":9", ":-1"), "its \"expiry\" is less than 0"),
                List.of(REVOCATION.replace(":7", ":-7"), "its \"since\" is less than 0"),
                List.of(REVOCATION.replace(":7", ":99999999999999999"), "later than the present by more than a day"),
                List.of(REVOCATION.replace("\"0f\"", "\"\""), "no signature of a token"),
                List.of(REVOCATION.replace("\"0f\"", "\"xy\""), "no signature of a token"))) {
            refused(wrong.getLast(), HEADING, MESSAGE, wrong.getFirst());
        }
    }

    /** Else what is to be gone in an hour would be there for ever. */
    @Test
    void importedMessageExpires() throws Exception {
        String lifetime = MESSAGE.replace("message", "lifetime").replace("\"payload\":1", "\"expires\":\"90\"");
        refused("\"expires\" is no later", HEADING, MESSAGE, lifetime.replace("\"90\"", "\"50\""));
        String other = lifetime.replace("\"c\"", "\"other\"");
        assertThat(taken(HEADING, MESSAGE, lifetime, other, end(4))).as("without its message it means nothing")
                .isEqualTo(new Import.Report(1, 2));
        assertThat(ledger.due()).isEqualTo(90);
        Path copy = folder.resolve("copy");
        ledger.copyTables(copy);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Snapshot snapshot = Snapshot.open(copy)) {
            long _ = Export.write(snapshot, out, null, Progress.NONE);
        }
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo(String.join("\n", HEADING, MESSAGE, lifetime, end(3), ""));
    }

    @Test
    void exportedFileIsImportedAndExportedAgain() throws Exception {
        String id = "018c0000-0000-7000-8000-000000000000";
        String file = "{\"kind\":\"file\",\"keyset\":\"demo\",\"channel\":\"c\",\"id\":\"" + id
                + "\",\"name\":\"a.png\",\"size\":5,\"contentType\":\"image/png\",\"sha256\":\"" + "ab".repeat(32)
                + "\",\"place\":\"" + id + ".x\",\"created\":\"70\"}";
        String of = MESSAGE.replace("{", "{\"file\":true,");
        refused("neither true nor false", HEADING, MESSAGE.replace("{", "{\"file\":1,"));
        refused("no id of a file", HEADING, file.replace(id, "x"));
        refused("no \"name\" or \"sha256\"", HEADING, file.replace("a.png", "a/png"));
        refused("its \"size\" is less than 0", HEADING, file.replace(":5,", ":-5,"));
        assertThat(taken(HEADING, of, file, end(3))).isEqualTo(new Import.Report(2, 0));
        assertThat(taken(HEADING, of, file, end(3))).isEqualTo(new Import.Report(0, 2));
        assertThat(ledger.reads().fileBytes("demo")).isEqualTo(5);
        assertThat(ledger.reads().file(id)).extracting(StoredFile::name).isEqualTo("a.png");
        Path copy = folder.resolve("copy");
        ledger.copyTables(copy);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Snapshot snapshot = Snapshot.open(copy)) {
            assertThat(IntegrityCheck.of(snapshot, Progress.NONE).findings()).isEmpty();
            long _ = Export.write(snapshot, out, null, Progress.NONE);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).contains(file).contains("\"file\":true");
    }

    @Test
    void importedActionLeaves() throws Exception {
        String leaving = ACTION.replace("{", "{\"expires\":\"90\",");
        refused("\"expires\" is no later", HEADING, MESSAGE, ACTION.replace("{", "{\"expires\":\"60\","));
        assertThat(taken(HEADING, MESSAGE, leaving, end(3))).isEqualTo(new Import.Report(1, 1));
        assertThat(ledger.actionsDue()).isEqualTo(90);
        Transaction transaction = ledger.transaction();
        assertThat(ledger.apply(new ExpireActions(1), 200, transaction))
                .isEqualTo(new ExpireActions.ActionsExpired(1));
        assertThat(transaction.events()).hasSize(1);
    }
}
