package dev.manicule.server.access;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request as a signature covers it. In raw values, each character is a byte that was sent.
 *
 * @param path raw, as sent
 * @param parameters of the query, decoded
 * @param rawParameters of the query, as sent
 * @param spacedParameters of the query, decoded with spaces for pluses
 * @param body without its encoding; read only when the signature is well-formed
 * @param bytes how many bytes of path, query and body were sent
 */
public record SignedRequest(String method, String path, Map<String, String> parameters,
        Map<String, String> rawParameters, Map<String, String> spacedParameters, Supplier<byte[]> body, int bytes) {
    private static final String SIGNATURE = "signature";
    private static final String PREFIX = "v2.";
    /** 32 bytes in base64, without padding. */
    private static final Pattern SECOND_FORM = Pattern.compile("v2\\.[A-Za-z0-9_-]{43}");
    private static final Pattern FIRST_FORM = Pattern.compile("[A-Za-z0-9_-]{43}");
    /** The texts that some clients sign in place of a publish key that they don't have. */
    private static final List<String> NO_KEY = List.of("", "undefined", "null");
    /** The parameters in which clients that encode like HTML forms send spaces as pluses. */
    private static final Set<String> SPACED = Set.of("state", "meta", "filter-expr");
    private static final String UNRESERVED = "-_.";
    private static final String HEX = "0123456789ABCDEF";
    private static final String PUBLISH = "/publish/";
    private static final String UUID = "/uuid/";
    private static final int LONGEST_TIMESTAMP = 12;
    /** Of {@code /publish/pub/sub/0/channel}; after it come a callback, and, only in a publish by GET, the payload. */
    private static final int SEGMENTS_OF_PUBLISH = 5;

    /** The parts of a request that a signature covers. */
    enum Cover {
        /** Nothing: the secret key did not make it. */
        NOTHING,
        /** The whole request. */
        ALL,
        /** All but method and body, by a client that gives each request a name or a number. */
        ALL_BUT_BODY,
        /** All but method and body, by a client that may sign two requests of one second alike. */
        ALL_BUT_BODY_AND_NAME
    }

    /** The time of signing in seconds since 1970; {@link Long#MIN_VALUE} when the request has none. */
    long timestamp() {
        String sent = parameters.getOrDefault("timestamp", "");
        if (sent.isEmpty() || sent.length() > LONGEST_TIMESTAMP || !sent.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Long.MIN_VALUE;
        }
        return Long.parseLong(sent);
    }

    /** Whether its signature has a known form. */
    boolean isWellFormed() {
        return SECOND_FORM.matcher(signature()).matches() || FIRST_FORM.matcher(signature()).matches();
    }

    /**
     * The signature that was sent, empty when there is none. Clients write it in either alphabet of base64, with
     * padding and without; here it has one text, which identifies it.
     */
    String signature() {
        String sent = parameters.getOrDefault(SIGNATURE, "").replace('+', '-').replace('/', '_');
        return sent.endsWith("=") ? sent.substring(0, sent.length() - 1) : sent;
    }

    /**
     * The parts that its signature covers, if this secret key made it. In the first form it covers neither method nor
     * body. A publish by POST may also be signed as a GET without a body, as the JavaScript SDK does. A publish by GET
     * has the same words and its payload in the path: such a signature is never valid for a POST.
     */
    Cover cover(Keyset keyset, Secret secret) {
        if (!isWellFormed()) {
            return Cover.NOTHING;
        }
        boolean isFirstForm = !signature().startsWith(PREFIX);
        boolean isPublish = path.startsWith(PUBLISH);
        boolean publishes = method.equals("POST") && isPublishWithoutPayload();
        if (isFirstForm && isPublish && !publishes && !isRead()) {
            return Cover.NOTHING;
        }
        List<String> keys = isPublish ? List.of(path.split("/", 4)[2]) : publishKeys(keyset);
        Text text = text(keyset, secret, isFirstForm, publishes);
        Cover usual = cover(keys, usualQueries(), text);
        // the words for a missing key are tried with the usual queries only: at most twelve texts in all
        List<String> first = keys.subList(0, 1);
        Cover cover = usual == Cover.NOTHING ? cover(first, unusualQueries(), text) : usual;
        SignedRequest other = cover == Cover.NOTHING ? withUuidAsGiven() : null;
        return other == null
                ? cover
                : cover(first, List.of(query(parameters)), other.text(keyset, secret, isFirstForm, false));
    }

    private Text text(Keyset keyset, Secret secret, boolean isFirstForm, boolean publishes) {
        return isFirstForm
                ? (key, query) -> isFirst(keyset, secret, key, query) ? withoutBody() : Cover.NOTHING
                : (key, query) -> second(secret, key, query, publishes);
    }

    /**
     * The request for a state as the JavaScript SDK signs it: it puts the uuid into the path as it is, and its HTTP
     * client encodes the spaces and sends the rest as Latin-1. Null for other requests, and where that makes no
     * difference.
     */
    private @Nullable SignedRequest withUuidAsGiven() {
        int uuid = path.startsWith("/v2/presence/") ? path.indexOf(UUID) + UUID.length() : 0;
        boolean isState = uuid > UUID.length() && isRead();
        if (!isState || path.chars().skip(uuid).noneMatch(c -> c == '%' || c > 127)) {
            return null;
        }
        String given;
        try {
            given = URLDecoder.decode(path.substring(uuid).replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
        String bytes = new String(utf8(given), StandardCharsets.ISO_8859_1);
        return new SignedRequest(method, path.substring(0, uuid) + bytes, parameters, rawParameters, spacedParameters,
                body, this.bytes);
    }

    /** The parts that a signature covers if these were signed. */
    @FunctionalInterface
    private interface Text {
        Cover cover(String publishKey, String query);
    }

    private static Cover cover(List<String> keys, List<String> queries, Text text) {
        for (String query : queries) {
            for (String key : keys) {
                Cover cover = text.cover(key, query);
                if (cover != Cover.NOTHING) {
                    return cover;
                }
            }
        }
        return Cover.NOTHING;
    }

    private boolean isFirst(Keyset keyset, Secret secret, String publishKey, String query) {
        return isSignature("", secret.hmac()
                .of(utf8(keyset.subscribeKey() + "\n" + publishKey),
                        asSent("\n" + path + "\n" + query)));
    }

    private Cover second(Secret secret, String publishKey, String query, boolean publishes) {
        byte[] rest = asSent("\n" + path + "\n" + query + "\n");
        if (isSignature(PREFIX, secret.hmac().of(utf8(method + "\n" + publishKey), rest, body.get()))) {
            return Cover.ALL;
        }
        return publishes && isSignature(PREFIX, secret.hmac().of(utf8("GET\n" + publishKey), rest))
                ? withoutBody()
                : Cover.NOTHING;
    }

    private boolean isSignature(String prefix, byte[] hash) {
        String right = prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        return MessageDigest.isEqual(utf8(signature()), utf8(right));
    }

    /**
     * A signature of a grant is valid for one body only, whatever its client does: another body might grant everything.
     */
    private Cover withoutBody() {
        boolean isNamed = parameters.containsKey("requestid") || parameters.containsKey("seqn");
        return isNamed || path.startsWith("/v3/pam/") ? Cover.ALL_BUT_BODY : Cover.ALL_BUT_BODY_AND_NAME;
    }

    /** Whether it changes nothing by its method. */
    boolean isRead() {
        return method.equals("GET") || method.equals("HEAD");
    }

    private boolean isPublishWithoutPayload() {
        String[] segments = path.split("/", -1);
        int count = segments.length - 1;
        boolean hasEmptyEnd = segments[count].isEmpty();
        return path.startsWith(PUBLISH)
                && count >= SEGMENTS_OF_PUBLISH
                && (count <= SEGMENTS_OF_PUBLISH + 1 || (count == SEGMENTS_OF_PUBLISH + 2 && hasEmptyEnd));
    }

    private static List<String> publishKeys(Keyset keyset) {
        List<String> keys = new ArrayList<>(NO_KEY.size() + 1);
        if (keyset.publishKey() != null) {
            keys.add(keyset.publishKey());
        }
        keys.addAll(NO_KEY);
        return keys;
    }

    /** The query as the protocol signs it, and with some values as the Python SDK encodes them. */
    private List<String> usualQueries() {
        List<String> twice = encodedTwice().stream().filter(this::isEncoded).toList();
        return twice.isEmpty() ? List.of(query(parameters)) : List.of(query(parameters), query(twice));
    }

    /** The query as it was sent, in order of its names; and with spaces for pluses, in some parameters and in all. */
    private List<String> unusualQueries() {
        String sent = join(rawParameters, text -> text);
        return spacedParameters.equals(parameters)
                ? List.of(sent)
                : List.of(sent, spaced(SPACED), spaced(parameters.keySet()));
    }

    private String spaced(Set<String> names) {
        Map<String, String> values = new HashMap<>(parameters);
        names.forEach(name -> values.computeIfPresent(name, spacedParameters::getOrDefault));
        return query(values);
    }

    /**
     * The parameters that the Python SDK encodes twice in the text that it signs, and once in the request: by endpoint.
     */
    private List<String> encodedTwice() {
        if (path.startsWith("/v2/presence/")) {
            return List.of(path.endsWith("/heartbeat") ? "state" : "channel-group");
        }
        return path.startsWith("/v2/subscribe/") ? List.of("filter-expr", "channel-group", "state") : List.of();
    }

    private String query(List<String> encodedTwice) {
        Map<String, String> values = new HashMap<>(parameters);
        encodedTwice.forEach(name -> values.put(name, rawParameters.getOrDefault(name, "")));
        return query(values);
    }

    private String query(Map<String, String> values) {
        return join(values, SignedRequest::encoded);
    }

    private String join(Map<String, String> values, UnaryOperator<String> encoder) {
        TreeMap<String, String> signed = new TreeMap<>(values); // names of clients are ASCII: order of bytes
        signed.remove(SIGNATURE);
        StringBuilder query = new StringBuilder(bytes + 16);
        signed.forEach((name, value) -> query.append(query.isEmpty() ? "" : "&")
                .append(encoded(name))
                .append('=')
                .append(encoder.apply(value)));
        return query.toString();
    }

    private boolean isEncoded(String name) {
        String raw = rawParameters.get(name);
        return raw != null && !raw.equals(parameters.get(name));
    }

    /** Percent-encodes more than is usual: all but letters, digits, and {@value #UNRESERVED}. */
    private static String encoded(String text) {
        StringBuilder encoded = new StringBuilder(text.length() + 16);
        for (byte b : utf8(text)) {
            if (b > 0 && (Character.isLetterOrDigit(b) || UNRESERVED.indexOf(b) >= 0)) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
            }
        }
        return encoded.toString();
    }

    /** The bytes of a raw text, each of which is one of its characters. */
    private static byte[] asSent(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
