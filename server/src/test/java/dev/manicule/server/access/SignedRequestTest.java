package dev.manicule.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.access.SignedRequest.Cover;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** The signatures were worked out apart from this code, with Python's hmac. */
class SignedRequestTest {
    private static final Secret SECRET = new Secret("sec-c-1");
    private static final Keyset KEYSET = Keyset.of("sub-c-1", "pub-c-1").guarded(SECRET);
    private static final String PUBLISH = "/publish/pub-c-1/sub-c-1/0/c/0";
    private static final String V1 = "JsUwQgXEJe-gVkqOs_wk7QH4Km01-6xz_GFohi8RRPM=";
    private static final String GET_FORM = "v2.UxGJXThSghqSJod0p3pamjkCnxq0n8OT_T5czBRB890";

    private static boolean isSigned(String method, String path, String body, String... query) {
        Map<String, String> parameters = new HashMap<>();
        Map<String, String> raw = new HashMap<>();
        for (int i = 0; i < query.length; i += 3) {
            parameters.put(query[i], query[i + 1]);
            raw.put(query[i], query[i + 2]);
        }
        return new SignedRequest(method, path, parameters, raw, parameters,
                () -> body.getBytes(StandardCharsets.UTF_8), 100)
                .cover(KEYSET, SECRET) != Cover.NOTHING;
    }

    private static boolean isSigned(String method, String path, String body, String uuid, String signature,
            String timestamp) {
        return isSigned(method, path, body, "uuid", uuid, uuid, "pnsdk", "X/1", "X/1", "timestamp", timestamp,
                timestamp, "signature", signature, signature);
    }

    private static boolean isPublished(String signature, String path, String body) {
        return isSigned("POST", path, body, "timestamp", "1700000000", "1700000000", "signature", signature,
                signature);
    }

    @Test
    void signatureCoversEveryPart() {
        String path = "/v1/message-actions/sub-c-1/channel/a%20b";
        String right = "v2.eIA5v3A6p_mt8KtgE2gwWAr7E8baMqqKWc-duQRMeP0";
        String uuid = "al ice~*'()é";
        assertThat(isSigned("GET", path, "", uuid, right, "1700000000")).isTrue();
        assertThat(isSigned("DELETE", path, "", uuid, right, "1700000000")).isFalse();
        assertThat(isSigned("GET", path + "c", "", uuid, right, "1700000000")).isFalse();
        assertThat(isSigned("GET", path, "x", uuid, right, "1700000000")).isFalse();
        assertThat(isSigned("GET", path, "", "bob", right, "1700000000")).isFalse();
        assertThat(isSigned("GET", path, "", uuid, right, "1700000001")).isFalse();
        assertThat(isSigned("GET", path, "", uuid, right.replace("v2.", ""), "1700000000")).isFalse();
        assertThat(isSigned("GET", path, "", uuid, right + "=", "1700000000")).as("padded").isTrue();
        assertThat(isSigned("GET", path, "", uuid, right + "==", "1700000000")).isFalse();
        assertThat(isSigned("GET", path, "", uuid, "", "1700000000")).isFalse();
        assertThat(isSigned("GET", path, "", uuid, "v2.", "1700000000")).isFalse();
    }

    @Test
    void signatureCoversTheBody() {
        String path = "/v1/message-actions/sub-c-1/channel/c/message/1";
        String right = "v2.uEC-tMJVhJi4k2PmRWz-asBOvWIKTsZk8FSN4_EWJY0";
        assertThat(isSigned("POST", path, "{\"type\":\"é\"}", "al ice~*'()é", right, "1700000000")).isTrue();
        assertThat(isSigned("POST", path, "{\"type\":\"e\"}", "al ice~*'()é", right, "1700000000")).isFalse();
    }

    @Test
    void signatureWithoutAPublishKeyUsesAPlaceholder() {
        assertThat(isSigned("GET", "/time/0", "", "timestamp", "1700000000", "1700000000", "signature",
                "v2.VY1Lmzkf7T-5lORdd0sUpXzIq2ZlHO0LW4s-02S4_vM", "")).isTrue();
    }

    @Test
    void doubleEncodingOfPythonIsAccepted() {
        String signature = "v2.XdejJB_r8pNfbMKz_H-pcuXQ26PEDLGbW67upeoDAfc";
        assertThat(isSigned("GET", "/v2/subscribe/sub-c-1/c/0", "", "filter-expr", "lang == 'en'",
                "lang%20%3D%3D%20%27en%27", "timestamp", "1700000000", "1700000000", "signature", signature, ""))
                .isTrue();
        assertThat(isSigned("GET", "/v2/subscribe/sub-c-1/c/0", "", "filter-expr", "lang == 'de'",
                "lang%20%3D%3D%20%27de%27", "timestamp", "1700000000", "1700000000", "signature", signature, ""))
                .isFalse();
    }

    @Test
    void postPublishMayBeSignedInTheOlderFormAsGet() {
        assertThat(isPublished(V1, PUBLISH, "anything")).isTrue();
        assertThat(isPublished(GET_FORM, PUBLISH, "anything")).isTrue();
        assertThat(isPublished(V1, PUBLISH + "x", "anything")).isFalse();
        assertThat(isSigned("DELETE", PUBLISH, "", "timestamp", "1700000000", "", "signature", GET_FORM, ""))
                .isFalse();
    }

