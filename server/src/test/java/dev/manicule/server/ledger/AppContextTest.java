package dev.manicule.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.server.command.ChangeMemberships;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.RemoveEntity;
import dev.manicule.server.command.SetEntity;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.LedgerReader.ListPlace;
import dev.manicule.server.ledger.LedgerReader.Placed;
import dev.manicule.server.model.Entity;
import dev.manicule.server.model.EntityId;
import dev.manicule.server.model.EntityOrder;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Membership;
import dev.manicule.server.model.Metadata;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Metadata of users and channels, and memberships, in the ledger. */
class AppContextTest {
    private static final EntityId ANN = new EntityId("demo", EntityId.Kind.USER, "ann");
    private static final EntityId ROOM = new EntityId("demo", EntityId.Kind.CHANNEL, "room");
    private static final ListPlace BEGIN = new ListPlace(null, false);
    private static final long TIME = 17_952_565_523_819_692L;

    @TempDir
    private Path folder;

    private Ledger ledger;
    private long now = TIME;
    private final List<Event> told = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        ledger = Ledger.open(folder.resolve("data"));
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private static Json json(String text) {
        return new Json(text.getBytes(StandardCharsets.UTF_8));
    }

    private Outcome apply(Command<?> command) {
        Transaction transaction = ledger.transaction();
        Outcome outcome = ledger.apply(command, now, transaction);
        now += command.timetokens();
        ledger.commit(transaction);
        told.addAll(transaction.events());
        return outcome;
    }

    private Metadata set(EntityId entity, String patch) {
        return ((SetEntity.EntitySet) apply(new SetEntity(entity, json(patch), null, 1_000_000))).metadata();
    }

    private Outcome join(EntityId owner, boolean isStrict, int most, String... names) {
        return apply(new ChangeMemberships(owner,
                List.of(names).stream().map(name -> new ChangeMemberships.Member(name, json("{}"))).toList(), List.of(),
                isStrict, most));
    }

    private List<String> events() {
        List<String> events = told.stream()
                .map(event -> event.channel().name() + " "
                        + new String(JsonWriter.closed(event.envelope()), StandardCharsets.UTF_8)
                                .replaceFirst(".*\"d\":", "")
                                .replaceFirst("}$", ""))
                .toList();
        told.clear();
        return events;
    }

    @Test
    void patchesOfTwoDevicesAddUp() {
        Metadata first = set(ANN, "{\"name\":\"Ann\"}");
        assertThat(set(ANN, "{\"email\":\"a\",\"status\":null}").fields())
                .isEqualTo(json("{\"email\":\"a\",\"name\":\"Ann\"}"));
        assertThat(set(ANN, "{\"email\":null}").eTag()).isEqualTo(first.eTag());
        assertThat(ledger.reads().metadata(ANN)).isEqualTo(new Metadata(json("{\"name\":\"Ann\"}"), TIME + 2));
        assertThat(ledger.reads().metadata(new EntityId("demo", EntityId.Kind.CHANNEL, "ann"))).isNull();
        assertThat(ledger.reads().metadata(new EntityId("other", EntityId.Kind.USER, "ann"))).isNull();
    }

    @Test
    void eventsHaveAllThatIsSetAndNoNulls() {
        set(ANN, "{\"name\":\"Ann\",\"email\":null}");
        apply(new RemoveEntity(ANN, 0));
        apply(new RemoveEntity(ANN, 0));
        assertThat(events()).containsExactly(
                "ann {\"source\":\"objects\",\"version\":\"2.0\",\"event\":\"set\",\"type\":\"uuid\",\"data\":"
                        + "{\"id\":\"ann\",\"name\":\"Ann\",\"updated\":\"2026-11-21T10:22:32.381969Z\","
                        + "\"eTag\":\"" + new Metadata(json("{\"name\":\"Ann\"}"), 0).eTag() + "\"}}",
                "ann {\"source\":\"objects\",\"version\":\"2.0\",\"event\":\"delete\",\"type\":\"uuid\",\"data\":"
                        + "{\"id\":\"ann\"}}");
    }

    @Test
    void membershipOfAUserInAChannelOfItsNameHasOneEvent() {
        join(ANN, false, 9, "ann", "room");
        assertThat(told).extracting(event -> event.channel().name() + " " + (event.timetoken() - TIME))
                .containsExactly("ann 0", "room 2", "ann 3");
    }

    @Test
    void strictMembershipsNeedMetadataOfBoth() {
        assertThat(join(ANN, true, 9, "room")).isEqualTo(new ChangeMemberships.NoSuchEntity("ann"));
        set(ANN, "{}");
        assertThat(join(ANN, true, 9, "room")).isEqualTo(new ChangeMemberships.NoSuchEntity("room"));
        set(ROOM, "{}");
        assertThat(join(ANN, true, 9, "room")).isEqualTo(new ChangeMemberships.MembershipsChanged());
        assertThat(join(ROOM, true, 9, "bob")).isEqualTo(new ChangeMemberships.NoSuchEntity("bob"));
        assertThat(ledger.reads().countMemberships(ROOM)).isEqualTo(1);
    }

