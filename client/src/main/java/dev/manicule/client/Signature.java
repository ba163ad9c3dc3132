package dev.manicule.client;

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

    /** Adds the time and the signature to a query that holds all else. */
    static void add(String secretKey, String publishKey, Request<?> request, Map<String, String> query) {
        query.put("timestamp", String.valueOf(System.currentTimeMillis() / 1000));
        String sorted = new TreeMap<>(query).entrySet()
                .stream()
                .map(parameter -> encode(parameter.getKey()) + "=" + encode(parameter.getValue()))
                .collect(Collectors.joining("&"));
        String body = request.body() == null ? "" : request.body();
        String text = String.join("\n", request.method(), publishKey, request.path(), sorted, body);
        query.put("signature", "v2." + Base64.getUrlEncoder().withoutPadding().encodeToString(hash(secretKey, text)));
    }

    /** Also what may stay as it is in a URI is encoded in what is signed. */
    private static String encode(String text) {
        return Request.encode(text).replace("~", "%7E");
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
