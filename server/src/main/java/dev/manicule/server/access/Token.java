package dev.manicule.server.access;

import com.google.re2j.Pattern;
import dev.manicule.server.access.Grant.Kind;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A token whose signature is right: the only kind of token there is here. Immutable, for any thread.
 *
 * <p>Whether it has expired, or was revoked, is another question: see {@link Access}.
 */
public final class Token {
    private static final int SECONDS_A_MINUTE = 60;

    private final String keyset;
    private final String signature;
    private final long expiry;
    private final @Nullable String uuid;
    private final Map<Kind, Map<String, Integer>> resources;
    private final Map<Kind, Map<Pattern, Integer>> patterns = new EnumMap<>(Kind.class);

    Token(String keyset, byte[] signature, long issued, Grant grant) {
        this.keyset = keyset;
        this.signature = HexFormat.of().formatHex(signature);
        expiry = issued + (long) SECONDS_A_MINUTE * grant.ttlMinutes();
        uuid = grant.uuid();
        resources = grant.resources();
        grant.patterns().forEach((kind, masks) -> {
            Map<Pattern, Integer> compiled = new HashMap<>();
            masks.forEach((pattern, mask) -> compiled.put(Pattern.compile(pattern), mask));
            patterns.put(kind, compiled);
        });
    }

    /** What tells it from others of its keyset, however they are written: its signature in hexadecimal digits. */
    public String signature() {
        return signature;
    }

    /** The subscribe key of the keyset that it is good for. */
    String keyset() {
        return keyset;
    }

    /** When it ends, in seconds since 1970. */
    public long expiry() {
        return expiry;
    }

    /** Whether somebody may use it; who does not say who he is may only where anybody may. */
    boolean isFor(@Nullable String who) {
        return uuid == null || uuid.equals(who);
    }

    /** What is listed for a name, and what each pattern gives that matches it, count together. */
    boolean allows(Demand.On demand) {
        List<Kind> kinds = switch (demand.kind()) { // clients fill spaces and users with the same as channels and uuids
            case CHANNEL -> List.of(Kind.CHANNEL, Kind.SPACE);
            case UUID -> List.of(Kind.UUID, Kind.USER);
            default -> List.of(demand.kind());
        };
        for (Kind kind : kinds) {
            if (demand.permission().isIn(resources.getOrDefault(kind, Map.of()).getOrDefault(demand.name(), 0))) {
                return true;
            }
            for (Map.Entry<Pattern, Integer> entry : patterns.getOrDefault(kind, Map.of()).entrySet()) {
                if (demand.permission().isIn(entry.getValue()) && matches(entry.getKey(), demand)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The whole name: never more than was meant. Patterns for groups may be written with a colon before the name. */
    private static boolean matches(Pattern pattern, Demand.On demand) {
        return pattern.matches(demand.name()) || (demand.kind() == Kind.GROUP && pattern.matches(":" + demand.name()));
    }
}
