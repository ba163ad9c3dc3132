package dev.manicule.server.access;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A request as a signature covers it.
 *
 * @param path raw, as sent
 * @param parameters of the query, decoded
 * @param rawParameters of the query, as sent
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SignedRequest(String method, String path, Map<String, String> parameters,
        Map<String, String> rawParameters, byte[] body) {
    private static final String SIGNATURE = "signature";
    private static final String PREFIX = "v2.";
    /** What some clients sign in place of a publish key that they don't have. */
    private static final List<String> NO_KEY = List.of("", "undefined", "null");
    /** What the Python SDK encodes twice in the text that it signs, and once in what it sends. */
    private static final List<String> ENCODED_TWICE = List.of("filter-expr", "channel-group", "state");
    private static final String UNRESERVED = "-_.";
    private static final byte[] NO_BODY = {};
    private static final int LONGEST_TIMESTAMP = 12;

    /** The time of signing in seconds since 1970; null when it does not say so. */
    @Nullable
    Long timestamp() {
        String sent = parameters.getOrDefault("timestamp", "");
        try {
            return sent.length() > LONGEST_TIMESTAMP ? null : (Long) Long.parseLong(sent);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Whether its signature is that of who knows this secret key. What is compared is compared in constant time. */
    boolean isSignedBy(Keyset keyset, Secret secret) {
        byte[] signature = parameters.getOrDefault(SIGNATURE, "").getBytes(StandardCharsets.UTF_8);
        boolean publishes = method.equals("POST") && path.startsWith("/publish/");
        for (String query : queries()) {
            for (String publishKey : publishKeys(keyset)) {
                String text = "\n" + publishKey + "\n" + path + "\n" + query + "\n";
                if (MessageDigest.isEqual(signature, v2(secret, method + text, body))) {
                    return true;
                }
                if (publishes && MessageDigest.isEqual(signature, v2(secret, "GET" + text, NO_BODY))) {
                    return true; // the JavaScript SDK
                }
            }
            if (publishes && MessageDigest.isEqual(signature, v1(keyset, secret, query))) {
                return true; // the Python and the Java SDK
            }
        }
        return false;
    }

    private static byte[] v2(Secret secret, String text, byte[] body) {
        ByteArrayOutputStream all = new ByteArrayOutputStream(text.length() + body.length);
        all.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        all.writeBytes(body);
        byte[] hash = Hmac.of(secret.bytes(), all.toByteArray(), all.size());
        return (PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(hash))
                .getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] v1(Keyset keyset, Secret secret, String query) {
        String text = keyset.subscribeKey() + "\n" + keyset.publishKey() + "\n" + path + "\n" + query;
        return Base64.getUrlEncoder().encode(Hmac.of(secret.bytes(), text));
    }

    private static List<String> publishKeys(Keyset keyset) {
        List<String> keys = new ArrayList<>(NO_KEY.size() + 1);
        if (keyset.publishKey() != null) {
            keys.add(keyset.publishKey());
        }
        keys.addAll(NO_KEY);
        return keys;
    }

    /** The query as it was signed, most likely form first; the others are what Python makes of some values. */
    private List<String> queries() {
        List<String> twice = ENCODED_TWICE.stream().filter(this::isEncoded).toList();
        List<String> queries = new ArrayList<>();
        for (int choice = 0; choice < 1 << twice.size(); choice++) {
            TreeMap<String, String> signed = new TreeMap<>(parameters); // names of clients are ASCII: order of bytes
            signed.remove(SIGNATURE);
            for (int i = 0; i < twice.size(); i++) {
                if ((choice & 1 << i) != 0) {
                    signed.put(twice.get(i), rawParameters.getOrDefault(twice.get(i), ""));
                }
            }
            StringBuilder query = new StringBuilder();
            signed.forEach((name, value) -> {
                query.append(query.isEmpty() ? "" : "&").append(encode(name)).append('=').append(encode(value));
            });
            queries.add(query.toString());
        }
        return queries;
    }

    private boolean isEncoded(String name) {
        String raw = rawParameters.get(name);
        return raw != null && !raw.equals(parameters.get(name));
    }

    /** Percent-encodes more than is usual: all but letters, digits, and {@value #UNRESERVED}. */
    private static String encode(String text) {
        StringBuilder encoded = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b > 0 && (Character.isLetterOrDigit(b) || UNRESERVED.indexOf(b) >= 0)) {
                encoded.append((char) b);
            } else {
                encoded.append('%')
                        .append(Character.toUpperCase(Character.forDigit(b >> 4 & 15, 16)))
                        .append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
            }
        }
        return encoded.toString();
    }
}
