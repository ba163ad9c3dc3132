package dev.manicule.client;

/**
 * How long a subscription waits between attempts to reach the server again after it lost its connection. The first
 * attempt begins at once. No wait is longer than {@link ClientConfig.Reconnection#maximumDelay()}, and each is shortened
 * by up to a half at random, so that the clients of a server do not come back all at the same moment. An attempt also
 * begins as soon as another call of the client gets a response.
 *
 * @since 0.1
 */
public enum ReconnectionPolicy {
    /** No attempts: the subscription stops, until {@link ManiculeClient#reconnect()}. */
    NONE,
    /** Every 3 seconds. */
    LINEAR,
    /** After 1, 2, 4, 8 and so many more seconds, up to the bound. */
    EXPONENTIAL
}
