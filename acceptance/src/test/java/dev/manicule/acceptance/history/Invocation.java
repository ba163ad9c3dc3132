package dev.manicule.acceptance.history;

/** A request of a client. */
public sealed interface Invocation {
    /** Publish a text that no other publish has. */
    record Publish(String channel, String text) implements Invocation {}

    /** Put an action on a message. */
    record Add(ActionKey key) implements Invocation {}

    /**
     * Take an action off.
     *
     * @param action its timetoken
     */
    record Remove(ActionKey key, long action) implements Invocation {}

    /** Take an action off, or put it on a message where it is not. */
    record Toggle(ActionKey key) implements Invocation {}

    /** Read a message and all actions on it. */
    record Read(String channel, long message) implements Invocation {}
}
