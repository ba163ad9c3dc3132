package dev.manicule.server.limits;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A queue in which clients get equal shares of time: first addresses, then the keysets of an address, then the
 * connections of a keyset; within a connection, the first item goes first. The next item always belongs to the client
 * that has used least. With turns alone, each of many short tasks would wait for a long one of another client.
 *
 * <p>Time is counted from the last client served: a client that was idle has saved nothing up, and one that was alone
 * owes nothing. For one thread at a time.
 *
 * @param <T> the type of the waiting items
 */
public final class TimeShares<T> {
    private static final Object NONE = new Object();
    /** The assumed use of each item until it is known, so that items that begin at once are of different clients. */
    private static final long ADVANCE_NANOS = 20_000;
    private static final int MANY = 100;
    /** So many clients that have used more than others, and have no waiting items, are remembered. */
    private static final int MOST = 10_000;

    private final Share<T> all = new Share<>(null, 0);
    private long shares;
    private int size;

    /** An address, a keyset of one, or a connection of one. */
    private static final class Share<T> implements Comparable<Share<T>> {
        private final @Nullable Share<T> parent;
        private final long number;
        private final Map<Object, Share<T>> children = new HashMap<>();
        /** The children with waiting items, the one that has used least first. */
        private final TreeSet<Share<T>> ready = new TreeSet<>();
        private final ArrayDeque<T> waiting = new ArrayDeque<>(0);
        private long used;
        /** The use of the child that was served last. */
        private long level;
        private int dropAt = MANY;

        private Share(@Nullable Share<T> parent, long number) {
            this.parent = parent;
            this.number = number;
        }

        @Override
        public int compareTo(Share<T> other) {
            return used == other.used ? Long.compare(number, other.number) : Long.compare(used, other.used);
        }

        private boolean isEmpty() {
            return ready.isEmpty() && waiting.isEmpty();
        }

        private void use(long nanos) {
            Share<T> above = parent;
            if (above == null) {
                return;
            }
            boolean isReady = above.ready.remove(this);
            used += nanos;
            if (isReady) {
                above.ready.add(this);
            }
            above.use(nanos);
        }

        /**
         * Drops children without waiting items that owe nothing; all children without waiting items, if there are too
         * many.
         */
        private void drop() {
            if (children.size() >= dropAt) {
                children.values().removeIf(child -> child.isEmpty() && child.used <= level);
                if (children.size() > MOST) {
                    children.values().removeIf(Share::isEmpty);
                }
                dropAt = Math.max(MANY, 2 * children.size());
            }
        }
    }

    /** The next item, and the share that it uses. */
    public static final class Next<T> {
        private final Share<T> share;
        private final T item;

        private Next(Share<T> share, T item) {
            this.share = share;
            this.item = item;
        }

        /** The item. */
        public T item() {
            return item;
        }
    }

    /** Adds an item at the end of its client's queue. */
    public void add(Client client, T item) {
        ready(client).addLast(item);
    }

    /** Puts an item of which a part was done back at the front of its client's queue. */
    public void putBack(Client client, T item) {
        ready(client).addFirst(item);
    }

    /** The queue of a client, to which an item is added. */
    private ArrayDeque<T> ready(Client client) {
        Share<T> share = all;
        List<Share<T>> path = new ArrayList<>(3);
        for (Object name : new @Nullable Object[]{client.address(), client.keyset(), client.connection()}) {
            share = child(share, name == null ? NONE : name);
            path.add(share);
        }
        size++;
        for (Share<T> each : path) {
            Share<T> above = each.parent;
            if (above != null && !above.ready.contains(each)) {
                each.used = Math.max(each.used, above.level);
                above.ready.add(each);
            }
        }
        return share.waiting;
    }

    private Share<T> child(Share<T> parent, Object name) {
        Share<T> known = parent.children.get(name);
        if (known == null) {
            parent.drop();
            shares++;
            known = new Share<>(parent, shares);
            parent.children.put(name, known);
        }
        return known;
    }

    /** Takes the next item, null when none waits. */
    public @Nullable Next<T> poll() {
        Share<T> share = all;
        while (!share.ready.isEmpty()) {
            Share<T> least = share.ready.first();
            share.level = Math.max(share.level, least.used);
            share = least;
        }
        T item = share.waiting.poll();
        if (item == null) {
            return null;
        }
        size--;
        Share<T> each = share;
        for (Share<T> above = each.parent; above != null && each.isEmpty(); above = each.parent) {
            above.ready.remove(each);
            each = above;
        }
        share.use(ADVANCE_NANOS);
        return new Next<>(share, item);
    }

    /** Adds the time that an item has used. */
    public void used(Next<T> taken, long nanos) {
        taken.share.use(Math.max(0, nanos - ADVANCE_NANOS));
    }

    /** How many items wait. */
    public int size() {
        return size;
    }
}
