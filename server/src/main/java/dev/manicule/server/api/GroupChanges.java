package dev.manicule.server.api;

import dev.manicule.server.command.Command;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Turns;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Changes of channel groups, and of the channels of devices, on their way to the journal. A change rewrites its whole
 * group, or rows for each of its channels, so that many large ones in one batch would make all others wait: the journal
 * has changes of a limited number of channels at once, and clients take turns. Any thread may use it.
 */
final class GroupChanges {
    /** Channels in the groups that are changed at once; one change is always admitted, however large. */
    private static final int MOST_AT_ONCE = 4_000;

    private final Journal journal;
    /** Guarded by this. */
    private final Turns<Change<?>> turns = new Turns<>();
    /** The size of the changes that the journal has, in channels. Guarded by this. */
    private int submitted;

    private record Change<O extends Outcome>(Client client, Command<O> command, int channels,
            Consumer<? super O> whenDecided) {}

    GroupChanges(Journal journal) {
        this.journal = journal;
    }

    /**
     * Submits a change, now or when it is the client's turn.
     *
     * @param channels how many channels are in the group and in the command, about
     * @param whenDecided receives the outcome; must not wait
     */
    <O extends Outcome> void submit(Client client, Command<O> command, int channels,
            Consumer<? super O> whenDecided) {
        synchronized (this) {
            turns.add(client, new Change<>(client, command, channels + 1, whenDecided));
        }
        submitNext();
    }

    private void submitNext() {
        List<Change<?>> next = new ArrayList<>();
        synchronized (this) {
            Change<?> change = submitted < MOST_AT_ONCE ? turns.poll() : null;
            while (change != null) {
                submitted += change.channels;
                next.add(change);
                change = submitted < MOST_AT_ONCE ? turns.poll() : null;
            }
        }
        next.forEach(this::submit);
    }

    private <O extends Outcome> void submit(Change<O> change) {
        journal.submit(change.client, change.command, outcome -> decided(change, outcome));
    }

    private <O extends Outcome> void decided(Change<O> change, O outcome) {
        synchronized (this) {
            submitted -= change.channels;
        }
        try {
            change.whenDecided.accept(outcome);
        } finally {
            submitNext();
        }
    }

    /** How many changes wait for their turn. */
    synchronized int waiting() {
        return turns.size();
    }
}
