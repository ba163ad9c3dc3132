package dev.manicule.server.presence;

import dev.manicule.server.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What those are told who watch the presence of a channel. */
public sealed interface PresenceEvent {
    /** How many are on the channel now. */
    int occupancy();

    /** Somebody came, went, was taken to be gone, or changed state. */
    record Somebody(Action action, String uuid, int occupancy, @Nullable Json state) implements PresenceEvent {}

    /** What somebody did. */
    enum Action {
        JOIN("join"), LEAVE("leave"), TIMEOUT("timeout"), STATE_CHANGE("state-change");

        private final String word;

        Action(String word) {
            this.word = word;
        }

        /** The protocol's word for it. */
        public String word() {
            return word;
        }
    }

    /**
     * What has happened on a crowded channel since the last interval: who was not there then and is now, and the other
     * way round. When these are too many for one event, it is only said that there are ({@code refresh}).
     */
    record Interval(List<String> joined, List<String> left, List<String> timedOut, boolean refresh, int occupancy)
            implements
                PresenceEvent {}
}
