package dev.manicule.server.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * A request as a signature covers it.
 *
 * @param path raw, as sent
 * @param parameters of the query, decoded
 * @param rawParameters of the query, as sent
 * @param body without its encoding; asked for only when the signature can be one
 * @param bytes how many bytes of path, query and body were sent
 */
public record SignedRequest(String method, String path, Map<String, String> parameters,
        Map<String, String> rawParameters, Supplier<byte[]> body, int bytes) {
    private static final String SIGNATURE = "signature";
    private static final String PREFIX = "v2.";
    /** 32 bytes in base64: of the second form without padding, of the first with it. */
    private static final Pattern SECOND_FORM = Pattern.compile("v2\\.[A-Za-z0-9_-]{43}");
    private static final Pattern FIRST_FORM = Pattern.compile("[A-Za-z0-9_-]{43}=");
    /** What some clients sign in place of a publish key that they don't have. */
    private static final List<String> NO_KEY = List.of("", "undefined", "null");
    private static final String UNRESERVED = "-_.";
    private static final String HEX = "0123456789ABCDEF";
    private static final byte[] NO_BODY = {};
    private static final int LONGEST_TIMESTAMP = 12;
    /** Of {@code /publish/pub/sub/0/channel}; after it come a callback, and what only a publish by GET has: the payload. */
    private static final int SEGMENTS_OF_PUBLISH = 5;

    /** What a signature vouches for. */
    enum Cover {
        /** For nothing: it is not that of who knows the secret key. */
        NOTHING,
        /** For the whole request. */
        ALL,
        /** For all but the body, by a client that gives each request a name or a number. */
        ALL_BUT_BODY,
        /** For all but the body, by a client that may sign two requests of one second alike. */
        ALL_BUT_BODY_AND_NAME
    }

    /** The time of signing in seconds since 1970; {@link Long#MIN_VALUE} when it does not say so. */
    long timestamp() {
        String sent = parameters.getOrDefault("timestamp", "");
        if (sent.isEmpty() || sent.length() > LONGEST_TIMESTAMP || !sent.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Long.MIN_VALUE;
        }
        return Long.parseLong(sent);
    }

    /** Whether its signature is of a form that there is. */
    boolean isWellFormed() {
        return SECOND_FORM.matcher(signature()).matches() || FIRST_FORM.matcher(signature()).matches();
    }

    /** What is sent as the signature, empty when nothing is. */
    String signature() {
        return parameters.getOrDefault(SIGNATURE, "");
    }

    /**
     * What its signature vouches for, by who knows this secret key. The forms without a body are for publishing by POST
     * alone: a publish by GET is signed in the same words, and has its payload in the path.
     */
    Cover cover(Keyset keyset, Secret secret) {
        byte[] signature = signature().getBytes(StandardCharsets.UTF_8);
        boolean publishes = method.equals("POST") && isPublishWithoutPayload();
        if (FIRST_FORM.matcher(signature()).matches()) { // the Python and the Java SDK
            return publishes && MessageDigest.isEqual(signature, first(keyset, secret))
                    ? Cover.ALL_BUT_BODY
                    : Cover.NOTHING;
        }
        if (!SECOND_FORM.matcher(signature()).matches()) {
            return Cover.NOTHING;
        }
        byte[] sent = body.get();
        for (String query : queries()) {
            byte[] rest = utf8("\n" + path + "\n" + query + "\n"); // what all texts have in common
            for (String publishKey : publishKeys(keyset)) {
                if (MessageDigest.isEqual(signature, second(secret, method, publishKey, rest, sent))) {
                    return Cover.ALL;
                }
                if (publishes && MessageDigest.isEqual(signature, second(secret, "GET", publishKey, rest, NO_BODY))) {
                    return parameters.containsKey("requestid") // the JavaScript SDK
                            ? Cover.ALL_BUT_BODY
                            : Cover.ALL_BUT_BODY_AND_NAME;
                }
            }
        }
        return Cover.NOTHING;
    }

    private boolean isPublishWithoutPayload() {
        String[] segments = path.split("/", -1);
        int count = segments.length - 1;
        boolean hasEmptyEnd = segments[count].isEmpty();
        return path.startsWith("/publish/")
                && count >= SEGMENTS_OF_PUBLISH
                && (count <= SEGMENTS_OF_PUBLISH + 1 || (count == SEGMENTS_OF_PUBLISH + 2 && hasEmptyEnd));
    }

    private static byte[] second(Secret secret, String verb, String publishKey, byte[] rest, byte[] body) {
        byte[] hash = secret.hmac().of(utf8(verb + "\n" + publishKey), rest, body);
        return utf8(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(hash));
    }

    private byte[] first(Keyset keyset, Secret secret) {
        String text = keyset.subscribeKey() + "\n" + keyset.publishKey() + "\n" + path + "\n" + query(List.of());
        return Base64.getUrlEncoder().encode(secret.hmac().of(text));
    }

    private static List<String> publishKeys(Keyset keyset) {
        List<String> keys = new ArrayList<>(NO_KEY.size() + 1);
        if (keyset.publishKey() != null) {
            keys.add(keyset.publishKey());
        }
        keys.addAll(NO_KEY);
        return keys;
    }

    /** The query as it was signed, most likely form first; the other is what the Python SDK makes of some values. */
    private List<String> queries() {
        List<String> twice = encodedTwice().stream().filter(this::isEncoded).toList();
        return twice.isEmpty() ? List.of(query(twice)) : List.of(query(List.of()), query(twice));
    }

    /** What the Python SDK encodes twice in the text that it signs, and once in what it sends: by endpoint. */
    private List<String> encodedTwice() {
        if (path.startsWith("/v2/presence/")) {
            return List.of(path.endsWith("/heartbeat") ? "state" : "channel-group");
        }
        return path.startsWith("/v2/subscribe/") ? List.of("filter-expr", "channel-group", "state") : List.of();
    }

    private String query(List<String> encodedTwice) {
        TreeMap<String, String> signed = new TreeMap<>(parameters); // names of clients are ASCII: order of bytes
        signed.remove(SIGNATURE);
        encodedTwice.forEach(name -> signed.put(name, rawParameters.getOrDefault(name, "")));
        StringBuilder query = new StringBuilder(bytes + 16);
        signed.forEach((name, value) -> {
            if (!query.isEmpty()) {
                query.append('&');
            }
            encode(name, query);
            encode(value, query.append('='));
        });
        return query.toString();
    }

    private boolean isEncoded(String name) {
        String raw = rawParameters.get(name);
        return raw != null && !raw.equals(parameters.get(name));
    }

    /** Percent-encodes more than is usual: all but letters, digits, and {@value #UNRESERVED}. */
    private static void encode(String text, StringBuilder encoded) {
        for (byte b : utf8(text)) {
            if (b > 0 && (Character.isLetterOrDigit(b) || UNRESERVED.indexOf(b) >= 0)) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
            }
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
