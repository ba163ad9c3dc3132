package dev.manicule.client;

/** How the subscription of a client is; see {@link ManiculeClient#subscriptionState()}. */
public enum SubscriptionState {
    /** It has no channels. */
    IDLE,
    /** It has channels, and no answer yet. */
    CONNECTING,
    /** All is well. */
    CONNECTED,
    /** The connection was lost; it tries to reach the server again. */
    RECONNECTING,
    /** It has given up: see the last error. */
    STOPPED
}
