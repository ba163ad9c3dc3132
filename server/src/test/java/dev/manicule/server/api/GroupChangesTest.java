package dev.manicule.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.ChangeGroup;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.DeleteGroup;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.journal.JournalOfATest;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.ChannelGroup;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class GroupChangesTest {
    private final Queue<Runnable> submitted = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();
    private final GroupChanges changes = new GroupChanges(new JournalOfATest() {
        @Override
        @SuppressWarnings("unchecked") // there are no other commands
        public <O extends Outcome> void submit(Command<O> command, Consumer<? super O> whenDecided) {
            submitted.add(() -> whenDecided.accept((O) new ChangeGroup.Changed()));
        }
    });

    private static Client from(String address) {
        return new Budget(new Limits()).connection(InetAddress.ofLiteral(address)).of("demo");
    }

    private void change(Client client, String name, int channels) {
        changes.submit(client, new DeleteGroup(new ChannelGroup("demo", name)), channels, outcome -> done.add(name));
    }

    /** A group is written whole: many large ones in one batch would make all others wait. */
    @Test
    void largeGroupChangesAreLimitedAndFair() {
        Client attacker = from("192.0.2.1");
        for (int i = 0; i < 100; i++) {
            change(attacker, "attacker", 2_000);
        }
        assertThat(submitted).hasSize(2);
        change(from("192.0.2.2"), "innocent", 1);
        assertThat(changes.waiting()).isEqualTo(99);
        for (int i = 0; i < 6; i++) {
            submitted.remove().run();
        }
        assertThat(done).as("after those that were there, and one more").contains("innocent");
        while (!submitted.isEmpty()) {
            submitted.remove().run();
        }
        assertThat(done).hasSize(101);
    }

    @Test
    void oversizedChangeRunsAlone() {
        change(from("192.0.2.1"), "large", 100_000);
        change(from("192.0.2.1"), "next", 1);
        assertThat(submitted).hasSize(1);
        submitted.remove().run();
        assertThat(submitted).hasSize(1);
    }

    @Test
    void smallChangesRunTogether() {
        for (int i = 0; i < 100; i++) {
            change(from("192.0.2.1"), "small", 1);
        }
        assertThat(submitted).hasSize(100);
    }
}
