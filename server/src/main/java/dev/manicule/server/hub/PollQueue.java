package dev.manicule.server.hub;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Polls in the order in which they will time out. Linked through the polls themselves, since each of ten thousand
 * deliveries of one event adds and removes one.
 */
final class PollQueue {
    private @Nullable Poll first;
    private @Nullable Poll last;
    private int size;

    int size() {
        return size;
    }

    /** The one to time out next, null when there is none. */
    @Nullable
    Poll first() {
        return first;
    }

    /** All of them. */
    List<Poll> all() {
        List<Poll> all = new ArrayList<>(size);
        for (Poll poll = first; poll != null; poll = poll.next) {
            all.add(poll);
        }
        return all;
    }

    /** Adds a poll that is in no queue at the end. */
    void add(Poll poll) {
        poll.queue = this;
        poll.previous = last;
        if (last == null) {
            first = poll;
        } else {
            last.next = poll;
        }
        last = poll;
        size++;
    }

    /** Removes a poll from its queue, if any. */
    static void leave(Poll poll) {
        if (poll.queue != null) {
            poll.queue.remove(poll);
        }
    }

    private void remove(Poll poll) {
        if (poll.previous == null) {
            first = poll.next;
        } else {
            poll.previous.next = poll.next;
        }
        if (poll.next == null) {
            last = poll.previous;
        } else {
            poll.next.previous = poll.previous;
        }
        poll.queue = null;
        poll.previous = null;
        poll.next = null;
        size--;
    }
}
