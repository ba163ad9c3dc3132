package dev.manicule.server.access;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The content of a token.
 *
 * @param ttlMinutes for how long it is valid, 1 to {@value #MOST_MINUTES}
 * @param resources by kind and name, the permissions as a mask
 * @param patterns by kind and regular expression, which must match the whole of a name
 * @param meta the granter's own data in the token: texts, numbers (long or double), booleans, nulls
 * @param uuid the only user who may use it, null for every holder
 */
public record Grant(int ttlMinutes, Map<Kind, Map<String, Integer>> resources,
        Map<Kind, Map<String, Integer>> patterns, Map<String, @Nullable Object> meta, @Nullable String uuid) {
    /** The longest validity of a token, 30 days. */
    public static final int MOST_MINUTES = 43_200;

    /** The least size of a pattern, in letters: its memory when it is compiled. */
    private static final int LEAST_LETTERS = 20;

    /** The kind of a resource that permissions are for. */
    public enum Kind {
        CHANNEL("channels", "chan"), GROUP("groups", "grp"), SPACE("spaces", "spc"), USER("users", "usr"), UUID("uuids",
                "uuid");

        private final String wireName;
        private final String tokenName;

        Kind(String wireName, String tokenName) {
            this.wireName = wireName;
            this.tokenName = tokenName;
        }

        /** Its name in a request for a grant. */
        public String wireName() {
            return wireName;
        }

        /** Its name in a token. */
        String tokenName() {
            return tokenName;
        }
    }

    /** Copies the maps of resources and patterns. */
    public Grant {
        resources = copy(resources);
        patterns = copy(patterns);
    }

    /** Whether it allows nothing at all. */
    public boolean isEmpty() {
        return resources.values().stream().allMatch(Map::isEmpty) && patterns.values().stream().allMatch(Map::isEmpty);
    }

    /** The fault of a pattern, in one sentence; null when it can be granted. */
    public static @Nullable String fault(String pattern) {
        String unbearable = PatternGuard.fault(pattern);
        if (unbearable != null) {
            return unbearable;
        }
        try {
            return Pattern.compile(pattern).groupCount() > 0
                    ? "Only non-capturing groups are allowed. Try replacing `(` with `(?:`."
                    : null;
        } catch (PatternSyntaxException e) {
            return "Syntax error: " + e.getDescription() + ".";
        }
    }

    /** Why these are too many patterns, or too large, for one token, in one sentence; null when they are not. */
    public static @Nullable String excess(Map<Kind, Map<String, Integer>> patterns) {
        long size = 0;
        for (Map<String, Integer> ofKind : patterns.values()) {
            for (String pattern : ofKind.keySet()) {
                size += Math.max(LEAST_LETTERS, PatternGuard.size(pattern));
            }
        }
        return size > PatternGuard.MOST ? "Too many and too large patterns for one token." : null;
    }

    private static Map<Kind, Map<String, Integer>> copy(Map<Kind, Map<String, Integer>> original) {
        Map<Kind, Map<String, Integer>> copy = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            copy.put(kind, Map.copyOf(original.getOrDefault(kind, Map.of())));
        }
        return copy;
    }
}
