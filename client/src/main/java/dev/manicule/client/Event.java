package dev.manicule.client;

/**
 * Something that a subscription delivers: a message, a signal, a change of message actions, a summary of such changes, a
 * change of presence, a read mark, a change of metadata, a file, or a status of the subscription itself.
 *
 * <pre>{@code
 * if (event instanceof MessageActionEvent change && change.isAdded()) {
 *     show(change.action());
 * }
 * }</pre>
 *
 * @see Listener
 * @see ManiculeClient#events()
 * @since 0.1
 */
public sealed interface Event permits MessageEvent, SignalEvent, MessageActionEvent, ActionSummaryEvent, PresenceEvent,
        ReadMarkEvent, MetadataEvent, FileEvent, Status {
    /**
     * Calls the method of a listener that receives events of this kind, on the calling thread.
     *
     * @param listener the listener
     */
    void deliverTo(Listener listener);
}
