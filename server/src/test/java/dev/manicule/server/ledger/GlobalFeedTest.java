package dev.manicule.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.PresenceChange.Join;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.DeleteMessages;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.RemoveAction;
import dev.manicule.server.command.Retain;
import dev.manicule.server.command.Tick;
import dev.manicule.server.json.Json;
import dev.manicule.server.ledger.GlobalFeed.Gap;
import dev.manicule.server.ledger.GlobalFeed.Page;
import dev.manicule.server.ledger.GlobalFeed.Scope;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Timetoken;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reader of the feed of all channels gets all events, in their order, or sees the gap. */
class GlobalFeedTest {
    private static final Channel ROOM = new Channel("demo", "room");
    private static final Channel HALL = new Channel("other", "hall");
    private static final long DAY = 72 * Timetoken.SHORTLY;
    private static final long START = 1_000 * DAY;

    @TempDir
    private Path folder;
    private Ledger ledger;
    private long timetoken = START;

    @BeforeEach
    void open() throws DataFolderException {
        ledger = Ledger.open(folder);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private Outcome done(Command<?> command) {
        Transaction transaction = ledger.transaction();
        Outcome outcome = ledger.apply(command, ++timetoken, transaction);
        ledger.commit(transaction);
        timetoken += command.timetokens() - 1;
        return outcome;
    }

    private long published(Channel channel, Delivery delivery) {
        Outcome _ = done(publish(channel, delivery, "1"));
        return timetoken;
    }

    private static Publish publish(Channel channel, Delivery delivery, String payload) {
        return new Publish(channel, new Json(payload.getBytes(StandardCharsets.UTF_8)), null, "alice", null, null, null,
                delivery);
    }

    private Page page(long after, Scope scope, int most, long bytes) {
        return (Page) ledger.reads().eventsAfter(after, scope, most, bytes);
    }

    private List<Long> all(long after, Scope scope) {
        List<Long> found = new ArrayList<>();
        Page page = page(after, scope, 3, Long.MAX_VALUE);
        for (; page.more(); page = page(page.next(), scope, 3, Long.MAX_VALUE)) {
            page.events().forEach(event -> found.add(event.timetoken()));
        }
        page.events().forEach(event -> found.add(event.timetoken()));
        assertThat(page.next()).as("a reader on a quiet server keeps up").isEqualTo(ledger.lastTimetoken());
        return found;
    }

    @Test
    void allChannelsAreReadInTimetokenOrder() throws Exception {
        long first = published(ROOM, Delivery.STORED);
        long signal = published(HALL, Delivery.SIGNAL);
        published(ROOM, Delivery.FIRED);
        done(new ChangePresence(1,
                List.of(new Join(ROOM, "bob", 5, null, true), new Join(HALL, "bob", 5, null, true))));
        long left = timetoken;
        done(new AddAction(HALL, 5, "r", "v", "bob"));
        long added = timetoken;
        done(new RemoveAction(HALL, 5, added, "bob"));
        long removed = timetoken;
        long last = published(ROOM, Delivery.STORED);
        for (int opening = 0; opening < 2; opening++) {
            assertThat(all(START, Scope.ALL)).containsExactly(first, signal, left - 1, left, added, removed, last);
            assertThat(all(START, Scope.KEPT)).containsExactly(first, added, removed, last);
            assertThat(all(added, Scope.ALL)).as("from an offset").containsExactly(removed, last);
            Event event = page(first, Scope.ALL, 1, 1).events().getFirst();
            assertThat(event.channel()).isEqualTo(HALL);
            assertThat(new String(event.envelope(), StandardCharsets.UTF_8)).contains("\"e\":1", "\"c\":\"hall\"");
            ledger.close();
            ledger = Ledger.open(folder);
        }
    }

    @Test
    void aPageIsBoundedInEventsAndInBytes() {
        List<Long> timetokens = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            timetokens.add(published(i % 2 == 0 ? ROOM : HALL, i % 3 == 0 ? Delivery.TRANSIENT : Delivery.STORED));
        }
        Page three = page(START, Scope.ALL, 3, Long.MAX_VALUE);
        assertThat(three.events()).hasSize(3);
        assertThat(three.more()).isTrue();
        assertThat(three.next()).isEqualTo(timetokens.get(2));
        Page bytes = page(three.next(), Scope.ALL, 100, three.events().getFirst().envelope().length + 20);
        assertThat(bytes.events().stream().map(Event::timetoken)).containsExactly(timetokens.get(3), timetokens.get(4));
        assertThat(page(START, Scope.ALL, 100, 1).events()).as("one at least").hasSize(1);
        assertThat(page(START, Scope.ALL, 10, Long.MAX_VALUE).more()).as("a full page may be the last").isFalse();
        assertThat(page(timetoken, Scope.ALL, 10, 10)).isEqualTo(new Page(List.of(), timetoken, false));
        assertThat(page(timetoken + 5, Scope.ALL, 10, 10)).as("an offset that is still to come")
                .isEqualTo(new Page(List.of(), timetoken + 5, false));
    }

