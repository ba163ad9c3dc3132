package dev.manicule.server.presence;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The members whose time runs, the earliest first: a heap in which each member knows its place, so that a member that
 * is gone is removed at once. The heap of the JDK would need a search, or would hold the member until its time has
 * come.
 *
 * <p>A member is looked at when {@link Member#wakes} has come. Its time may be over later than that: each heartbeat moves
 * only {@link Member#expires}, which costs nothing here. Belongs to the thread of {@link Presence}.
 */
final class Deadlines {
    private static final int SMALL = 1_024;

    private @Nullable Member[] heap = new Member[16];
    private int size;

    /** How many members there are in it. */
    int size() {
        return size;
    }

    /** The member with the earliest time, null when there is none. */
    @Nullable
    Member first() {
        return heap[0];
    }

    /** The member is looked at when its time is over, or before. */
    void put(Member member) {
        if (member.deadlineAt < 0) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, 2 * size);
            }
            member.wakes = member.expires;
            up(member, size++);
        } else if (member.expires - member.wakes < 0) {
            member.wakes = member.expires;
            up(member, member.deadlineAt);
        }
    }

    /** The member is not looked at. */
    void remove(Member member) {
        int at = member.deadlineAt;
        if (at < 0) {
            return;
        }
        member.deadlineAt = -1;
        size--;
        Member last = heap[size];
        heap[size] = null;
        if (last != null && last != member) {
            down(last, at);
            up(last, last.deadlineAt);
        }
        if (heap.length > SMALL && size < heap.length / 4) {
            heap = Arrays.copyOf(heap, heap.length / 2);
        }
    }

    private void up(Member member, int from) {
        int at = from;
        while (at > 0) {
            Member parent = heap[(at - 1) / 2];
            if (parent == null || parent.wakes - member.wakes <= 0) {
                break;
            }
            set(at, parent);
            at = (at - 1) / 2;
        }
        set(at, member);
    }

    private void down(Member member, int from) {
        int at = from;
        while (true) {
            int child = 2 * at + 1;
            Member least = child < size ? heap[child] : null;
            Member right = child + 1 < size ? heap[child + 1] : null;
            if (right != null && least != null && right.wakes - least.wakes < 0) {
                child++;
                least = right;
            }
            if (least == null || least.wakes - member.wakes >= 0) {
                break;
            }
            set(at, least);
            at = child;
        }
        set(at, member);
    }

    private void set(int at, Member member) {
        heap[at] = member;
        member.deadlineAt = at;
    }
}
