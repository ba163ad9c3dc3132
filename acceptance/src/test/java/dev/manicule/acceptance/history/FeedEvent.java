package dev.manicule.acceptance.history;

/** An event as subscribers receive it. */
public sealed interface FeedEvent {
    /** Its own timetoken. */
    long timetoken();

    /** Where it happened. */
    String channel();

    /** A message was published. */
    record Delivered(String channel, long timetoken, String text) implements FeedEvent {}

    /** An action was added; its timetoken is the event's. */
    record Added(long timetoken, ActionKey key) implements FeedEvent {
        @Override
        public String channel() {
            return key.channel();
        }
    }

    /**
     * An action was removed.
     *
     * @param action the timetoken of the action
     */
    record Removed(long timetoken, ActionKey key, long action) implements FeedEvent {
        @Override
        public String channel() {
            return key.channel();
        }
    }
}
