package dev.manicule.server.hub;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Polls in the order in which they will time out. Linked through the polls themselves: joining and leaving are what each
 * of ten thousand deliveries of one event does.
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

    /** Puts a poll at the end that is in no queue. */
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

    /** Takes a poll out of the queue that it is in, if any. */
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
