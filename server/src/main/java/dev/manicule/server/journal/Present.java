package dev.manicule.server.journal;

import dev.manicule.server.command.Tick;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.limits.RedactedThrowable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads that wait until this node has applied all that any node had returned to clients before they came. One
 * {@link Tick} through the log is enough for all waiting reads; reads that come while it is under way wait for the next
 * one, since it may have its place in the log already. Any thread may use it.
 */
final class Present {
    private static final Logger LOG = LoggerFactory.getLogger(Present.class);

    private final Journal journal;
    /** Guarded by this. */
    private List<Consumer<@Nullable Unavailable>> waiting = new ArrayList<>();
    /** Guarded by this. */
    private boolean isUnderWay;

    Present(Journal journal) {
        this.journal = journal;
    }

    void when(Consumer<@Nullable Unavailable> action) {
        synchronized (this) {
            waiting.add(action);
            if (isUnderWay) {
                return;
            }
            isUnderWay = true;
        }
        ask();
    }

    private void ask() {
        List<Consumer<@Nullable Unavailable>> asking;
        synchronized (this) {
            if (waiting.isEmpty()) {
                isUnderWay = false;
                return;
            }
            asking = waiting;
            waiting = new ArrayList<>();
        }
        journal.submit(new Tick(), outcome -> {
            Unavailable fault = outcome instanceof Unavailable ? unavailable() : null;
            ask(); // first, so that the waiting reads do not wait for these
            for (Consumer<@Nullable Unavailable> each : asking) {
                call(each, fault);
            }
        });
    }

    /** The outcome of the tick is in the words of a write; the reads have written nothing. */
    private Unavailable unavailable() {
        String cause = journal.fault();
        return new Unavailable((cause == null ? "The log can't be written now." : cause)
                + " This node can't tell whether it is up to date.", false);
    }

    private static void call(Consumer<@Nullable Unavailable> action, @Nullable Unavailable fault) {
        try {
            action.accept(fault);
        } catch (Throwable e) { // a failing read must not stop the others
            LOG.error("A read failed", RedactedThrowable.of(e));
        }
    }
}
