package dev.manicule.server.simulation;

import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.PresenceChange;
import dev.manicule.server.command.PresenceChange.Join;
import dev.manicule.server.command.PresenceChange.Leave;
import dev.manicule.server.command.PresenceChange.LeaveEverywhere;
import dev.manicule.server.command.ReportNode;
import dev.manicule.server.limits.Client;
import dev.manicule.server.model.Channel;
import dev.manicule.server.presence.Holder;
import dev.manicule.server.presence.Presence;
import dev.manicule.server.presence.Session;
import dev.manicule.server.simulation.History.LogEntry;
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
    private @Nullable Session visit;
    private @Nullable Client visitor;
    private long visitPatience;
    /** Until when the user is there without a visit. */
    private long expires;
    /** Until when the user may be there by what an earlier server reported. */
    private long formerUntil;
    private boolean hasLeft = true;
    /** What entries of the log from it on mean for presence may come after the user was heard of. */
    private long heardAt;
    private int acts;

    PresentUser(World world, String name) {
        super(world, name, THINKING_NANOS);
    }

    @Override
    void act() {
        SimulatedServer server = next();
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
                        check(server, who, now);
                        act(server, client, who, choice, patience, now);
                        return false;
                    });
                    server.wakePresence();
                }
            });
        }
        think();
    }

    /** Mostly the one that knows this user, as with a connection that is kept. */
    private @Nullable SimulatedServer next() {
        SimulatedServer known = knownTo;
        boolean stays = known != null && world.servers.size() > 1 && world.servers.contains(known) && !world.happens(4);
        return stays ? known : world.anyServer();
    }

    /** A server that was started anew knows what was reported before, and waits for the user as after a heartbeat. */
    private void known(SimulatedServer server, long now) {
        endVisit();
        formerUntil = knownTo == null ? 0 : now + (1_000 + MOST_PATIENCE_MILLIS) * 1_000_000L;
        knownTo = server;
        isVisiting = false;
        visit = null;
        hasLeft = true;
    }

    /** The server that the user was at sees its connection end. */
    private void endVisit() {
        SimulatedServer before = knownTo;
        Session open = visit;
        Client client = visitor;
        if (before != null && open != null && client != null && !before.isDead()) {
            before.presence.work().submitEnd(client, (who, then) -> who.disconnect(open, 0, then));
            before.wakePresence();
        }
    }

    private void act(SimulatedServer server, Client client, Presence who, int choice, long patience, long now) {
        Holder holder = Holder.of(client);
        Session open = visit;
        acts++;
        heardAt = open == null && choice < 9 ? server.doneByPresence() : heardAt; // one who hangs up is no more there than before
        if (open != null) {
            world.history.note(name, "ends its poll, and is there for %d ms", patience / 1_000_000);
            who.disconnect(open, 0, now);
            visit = null;
            isVisiting = false;
            expires = now + visitPatience;
        } else if (choice < 4) {
            world.history.note(name, "beats, and is there for %d ms", patience / 1_000_000);
            who.heartbeat(holder, World.KEYSET, name, ROOM.name(), null, patience, null, now);
            expires = now + patience;
            hasLeft = false;
        } else if (choice < 7) {
            world.history.note(name, "polls");
            visit = who.connect(holder, World.KEYSET, name, patience, false, 1, List.of());
            visitor = client;
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
            int left = acts;
            boolean _ = server.presence.work().whenReported(client, 1, () -> checkLeft(server, left));
        }
    }

    /** When a leave is in the tables, the user is there by no other node; unless one has heard of the user since. */
    private void checkLeft(SimulatedServer server, int left) {
        if (left != acts || server.isDead()) {
            return;
        }
        long applied = server.ledger.applied();
        if (server.node() != ChangePresence.ONLY_NODE && !world.history.failing.contains(server.name())
                && hasLeftAlone(server, applied)) {
            world.history.broken(
                    name + " has left by " + server.name() + ", which does not have the other nodes end their leases.");
        }
        long leftAt = -1;
        for (LogEntry entry : world.history.log.subList((int) heardAt, (int) applied)) {
            if (entry.entry().command() instanceof ChangePresence change && hasEffect(change, entry)) {
                for (PresenceChange each : change.changes()) {
                    leftAt = switch (each) {
                        case LeaveEverywhere leave when isMine(change, server, leave.uuid()) -> entry.offset();
                        case Leave leave when !leave.isTimeout() && isMine(change, server, leave.uuid()) ->
                            leftAt < 0 ? leftAt : entry.offset(); // alone it is what the node has heard of an earlier leave
                        case Join join when join.uuid().equals(name) -> -1;
                        default -> leftAt;
                    };
                }
            }
        }
        if (leftAt >= 0 && server.ledger.reads().user(ROOM, name) != null) {
            world.history.broken(name + " has left by " + server.name() + " with entry " + leftAt
                    + ", and is still there when " + applied + " entries are applied.");
        }
    }

    /** Whether a server has reported a leave, although no node has reported it for all. */
    private boolean hasLeftAlone(SimulatedServer server, long applied) {
        boolean hasLeftHere = false;
        for (LogEntry entry : world.history.log.subList((int) heardAt, (int) applied)) {
            if (entry.entry().command() instanceof ChangePresence change) {
                for (PresenceChange each : change.changes()) {
                    if (each instanceof LeaveEverywhere leave && leave.uuid().equals(name)) {
                        return false;
                    }
                    hasLeftHere |= each instanceof Leave leave && !leave.isTimeout()
                            && isMine(change, server, leave.uuid());
                }
            }
        }
        return hasLeftHere;
    }

    /** Nothing that a start of a node reports of presence is taken before it has reported itself: it is repeated then. */
    private boolean hasEffect(ChangePresence change, LogEntry reported) {
        return change.node() == ChangePresence.ONLY_NODE || world.history.log.stream()
                .takeWhile(entry -> entry.offset() < reported.offset())
                .anyMatch(entry -> entry.entry().command() instanceof ReportNode report
                        && report.node() == change.node()
                        && report.incarnation().id() == reported.entry().operation().node());
    }

    private boolean isMine(ChangePresence change, SimulatedServer server, String uuid) {
        return change.node() == server.node() && uuid.equals(name);
    }

    /** Whether the server knows what it should. */
    private void check(SimulatedServer server, Presence who, long now) {
        boolean isPresent = who.isPresent(World.KEYSET, name, ROOM.name());
        if (isPresent && !mayBePresent(server, now)) {
            world.history.broken(name + " is there after it has left, or was not heard of for too long.");
        } else if (!isPresent && mustBePresent(now) && !hasLeftElsewhere()) {
            world.history.broken(name + " is not there, and has been heard of lately.");
        }
    }

    private boolean mustBePresent(long now) {
        return isVisiting || (!hasLeft && now < expires);
    }

    private boolean mayBePresent(SimulatedServer server, long now) {
        return isVisiting || server.start().awake(formerUntil, now) < SLACK_NANOS
                || (!hasLeft && server.start().awake(expires, now) < SLACK_NANOS);
    }

    /** Whether a server has heard of a leave by another one after the user was heard of here, and so took it off the channel. */
    private boolean hasLeftElsewhere() {
        SimulatedServer server = knownTo;
        return server != null && world.history.log.stream()
                .skip(heardAt)
                .anyMatch(entry -> entry.entry().command() instanceof ChangePresence change
                        && change.node() != server.node()
                        && change.changes()
                                .stream()
                                .anyMatch(each -> each instanceof LeaveEverywhere leave && leave.uuid().equals(name)));
    }

    /** Whether the user may be on the channel when nothing has happened for long: a server that runs holds its poll. */
    boolean isThere() {
        SimulatedServer server = knownTo;
        return isVisiting && server != null && world.servers.contains(server);
    }

    /** Whether the user has to be. */
    boolean mustBeThere() {
        return isThere() && !hasLeftElsewhere();
    }

    String name() {
        return name;
    }
}
