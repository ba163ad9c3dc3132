package dev.manicule.server.ledger;

import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A number for each channel that changes whenever something stored on the channel changes, so that a cache can detect
 * that its content is outdated. Channels whose names have the same hash share a number: a change of one counts as a
 * change of both.
 *
 * <p>While a change is being written its channels' numbers are odd, and odd numbers don't come twice: until the write
 * has returned, a reader may or may not see it.
 *
 * <p>One thread changes them, the journal's. Any thread may ask.
 */
final class ChannelVersions {
    private static final int COUNT = 1 << 12;

    private final AtomicLongArray numbers = new AtomicLongArray(COUNT);

    /** Channels of a change, by the places of their numbers. For one thread. */
    static final class Changing {
        private final BitSet places = new BitSet(COUNT);

        /** Adds the channel that a key begins with. */
        void add(byte[] key) {
            places.set(place(key, Keys.channelLength(key)));
        }
    }

    /** The number of a channel: odd while something on it is being changed. */
    long of(byte[] channel) {
        return numbers.get(place(channel, channel.length));
    }

    /** The caller calls this before it writes a change. */
    void begin(Changing changing) {
        changeAll(changing);
    }

    /**
     * The caller calls this once the change is written; if the write failed, {@link #renew} once it knows what is
     * stored.
     */
    void end(Changing changing) {
        changeAll(changing);
    }

    private void changeAll(Changing changing) {
        BitSet places = changing.places;
        for (int place = places.nextSetBit(0); place >= 0; place = places.nextSetBit(place + 1)) {
            numbers.set(place, numbers.get(place) + 1); // no other thread changes it
        }
    }

    /** Changes all of them. */
    void renew() {
        for (int place = 0; place < COUNT; place++) {
            numbers.set(place, (numbers.get(place) | 1) + 1);
        }
    }

    private static int place(byte[] key, int length) {
        int hash = 0;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + key[i];
        }
        return (hash ^ hash >>> 15) & COUNT - 1;
    }
}
