package dev.manicule.client.internal;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs requests, in the protocol's second form. */
final class Signature {
    private static final String ALGORITHM = "HmacSHA256";

    private Signature() {}

    /**
     * The parameters that sign a request: the time, and the signature of the request with a query that has all else.
     */
    static Map<String, String> of(String secretKey, String publishKey, Request.Target target, Query query) {
        String now = String.valueOf(System.currentTimeMillis() / 1000);
        Map<String, String> all = new TreeMap<>();
        query.forEach(all::put);
        all.put("timestamp", now);
        String sorted = all.entrySet()
                .stream()
                .map(parameter -> encode(parameter.getKey()) + "=" + encode(parameter.getValue()))
                .collect(Collectors.joining("&"));
        String body = target.content() == null ? "" : target.content().signed();
        String text = String.join("\n", target.method(), publishKey, target.path().toString(), sorted, body);
        String signature = "v2." + Base64.getUrlEncoder().withoutPadding().encodeToString(hash(secretKey, text));
        return Map.of("timestamp", now, "signature", signature);
    }

    /** The signed text also encodes characters that may stay as they are in a URI. */
    private static String encode(String text) {
        return Path.encode(text).replace("~", "%7E");
    }

    private static byte[] hash(String secretKey, String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secretKey.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
