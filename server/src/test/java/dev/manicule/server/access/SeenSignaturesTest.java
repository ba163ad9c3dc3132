package dev.manicule.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SeenSignaturesTest {
    private final SeenSignatures seen = new SeenSignatures(100, new Hmac(new byte[]{1}));

    private boolean allow(String signature, String body, long now, long until) {
        return seen.allow(signature, "POST", body.getBytes(StandardCharsets.UTF_8), now, until, 0);
    }

    @Test
    void firstBodyIsAccepted() {
        assertThat(allow("s", "a", 100, 160)).isTrue();
        assertThat(allow("s", "b", 101, 160)).isFalse();
        assertThat(allow("s", "", 102, 160)).isFalse();
        assertThat(allow("s", "a", 160, 160)).isTrue();
        assertThat(allow("t", "b", 102, 160)).isTrue();
    }

    @Test
    void firstMethodIsAcceptedDespiteTheGrace() {
        byte[] body = {};
        assertThat(seen.allow("s", "GET", body, 100, 160, 2)).isTrue();
        assertThat(seen.allow("s", "DELETE", body, 100, 160, 2)).isFalse();
        assertThat(seen.allow("s", "GET", body, 101, 160, 2)).isTrue();
        assertThat(seen.allow("t", "POST", body, 100, 160, 2)).isTrue();
        assertThat(seen.allow("t", "POST", new byte[]{1}, 101, 160, 2)).as("within the grace").isTrue();
        assertThat(seen.allow("t", "POST", new byte[]{1}, 102, 160, 2)).isFalse();
    }

    @Test
    void signatureCacheIsBoundedAndExpires() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(allow("s" + i, "a", 100, 160)).isTrue();
            assertThat(seen.size()).isLessThanOrEqualTo(100);
        }
        assertThat(allow("s999", "b", 100, 160)).as("the newest").isFalse();
        assertThat(allow("late", "a", 161, 200)).isTrue();
        assertThat(seen.size()).isEqualTo(1);
    }
}