    @Test
    void onlyCommittedEventsAreRead() {
        published(ROOM, Delivery.STORED);
        Transaction transaction = ledger.transaction();
        assertThat(ledger.apply(publish(HALL, Delivery.STORED, "1"), ++timetoken, transaction)).isNotNull();
        assertThat(all(START, Scope.ALL)).hasSize(1);
        ledger.commit(transaction);
        assertThat(all(START, Scope.ALL)).hasSize(2);
    }

    @Test
    void deletedAndExpiredEventsAreOmitted() {
        long message = published(ROOM, Delivery.STORED);
        done(new AddAction(ROOM, message, "r", "v", "bob"));
        long signal = published(ROOM, Delivery.SIGNAL);
        long kept = published(ROOM, Delivery.STORED);
        long hall = published(HALL, Delivery.STORED);
        done(new DeleteMessages(ROOM, new Range(message, message, false)));
        for (boolean isRemoved : new boolean[]{false, true}) {
            assertThat(all(START, Scope.ALL)).as("rows removed: %s", isRemoved).containsExactly(signal, kept, hall);
            while (ledger.hasRowsToRemove()) {
                boolean _ = ledger.removeRows();
            }
        }
        done(new Retain(HALL.keyset(), 1));
        done(new Tick());
        for (boolean isRemoved : new boolean[]{false, true}) {
            assertThat(all(START, Scope.ALL)).as("rows removed: %s", isRemoved).containsExactly(signal, kept);
            ledger.sweep();
            while (ledger.hasRowsToRemove()) {
                boolean _ = ledger.removeRows();
            }
        }
    }

    /** However many events are gone, a page looks at so many of their rows and says where it was. */
    @Test
    void pageOfDeletedEventsIsEmptyAndContinues() {
        Transaction transaction = ledger.transaction();
        for (int i = 0; i < 25_000; i++) {
            assertThat(ledger.apply(publish(ROOM, Delivery.STORED, "1"), ++timetoken, transaction)).isNotNull();
        }
        ledger.commit(transaction);
        long last = published(HALL, Delivery.STORED);
        done(new DeleteMessages(ROOM, Range.ALL));
        Page page = page(START, Scope.KEPT, 10, Long.MAX_VALUE);
        assertThat(page).isEqualTo(new Page(List.of(), START + 10_000, true));
        assertThat(all(START, Scope.KEPT)).containsExactly(last);
    }