    @Test
    void refusedChangeOfMembershipsChangesNothing() {
        assertThat(join(ANN, false, 2, "a", "b", "c")).isEqualTo(new ChangeMemberships.TooManyMemberships("ann"));
        assertThat(join(ANN, false, 2, "a", "a", "b")).isEqualTo(new ChangeMemberships.MembershipsChanged());
        told.clear();
        assertThat(join(ROOM, false, 2, "bob", "ann")).isEqualTo(new ChangeMemberships.TooManyMemberships("ann"));
        assertThat(ledger.reads().memberships(ROOM, BEGIN, 9)).isEmpty();
        assertThat(told).isEmpty();
    }

    @Test
    void entityWithManyMembershipsIsRemovedInSlices() {
        set(ROOM, "{}");
        String[] names = new String[10];
        for (int i = 0; i < 10; i++) {
            names[i] = "u" + i;
        }
        join(ROOM, false, 99, names);
        told.clear();
        RemoveEntity remove = new RemoveEntity(ROOM, 4);
        assertThat(apply(remove)).isEqualTo(new RemoveEntity.MembershipsLeft());
        assertThat(ledger.reads().countMemberships(ROOM)).isEqualTo(6);
        assertThat(ledger.reads().metadata(ROOM)).isNotNull();
        assertThat(told).hasSize(8);
        assertThat(apply(remove)).isEqualTo(new RemoveEntity.MembershipsLeft());
        assertThat(apply(remove)).isEqualTo(new RemoveEntity.EntityRemoved());
        assertThat(ledger.reads().metadata(ROOM)).isNull();
        assertThat(ledger.reads().memberships(new EntityId("demo", EntityId.Kind.USER, "u9"), BEGIN, 9)).isEmpty();
        assertThat(told).hasSize(21);
    }

    @Test
    void textsSortByTheirBeginningAndThenById() {
        String longName = "x".repeat(300);
        set(new EntityId("demo", EntityId.Kind.USER, "b"), "{\"name\":\"" + longName + "1\"}");
        set(new EntityId("demo", EntityId.Kind.USER, "a"), "{\"name\":\"" + longName + "2\"}");
        set(new EntityId("demo", EntityId.Kind.USER, "c"), "{\"name\":\"x\\u0000\"}");
        set(new EntityId("demo", EntityId.Kind.USER, "d"), "{\"name\":\"x\"}");
        set(new EntityId("demo", EntityId.Kind.USER, "e"), "{}");
        assertThat(ledger.reads().entities("demo", EntityId.Kind.USER, EntityOrder.NAME, BEGIN, 9))
                .extracting(each -> each.element().id().name())
                .containsExactly("d", "c", "a", "b", "e");
    }

    @Test
    void exportedMetadataIsImported() throws Exception {
        set(ANN, "{\"custom\":{\"a\":1},\"name\":\"Ann\"}");
        set(ROOM, "{}");
        join(ANN, false, 9, "room", "other");
        ledger.close();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Snapshot snapshot = Snapshot.openData(folder.resolve("data"))) {
            assertThat(Export.write(snapshot, out, null, Progress.NONE)).isEqualTo(6);
        }
        ledger = Ledger.open(folder.resolve("copy"));
        for (int i = 0; i < 2; i++) {
            assertThat(take(out.toByteArray())).isEqualTo(new Import.Report(i == 0 ? 4 : 0, i == 0 ? 0 : 4));
        }
        assertThat(ledger.reads().metadata(ANN))
                .isEqualTo(new Metadata(json("{\"custom\":{\"a\":1},\"name\":\"Ann\"}"), TIME));
        assertThat(ledger.reads().memberships(ROOM, BEGIN, 9)).extracting(Placed::element)
                .containsExactly(new Membership("ann", "room", new Metadata(json("{}"), TIME + 2)));
        assertThat(ledger.reads().countMemberships(ANN)).isEqualTo(2);
        assertThat(ledger.reads().entities("demo", EntityId.Kind.USER, EntityOrder.NAME, BEGIN, 9))
                .extracting(Placed::element)
                .extracting(Entity::id)
                .containsExactly(ANN);
        ledger.close();
        try (Snapshot snapshot = Snapshot.openData(folder.resolve("copy"))) {
            assertThat(IntegrityCheck.of(snapshot, Progress.NONE).findings()).isEmpty();
        }
        ledger = Ledger.open(folder.resolve("copy"));
        String text = out.toString(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> take(text.replace("\"type\":\"uuid\"", "\"type\":\"space\"")
                .getBytes(
                        StandardCharsets.UTF_8)))
                .hasMessageContaining("no \"type\" of an object: space");
        assertThatThrownBy(() -> take(text.replace("\"id\":\"ann\"", "\"id\":\"a,b\"")
                .getBytes(
                        StandardCharsets.UTF_8)))
                .hasMessageContaining("no id of a user or a channel: a,b");
    }

    private Import.Report take(byte[] lines) throws Exception {
        try (Import all = Import.begin(new Import.Source(new ByteArrayInputStream(lines), "all.jsonl", null, 0),
                Instant.ofEpochSecond(TIME / 10_000_000), ImportLimits.HIGHEST, Progress.NONE)) {
            return all.into(ledger);
        }
    }
}
