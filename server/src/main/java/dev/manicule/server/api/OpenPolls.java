package dev.manicule.server.api;

import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How many polls and streams each uuid has open. Beyond the limit, the oldest is released: an error to the newest would
 * end the subscription of clients in use. Any thread may use it.
 */
final class OpenPolls {
    /** By texts, which maps can order: no choice of uuids makes a lookup slow. */
    private final Map<String, Open> newest = new ConcurrentHashMap<>();
    private final Limits limits;

    /** One of them, in a list of those of its uuid from the newest to the oldest. */
    static final class Open {
        private final String key;
        private final Runnable release;
        private @Nullable Open older;

        private Open(String key, Runnable release) {
            this.key = key;
            this.release = release;
        }
    }

    OpenPolls(Limits limits) {
        this.limits = limits;
    }

    /** How many uuids have open polls or streams. */
    int uuids() {
        return newest.size();
    }

    /** Whether one more would exceed the limit. */
    boolean isFull(String keyset, String uuid) {
        boolean[] full = new boolean[1];
        newest.computeIfPresent(key(keyset, uuid), (key, first) -> {
            long left = limits.of(Limit.POLLS_BY_UUID);
            for (Open each = first; each != null; each = each.older) {
                left--;
            }
            full[0] = left <= 0;
            return first;
        });
        return full[0];
    }

    /**
     * Adds one.
     *
     * @param release releases it; on any thread, at most once
     */
    Open opened(String keyset, String uuid, Runnable release) {
        Open open = new Open(key(keyset, uuid), release);
        @Nullable Open[] tooMany = new @Nullable Open[1];
        newest.compute(open.key, (key, next) -> {
            open.older = next;
            Open last = open;
            for (long left = limits.of(Limit.POLLS_BY_UUID) - 1; left > 0 && last.older != null; left--) {
                last = last.older;
            }
            tooMany[0] = last.older;
            last.older = null;
            return open;
        });
        if (tooMany[0] != null) {
            limits.reached(Limit.POLLS_BY_UUID);
            tooMany[0].release.run();
        }
        return open;
    }

    /** It is over, whatever the reason. */
    void closed(Open open) {
        newest.computeIfPresent(open.key, (key, first) -> {
            if (first == open) {
                return open.older;
            }
            for (Open each = first; each.older != null; each = each.older) {
                if (each.older == open) {
                    each.older = open.older;
                    break;
                }
            }
            return first;
        });
    }

    private static String key(String keyset, String uuid) {
        return keyset + '\n' + uuid;
    }
}
