package dev.manicule.server.simulation;

import dev.manicule.server.command.Announce;
import dev.manicule.server.command.Announce.Announcement;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The users of a channel as a subscriber of its presence makes them out from what is announced: by joins, leaves and timeouts, until it
 * is asked to look itself.
 */
final class RollCall {
    private static final Pattern ACTION = Pattern.compile("\"action\":\"(join|leave|timeout)\"");
    private static final Pattern UUID = Pattern.compile("\"uuid\":\"([a-z0-9]+)\"");

    private final History history;
    private final Map<String, Boolean> known = new HashMap<>();

    private RollCall(History history) {
        this.history = history;
    }

    /**
     * Holds what was announced since a step against the users that are there now.
     *
     * @param present the users that are there
     * @param since when the server was started
     */
    static void check(History history, Set<String> present, int since) {
        RollCall call = new RollCall(history);
        for (History.LogEntry entry : history.log) {
            if (entry.step() > since && !entry.isFound() && entry.entry().command() instanceof Announce announce) {
                announce.announcements().forEach(call::take);
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

    private void take(Announcement announcement) {
        String text = new String(announcement.payload().utf8(), StandardCharsets.UTF_8);
        Matcher action = ACTION.matcher(text);
        Matcher uuid = UUID.matcher(text);
        if (!action.find() || !uuid.find() || text.contains("here_now_refresh")) {
            known.clear();
            return;
        }
        boolean isJoin = action.group(1).equals("join");
        Boolean before = known.put(uuid.group(1), isJoin);
        if (before != null && before == isJoin) {
            history.broken(
                    uuid.group(1) + (isJoin ? " has come" : " has gone") + " twice, as it was announced: " + text);
        }
    }
}
