package dev.manicule.server.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Runs all that happens in a simulation, on one thread. What could be done next is done in an order that a seed chooses; when
 * there is nothing, time goes on to the next timer. Nothing sleeps, and no clock is asked.
 */
final class Scheduler {
    private static final int MOST_NESTED = 2;
    private static final int MOST_MEANWHILE = 6;

    private final Random random;
    private final List<Actor> actors = new ArrayList<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(
            Comparator.comparingLong(Timer::deadline).thenComparingLong(Timer::number));
    private long nanos;
    private long lastNumber;
    private int nested;

    private record Timer(long deadline, long number, Actor actor, Runnable task) {}

    /** What does one thing after the other, as a thread would: tasks of one actor run in the order in which they came. */
    final class Actor {
        private final Deque<Runnable> tasks = new ArrayDeque<>();
        private boolean isBusy;
        private boolean isPaused;
        private boolean isOver;

        /** Has something done soon. */
        void post(Runnable task) {
            if (!isOver) {
                tasks.add(task);
            }
        }

        /** Has something done after a while, in nanoseconds. */
        void postAfter(long delay, Runnable task) {
            if (!isOver) {
                lastNumber++;
                timers.add(new Timer(nanos + delay, lastNumber, this, task));
            }
        }

        /** Does nothing, or goes on; what comes meanwhile waits, as for a process that was stopped. Not in the midst of a step. */
        void pause(boolean isToRest) {
            isPaused = isToRest;
        }

        /** Does nothing any more. */
        void end() {
            isOver = true;
            tasks.clear();
            actors.remove(this);
        }

        /** Does all there is to do. */
        void drain() {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        }

        private void runFirst() {
            Runnable task = tasks.remove();
            isBusy = true;
            try {
                task.run();
            } finally {
                isBusy = false;
            }
        }
    }

    Scheduler(Random random) {
        this.random = random;
    }

    /** The time of the simulation, in nanoseconds since it began. */
    long nanoTime() {
        return nanos;
    }

    /** One more that does things. */
    Actor actor() {
        Actor actor = new Actor();
        actors.add(actor);
        return actor;
    }

    /** Does one thing; false when there is nothing to do until a time. */
    boolean step(long until) {
        while (true) {
            moveDueTimers();
            if (runOne()) {
                return true;
            }
            Timer next = timers.peek();
            if (next == null || next.deadline > until) {
                nanos = until;
                return false;
            }
            nanos = next.deadline;
        }
    }

    /** In the midst of what an actor does, others do some of what they have to: threads run side by side. */
    void meanwhile() {
        if (nested == MOST_NESTED || random.nextInt(3) == 0) {
            return;
        }
        nested++;
        try {
            for (int left = random.nextInt(MOST_MEANWHILE); left > 0; left--) {
                boolean _ = runOne();
            }
        } finally {
            nested--;
        }
    }

    private void moveDueTimers() {
        for (Timer next = timers.peek(); next != null && next.deadline <= nanos; next = timers.peek()) {
            timers.remove();
            next.actor.post(next.task);
        }
    }

    private boolean runOne() {
        List<Actor> ready = new ArrayList<>(actors.size());
        for (Actor actor : actors) {
            if (!actor.isBusy && !actor.isPaused && !actor.tasks.isEmpty()) {
                ready.add(actor);
            }
        }
        if (ready.isEmpty()) {
            return false;
        }
        ready.get(random.nextInt(ready.size())).runFirst();
        return true;
    }
}
