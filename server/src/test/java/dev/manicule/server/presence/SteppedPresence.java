package dev.manicule.server.presence;

import dev.manicule.server.journal.Journal;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** A {@link PresenceService} without a thread: a test takes its steps. */
public final class SteppedPresence {
    private final PresenceService thread;

    /** As {@link PresenceService}. */
    public SteppedPresence(Journal journal, long node, Predicate<Channel> isListenedTo,
            BiPredicate<ChannelGroup, String> isIn,
            LongSupplier nanoTime, Limits limits) {
        thread = new PresenceService(journal, node, isListenedTo, isIn, nanoTime, PresenceSettings.DEFAULT, limits);
    }

    /** Where work is submitted. */
    public PresenceService work() {
        return thread;
    }

    /** Does a part of what there is to do; false when there was nothing. */
    public boolean step() {
        try {
            return thread.step(false);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nothing waits", e);
        }
    }
}
