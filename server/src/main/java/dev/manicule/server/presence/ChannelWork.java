package dev.manicule.server.presence;

import java.util.Collection;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The work of a request on its channels, one after the other, in slices. Belongs to the thread of {@link Presence}.
 *
 * @param <C> how a channel is named
 */
public final class ChannelWork<C> implements PresenceService.PresenceTask {
    private static final int MOST_AT_ONCE = 250;

    private final Begin<C> begin;
    private final Step<C> step;
    private final PresenceService.LastWork end;
    private @Nullable Iterator<C> left;

    /**
     * The first step.
     *
     * @param <C> how a channel is named
     */
    @FunctionalInterface
    public interface Begin<C> {
        /** The names of the channels on which the rest is done. */
        Collection<C> channels(Presence presence);
    }

    /**
     * The step for one channel.
     *
     * @param <C> how a channel is named
     */
    @FunctionalInterface
    public interface Step<C> {
        /**
         * Does it.
         *
         * @param now nanoseconds, as {@link Presence} wants them
         */
        void on(Presence presence, C channel, long now);
    }

    /**
     * Work on some channels.
     *
     * @param begin is called when the work begins, not when it is submitted: waiting work should be small
     * @param end runs after the last channel
     */
    public ChannelWork(Begin<C> begin, Step<C> step, PresenceService.LastWork end) {
        this.begin = begin;
        this.step = step;
        this.end = end;
    }

    @Override
    public boolean on(Presence presence, long now) {
        Iterator<C> next = left == null ? begin.channels(presence).iterator() : left;
        left = next;
        for (int i = 0; i < MOST_AT_ONCE && next.hasNext() && (i == 0 || !presence.isFull()); i++) {
            step.on(presence, next.next(), now);
        }
        if (next.hasNext()) {
            return true;
        }
        end.on(presence, now);
        return false;
    }
}
