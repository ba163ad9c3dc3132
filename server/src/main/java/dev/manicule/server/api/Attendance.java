package dev.manicule.server.api;

import dev.manicule.server.hub.Groups;
import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import dev.manicule.server.presence.Presence.Visit;
import dev.manicule.server.presence.PresenceThread;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Somebody's being there while a subscription is open. Nobody, when the request names no uuid. */
final class Attendance {
    private static final Attendance NOBODY = new Attendance(null);

    private final @Nullable PresenceThread presence;
    /** Belongs to the thread of presence. */
    private @Nullable Visit visit;

    private Attendance(@Nullable PresenceThread presence) {
        this.presence = presence;
    }

    /** Begins now. */
    static Attendance of(Call call, Names names, Map<String, Json> states, PresenceThread presence, Groups groups) {
        String uuid = call.uuid();
        List<Channel> channels = uuid == null ? List.of() : names.attended(groups);
        if (uuid == null || channels.isEmpty()) {
            return NOBODY;
        }
        Attendance attendance = new Attendance(presence);
        long patience = PresenceApi.patience(call);
        Map<String, Json> ofChannels = names.ofChannels(states, groups);
        presence.submit((who, now) -> attendance.visit = who.arrive(uuid, channels, patience, ofChannels, now));
        return attendance;
    }

    /** The subscription is not open any more. */
    void end() {
        if (presence != null) {
            presence.submit((who, now) -> {
                if (visit != null) {
                    who.depart(visit, now);
                    visit = null;
                }
            });
        }
    }
}
