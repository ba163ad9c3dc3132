package dev.manicule.acceptance.history;

/** What a client asks. */
public sealed interface Request {
    /** Publish a text that no other publish has. */
    record Publish(String channel, String text) implements Request {}

    /** Put an action on a message. */
    record Add(ActionKey fact) implements Request {}

    /**
     * Take an action off.
     *
     * @param action its timetoken
     */
    record Remove(ActionKey fact, long action) implements Request {}

    /** Read a message and all actions on it. */
    record Read(String channel, long message) implements Request {}
}
