package dev.manicule.acceptance.history;

/** An event as subscribers are told it. */
public sealed interface Happening {
    /** Its own timetoken. */
    long timetoken();

    /** Where it happened. */
    String channel();

    /** A message was published. */
    record Told(String channel, long timetoken, String text) implements Happening {}

    /** An action was added; its timetoken is the event's. */
    record Added(long timetoken, Fact fact) implements Happening {
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
    record Removed(long timetoken, Fact fact, long action) implements Happening {
        @Override
        public String channel() {
            return fact.channel();
        }
    }
}
