package dev.manicule.server.limits;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A queue in which clients take turns: first addresses, then the keysets of an address, then the connections of a
 * keyset; within a connection, the first item goes first. For one thread at a time.
 *
 * @param <T> the type of the waiting items
 */
public final class Turns<T> {
    private static final Object NONE = new Object();

    private final Ring<T> addresses = new Ring<>();
    private int size;

    /** Queues that take turns, each of which holds queues that take turns, down to the items of one connection. */
    private static final class Ring<T> {
        private final LinkedHashMap<Object, Ring<T>> children = new LinkedHashMap<>();
        private final ArrayDeque<T> waiting = new ArrayDeque<>(0);

        /** The queue at the end of a path. */
        ArrayDeque<T> queue(List<Object> path) {
            return path.isEmpty()
                    ? waiting
                    : children.computeIfAbsent(path.getFirst(), absent -> new Ring<>())
                            .queue(path.subList(1, path.size()));
        }

        @Nullable
        T poll() {
            Map.Entry<Object, Ring<T>> first = children.pollFirstEntry();
            if (first == null) {
                return waiting.poll();
            }
            T item = first.getValue().poll();
            if (!first.getValue().isEmpty()) {
                children.putLast(first.getKey(), first.getValue());
            }
            return item;
        }

        boolean isEmpty() {
            return children.isEmpty() && waiting.isEmpty();
        }
    }

    /** Adds an item at the end of its client's queue. */
    public void add(Client client, T item) {
        queue(client).addLast(item);
        size++;
    }

    private ArrayDeque<T> queue(Client client) {
        return addresses.queue(List.of(orNone(client.address()), orNone(client.keyset()), orNone(client.connection())));
    }

    /** Takes the next item, null when none waits. */
    public @Nullable T poll() {
        T item = addresses.poll();
        size -= item == null ? 0 : 1;
        return item;
    }

    /** How many items wait. */
    public int size() {
        return size;
    }

    private static Object orNone(@Nullable Object account) {
        return account == null ? NONE : account;
    }
}
