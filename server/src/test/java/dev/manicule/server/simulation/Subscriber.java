package dev.manicule.server.simulation;

import dev.manicule.server.hub.Delivery;
import dev.manicule.server.hub.Poll;
import dev.manicule.server.hub.Poll.Waiter;
import dev.manicule.server.hub.Shard;
import dev.manicule.server.hub.Subscription;
import dev.manicule.server.simulation.History.Interest;
import org.jspecify.annotations.Nullable;

/**
 * A client that follows some channels by polls or by streams, with the cursor of the last answer that has reached it. Answers
 * are lost, connections end, servers are killed: it comes back with that cursor.
 */
final class Subscriber {
    private static final int THINKING_NANOS = 40_000_000;
    private static final long TIMEOUT_NANOS = SimulatedServer.PATIENCE.toNanos() + 3_000_000_000L;
    private static final int MOST_ATTENTION_NANOS = 2_000_000_000;

    private final World world;
    private final String name;
    private final Interest interest;
    private final Scheduler.Actor actor;
    private long cursor;
    private int round;

    Subscriber(World world, String name, Interest interest) {
        this.world = world;
        this.name = name;
        this.interest = interest;
        actor = world.scheduler.actor();
        think();
    }

    /** The subscriber has all events up to it. */
    long cursor() {
        return cursor;
    }

    Interest interest() {
        return interest;
    }

    private void think() {
        round++;
        long pause = world.happens(10)
                ? world.random.nextInt(3_000_000) * 1_000L
                : world.random.nextInt(THINKING_NANOS);
        actor.postAfter(pause, this::ask);
    }

    private void ask() {
        SimulatedServer server = world.anyServer();
        if (server == null || server.isDead()) {
            think();
            return;
        }
        int asked = ++round;
        SimulatedLoop loop = world.any(server.loops);
        boolean isStream = world.happens(4);
        loop.execute(() -> ask(server, loop, asked, isStream));
        actor.postAfter(TIMEOUT_NANOS, () -> {
            if (asked == round) {
                think();
            }
        });
    }

    /** On the event loop of its connection. */
    private void ask(SimulatedServer server, SimulatedLoop loop, int asked, boolean isStream) {
        if (server.isDead() || asked != round) {
            return;
        }
        Subscription subscription = new Subscription(World.KEYSET, interest.channels(), interest.wildcards(),
                interest.groups(), null);
        long _ = server.hub.interest().note(subscription);
        if (cursor == 0) {
            int since = world.history.steps();
            if (server.journal.isPresent(
                    fault -> loop.execute(() -> begin(server, asked, fault == null ? since : History.NEVER)))) {
                begin(server, asked, since);
            }
            return;
        }
        Connection connection = new Connection(server, asked, isStream);
        Shard shard = server.hub.shard(loop);
        connection.begin(cursor);
        if (isStream) {
            connection.poll = shard.stream(subscription, cursor, server.connect(), connection);
            connection.poll.next();
        } else {
            connection.poll = shard.poll(subscription, cursor, server.connect(), connection);
        }
        if (!world.isQuiet && (isStream || world.happens(8))) {
            actor.postAfter(world.random.nextInt(MOST_ATTENTION_NANOS), () -> loop.execute(connection::hangUp));
        }
    }

    /** A node that is cut off from the others answers with what it has. */
    private void begin(SimulatedServer server, int asked, int since) {
        if (server.isDead() || asked != round) {
            return;
        }
        long position = server.journal.position();
        world.history.position(server.start(), name, position, since);
        actor.postAfter(world.latency(), () -> take(asked, position));
    }

    private void take(int asked, long newCursor) {
        if (asked == round) {
            cursor = newCursor;
            think();
        }
    }

    /** What the server sees of the subscriber. */
    private final class Connection implements Waiter {
        private final SimulatedServer server;
        private final int asked;
        private final boolean isStream;
        private @Nullable Poll poll;
        private History.@Nullable Poll asking;

        Connection(SimulatedServer server, int asked, boolean isStream) {
            this.server = server;
            this.asked = asked;
            this.isStream = isStream;
        }

        void begin(long after) {
            asking = world.history.polls(server.start(), name, interest, after);
        }

        @Override
        public void deliver(Delivery delivery) {
            History.Poll answered = asking;
            if (server.isDead() || answered == null) {
                return;
            }
            asking = null;
            if (answered.delivery != null || answered.isOver) {
                world.history.broken("A poll of " + name + " was answered twice, or after it had ended.");
            }
            world.history.delivered(answered, delivery);
            Poll stream = poll;
            boolean goesOn = isStream && !delivery.isLast();
            boolean isLost = !world.isQuiet && world.happens(10);
            if (goesOn && stream != null && asked == round && !isLost) {
                cursor = delivery.cursor();
                begin(cursor);
                stream.next();
            } else if (!isLost) {
                actor.postAfter(world.latency(), () -> take(asked, delivery.cursor()));
            } else {
                hangUp();
            }
        }

        @Override
        public void fail() {
            world.history.broken("The server failed at the poll of " + name + ".");
        }

        void hangUp() {
            Poll open = poll;
            if (open != null && !server.isDead()) {
                open.cancel();
            }
            History.Poll waiting = asking;
            if (waiting != null) {
                waiting.isOver = true;
                asking = null;
                world.history.note(name, "hangs up");
            }
            if (asked == round) {
                think();
            }
        }
    }
}
