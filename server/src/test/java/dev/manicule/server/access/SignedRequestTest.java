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
        return new SignedRequest(method, path, parameters, raw, () -> body.getBytes(StandardCharsets.UTF_8), 100)
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
    void everyPartOfARequestIsCovered() {
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
        assertThat(isSigned("GET", path, "", uuid, right + "=", "1700000000")).isFalse();
        assertThat(isSigned("GET", path, "", uuid, "", "1700000000")).isFalse();
        assertThat(isSigned("GET", path, "", uuid, "v2.", "1700000000")).isFalse();
    }

    @Test
    void theBodyIsCovered() {
        String path = "/v1/message-actions/sub-c-1/channel/c/message/1";
        String right = "v2.uEC-tMJVhJi4k2PmRWz-asBOvWIKTsZk8FSN4_EWJY0";
        assertThat(isSigned("POST", path, "{\"type\":\"é\"}", "al ice~*'()é", right, "1700000000")).isTrue();
        assertThat(isSigned("POST", path, "{\"type\":\"e\"}", "al ice~*'()é", right, "1700000000")).isFalse();
    }

    @Test
    void whoHasNoPublishKeyMaySignAWordForIt() {
        assertThat(isSigned("GET", "/time/0", "", "timestamp", "1700000000", "1700000000", "signature",
                "v2.VY1Lmzkf7T-5lORdd0sUpXzIq2ZlHO0LW4s-02S4_vM", "")).isTrue();
    }

    @Test
    void whatPythonEncodesTwiceIsUnderstoodAndNothingElse() {
        String signature = "v2.XdejJB_r8pNfbMKz_H-pcuXQ26PEDLGbW67upeoDAfc";
        assertThat(isSigned("GET", "/v2/subscribe/sub-c-1/c/0", "", "filter-expr", "lang == 'en'",
                "lang%20%3D%3D%20%27en%27", "timestamp", "1700000000", "1700000000", "signature", signature, ""))
                .isTrue();
        assertThat(isSigned("GET", "/v2/subscribe/sub-c-1/c/0", "", "filter-expr", "lang == 'de'",
                "lang%20%3D%3D%20%27de%27", "timestamp", "1700000000", "1700000000", "signature", signature, ""))
                .isFalse();
    }

    @Test
    void aPublishByPostMayBeSignedInTheOlderFormAndAsAGet() {
        assertThat(isPublished(V1, PUBLISH, "anything")).isTrue();
        assertThat(isPublished(GET_FORM, PUBLISH, "anything")).isTrue();
        assertThat(isPublished(V1, PUBLISH + "x", "anything")).isFalse();
        assertThat(isSigned("GET", PUBLISH, "", "timestamp", "1700000000", "", "signature", V1, "")).isFalse();
        assertThat(isSigned("DELETE", PUBLISH, "", "timestamp", "1700000000", "", "signature", GET_FORM, ""))
                .isFalse();
    }

    /** Published by GET, seen by somebody, and sent again by POST with another body. */
    @Test
    void aPublishByGetIsNoPublishByPost() throws Exception {
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

    private static String sign(String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("sec-c-1".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return "v2." + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }
}
