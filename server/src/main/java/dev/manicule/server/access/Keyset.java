package dev.manicule.server.access;

import dev.manicule.server.model.ActionRules;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tenant: channels, messages and actions of one keyset never meet those of another.
 *
 * @param subscribeKey its name, which every request carries
 * @param publishKey the key that a publisher must have besides; null when any will do
 * @param secretKey signs requests that may do anything, and grants; null when there is none
 * @param accessManager whether all other callers need a token
 * @param policy what else its owner has decided
 */
public record Keyset(String subscribeKey, @Nullable String publishKey, @Nullable Secret secretKey,
        boolean accessManager, Policy policy) {

    /** For requests that belong to no keyset. */
    public static final Keyset NONE = open("");

    /**
     * What the owner of a keyset decides beside its keys.
     *
     * @param strictParents whether actions can only be put on messages that are stored
     * @param retention for how long stored data can be read; null for ever
     * @param requestsPerSecond the limit of its requests a second; 0 for the default limit
     * @param corsOrigins the origins of web pages that may use it, such as {@code https://chat.example}; none means any
     * @param actionRules the rules for the types of actions
     * @param strictMemberships whether memberships are only of users and channels that have metadata, and go with it
     */
    public record Policy(boolean strictParents, @Nullable Duration retention, int requestsPerSecond,
            List<String> corsOrigins, ActionRules actionRules, boolean strictMemberships) {
        /** Nothing is decided. */
        public static final Policy DEFAULT = new Policy(false, null, 0, List.of());

        /** One without rules for actions. */
        public Policy(boolean strictParents, @Nullable Duration retention, int requestsPerSecond,
                List<String> corsOrigins) {
            this(strictParents, retention, requestsPerSecond, corsOrigins, ActionRules.NONE);
        }

        /** One whose memberships need no metadata. */
        public Policy(boolean strictParents, @Nullable Duration retention, int requestsPerSecond,
                List<String> corsOrigins, ActionRules actionRules) {
            this(strictParents, retention, requestsPerSecond, corsOrigins, actionRules, false);
        }

        /** Copies the list. */
        public Policy {
            corsOrigins = List.copyOf(corsOrigins);
        }
    }

    /** A keyset with two keys and nothing else. */
    public static Keyset of(String subscribeKey, String publishKey) {
        return new Keyset(subscribeKey, publishKey, null, false, Policy.DEFAULT);
    }

    /** A keyset that is not configured: any publish key will do. */
    static Keyset open(String subscribeKey) {
        return new Keyset(subscribeKey, null, null, false, Policy.DEFAULT);
    }

    /** The same, its access manager on, with this secret key. */
    public Keyset guarded(Secret secret) {
        return new Keyset(subscribeKey, publishKey, secret, true, policy);
    }

    /** The same, with this policy. */
    public Keyset with(Policy newPolicy) {
        return new Keyset(subscribeKey, publishKey, secretKey, accessManager, newPolicy);
    }

    /** The same, with this retention. */
    public Keyset keeping(Duration time) {
        return with(new Policy(policy.strictParents, time, policy.requestsPerSecond, policy.corsOrigins,
                policy.actionRules, policy.strictMemberships));
    }

    /** Whether this publish key allows a publish. */
    public boolean takes(String key) {
        return publishKey == null || publishKey.equals(key);
    }
}
