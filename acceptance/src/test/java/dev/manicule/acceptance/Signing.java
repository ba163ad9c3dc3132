package dev.manicule.acceptance;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs requests as who knows a secret key; written apart from the server's and the client's code. */
public record Signing(String publishKey, String secretKey) {
    /** The target with a timestamp and a signature in its query. */
    public String sign(String method, String target, String body) throws Exception {
        return sign(method, target, body, System.currentTimeMillis() / 1000);
    }

    public String sign(String method, String target, String body, long timestamp) throws Exception {
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        String query = (question < 0 ? "" : target.substring(question + 1) + "&") + "timestamp=" + timestamp;
        Map<String, String> sorted = new TreeMap<>();
        for (String parameter : query.split("&", -1)) {
            sorted.put(parameter.substring(0, parameter.indexOf('=')), parameter);
        }
        String text = method + "\n" + publishKey + "\n" + path + "\n" + String.join("&", sorted.values()) + "\n" + body;
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secretKey.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        byte[] hash = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        return path + "?" + query + "&signature=v2." + Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }
}
