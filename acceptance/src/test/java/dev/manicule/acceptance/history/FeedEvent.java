package dev.manicule.acceptance.history;

/** An event as subscribers are told it. */
public sealed interface FeedEvent {
    /** Its own timetoken. */
    long timetoken();

    /** Where it happened. */
    String channel();

    /** A message was published. */
    record Delivered(String channel, long timetoken, String text) implements FeedEvent {}

    /** An action was added; its timetoken is the event's. */
    record Added(long timetoken, ActionKey fact) implements FeedEvent {
        @Override
        public String channel() {
            return fact.channel();
        }
    }

    /**
     * An action was removed.
     *
     * @param action the timetoken of the action
     */
    record Removed(long timetoken, ActionKey fact, long action) implements FeedEvent {
        @Override
        public String channel() {
            return fact.channel();
        }
    }
}
