package dev.manicule.server.api;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.Grant.Kind;
import dev.manicule.server.presence.ChannelWork;
import dev.manicule.server.presence.Presence.Part;
import dev.manicule.server.presence.PresenceThread;
import java.util.Iterator;

/**
 * A here-now of all channels that its caller could have named. The names come from the thread of presence a part at a time;
 * workers find out which of them the caller may read, since a token's patterns take time.
 */
final class HereNowEverywhere {
    private static final int CHANNELS_AT_ONCE = 500;

    private final Call call;
    private final HereNow hereNow;
    private final PresenceThread presence;
    private final ReadableNames readable;

    HereNowEverywhere(Call call, HereNow hereNow, PresenceThread presence, Access access) {
        this.call = call;
        this.hereNow = hereNow;
        this.presence = presence;
        readable = new ReadableNames(access, call.caller(), Kind.CHANNEL);
    }

    /** Answers the call, after some turns. */
    void begin() {
        read(Integer.MAX_VALUE);
    }

    private void read(int from) {
        PresenceApi.submit(call, 1, presence, (who, now) -> {
            Part part = who.occupied(call.subscribeKey(), from, CHANNELS_AT_ONCE);
            Iterator<String> names = part.occupied().iterator();
            call.inSlices(() -> filterSome(names, part.next()));
            return false;
        });
    }

    private boolean filterSome(Iterator<String> names, int next) {
        if (readable.addSome(names)) {
            return true;
        }
        if (next > 0 && !readable.isFull()) {
            read(next);
        } else {
            list();
        }
        return false;
    }

    private void list() {
        PresenceApi.submit(call, 1 + readable.bytes() / 1024, presence, new ChannelWork<>(who -> readable.names(),
                (who, channel, now) -> hereNow.add(who, channel),
                (who, now) -> call.answerFromStorage(hereNow::ofAll)));
    }
}
