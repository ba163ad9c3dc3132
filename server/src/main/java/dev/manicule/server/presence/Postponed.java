package dev.manicule.server.presence;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Things to be done after a fixed time, in the order in which they came. Belongs to the thread of {@link Presence}. */
final class Postponed<T> {
    /** Things that came within this time of each other are done together. */
    private static final long TOGETHER_NANOS = 20_000_000;

    private final long nanos;
    private long lastPoll;
    private final Queue<Entry<T>> entries = new ArrayDeque<>();

    private record Entry<T>(T what, long due) {}

    Postponed(long nanos) {
        this.nanos = nanos;
    }

    void add(T what, long now) {
        entries.add(new Entry<>(what, now + nanos));
    }

    /** The next one, whether its time has come or not; null when there is none. */
    @Nullable
    T pollEarly() {
        Entry<T> first = entries.poll();
        return first == null ? null : first.what;
    }

    int size() {
        return entries.size();
    }

    /** The next one whose time has come; null when there is none. */
    @Nullable
    T poll(long now) {
        Entry<T> first = entries.peek();
        long grace = lastPoll == now ? TOGETHER_NANOS : 0;
        if (first == null || first.due - now > grace) {
            return null;
        }
        lastPoll = now;
        entries.remove();
        return first.what;
    }
}
