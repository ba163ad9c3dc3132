package dev.manicule.client;

/**
 * Receives the events of subscribed channels. All listeners of a client are called one event after the other, in order,
 * each on a thread of the client's; they may block, call the client and wait for it, and add or remove listeners.
 * Whatever a listener throws is logged, and harms nothing.
 *
 * <pre>{@code
 * client.addListener(new Listener() {
 *     @Override
 *     public void messageAction(MessageActionEvent event) {
 *         System.out.println(event.action().uuid() + " " + event.event() + " " + event.action().value());
 *     }
 * });
 * }</pre>
 *
 * @see ManiculeClient#events()
 * @since 0.1
 */
public interface Listener {
    /**
     * The subscription's state changed, or the server has acknowledged that channels were left.
     *
     * @param status the new state, and the error if there was one
     */
    default void status(Status status) {}

    /**
     * A message was published.
     *
     * @param message the message
     */
    default void message(MessageEvent message) {}

    /**
     * An action was added to a message, or removed from one.
     *
     * @param event the change
     */
    default void messageAction(MessageActionEvent event) {}

    /**
     * Actions on a message changed in a period. Comes in place of {@link #messageAction} where the subscription has
     * {@linkplain Subscribe#withActionSummaries summaries}.
     *
     * @param event the counts that have changed
     */
    default void actionSummary(ActionSummaryEvent event) {}

    /**
     * A signal was sent.
     *
     * @param signal the signal
     */
    default void signal(SignalEvent signal) {}

    /**
     * A user joined or left, or changed state.
     *
     * @param event the change
     */
    default void presence(PresenceEvent event) {}

    /**
     * A user has read a channel further than before. Comes only for channels subscribed to
     * {@linkplain Subscribe#withReadMarks() with read marks}.
     *
     * @param event the mark
     */
    default void readMark(ReadMarkEvent event) {}

    /**
     * Metadata of a user, a channel or a membership was set or removed.
     *
     * @param event the change
     */
    default void metadata(MetadataEvent event) {}

    /**
     * A file was sent.
     *
     * @param event the file, and the message that presents it
     */
    default void file(FileEvent event) {}
}
