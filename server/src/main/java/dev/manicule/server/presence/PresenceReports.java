package dev.manicule.server.presence;

import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.PresenceChange;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Changes of presence on their way to the journal, in their order: one command of bounded size at a time, so that presence, however
 * much of it there is, takes a bounded part of each batch of the journal. While one is being decided the next is gathered;
 * when that is full too, {@link Presence} waits.
 *
 * <p>Changes that the journal rejects are submitted again until they are decided. Meanwhile presence goes on:
 * {@link LeaseReporter} reports later what finds no place then. Belongs to the thread of presence.
 */
final class PresenceReports implements Presence.Reports {
    /**
     * The most changes of a command: as many as the channels that a request may name, so that a request is one command.
     */
    static final int MOST = 500;
    /** The most bytes of the changes of one command. */
    static final long MOST_BYTES = 256 << 10;

    private final Journal journal;
    private final long node;
    private final Predicate<Channel> isListenedTo;
    private final Consumer<ChangePresence.Outcome> whenDecided;
    private List<PresenceChange> gathered = new ArrayList<>();
    private long gatheredBytes;
    private long allBytes;
    /** The changes that the journal is deciding; empty when there are none. */
    private List<PresenceChange> submitted = List.of();
    private long submittedBytes;
    private boolean isSubmitted;
    private boolean isFailing;
    /** The actions to run once the gathered changes are decided. */
    private List<Runnable> afterGathered = new ArrayList<>();
    /** The actions to run once the submitted changes are decided. */
    private List<Runnable> afterSubmitted = new ArrayList<>();

    /**
     * Reports to a journal.
     *
     * @param node which node reports
     * @param isListenedTo whether a presence channel reaches a subscriber
     * @param whenDecided gets the outcome, on any thread, and has {@link #decided} called on the thread of presence
     */
    PresenceReports(Journal journal, long node, Predicate<Channel> isListenedTo,
            Consumer<ChangePresence.Outcome> whenDecided) {
        this.journal = journal;
        this.node = node;
        this.isListenedTo = isListenedTo;
        this.whenDecided = whenDecided;
    }

    @Override
    public boolean hasOthers() {
        return node != ChangePresence.ONLY_NODE;
    }

    @Override
    public boolean isListenedTo(Channel channel) {
        return isListenedTo.test(channel.presence());
    }

    @Override
    public boolean isListenedTo(ChannelGroup group) {
        return isListenedTo.test(group.presence());
    }

    /** False while the journal rejects: heartbeats get their responses all the same. */
    @Override
    public boolean isFull() {
        return !isFailing && hasMost();
    }

    @Override
    public boolean add(PresenceChange change) {
        if (isFailing && hasMost()) {
            return false;
        }
        gathered.add(change);
        gatheredBytes += change.weight();
        allBytes += change.weight();
        return true;
    }

    /** Whether there is something to submit, and the journal is not deciding an earlier submission. */
    boolean isReady() {
        return !isSubmitted && !(submitted.isEmpty() && gathered.isEmpty());
    }

    /**
     * Submits what was gathered, if it {@link #isReady}.
     *
     * @return about how many bytes that is
     */
    long submit() {
        if (!isReady()) {
            return 0;
        }
        if (submitted.isEmpty()) {
            submitted = gathered;
            submittedBytes = gatheredBytes;
            gathered = new ArrayList<>();
            gatheredBytes = 0;
            afterSubmitted.addAll(afterGathered);
            afterGathered = new ArrayList<>();
        }
        isSubmitted = true;
        journal.submit(new ChangePresence(node, submitted), whenDecided);
        return submittedBytes;
    }

    @Override
    public void whenReported(Runnable action) {
        if (isFailing || (submitted.isEmpty() && gathered.isEmpty())) {
            action.run();
        } else {
            (gathered.isEmpty() ? afterSubmitted : afterGathered).add(action);
        }
    }

    /** Submits all there is, in its order, without an outcome: the server stops. */
    void submitLast() {
        if (!isSubmitted && !submitted.isEmpty()) {
            journal.submit(new ChangePresence(node, submitted), outcome -> {});
        }
        if (!gathered.isEmpty()) {
            journal.submit(new ChangePresence(node, gathered), outcome -> {});
        }
    }

    /** About how many bytes were reported so far. */
    long bytes() {
        return allBytes;
    }

    /**
     * The journal has decided. What it rejected is submitted again with the next {@link #submit}. Of changes that may
     * have been applied, only those that can be applied twice are submitted again.
     */
    void decided(ChangePresence.Outcome outcome) {
        isSubmitted = false;
        isFailing = outcome instanceof Unavailable;
        if (outcome instanceof Unavailable(_, boolean mayHaveHappened)) {
            submitted = mayHaveHappened
                    ? submitted.stream().map(PresenceChange::again).filter(Objects::nonNull).toList()
                    : submitted;
        } else {
            submitted = List.of();
        }
        List<Runnable> actions = afterSubmitted;
        afterSubmitted = new ArrayList<>();
        if (isFailing) { // for an unknown time
            actions.addAll(afterGathered);
            afterGathered = new ArrayList<>();
        }
        actions.forEach(Runnable::run);
    }

    /** Whether the journal rejected the last submission. */
    boolean isFailing() {
        return isFailing;
    }

    private boolean hasMost() {
        return gathered.size() >= MOST || gatheredBytes >= MOST_BYTES;
    }
}
