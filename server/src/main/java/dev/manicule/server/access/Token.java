package dev.manicule.server.access;

import dev.manicule.server.access.Grant.Kind;
import dev.manicule.server.model.Channel;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A token with a valid signature: tokens without one are never made. Immutable, for any thread.
 *
 * <p>{@link Access} decides whether it has expired, or was revoked.
 */
public final class Token implements Permissions {
    private static final int SECONDS_A_MINUTE = 60;
    /** About what a name takes in the maps, besides its letters, in bytes. */
    private static final int BYTES_OF_NAME = 100;
    /** About what one letter of a pattern takes, compiled and with the state for matching it, in bytes. */
    private static final int BYTES_OF_LETTER = 300;
    private static final int BYTES_OF_PATTERN = 2_000;

    private final String keyset;
    private final byte[] bytes;
    private final String signature;
    private final long expiry;
    private final @Nullable String uuid;
    private final Map<Kind, Map<String, Integer>> resources;
    private final Map<Kind, List<Pattern>> patterns = new EnumMap<>(Kind.class);

    private record Pattern(NamePattern names, int mask) {}

    /**
     * A token.
     *
     * @param bytes all of it; not changed afterwards
     * @param issued in seconds since 1970
     */
    Token(String keyset, byte[] bytes, long issued, Grant grant) {
        this.keyset = keyset;
        this.bytes = bytes;
        signature = HexFormat.of().formatHex(TokenText.signature(bytes));
        expiry = issued + (long) SECONDS_A_MINUTE * grant.ttlMinutes();
        uuid = grant.uuid();
        resources = grant.resources();
        grant.patterns().forEach((kind, masks) -> {
            List<Pattern> compiled = new ArrayList<>();
            masks.forEach((pattern, mask) -> compiled.add(new Pattern(new NamePattern(pattern), mask)));
            patterns.put(kind, compiled);
        });
    }

    /** Identifies it among the tokens of its keyset, however they are written: its signature in hexadecimal digits. */
    public String signature() {
        return signature;
    }

    /** The subscribe key of the keyset that it is valid for. */
    String keyset() {
        return keyset;
    }

    /** When it expires, in seconds since 1970. */
    public long expiry() {
        return expiry;
    }

    /** Whether these are its bytes. */
    boolean is(byte[] others) {
        return MessageDigest.isEqual(bytes, others);
    }

    /** About how many bytes of memory it takes. */
    long weight() {
        long weight = 1_000L + bytes.length;
        for (Map<String, Integer> ofKind : resources.values()) {
            for (String name : ofKind.keySet()) {
                weight += BYTES_OF_NAME + name.length();
            }
        }
        for (List<Pattern> ofKind : patterns.values()) {
            for (Pattern pattern : ofKind) {
                weight += BYTES_OF_PATTERN + (long) BYTES_OF_LETTER * pattern.names.size();
            }
        }
        return weight;
    }

    /** Whether a caller with this uuid may use it; one without a uuid may only where every caller may. */
    @Override
    public boolean isFor(@Nullable String who) {
        return uuid == null || uuid.equals(who);
    }

    /** The permissions listed for a name, and those of each pattern that matches it, count together. */
    @Override
    public boolean allows(Demand.On demand) {
        for (Kind kind : kinds(demand.kind())) {
            if (demand.permission().isIn(resources.getOrDefault(kind, Map.of()).getOrDefault(demand.name(), 0))) {
                return true;
            }
            for (Pattern pattern : patterns.getOrDefault(kind, List.of())) {
                if (demand.permission().isIn(pattern.mask) && covers(pattern.names, demand)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** About how many steps {@link #allows} takes. */
    @Override
    public long steps(Demand.On demand) {
        int letters = 1 + demand.name().length();
        long steps = letters;
        for (Kind kind : kinds(demand.kind())) {
            for (Pattern pattern : patterns.getOrDefault(kind, List.of())) {
                steps += pattern.names.steps(letters);
            }
        }
        return steps;
    }

    /** Clients fill spaces and users with the same names as channels and uuids. */
    private static List<Kind> kinds(Kind kind) {
        return switch (kind) {
            case CHANNEL -> List.of(Kind.CHANNEL, Kind.SPACE);
            case UUID -> List.of(Kind.UUID, Kind.USER);
            case GROUP, SPACE, USER -> List.of(kind);
        };
    }

    /**
     * Matches the whole name, so never more than was meant. The name of a wildcard, or of its presence, stands for
     * every channel that it matches, and a pattern must cover them all. Patterns for groups may be written with a colon
     * before the name.
     */
    private static boolean covers(NamePattern pattern, Demand.On demand) {
        String name = demand.name();
        if (demand.kind() == Kind.GROUP) {
            return pattern.matches(name) || pattern.matches(":" + name);
        }
        boolean isPresence = Channel.isPresence(name);
        String plain = isPresence ? Channel.withoutPresence(name) : name;
        if (demand.kind() == Kind.CHANNEL && plain.endsWith(Channel.WILDCARD)) {
            return pattern.coversAll(plain.substring(0, plain.length() - 1), isPresence ? Channel.PRESENCE : "");
        }
        return pattern.matches(name);
    }
}
