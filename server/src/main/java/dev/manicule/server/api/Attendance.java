package dev.manicule.server.api;

import dev.manicule.server.hub.Groups;
import dev.manicule.server.json.Json;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.presence.ChannelWork;
import dev.manicule.server.presence.Holder;
import dev.manicule.server.presence.Presence.Visit;
import dev.manicule.server.presence.PresenceThread;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The presence of a user while a subscription is open; none when the request names no uuid, or says {@code observe=1}:
 * a token may be for a uuid that looks on without becoming present.
 */
final class Attendance {
    private static final Attendance NONE = new Attendance(null, null);

    private final @Nullable PresenceThread presence;
    private final @Nullable Client client;
    /** Belongs to the thread of presence. */
    private @Nullable Visit visit;

    private Attendance(@Nullable PresenceThread presence, @Nullable Client client) {
        this.presence = presence;
        this.client = client;
    }

    /** Begins now. None, too, when too much of the client's waits already. */
    static Attendance of(Call call, Names names, Map<String, Json> states, PresenceThread presence, Groups groups,
            Limits limits) {
        String uuid = call.uuid();
        if (uuid == null || call.query().flag("observe") || !names.hasAttended()) {
            return NONE;
        }
        Client client = call.client().withoutConnection();
        Attendance attendance = new Attendance(presence, client);
        String keyset = call.subscribeKey();
        long patience = PresenceApi.patience(call);
        boolean isAccepted = presence.submit(call.client(), call.weight(), new ChannelWork(who -> {
            Set<String> channels = names.attended(groups, limits);
            attendance.visit = channels.isEmpty()
                    ? null
                    : who.visit(Holder.of(client), keyset, uuid, patience, channels.size());
            return attendance.visit == null ? Set.of() : channels;
        }, (who, channel, now) -> {
            if (attendance.visit != null) {
                who.join(attendance.visit, channel, names.stateOf(channel, states, groups), now);
            }
        }, (who, now) -> {}));
        return isAccepted ? attendance : NONE;
    }

    /** The subscription is not open any more. A second call does nothing. */
    void end() {
        if (presence != null && client != null) {
            presence.submitEnd(client, (who, now) -> {
                if (visit != null) {
                    who.depart(visit, now);
                    visit = null;
                }
            });
        }
    }
}
