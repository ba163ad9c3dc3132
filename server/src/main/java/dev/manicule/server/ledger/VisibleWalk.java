package dev.manicule.server.ledger;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Range;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Walks over rows of a channel, with what is visible of them. Deleted rows are removed while other threads read: the
 * hidden ranges are read after the walks have begun, so that they hide completely whatever the walks may have lost in
 * part.
 *
 * @param <W> one walk, or several that are closed together
 * @param walks over what is kept of the range
 */
record VisibleWalk<W extends VisibleWalk.Walk>(W walks, Visible visible) implements AutoCloseable {
    /**
     * Begins walks.
     *
     * @param begin begins them over a part of the range; it may be called again, when the walks before are closed
     * @return null where nothing of the range is kept
     */
    static <W extends Walk> @Nullable VisibleWalk<W> of(State state, Channel channel, Range range,
            Function<Range, W> begin) {
        return begin(state, channel, () -> {
            Range kept = state.visible(channel).keptOf(range);
            return kept.isEmpty() ? null : begin.apply(kept);
        });
    }

    /** Begins walks over rows that may be visible although the messages that they belong to are too old. */
    static <W extends Walk> VisibleWalk<W> ofWhole(State state, Channel channel, Supplier<W> begin) {
        return Objects.requireNonNull(begin(state, channel, begin));
    }

    private static <W extends Walk> @Nullable VisibleWalk<W> begin(State state, Channel channel,
            Supplier<? extends @Nullable W> begin) {
        while (true) {
            long forgotten = state.deletions().forgotten();
            W walks = begin.get();
            if (walks == null) {
                return null;
            }
            Visible visible = state.visible(channel);
            if (state.deletions().forgotten() == forgotten) {
                return new VisibleWalk<>(walks, visible);
            }
            walks.close(); // a deletion may have lost its rows between two of them, and be forgotten by now
        }
    }

    @Override
    public void close() {
        walks.close();
    }

    /** Walks that are closed without a checked exception. */
    interface Walk extends AutoCloseable {
        @Override
        void close();
    }
}
