package dev.manicule.server.access;

import co.nstant.in.cbor.CborDecoder;
import co.nstant.in.cbor.CborEncoder;
import co.nstant.in.cbor.CborException;
import co.nstant.in.cbor.model.ByteString;
import co.nstant.in.cbor.model.DataItem;
import co.nstant.in.cbor.model.DoublePrecisionFloat;
import co.nstant.in.cbor.model.NegativeInteger;
import co.nstant.in.cbor.model.SimpleValue;
import co.nstant.in.cbor.model.UnicodeString;
import co.nstant.in.cbor.model.UnsignedInteger;
import dev.manicule.server.access.Grant.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The text of a token: base64 of one CBOR map whose keys are byte strings, which clients read to see their permissions.
 * Its last 32 bytes are the signature: some random bytes, by which two equal grants are two tokens, and a hash of those
 * and of all bytes before them. So a token is verified before any part of it is parsed.
 */
final class TokenText {
    private static final int VERSION = 2;
    private static final int CHANCE = 8;
    private static final int HASH = Hmac.LENGTH - CHANCE;
    /** The longest text of a token: the protocol's limit of a URI. It bounds the cost of garbage. */
    static final int LONGEST = 32 * 1024;

    private TokenText() {}

    /**
     * A new token.
     *
     * @param now seconds since 1970
     * @param chance its values can't be predicted
     */
    static String of(Grant grant, Keyset keyset, long now, RandomGenerator chance) {
        byte[] signature = new byte[Hmac.LENGTH];
        chance.nextBytes(signature);
        co.nstant.in.cbor.model.Map map = new co.nstant.in.cbor.model.Map();
        put(map, "v", new UnsignedInteger(VERSION));
        put(map, "t", new UnsignedInteger(now));
        put(map, "ttl", new UnsignedInteger(grant.ttlMinutes()));
        put(map, "res", masks(grant.resources()));
        put(map, "pat", masks(grant.patterns()));
        co.nstant.in.cbor.model.Map meta = new co.nstant.in.cbor.model.Map();
        grant.meta().forEach((name, value) -> meta.put(new UnicodeString(name), item(value)));
        put(map, "meta", meta);
        if (grant.uuid() != null) {
            put(map, "uuid", new UnicodeString(grant.uuid()));
        }
        put(map, "sig", new ByteString(signature));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            new CborEncoder(out).nonCanonical().encode(map); // in insertion order, the signature last
        } catch (CborException e) {
            throw new IllegalStateException("writing to memory", e);
        }
        byte[] bytes = out.toByteArray();
        int signed = bytes.length - HASH;
        System.arraycopy(key(keyset).ofFirst(bytes, signed), 0, bytes, signed, HASH);
        return Base64.getUrlEncoder().encodeToString(bytes); // padded: some clients can't read it otherwise
    }

    /**
     * The bytes of a token, by either alphabet, with the padding that is right or none; null when it can't be one. Each
     * token is the text of one array of bytes and of no other.
     */
    static byte @Nullable [] decode(String text) {
        if (text.length() > LONGEST) {
            return null;
        }
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '=') {
            end--;
        }
        int padding = text.length() - end;
        if (padding != 0 && (padding > 2 || text.length() % 4 != 0)) {
            return null;
        }
        String unpadded = text.substring(0, end).replace('+', '-').replace('/', '_');
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(unpadded);
            boolean isCanonical = unpadded.regionMatches(end & ~3, lastLetters(bytes), 0, end & 3);
            return bytes.length > Hmac.LENGTH && isCanonical ? bytes : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The letters of the bytes that are no whole group of three; none when all are. Their last bits are zeros. */
    private static String lastLetters(byte[] bytes) {
        byte[] last = Arrays.copyOfRange(bytes, bytes.length - bytes.length % 3, bytes.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(last);
    }

    /** Identifies a token among those of its keyset: its last bytes. */
    static byte[] signature(byte[] bytes) {
        return Arrays.copyOfRange(bytes, bytes.length - Hmac.LENGTH, bytes.length);
    }

    /**
     * The token of these bytes; null unless it was signed with this key.
     *
     * @param key that of {@link #key}
     */
    static @Nullable Token read(byte[] bytes, String subscribeKey, Hmac key) {
        int signed = bytes.length - HASH;
        byte[] hash = Arrays.copyOf(key.ofFirst(bytes, signed), HASH);
        if (!MessageDigest.isEqual(Arrays.copyOfRange(bytes, signed, bytes.length), hash)) {
            return null;
        }
        try {
            return token(subscribeKey, bytes);
        } catch (CborException | RuntimeException e) {
            return null; // signed by us, but of a form that this version does not know, or larger than it grants
        }
    }

    private static Token token(String subscribeKey, byte[] bytes) throws CborException {
        var map = (co.nstant.in.cbor.model.Map) new CborDecoder(new ByteArrayInputStream(bytes)).decodeNext();
        if (number(get(map, "v")) != VERSION) {
            throw new IllegalArgumentException("another version");
        }
        DataItem uuid = get(map, "uuid");
        Grant grant = new Grant((int) number(get(map, "ttl")), masks(get(map, "res")), masks(get(map, "pat")),
                Map.of(), uuid == null ? null : uuid.toString());
        if (Grant.excess(grant.patterns()) != null) {
            throw new IllegalArgumentException("an earlier version granted larger ones");
        }
        return new Token(subscribeKey, bytes, number(get(map, "t")), grant);
    }

    /** A key only for tokens of this keyset, which has a secret key. */
    static Hmac key(Keyset keyset) {
        Secret secret = keyset.secretKey();
        if (secret == null) {
            throw new IllegalArgumentException("a keyset without a secret key has no tokens");
        }
        return new Hmac(secret.hmac().of("manicule token\n" + keyset.subscribeKey()));
    }

    private static co.nstant.in.cbor.model.Map masks(Map<Kind, Map<String, Integer>> all) {
        co.nstant.in.cbor.model.Map kinds = new co.nstant.in.cbor.model.Map();
        all.forEach((kind, masks) -> {
            co.nstant.in.cbor.model.Map names = new co.nstant.in.cbor.model.Map();
            masks.forEach((name, mask) -> names.put(new UnicodeString(name), new UnsignedInteger(mask)));
            put(kinds, kind.tokenName(), names);
        });
        return kinds;
    }

    private static Map<Kind, Map<String, Integer>> masks(@Nullable DataItem kinds) {
        Map<Kind, Map<String, Integer>> all = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            Map<String, Integer> masks = new HashMap<>();
            if (kinds instanceof co.nstant.in.cbor.model.Map map
                    && get(map, kind.tokenName()) instanceof co.nstant.in.cbor.model.Map names) {
                names.getKeys().forEach(name -> masks.put(name.toString(), (int) number(names.get(name))));
            }
            all.put(kind, masks);
        }
        return all;
    }

    private static DataItem item(@Nullable Object value) {
        return switch (value) {
            case null -> SimpleValue.NULL;
            case Boolean truth -> truth ? SimpleValue.TRUE : SimpleValue.FALSE;
            case Long number -> number < 0 ? new NegativeInteger(number) : new UnsignedInteger(number);
            case Double number -> new DoublePrecisionFloat(number);
            default -> new UnicodeString(value.toString());
        };
    }

    private static void put(co.nstant.in.cbor.model.Map map, String name, DataItem value) {
        map.put(new ByteString(name.getBytes(StandardCharsets.US_ASCII)), value);
    }

    private static @Nullable DataItem get(co.nstant.in.cbor.model.Map map, String name) {
        return map.get(new ByteString(name.getBytes(StandardCharsets.US_ASCII)));
    }

    private static long number(@Nullable DataItem item) {
        if (item instanceof UnsignedInteger number && number.getValue().compareTo(BigInteger.TWO.pow(50)) < 0) {
            return number.getValue().longValue();
        }
        throw new IllegalArgumentException("expected a number");
    }
}
