package dev.manicule.acceptance.history;

import java.util.Map;

/** The result of an invocation. */
public sealed interface Result {
    /** It was published. */
    record Sent(long timetoken) implements Result {}

    /** The action is on its message. */
    record Added(long timetoken) implements Result {}

    /** The action was there already. */
    record AlreadyThere() implements Result {}

    /**
     * The action is gone.
     *
     * @param action its timetoken
     */
    record Removed(long action) implements Result {}

    /** There is no such action. */
    record NotThere() implements Result {}

    /**
     * What was read.
     *
     * @param isThere whether the message is there
     * @param actions the actions on it, with their timetokens
     */
    record Found(boolean isThere, Map<ActionKey, Long> actions) implements Result {
        /** Copies the map. */
        public Found {
            actions = Map.copyOf(actions);
        }
    }

    /** Nothing was done, for certain. */
    record Refused() implements Result {}

    /** No response arrived, or one that leaves open whether it was done. */
    record Unknown() implements Result {}
}
