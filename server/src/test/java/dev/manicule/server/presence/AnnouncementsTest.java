package dev.manicule.server.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.Announce;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.Json;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.Channel;
import dev.manicule.server.presence.PresenceEvent.Action;
import dev.manicule.server.presence.PresenceEvent.Somebody;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Announcements, with a journal that decides when the test says so. */
class AnnouncementsTest {
    private static final Unavailable REFUSED = new Unavailable("as the test asks", false);
    private static final Unavailable UNCERTAIN = new Unavailable("as the test asks", true);

    private final List<Announce> commands = new ArrayList<>();
    private final Announcements announcements = new Announcements(new Journal() {
        @Override
        public <O extends Outcome> void submit(Client of, Command<O> command, Consumer<? super O> whenDecided) {
            commands.add((Announce) command);
        }

        @Override
        public <O extends Outcome> void submit(Command<O> command, Consumer<? super O> whenDecided) {
            submit(new Budget(new Limits()).server(), command, whenDecided);
        }

        @Override
        public long position() {
            return 0;
        }

        @Override
        public int waiting() {
            return 0;
        }

        @Override
        public @Nullable String fault() {
            return null;
        }

        @Override
        public boolean isAlive() {
            return true;
        }

        @Override
        public void close() {}
    }, channel -> true, () -> 10_000_000, outcome -> {});

    private boolean announce(int channel) {
        return announce(channel, "{}");
    }

    private boolean announce(int channel, String state) {
        return announcements.announce(new Channel("demo", "c" + channel),
                new Somebody(Action.JOIN, "alice", 1, new Json(state.getBytes(StandardCharsets.UTF_8))));
    }

    private List<Channel> decided(Announce.Outcome outcome) {
        return announcements.decided(outcome);
    }

    @Test
    void allThatIsGatheredIsOneCommandAndOneIsDecidedAtATime() {
        announcements.submit();
        assertThat(commands).as("nothing to announce").isEmpty();
        announce(1);
        announce(2);
        announcements.submit();
        announce(3);
        announcements.submit();
        assertThat(commands).hasSize(1);
        assertThat(commands.getFirst().announcements()).extracting(each -> each.channel().name())
                .containsExactly("c1-pnpres", "c2-pnpres");
        assertThat(commands.getFirst().timetokens()).isEqualTo(2);
        assertThat(commands.getFirst().announcements().getFirst().payload()).hasToString(
                "{\"action\":\"join\",\"timestamp\":1,\"uuid\":\"alice\",\"data\":{},\"occupancy\":1}");
        assertThat(decided(new Announce.Announced(5))).isEmpty();
        announcements.submit();
        assertThat(commands.getLast().announcements()).hasSize(1);
    }

    @Test
    void itIsFullByNumberAndByBytes() {
        for (int i = 0; i < Announcements.MOST; i++) {
            assertThat(announcements.isFull()).isFalse();
            announce(i);
        }
        assertThat(announcements.isFull()).isTrue();
        announcements.submit();
        assertThat(announcements.isFull()).as("the next are gathered").isFalse();
        for (int i = 0; i < 9; i++) {
            announce(i, "{\"s\":\"" + "x".repeat(32_000) + "\"}");
        }
        assertThat(announcements.isFull()).isTrue();
    }

    @Test
    void whatWasRefusedIsSubmittedAgainAndInOrder() {
        announce(1);
        announcements.submit();
        announce(2);
        assertThat(decided(REFUSED)).isEmpty();
        assertThat(announcements.isFailing()).isTrue();
        announcements.submit();
        assertThat(commands).hasSize(2).first().isEqualTo(commands.getLast());
        assertThat(decided(new Announce.Announced(5))).isEmpty();
        assertThat(announcements.isFailing()).isFalse();
        announcements.submit();
        assertThat(commands.getLast().announcements()).extracting(each -> each.channel().name())
                .containsExactly("c2-pnpres");
    }

    @Test
    void whatMayHaveBeenDoneIsNotDoneAgain() {
        announce(1);
        announce(2);
        announce(1);
        announcements.submit();
        assertThat(decided(UNCERTAIN)).containsExactly(new Channel("demo", "c1"), new Channel("demo", "c2"));
        announcements.submit();
        assertThat(commands).hasSize(1);
    }

    @Test
    void aJournalThatRefusesHoldsNobodyUpAndMemoryIsBounded() {
        announce(0);
        announcements.submit();
        decided(REFUSED);
        for (int i = 0; i < Announcements.MOST; i++) {
            assertThat(announce(i)).isTrue();
        }
        assertThat(announcements.isFull()).as("presence goes on").isFalse();
        assertThat(announce(1)).as("what finds no place").isFalse();
    }

    @Test
    void aCommandThatIsRefusedForEverIsGivenUp() {
        announce(1);
        List<Channel> lost = List.of();
        for (int i = 0; i < 100 && lost.isEmpty(); i++) {
            announcements.submit();
            lost = decided(REFUSED);
        }
        assertThat(lost).containsExactly(new Channel("demo", "c1"));
    }
}
