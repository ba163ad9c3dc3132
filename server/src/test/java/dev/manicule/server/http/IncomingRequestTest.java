package dev.manicule.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Which hosts a request may name. */
class IncomingRequestTest {
    /** RFC 3986, 3.2.2, with a port, as an expression. */
    private static final Pattern HOST = Pattern
            .compile("(?:[A-Za-z0-9._~!$&'()*+,;=%-]*|\\[[0-9A-Fa-f:.]+])(?::[0-9]*)?");

    @Test
    void hostIsANameOrAddressWithOptionalPort() {
        for (String host : new String[]{"", "localhost", "a-b.example:80", "127.0.0.1:", "[::1]", "[2001:DB8::1]:443",
                "a%20b"}) {
            assertThat(IncomingRequest.isHost(host)).as(host).isTrue();
        }
        for (String host : new String[]{"a b", "a/b", "u@h", "[]", "[::1", "::1", "a:80:80", "a:b", "[::1]x", "[g]",
                "zoë", "a\"b"}) {
            assertThat(IncomingRequest.isHost(host)).as(host).isFalse();
        }
    }

    @Test
    void hostCheckEqualsItsPattern() {
        Random random = new Random(7);
        String letters = "aFg09.:-[]%~ @/ë:[]";
        for (int time = 0; time < 200_000; time++) {
            StringBuilder host = new StringBuilder();
            for (int left = random.nextInt(8); left > 0; left--) {
                host.append(letters.charAt(random.nextInt(letters.length())));
            }
            String text = host.toString();
            assertThat(IncomingRequest.isHost(text)).as(text).isEqualTo(HOST.matcher(text).matches());
        }
    }
}
