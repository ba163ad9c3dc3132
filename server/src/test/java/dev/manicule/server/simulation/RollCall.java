package dev.manicule.server.simulation;

import dev.manicule.server.command.LeaseModel.Announcement;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The users of a channel as a subscriber of its presence makes them out from what is announced, over all restarts, until it is asked to look itself.
 */
final class RollCall {
    private final Map<String, Boolean> known = new HashMap<>();

    private @Nullable String fault;

    private RollCall() {}

    /**
     * Holds what was announced against the users that are there now.
     *
     * @param announced what was announced, in order
     * @param present the users that are there
     * @return what does not fit; null when all does
     */
    static @Nullable String fault(Collection<Announcement> announced, Set<String> present) {
        RollCall call = new RollCall();
        announced.forEach(call::take);
        return call.fault(present);
    }

    private @Nullable String fault(Set<String> present) {
        Set<String> wrong = new HashSet<>();
        known.forEach((uuid, isThere) -> {
            if (isThere != present.contains(uuid)) {
                wrong.add(uuid);
            }
        });
        if (fault == null && !wrong.isEmpty()) {
            fault = "What was last announced of " + wrong + " is not so: there are " + present + ".";
        }
        return fault;
    }

    private void take(Announcement told) {
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
        if (fault == null && before != null && before == isJoin) {
            fault = uuid + (isJoin ? " has come" : " has gone") + " twice, as it was announced.";
        }
    }
}
