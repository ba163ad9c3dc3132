package dev.manicule.server.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.PresenceChange.Interval;
import dev.manicule.server.command.PresenceChange.Join;
import dev.manicule.server.command.PresenceChange.Leave;
import dev.manicule.server.command.PresenceChange.SetState;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.journal.JournalOfATest;
import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Reports, with a journal that decides when the test says so. */
class PresenceReportsTest {
    private static final Unavailable REFUSED = new Unavailable("as the test asks", false);
    private static final Unavailable UNCERTAIN = new Unavailable("as the test asks", true);

    private final List<ChangePresence> commands = new ArrayList<>();
    private final PresenceReports reports = new PresenceReports(new JournalOfATest() {
        @Override
        public <O extends Outcome> void submit(Command<O> command, Consumer<? super O> whenDecided) {
            commands.add((ChangePresence) command);
        }
    }, 7, channel -> true, outcome -> {});

    private static Join join(int channel, String state) {
        return new Join(new Channel("demo", "c" + channel), "alice", 5,
                new Json(state.getBytes(StandardCharsets.UTF_8)),
                true);
    }

    private boolean add(int channel) {
        return reports.add(join(channel, "{}"));
    }

    @Test
    void gatheredReportsAreOneCommandAtATime() {
        reports.submit();
        assertThat(commands).as("nothing to announce").isEmpty();
        add(1);
        add(2);
        reports.submit();
        add(3);
        reports.submit();
        assertThat(commands).hasSize(1);
        assertThat(commands.getFirst()).isEqualTo(new ChangePresence(7, List.of(join(1, "{}"), join(2, "{}"))));
        reports.decided(new ChangePresence.PresenceChanged(5));
        reports.submit();
        assertThat(commands.getLast().changes()).containsExactly(join(3, "{}"));
    }

    @Test
    void reportsAreBoundedByCountAndBytes() {
        for (int i = 0; i < PresenceReports.MOST; i++) {
            assertThat(reports.isFull()).isFalse();
            add(i);
        }
        assertThat(reports.isFull()).isTrue();
        reports.submit();
        assertThat(reports.isFull()).as("the next are gathered").isFalse();
        for (int i = 0; i < 9; i++) {
            reports.add(join(i, "{\"s\":\"" + "x".repeat(32_000) + "\"}"));
        }
        assertThat(reports.isFull()).isTrue();
    }

    @Test
    void refusedReportIsResubmittedInOrder() {
        add(1);
        reports.submit();
        add(2);
        reports.decided(REFUSED);
        assertThat(reports.isFailing()).isTrue();
        reports.submit();
        assertThat(commands).hasSize(2).first().isEqualTo(commands.getLast());
        reports.decided(new ChangePresence.PresenceChanged(5));
        assertThat(reports.isFailing()).isFalse();
        reports.submit();
        assertThat(commands.getLast().changes()).containsExactly(join(2, "{}"));
    }

    @Test
    void reportInDoubtAnnouncesNothingTwice() {
        Channel room = new Channel("demo", "room");
        Json state = new Json("{}".getBytes(StandardCharsets.UTF_8));
        Join join = new Join(room, "alice", 5, null, true);
        Leave leave = new Leave(room, "bob", true, true);
        reports.add(join);
        reports.add(leave);
        reports.add(new SetState(room, "carol", state, true));
        reports.add(new Interval(room, List.of("dave"), List.of(), List.of(), false, null));
        reports.submit();
        reports.decided(UNCERTAIN);
        reports.submit();
        assertThat(commands).as("a join that was made before tells nothing").hasSize(2);
        assertThat(commands.getLast().changes()).containsExactly(join, leave,
                new SetState(room, "carol", state, false), Interval.refresh(room, null));
    }

    @Test
    void refusingJournalDelaysNothingAndMemoryIsBounded() {
        add(0);
        reports.submit();
        reports.decided(REFUSED);
        for (int i = 0; i < PresenceReports.MOST; i++) {
            assertThat(add(i)).isTrue();
        }
        assertThat(reports.isFull()).as("presence goes on").isFalse();
        assertThat(add(1)).as("what finds no place").isFalse();
    }

    @Test
    void readWaitsForEarlierReports() {
        List<String> done = new ArrayList<>();
        reports.whenReported(() -> done.add("at once"));
        add(1);
        reports.whenReported(() -> done.add("after 1"));
        reports.submit();
        reports.whenReported(() -> done.add("also after 1"));
        add(2);
        reports.whenReported(() -> done.add("after 2"));
        assertThat(done).containsExactly("at once");
        reports.decided(new ChangePresence.PresenceChanged(5));
        assertThat(done).containsExactly("at once", "after 1", "also after 1");
        reports.submit();
        assertThat(done).hasSize(3);
        reports.decided(new ChangePresence.PresenceChanged(6));
        assertThat(done).last().isEqualTo("after 2");
    }

    @Test
    void aReadDoesNotWaitForAJournalThatRefuses() {
        List<String> done = new ArrayList<>();
        add(1);
        reports.submit();
        reports.whenReported(() -> done.add("submitted"));
        add(2);
        reports.whenReported(() -> done.add("gathered"));
        reports.decided(REFUSED);
        assertThat(done).containsExactly("submitted", "gathered");
        reports.whenReported(() -> done.add("later"));
        assertThat(done).last().isEqualTo("later");
        reports.submit();
        reports.decided(new ChangePresence.PresenceChanged(5));
        assertThat(done).as("each once").hasSize(3);
    }

    @Test
    void closeSubmitsTheRestInOrder() {
        add(1);
        reports.submit();
        reports.decided(REFUSED);
        add(2);
        reports.submitLast();
        assertThat(commands.subList(1, 3)).extracting(command -> command.changes().getFirst())
                .containsExactly(join(1, "{}"), join(2, "{}"));
    }
}
