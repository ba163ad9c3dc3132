package dev.manicule.client;

/**
 * The state of the subscription of a client; see {@link ManiculeClient#subscriptionState()}.
 *
 * @since 0.1
 */
public enum SubscriptionState {
    /** It has no channels. */
    IDLE,
    /** It has channels, and no response yet. */
    CONNECTING,
    /** It is connected. */
    CONNECTED,
    /** The connection was lost; it tries to reach the server again. */
    RECONNECTING,
    /** It has given up: see the last error. */
    STOPPED
}
