package dev.manicule.server.api;

import dev.manicule.server.filter.Filter;
import dev.manicule.server.hub.Subscription;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The channels, wildcards and groups that a request names: channels and wildcards in its path, groups in
 * {@code channel-group}.
 */
record Names(String keyset, Set<String> channels, Set<String> wildcards, Set<String> groups) {
    /** Null when one of them is no name. */
    static @Nullable Names of(Call call) {
        Set<String> channels = new LinkedHashSet<>();
        Set<String> wildcards = new LinkedHashSet<>();
        Set<String> groups = new LinkedHashSet<>();
        for (String name : Call.list(call.segment("channels"))) {
            if (!Call.isName(name)) {
                return null;
            }
            (name.endsWith(Subscription.WILDCARD) ? wildcards : channels).add(name);
        }
        String listed = call.query().text("channel-group");
        for (String name : Call.list(listed == null ? "" : listed)) {
            if (!Call.isName(name)) {
                return null;
            }
            groups.add(name);
        }
        return new Names(call.subscribeKey(), channels, wildcards, groups);
    }

    boolean isEmpty() {
        return channels.isEmpty() && wildcards.isEmpty() && groups.isEmpty();
    }

    Subscription subscription(@Nullable Filter filter) {
        return new Subscription(keyset, channels, wildcards, groups, filter);
    }
}