    /** Published by GET, seen by somebody, and sent again by POST with another body. */
    @Test
    void getSignatureFitsNoPost() throws Exception {
        for (String path : List.of(PUBLISH + "/%22hello%22", PUBLISH + "/1/2", PUBLISH + "/1/")) {
            String get = sign("GET\npub-c-1\n" + path + "\ntimestamp=1700000000\n");
            String first = sign("sub-c-1\npub-c-1\n" + path + "\ntimestamp=1700000000").substring(3) + "=";
            assertThat(isSigned("GET", path, "", "timestamp", "1700000000", "", "signature", get, "")).isTrue();
            assertThat(isPublished(get, path, "\"evil\"")).isFalse();
            assertThat(isPublished(first, path, "\"evil\"")).isFalse();
        }
        for (String path : List.of(PUBLISH, PUBLISH + "/", "/publish/pub-c-1/sub-c-1/0/c")) {
            assertThat(isPublished(sign("GET\npub-c-1\n" + path + "\ntimestamp=1700000000\n"), path, "x")).isTrue();
        }
    }

    /** As JavaScript up to 4.24.6 signs everything, and Go in its older mode. */
    @Test
    void everyRequestMayBeSignedInTheOlderForm() throws Exception {
        String timestamp = "1700000000";
        for (String path : List.of("/time/0", "/v2/subscribe/sub-c-1/c/0", "/v3/history/sub-key/sub-c-1/channel/c",
                PUBLISH + "/%22hello%22")) {
            String text = "sub-c-1\npub-c-1\n" + path + "\n";
            String padded = sign(text + "timestamp=" + timestamp).substring(3) + "=";
            for (String signature : List.of(padded, padded.replace("=", ""),
                    padded.replace('-', '+').replace('_', '/'))) {
                assertThat(isSigned("GET", path, "", "timestamp", timestamp, timestamp, "signature", signature, ""))
                        .as("%s by %s", path, signature)
                        .isTrue();
                assertThat(isSigned("GET", path + "x", "", "timestamp", timestamp, timestamp, "signature", signature,
                        "")).isFalse();
            }
        }
        String none = sign("sub-c-1\nundefined\n/time/0\ntimestamp=" + timestamp).substring(3);
        assertThat(isSigned("GET", "/time/0", "", "timestamp", timestamp, timestamp, "signature", none, "")).isTrue();
    }

    @Test
    void rawPathIsSignedAsSent() throws Exception {
        String sent = "/v3/history/sub-key/sub-c-1/channel/Zoë-聊天";
        String asRead = new String(sent.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        String second = sign("GET\npub-c-1\n" + sent + "\ntimestamp=1700000000\n");
        String first = sign("sub-c-1\npub-c-1\n" + sent + "\ntimestamp=1700000000").substring(3);
        for (String signature : List.of(second, first)) {
            assertThat(isSigned("GET", asRead, "", "timestamp", "1700000000", "1700000000", "signature", signature,
                    "")).isTrue();
        }
    }

    /** JavaScript signs the uuid of a state as it is, and sends it encoded. */
    @Test
    void theUuidOfAStateMayBeSignedAsItIs() throws Exception {
        String path = "/v2/presence/sub-key/sub-c-1/channel/a%20b/uuid/";
        String signature = sign("GET\npub-c-1\n" + path + "+49 1/Zoë\ntimestamp=1700000000\n");
        for (String sent : List.of("+49%201/Zo%C3%AB", "%2B49%201%2FZo%C3%AB")) {
            assertThat(isSigned("GET", path + sent, "", "timestamp", "1700000000", "1700000000", "signature", signature,
                    "")).isTrue();
        }
        assertThat(isSigned("GET", path + "+49%202/Zo%C3%AB", "", "timestamp", "1700000000", "1700000000", "signature",
                signature, "")).isFalse();
    }

    /** A plus that was meant as one, as a space, as a space in a state beside a number with a plus; and all as sent. */
    @Test
    void aPlusIsSignedInEitherReading() throws Exception {
        for (String signed : List.of("state=%7B%22a%22%3A%2B1%7D&timestamp=1&uuid=%2B49~",
                "state=%7B%22a%22%3A%201%7D&timestamp=1&uuid=%2049~",
                "state=%7B%22a%22%3A%201%7D&timestamp=1&uuid=%2B49~",
                "state=%7B%22a%22%3A+1%7D&timestamp=1&uuid=+49~")) {
            String query = signed.startsWith("state=%7B%22a%22%3A+") ? signed : signed.replace("~", "%7E");
            String signature = sign("GET\npub-c-1\n/time/0\n" + query + "\n");
            Map<String, String> plus = Map.of("uuid", "+49~", "state", "{\"a\":+1}", "timestamp", "1", "signature",
                    signature);
            Map<String, String> raw = Map.of("uuid", "+49~", "state", "%7B%22a%22%3A+1%7D", "timestamp", "1",
                    "signature", signature);
            Map<String, String> spaced = Map.of("uuid", " 49~", "state", "{\"a\": 1}", "timestamp", "1", "signature",
                    signature);
            assertThat(new SignedRequest("GET", "/time/0", plus, raw, spaced, () -> new byte[0], 100).cover(KEYSET,
                    SECRET)).as(query).isEqualTo(Cover.ALL);
            assertThat(new SignedRequest("GET", "/time/1", plus, raw, spaced, () -> new byte[0], 100).cover(KEYSET,
                    SECRET)).isEqualTo(Cover.NOTHING);
        }
    }

    private static String sign(String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("sec-c-1".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return "v2." + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }
}
