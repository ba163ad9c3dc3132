package dev.manicule.server.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.Command;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Tick;
import dev.manicule.server.command.Unavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reads that wait for the log, with ticks that the test decides. */
class PresentTest {
    /** Holds the ticks until the test decides them. */
    private static final class HeldJournal extends JournalOfATest {
        private final List<Consumer<Object>> held = new ArrayList<>();
        private @Nullable String fault;

        @Override
        @SuppressWarnings("unchecked")
        public <O extends Outcome> void submit(Command<O> command, Consumer<? super O> whenDecided) {
            assertThat(command).isInstanceOf(Tick.class);
            held.add(outcome -> whenDecided.accept((O) outcome));
        }

        @Override
        public @Nullable String fault() {
            return fault;
        }
    }

    private final HeldJournal journal = new HeldJournal();
    private final Present present = new Present(journal);
    private final List<String> reads = new ArrayList<>();

    private void read(String name) {
        present.when(fault -> reads.add(name + (fault == null ? "" : ": " + fault)));
    }

    @Test
    void aReadThatComesDuringATickWaitsForTheNextOne() {
        read("first");
        read("second");
        read("third");
        assertThat(journal.held).hasSize(1);
        journal.held.get(0).accept(new Tick.Ticked());
        assertThat(reads).containsExactly("first");
        assertThat(journal.held).hasSize(2);
        journal.held.get(1).accept(new Tick.Ticked());
        assertThat(reads).containsExactly("first", "second", "third");
        assertThat(journal.held).hasSize(2);
    }

    @Test
    void timedOutReadHasItsOwnError() {
        journal.fault = "No broker takes writes.";
        read("first");
        journal.held.get(0).accept(new Unavailable("It is not certain whether this was done.", true));
        assertThat(reads).containsExactly("first: " + new Unavailable(
                "No broker takes writes. This node can't tell whether it is up to date.", false));
        reads.clear();
        journal.fault = null;
        read("second");
        journal.held.get(1).accept(new Unavailable("Nothing was done.", false));
        assertThat(reads).containsExactly("second: " + new Unavailable(
                "The log can't be written now. This node can't tell whether it is up to date.", false));
    }
}
