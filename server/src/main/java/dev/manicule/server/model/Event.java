package dev.manicule.server.model;

import dev.manicule.server.json.JsonWriter;
import java.util.Arrays;

/**
 * Something that is delivered to subscribers of a channel: a message, a signal, an action added or removed.
 *
 * <p>It is encoded once, when it happens, and the same bytes are stored, kept in memory and sent to every subscriber.
 * Immutable: no caller may change the array.
 *
 * @param channel where it happened
 * @param timetoken its place in the order; unique in its keyset, never 0
 * @param kept whether subscribers can catch up with it as long as history is kept; otherwise for
 *         {@link Timetoken#SHORTLY}
 * @param envelope the JSON envelope of the protocol, open at its end: what stands between its last member and the
 *         closing brace depends on the subscriber (the {@code b} member)
 */
@SuppressWarnings("ArrayRecordComponent") // an event is equal to itself only, by its timetoken; see equals
public record Event(Channel channel, long timetoken, boolean kept, byte[] envelope) {
    /** {@code a} and {@code f} mean nothing to any client but must be present; then the kind of an event of actions. */
    private static final byte[] OF_ACTION = new JsonWriter().object()
            .member("a", "1")
            .member("f", 514)
            .member("e", 3)
            .toOpenBytes();

    /** The beginning of the envelope of an event of actions. */
    public static JsonWriter ofAction(int capacity) {
        return new JsonWriter(capacity).openObject(OF_ACTION);
    }

    /** Whether it is about actions: then its kind, which has one digit, comes third. */
    public boolean isOfAction() {
        return envelope.length > OF_ACTION.length
                && Arrays.equals(envelope, 0, OF_ACTION.length, OF_ACTION, 0, OF_ACTION.length);
    }

    /** Whether it is still delivered to a subscriber that was away. */
    public boolean isToldAt(long now) {
        return kept || timetoken > now - Timetoken.SHORTLY;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Event event && timetoken == event.timetoken && channel.equals(event.channel);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(timetoken);
    }
}
