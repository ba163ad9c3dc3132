package dev.manicule.server.api;

import dev.manicule.server.http.Answer;
import dev.manicule.server.json.JsonText;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.presence.Presence;
import dev.manicule.server.presence.Presence.Occupant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A here-now being made: first channels are added on the thread of presence, then it is written elsewhere. However much there
 * is, it holds a bounded number of uuids and of bytes; the occupancy of each channel is always right.
 */
final class HereNow {
    /** The protocol's most uuids of a channel, and how many there are when a request does not say. */
    private static final int MOST_BY_CHANNEL = 1_000;
    private static final int MOST_UUIDS = 10_000;
    /** When the text is longer, it goes on without uuids. */
    private static final int MOST_BYTES = 1 << 20;

    private final String keyset;
    private final boolean hasUuids;
    private final boolean hasStates;
    private final int offset;
    private final int limit;
    private final List<Shown> channels = new ArrayList<>();
    private int uuids;

    private record Shown(String channel, int occupancy, List<Occupant> occupants) {}

    private HereNow(Call call, int offset, int limit) {
        keyset = call.subscribeKey();
        hasUuids = !call.query().flag("disable_uuids");
        hasStates = call.query().flag("state");
        this.offset = offset;
        this.limit = limit;
    }

    /** One without channels, as a request wants it; null when its limit or its offset is no number. */
    static @Nullable HereNow of(Call call) {
        Long offset = call.query().timetoken("offset");
        Long limit = call.query().timetoken("limit");
        if ((offset != null && offset == Timetoken.INVALID) || (limit != null && limit == Timetoken.INVALID)) {
            return null;
        }
        return new HereNow(call, offset == null ? 0 : (int) Math.min(offset, Integer.MAX_VALUE),
                limit == null ? MOST_BY_CHANNEL : (int) Math.min(limit, MOST_BY_CHANNEL));
    }

    /** Adds a channel as it is now. On the thread of presence. */
    void add(Presence presence, String channel) {
        int most = hasUuids ? Math.min(limit, MOST_UUIDS - uuids) : 0;
        List<Occupant> occupants = presence.occupants(keyset, channel, offset, most);
        uuids += occupants.size();
        channels.add(new Shown(channel, presence.occupancy(keyset, channel), occupants));
    }

    /** Of the one channel that was added. */
    Answer ofOne() {
        JsonText json = new JsonText().raw("{\"status\":200,\"message\":\"OK\",\"service\":\"Presence\",");
        write(channels.getFirst(), json);
        return Answer.json(200, json.raw("}").toBytes());
    }

    /** Of all channels that were added, without those that are empty. */
    Answer ofAll() {
        JsonText json = new JsonText().raw("{\"status\":200,\"message\":\"OK\",\"payload\":{\"channels\":{");
        int occupied = 0;
        long total = 0;
        for (Shown shown : channels) {
            if (shown.occupancy() > 0) {
                json.raw(occupied == 0 ? "" : ",").quoted(shown.channel()).raw(":{");
                write(shown, json);
                json.raw("}");
                occupied++;
                total += shown.occupancy();
            }
        }
        json.raw("},\"total_channels\":").number(occupied).raw(",\"total_occupancy\":").number(total);
        return Answer.json(200, json.raw("},\"service\":\"Presence\"}").toBytes());
    }

    private void write(Shown shown, JsonText json) {
        json.raw("\"occupancy\":").number(shown.occupancy());
        if (!hasUuids) {
            return;
        }
        json.raw(",\"uuids\":[");
        String comma = "";
        for (Occupant occupant : shown.occupants()) {
            if (json.length() > MOST_BYTES) {
                break;
            }
            write(occupant, json.raw(comma));
            comma = ",";
        }
        json.raw("]");
    }

    private void write(Occupant occupant, JsonText json) {
        if (!hasStates) {
            json.quoted(occupant.uuid());
            return;
        }
        json.raw("{\"uuid\":").quoted(occupant.uuid());
        if (occupant.state() != null) {
            json.raw(",\"state\":").raw(occupant.state());
        }
        json.raw("}");
    }
}
