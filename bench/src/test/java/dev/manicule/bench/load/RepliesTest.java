package dev.manicule.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RepliesTest {
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nDate: now\r\ncontent-length: 5\r\n\r\nhello";

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void fragmentedResponseIsAssembled() throws IOException {
        for (int cut = 0; cut < ANSWER.length(); cut++) {
            HttpReplies replies = new HttpReplies();
            assertThat(replies.read(bytes(ANSWER.substring(0, cut)))).as("cut at %d", cut).isFalse();
            assertThat(replies.read(bytes(ANSWER.substring(cut)))).as("cut at %d", cut).isTrue();
        }
    }

    @Test
    void bytesAfterAResponseAreLeft() throws IOException {
        HttpReplies replies = new HttpReplies();
        ByteBuffer two = bytes(ANSWER + ANSWER);
        assertThat(replies.read(two)).isTrue();
        assertThat(two.remaining()).isEqualTo(ANSWER.length());
        assertThat(replies.read(two)).isTrue();
        assertThat(two.hasRemaining()).isFalse();
    }

    @Test
    void unsuccessfulResponseEndsTheMeasurement() {
        assertThatThrownBy(() -> new HttpReplies().read(bytes("HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n\r\n")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("409");
        assertThatThrownBy(() -> new HttpReplies().read(bytes("HTTP/1.1 200 OK\r\n\r\n")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("length");
        assertThatThrownBy(() -> new RedisReplies(1).read(bytes("-ERR no\r\n"))).isInstanceOf(IOException.class);
    }

    @Test
    void redisAnswersEachCommand() throws IOException {
        String pair = "$15\r\n1700000000000-0\r\n:0\r\n";
        for (int cut = 0; cut < pair.length(); cut++) {
            RedisReplies replies = new RedisReplies(2);
            assertThat(replies.read(bytes(pair.substring(0, cut)))).as("cut at %d", cut).isFalse();
            assertThat(replies.read(bytes(pair.substring(cut)))).as("cut at %d", cut).isTrue();
            assertThat(replies.read(bytes(pair))).as("again").isTrue();
        }
    }

    @Test
    void templateHasItsContentLength() {
        ByteBuffer out = ByteBuffer.allocate(1000);
        Template.post("/add/#", "{\"n\":\"#\",\"m\":\"#\"}").put(out, 7, 12_345, 9_876_543_210L);
        assertThat(new String(out.array(), 0, out.position(), StandardCharsets.US_ASCII))
                .startsWith("POST /add/0000000007 HTTP/1.1\r\n")
                .contains("Content-Length: 35\r\n")
                .endsWith("\r\n\r\n{\"n\":\"0000012345\",\"m\":\"9876543210\"}");
    }
}
