package dev.manicule.server.hub;

import dev.manicule.server.filter.Filter;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The filters of the polls of an event loop, each once. Belongs to that loop. */
final class SharedFilters {
    /** By texts, which maps can order: no choice of expressions makes a lookup slow. */
    private final Map<String, SharedFilter> filters = new HashMap<>();

    /** The filter of a subscription for one more poll; null when it has none. */
    @Nullable
    SharedFilter join(Subscription subscription) {
        Filter filter = subscription.filter();
        if (filter == null) {
            return null;
        }
        SharedFilter shared = filters.computeIfAbsent(key(subscription, filter), absent -> new SharedFilter(filter));
        shared.polls++;
        return shared;
    }

    /** A poll does not need its filter any more, if it has one. */
    void leave(Poll poll) {
        SharedFilter shared = poll.filter;
        if (shared != null) {
            shared.polls--;
            if (shared.polls == 0) {
                filters.remove(key(poll.subscription, shared.filter));
            }
        }
    }

    private static String key(Subscription subscription, Filter filter) {
        return subscription.keyset() + '\n' + filter.text();
    }
}
