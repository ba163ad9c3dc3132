package dev.manicule.acceptance.history;

import java.util.Map;

/** What a client is told. */
public sealed interface Answer {
    /** It was published. */
    record Sent(long timetoken) implements Answer {}

    /** The action is on its message. */
    record Added(long timetoken) implements Answer {}

    /** The action was there already. */
    record AlreadyThere() implements Answer {}

    /** The action is gone. */
    record Removed() implements Answer {}

    /** There is no such action. */
    record NotThere() implements Answer {}

    /**
     * What was read.
     *
     * @param isThere whether the message is there
     * @param actions the actions on it, with their timetokens
     */
    record Found(boolean isThere, Map<Fact, Long> actions) implements Answer {
        /** Copies the map. */
        public Found {
            actions = Map.copyOf(actions);
        }
    }

    /** Nothing was done, for certain. */
    record Refused() implements Answer {}

    /** No answer came, or one that leaves open whether it was done. */
    record Unknown() implements Answer {}
}
