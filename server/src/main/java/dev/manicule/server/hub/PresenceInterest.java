package dev.manicule.server.hub;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.Event;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * The presence channels that subscribers listen to, now or lately: the server makes no announcement that reaches no
 * subscriber.
 *
 * <p>It is two Bloom filters of a fixed size, however many names subscribers list. It may say yes to a name that no
 * subscriber lists, and never says no to one that a subscriber has listed within {@link #REMEMBERED}. A subscriber that
 * stays longer is noted again. Any thread may use it; nothing waits.
 */
public final class PresenceInterest {
    /** How long a subscription is remembered at least; twice that at most. Events that are not kept last as long. */
    public static final Duration REMEMBERED = Duration.ofMinutes(20);
    /** 512 KiB a filter: a million names at 1.5 % of wrong answers. */
    private static final int LOG_BITS = 22;
    private static final int HASHES = 3;
    /** A channel in more groups counts as listened to: a check of each would let a client make every join costly. */
    private static final int MANY_GROUPS = 100;

    private final Groups groups;
    private final LongSupplier nanoTime;
    private final AtomicReference<Generations> generations;
    private final long begin;
    private final boolean hadSubscribers;

    /** The notes since a time in nanoseconds, and the notes of the time before. */
    private record Generations(long since, AtomicLongArray current, AtomicLongArray earlier) {}

    /**
     * Nothing is listened to yet.
     *
     * @param hadSubscribers whether there may have been subscribers before: they reconnect with their cursors, and
     *        until then, for {@link #REMEMBERED}, everything counts as listened to
     * @param groups which channels are in which groups at the time of each call
     * @param nanoTime a clock that does not step back, in nanoseconds
     */
    public PresenceInterest(boolean hadSubscribers, Groups groups, LongSupplier nanoTime) {
        this.hadSubscribers = hadSubscribers;
        this.groups = groups;
        this.nanoTime = nanoTime;
        begin = nanoTime.getAsLong();
        generations = new AtomicReference<>(new Generations(nanoTime.getAsLong(), empty(), empty()));
    }

    private static AtomicLongArray empty() {
        return new AtomicLongArray(1 << (LOG_BITS - 6));
    }

    /**
     * A subscriber listens to this from now on. Before it gets its first cursor, so that it misses nothing after that.
     *
     * @return the {@link #generation()} in which it is noted
     */
    public long note(Subscription subscription) {
        Generations present = present();
        AtomicLongArray bits = present.current();
        for (String name : subscription.channels()) {
            if (Channel.isPresence(name)) {
                set(bits, mixed(hash(keyset(subscription.keyset()), name)));
            }
        }
        for (String name : subscription.wildcards()) {
            if (!subscription.isSilent(name)) {
                set(bits, mixed(hash(keyset(subscription.keyset()), name)));
            }
        }
        for (String name : subscription.groups()) {
            if (Channel.isPresence(name)) {
                set(bits, mixed(hash(group(subscription.keyset()), name)));
            }
        }
        return present.since();
    }

    /** Changes every {@link #REMEMBERED}; a subscriber that is still connected then has to be noted again. */
    public long generation() {
        return present().since();
    }

    /**
     * Whether a subscriber listens to a presence channel, by its name, by a wildcard that matches it, or by the
     * presence of a group that its channel is in.
     *
     * @param presenceChannel its name ends with {@link Channel#PRESENCE}
     */
    public boolean isListenedTo(Channel presenceChannel) {
        if (hadSubscribers && nanoTime.getAsLong() - begin < REMEMBERED.toNanos()) {
            return true;
        }
        Generations present = present();
        String name = presenceChannel.name();
        long hash = keyset(presenceChannel.keyset());
        for (int i = 0; i < name.length(); i++) {
            hash = step(hash, name.charAt(i));
            if (name.charAt(i) == '.') { // one walk along the name, however many dots a client puts into it
                long wildcard = step(hash, '*');
                if (isSet(present, wildcard) || isSet(present, hash(wildcard, Channel.PRESENCE))) {
                    return true;
                }
            }
        }
        if (isSet(present, hash)) {
            return true;
        }
        if (groups.countOf(presenceChannel) > MANY_GROUPS) {
            return true;
        }
        Event last = new Event(presenceChannel, Long.MAX_VALUE, false, new byte[0]); // after every join of a group
        for (String group : groups.of(last)) {
            if (isSet(present, hash(group(presenceChannel.keyset()), group))) {
                return true;
            }
        }
        return false;
    }

    private Generations present() {
        Generations known = generations.get();
        long now = nanoTime.getAsLong();
        if (now - known.since() < REMEMBERED.toNanos()) {
            return known;
        }
        boolean isLong = now - known.since() >= 2 * REMEMBERED.toNanos();
        generations.compareAndSet(known, new Generations(now, empty(), isLong ? empty() : known.current()));
        return generations.get();
    }

    private static long keyset(String keyset) {
        return step(hash(0xcbf29ce484222325L, keyset), '\0');
    }

    private static long group(String keyset) {
        return hash(keyset(keyset), ChannelGroup.MARK);
    }

    private static long hash(long begin, String text) {
        long hash = begin;
        for (int i = 0; i < text.length(); i++) {
            hash = step(hash, text.charAt(i));
        }
        return hash;
    }

    private static long step(long hash, char c) {
        return (hash ^ c) * 0x100000001b3L;
    }

    /** The bits of FNV-1a, well mixed. */
    private static long mixed(long hash) {
        long once = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        long twice = (once ^ once >>> 33) * 0xc4ceb9fe1a85ec53L;
        return twice ^ twice >>> 33;
    }

    private static boolean isSet(Generations present, long hash) {
        long mixed = mixed(hash);
        return isSet(present.current(), mixed) || isSet(present.earlier(), mixed);
    }

    private static boolean isSet(AtomicLongArray bits, long mixed) {
        for (int i = 0; i < HASHES; i++) {
            int bit = bit(mixed, i);
            if ((bits.get(bit >>> 6) & 1L << bit) == 0) {
                return false;
            }
        }
        return true;
    }

    private static void set(AtomicLongArray bits, long mixed) {
        for (int i = 0; i < HASHES; i++) {
            int bit = bit(mixed, i);
            long mask = 1L << bit;
            if ((bits.get(bit >>> 6) & mask) == 0) { // mostly it is set: many polls list the same
                bits.getAndUpdate(bit >>> 6, word -> word | mask);
            }
        }
    }

    private static int bit(long mixed, int which) {
        return (int) (mixed >>> (which * 21)) & ((1 << LOG_BITS) - 1);
    }
}
