package dev.manicule.server.simulation;

import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.LeaseModel;
import dev.manicule.server.command.LeaseModel.Told;
import dev.manicule.server.command.PresenceChange;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The users of a channel as a subscriber of its presence makes them out from what is announced, over all restarts, until it is asked to look itself.
 */
final class RollCall {
    private final History history;
    private final LeaseModel leases = new LeaseModel();
    private final Map<String, Boolean> known = new HashMap<>();

    private RollCall(History history) {
        this.history = history;
    }

    /**
     * Holds what was announced against the users that are there now.
     *
     * @param present the users that are there
     */
    static void check(History history, Set<String> present) {
        RollCall call = new RollCall(history);
        for (History.LogEntry entry : history.log) {
            if (entry.entry().command() instanceof ChangePresence change) {
                change.changes().forEach(each -> call.take(change.node(), each));
            }
        }
        Set<String> announced = new HashSet<>();
        call.known.forEach((uuid, isThere) -> {
            if (isThere != present.contains(uuid)) {
                announced.add(uuid);
            }
        });
        if (!announced.isEmpty()) {
            history.broken("What was last announced of " + announced + " is not so: there are " + present + ".");
        }
    }

    private void take(long node, PresenceChange change) {
        Told told = leases.apply(node, change);
        if (told == null) {
            return;
        }
        if (told.refresh()) {
            known.clear();
        }
        switch (told.action()) {
            case "join" -> take(told.names().getFirst(), true);
            case "leave", "timeout" -> take(told.names().getFirst(), false);
            default -> {
                told.left().forEach(uuid -> known.put(uuid, false));
                told.timedOut().forEach(uuid -> known.put(uuid, false));
            }
        }
    }

    private void take(String uuid, boolean isJoin) {
        Boolean before = known.put(uuid, isJoin);
        if (before != null && before == isJoin) {
            history.broken(uuid + (isJoin ? " has come" : " has gone") + " twice, as it was announced.");
        }
    }
}