    @Test
    void lateReaderSeesTheGap() throws Exception {
        long first = published(ROOM, Delivery.STORED);
        long signal = published(ROOM, Delivery.SIGNAL);
        timetoken += Timetoken.SHORTLY;
        done(new Tick());
        assertThat(all(START, Scope.ALL)).containsExactly(first, signal);
        timetoken += Timetoken.SHORTLY;
        long later = published(ROOM, Delivery.SIGNAL);
        assertThat(all(START, Scope.KEPT)).as("without signals nothing is missing").containsExactly(first);
        long lowest = ((Gap) ledger.reads().eventsAfter(START, Scope.ALL, 10, 1_000)).lowest();
        assertThat(lowest).isBetween(signal, later - 1);
        assertThat(all(lowest, Scope.ALL)).containsExactly(later);
        assertThat(ledger.reads().eventsAfter(lowest - 1, Scope.ALL, 10, 1_000)).isEqualTo(new Gap(lowest));
        timetoken = first + DAY - Timetoken.SHORTLY;
        done(new Tick());
        assertThat(all(START, Scope.KEPT)).as("for a day").containsExactly(first);
        timetoken = first + DAY + Timetoken.SHORTLY;
        long young = published(HALL, Delivery.STORED);
        for (int opening = 0; opening < 2; opening++) {
            lowest = ((Gap) ledger.reads().eventsAfter(START, Scope.KEPT, 10, 1_000)).lowest();
            assertThat(lowest).isBetween(first, young - 1);
            assertThat(all(lowest, Scope.KEPT)).containsExactly(young);
            assertThat(ledger.reads().countMessages(ROOM, 0, 10)).as("history is another matter").isEqualTo(1);
            ledger.close();
            ledger = Ledger.open(folder);
        }
    }

    /** Time passes while pages are read: what it takes away is never simply missing. */
    @Test
    void readerGetsAllEventsOrAGap() throws Exception {
        ConcurrentSkipListSet<Long> told = new ConcurrentSkipListSet<>();
        Thread writer = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 4_000; i++) {
                timetoken += Timetoken.SHORTLY / 50;
                told.add(timetoken + 1);
                long _ = published(i % 2 == 0 ? ROOM : HALL, Delivery.SIGNAL);
            }
        });
        long gaps = 0;
        long pages = 0;
        while (writer.isAlive()) {
            long oldest = told.isEmpty() ? START : told.higher(told.last() - 2 * Timetoken.SHORTLY) - 1;
            switch (ledger.reads().eventsAfter(oldest, Scope.ALL, 1_000, Long.MAX_VALUE)) {
                case Page page -> {
                    pages++;
                    assertThat(page.events().stream().map(Event::timetoken).toList())
                            .isEqualTo(List.copyOf(told.subSet(oldest, false, page.next(), true)));
                }
                case Gap gap -> {
                    gaps++;
                    assertThat(gap.lowest()).isGreaterThan(oldest);
                }
            }
        }
        writer.join();
        assertThat(pages).isPositive();
        assertThat(gaps).isPositive();
    }

    /** What is imported was told elsewhere, long ago: it is in the tables, and not in the feed. */
    @Test
    void anImportIsAGap() throws Exception {
        long before = published(ROOM, Delivery.STORED);
        byte[] lines = """
                {"manicule":"export","form":1,"lastTimetoken":"%s","order":"newestActionsFirst"}
                {"kind":"message","keyset":"demo","channel":"c","timetoken":"50","payload":1}
                {"kind":"end","lines":2}
                """.formatted(before + 10).getBytes(StandardCharsets.UTF_8);
        for (int repetition = 0; repetition < 2; repetition++) {
            try (Import all = Import.begin(new Import.Source(new ByteArrayInputStream(lines), "all.jsonl", null, 0),
                    Instant.ofEpochSecond(Timetoken.seconds(START)), ImportLimits.HIGHEST, Progress.NONE)) {
                assertThat(all.into(ledger).taken()).isEqualTo(1 - repetition);
            }
            assertThat(ledger.reads().eventsAfter(before, Scope.KEPT, 10, 1_000)).isEqualTo(new Gap(before + 10));
        }
        timetoken = ledger.lastTimetoken();
        long after = published(HALL, Delivery.STORED);
        assertThat(all(before + 10, Scope.KEPT)).containsExactly(after);
    }
}
