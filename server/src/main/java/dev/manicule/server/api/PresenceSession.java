package dev.manicule.server.api;

import dev.manicule.server.http.Exchange;
import dev.manicule.server.hub.Groups;
import dev.manicule.server.json.Json;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.presence.ChannelWork;
import dev.manicule.server.presence.Holder;
import dev.manicule.server.presence.PresenceService;
import dev.manicule.server.presence.Session;
import dev.manicule.server.routing.ApiRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The presence of a user while a subscription is open; none when the request names no uuid, or has {@code observe=1}: a
 * token may be for a uuid that observes without becoming present. The user of a client whose network is gone stays
 * present no longer than its heartbeat timeout, even if its connection does. Belongs to an event loop.
 */
final class PresenceSession {
    private static final PresenceSession NONE = new PresenceSession(null, null, 0);
    /** A shorter silence is common in networks. */
    private static final long LEAST_SILENCE = Duration.ofSeconds(5).toNanos();
    /** How often to check for a sign of life of the client within its silence. */
    private static final int QUESTIONS = 5;
    private static final int MOST_SECONDS_BETWEEN_QUESTIONS = 10;
    private static final int RESUMED_AT_ONCE = 250;

    private final @Nullable PresenceService presence;
    private final @Nullable Client client;
    /** After how many nanoseconds without a sign of life the user is not present. */
    private final long silence;
    private boolean isWatched;
    private boolean isSilent;
    /** Belongs to the thread of presence. */
    private @Nullable Session visit;

    private PresenceSession(@Nullable PresenceService presence, @Nullable Client client, long silence) {
        this.presence = presence;
        this.client = client;
        this.silence = silence;
    }

    /** Begins now. None, too, when too much work of the client waits already. */
    static PresenceSession of(ApiRequest request, ChannelSelection names, Map<String, Json> states, boolean isStream,
            PresenceService presence,
            Groups groups, Limits limits) {
        String uuid = request.uuid();
        if (uuid == null || request.query().flag("observe") || !names.hasAttended()) {
            return NONE;
        }
        Client client = request.client().withoutConnection();
        long patience = PresenceApi.patience(request).toNanos();
        PresenceSession attendance = new PresenceSession(presence, client, Math.max(patience, LEAST_SILENCE));
        String keyset = request.subscribeKey();
        boolean isAccepted = presence.submit(request.client(), request.weight(), new ChannelWork<>(who -> {
            List<ChannelSelection.Named> channels = names.attended(groups, limits);
            List<String> byGroups = names.attendedGroups();
            attendance.visit = channels.isEmpty() && byGroups.isEmpty()
                    ? null
                    : who.connect(Holder.of(client), keyset, uuid, patience, isStream, channels.size(),
                            byGroups);
            return attendance.visit == null ? List.of() : channels;
        }, (who, named, now) -> {
            if (attendance.visit != null) {
                who.join(attendance.visit, named.channel(), named.group(),
                        names.stateOf(named.channel(), states, groups), now);
            }
        }, (who, now) -> {}));
        return isAccepted ? attendance : NONE;
    }

    /**
     * Called now and then: the user is present as long as the client sends signs of life.
     *
     * @return after how many seconds to call it again
     */
    int watch(Exchange exchange) {
        if (presence == null || client == null) {
            return MOST_SECONDS_BETWEEN_QUESTIONS;
        }
        isWatched = true;
        boolean wasSilent = isSilent;
        isSilent = exchange.silentNanos(silence) >= silence;
        if (isSilent && !wasSilent) {
            presence.submitEnd(client, (who, now) -> {
                if (visit != null) {
                    who.suspend(visit, now);
                }
            });
        } else if (wasSilent && !isSilent) {
            presence.submitAnyway(client,
                    (who, now) -> visit != null && who.resume(visit, RESUMED_AT_ONCE, now));
        }
        return isSilent
                ? 1
                : Math.clamp(TimeUnit.NANOSECONDS.toSeconds(silence) / QUESTIONS, 1, MOST_SECONDS_BETWEEN_QUESTIONS);
    }

    /** The subscription is not open any more. A second request does nothing. */
    void end(Exchange exchange) {
        if (presence != null && client != null) {
            long silent = isWatched ? exchange.silentNanos(silence) : 0; // most polls are too short to be silent
            presence.submitEnd(client, (who, now) -> {
                if (visit != null) {
                    who.disconnect(visit, silent, now);
                    visit = null;
                }
            });
        }
    }
}
