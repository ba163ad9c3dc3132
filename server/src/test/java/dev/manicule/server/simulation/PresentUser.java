package dev.manicule.server.simulation;

import dev.manicule.server.limits.Client;
import dev.manicule.server.model.Channel;
import dev.manicule.server.presence.Holder;
import dev.manicule.server.presence.Presence;
import dev.manicule.server.presence.Visit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A user that is on a channel for a time, by polls and by heartbeats, and leaves, or sends nothing more. */
final class PresentUser extends ThinkingClient {
    /** Where users come and go. */
    static final Channel ROOM = new Channel(World.KEYSET, "room");

    private static final int THINKING_NANOS = 2_000_000_000;
    private static final int MOST_PATIENCE_MILLIS = 5_000;
    /** What is due is looked for five times a second. */
    private static final long SLACK_NANOS = 500_000_000;

    /** The server that knows of this user; what another one knew is lost. */
    private @Nullable SimulatedServer knownTo;
    private boolean isVisiting;
    private @Nullable Visit visit;
    private long visitPatience;
    /** Until when the user is there without a visit. */
    private long expires;
    /** Until when the user may be there by what an earlier server reported. */
    private long formerUntil;
    private boolean hasLeft = true;

    PresentUser(World world, String name) {
        super(world, name, THINKING_NANOS);
    }

    @Override
    void act() {
        SimulatedServer server = world.server;
        if (world.isQuiet) {
            return;
        }
        if (server != null && !server.isDead()) {
            Client client = server.connect();
            int choice = world.random.nextInt(10);
            long patience = (1_000 + world.random.nextInt(MOST_PATIENCE_MILLIS)) * 1_000_000L;
            world.any(server.loops).execute(() -> {
                if (!server.isDead()) {
                    boolean _ = server.presence.work().submit(client, 1, (who, now) -> {
                        if (knownTo != server) {
                            known(server, now);
                        }
                        check(who, now);
                        act(who, Holder.of(client), choice, patience, now);
                        return false;
                    });
                    server.wakePresence();
                }
            });
        }
        think();
    }

    /** A server that was started anew knows what was reported before, and waits for the user as after a heartbeat. */
    private void known(SimulatedServer server, long now) {
        formerUntil = knownTo == null ? 0 : now + (1_000 + MOST_PATIENCE_MILLIS) * 1_000_000L;
        knownTo = server;
        isVisiting = false;
        visit = null;
        hasLeft = true;
    }

    private void act(Presence who, Holder holder, int choice, long patience, long now) {
        Visit open = visit;
        if (open != null) {
            world.history.note(name, "ends its poll, and is there for %d ms", patience / 1_000_000);
            who.depart(open, 0, now);
            visit = null;
            isVisiting = false;
            expires = now + visitPatience;
        } else if (choice < 4) {
            world.history.note(name, "beats, and is there for %d ms", patience / 1_000_000);
            who.beat(holder, World.KEYSET, name, ROOM.name(), null, patience, null, now);
            expires = now + patience;
            hasLeft = false;
        } else if (choice < 7) {
            world.history.note(name, "polls");
            visit = who.visit(holder, World.KEYSET, name, patience, false, 1, List.of());
            visitPatience = patience;
            isVisiting = true;
            hasLeft = false;
            if (visit != null) {
                who.join(visit, ROOM.name(), null, null, now);
            }
        } else if (choice < 9) {
            world.history.note(name, "leaves");
            who.leave(World.KEYSET, name, ROOM.name(), null, now);
            hasLeft = true;
            formerUntil = 0;
        }
    }

    /** Whether the server knows what it should. */
    private void check(Presence who, long now) {
        boolean isPresent = who.isPresent(World.KEYSET, name, ROOM.name());
        if (isPresent && !mayBePresent(now)) {
            world.history.broken(name + " is there after it has left, or was not heard of for too long.");
        } else if (!isPresent && mustBePresent(now)) {
            world.history.broken(name + " is not there, and has been heard of lately.");
        }
    }

    private boolean mustBePresent(long now) {
        return isVisiting || (!hasLeft && now < expires);
    }

    private boolean mayBePresent(long now) {
        return isVisiting || now < formerUntil || (!hasLeft && now < expires + SLACK_NANOS);
    }

    /** Whether the user is on the channel of a server, when nothing has happened for long. */
    boolean isThere(SimulatedServer server) {
        return knownTo == server && isVisiting;
    }

    String name() {
        return name;
    }
}
