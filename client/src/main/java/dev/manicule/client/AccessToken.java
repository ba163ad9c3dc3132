package dev.manicule.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The content of a token of the access manager. Only the server can verify that it is genuine.
 *
 * <pre>{@code
 * boolean soon = AccessToken.parse(token).isExpired(Instant.now().plusSeconds(60));
 * }</pre>
 *
 * @param version of the form of tokens
 * @param issued when it was granted
 * @param ttl how long it is valid
 * @param resources the permissions, by name
 * @param patterns the permissions, by regular expression
 * @param meta the metadata that the granter set: texts, numbers ({@link Long} or {@link Double}), booleans, nulls
 * @param authorizedUuid the only user that may use it, null for any holder
 * @since 0.1
 */
public record AccessToken(int version, Instant issued, Duration ttl, Permissions resources, Permissions patterns,
        Map<String, @Nullable Object> meta, @Nullable String authorizedUuid) {

    /**
     * The permissions, by kind and name.
     *
     * @param channels by channel
     * @param channelGroups by channel group
     * @param uuids by uuid
     * @since 0.1
     */
    public record Permissions(Map<String, Set<Permission>> channels, Map<String, Set<Permission>> channelGroups,
            Map<String, Set<Permission>> uuids) {
        /** Copies the maps and the sets. */
        public Permissions {
            channels = copy(channels);
            channelGroups = copy(channelGroups);
            uuids = copy(uuids);
        }

        private static Map<String, Set<Permission>> copy(Map<String, Set<Permission>> given) {
            Map<String, Set<Permission>> copy = new LinkedHashMap<>();
            given.forEach((name, permissions) -> copy.put(name, Permission.copy(permissions)));
            return Collections.unmodifiableMap(copy);
        }
    }

    /**
     * Reads a token, without a request to the server.
     *
     * @param token the token, as the server granted it
     * @return its content
     * @throws IllegalArgumentException when it is not a token
     */
    public static AccessToken parse(String token) {
        byte[] bytes;
        try {
            String text = token.replace("=", "").replace('-', '+').replace('_', '/');
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not a token: not in base64", e);
        }
        try {
            Map<?, ?> members = map(new Cbor(bytes).whole());
            return new AccessToken(Math.toIntExact(number(members.get("v"))),
                    Instant.ofEpochSecond(number(members.get("t"))), Duration.ofMinutes(number(members.get("ttl"))),
                    permissions(members.get("res")), permissions(members.get("pat")), meta(members.get("meta")),
                    members.get("uuid") == null ? null : String.valueOf(members.get("uuid")));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("not a token: " + e.getMessage(), e);
        }
    }

    /**
     * Whether it is expired at a moment.
     *
     * @param at the moment, by the server's clock
     * @return whether it is expired then
     */
    public boolean isExpired(Instant at) {
        return !at.isBefore(issued.plus(ttl));
    }

    private static Permissions permissions(@Nullable Object kinds) {
        Map<?, ?> map = map(kinds);
        return new Permissions(masks(map.get("chan")), masks(map.get("grp")), masks(map.get("uuid")));
    }

    private static Map<String, Set<Permission>> masks(@Nullable Object names) {
        Map<String, Set<Permission>> masks = new LinkedHashMap<>();
        map(names).forEach((name, mask) -> masks.put(String.valueOf(name), Permission.of(number(mask))));
        return masks;
    }

    private static Map<String, @Nullable Object> meta(@Nullable Object members) {
        Map<String, @Nullable Object> meta = new HashMap<>();
        map(members).forEach((name, value) -> meta.put(String.valueOf(name), value));
        return Collections.unmodifiableMap(meta);
    }

    private static Map<?, ?> map(@Nullable Object value) {
        if (value == null) {
            return Map.of();
        }
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException("expected a map");
    }

    private static long number(@Nullable Object value) {
        if (value instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException("expected a number");
    }

    /**
     * The part of CBOR (RFC 8949) that tokens use: numbers, byte strings and texts (both read as text), maps, lists,
     * and simple values, all of known length. Jackson's reader does not take byte strings as keys.
     */
    private static final class Cbor {
        private static final int DEEPEST = 8;

        private final ByteBuffer rest;

        Cbor(byte[] bytes) {
            rest = ByteBuffer.wrap(bytes);
        }

        @Nullable
        Object whole() {
            Object value = value(0);
            if (rest.hasRemaining()) {
                throw new IllegalArgumentException("something follows it");
            }
            return value;
        }

        private @Nullable Object value(int depth) {
            if (depth > DEEPEST) {
                throw new IllegalArgumentException("too deep");
            }
            int head = rest.get() & 0xFF;
            int kind = head >> 5;
            if (kind == 7) {
                return simple(head & 31);
            }
            long number = number(head & 31);
            return switch (kind) {
                case 0 -> number;
                case 1 -> -1 - number;
                case 2, 3 -> text(number);
                case 4 -> {
                    for (long i = 0; i < number; i++) {
                        Object unused = value(depth + 1); // no token has lists; newer ones may
                    }
                    yield null;
                }
                case 5 -> map(number, depth);
                default -> throw new IllegalArgumentException("unexpected kind " + kind);
            };
        }

        private Map<String, @Nullable Object> map(long size, int depth) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            for (long i = 0; i < size; i++) {
                map.put(String.valueOf(value(depth + 1)), value(depth + 1));
            }
            return map;
        }

        private String text(long size) {
            if (size > rest.remaining()) {
                throw new IllegalArgumentException("cut short");
            }
            byte[] bytes = new byte[(int) size];
            rest.get(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }

        private long number(int size) {
            long number = switch (size) {
                case 24 -> rest.get() & 0xFF;
                case 25 -> rest.getShort() & 0xFFFF;
                case 26 -> rest.getInt() & 0xFFFFFFFFL;
                case 27 -> rest.getLong();
                default -> size;
            };
            if (size > 27 || number < 0) {
                throw new IllegalArgumentException("unexpected length");
            }
            return number;
        }

        private @Nullable Object simple(int which) {
            return switch (which) {
                case 20 -> false;
                case 21 -> true;
                case 22, 23 -> null;
                case 26 -> (double) rest.getFloat();
                case 27 -> rest.getDouble();
                default -> throw new IllegalArgumentException("unexpected value");
            };
        }
    }
}
