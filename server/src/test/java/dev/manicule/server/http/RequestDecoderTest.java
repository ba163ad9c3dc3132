package dev.manicule.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which heads are refused because a field goes on in the next line, however the bytes come. */
class RequestDecoderTest {
    private static final List<String> LINES = List.of("Host: a", "X: 1 2", "Long-Name: \t a value of some length",
            "Y:");
    private static final String BODY = "a\r\n b\n\tc";

    @Test
    void foldedLineIsDetectedInAnyFragments() {
        Random random = new Random(11);
        for (int time = 0; time < 20_000; time++) {
            boolean isFolded = random.nextInt(3) == 0;
            String head = head(random, isFolded);
            String bytes = head + BODY;
            List<Integer> cuts = random.ints(random.nextInt(6), 1, bytes.length()).sorted().boxed().toList();
            assertThat(isRefused(bytes, cuts)).as(head.replace("\r", "|") + cuts).isEqualTo(isFolded);
        }
    }

    @Test
    void secondRequestOfAConnectionIsChecked() {
        EmbeddedChannel channel = channel();
        String request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        channel.writeInbound(Unpooled.copiedBuffer(request + " " + request, StandardCharsets.US_ASCII));
        assertThat(refusals(channel)).as("blanks before a request").isZero();
        channel.writeInbound(Unpooled.copiedBuffer("GET / HTTP/1.1\r\n\tHost: a\r\n\r\n", StandardCharsets.US_ASCII));
        assertThat(refusals(channel)).isEqualTo(1);
    }

    /** A request with a body that has lines with blanks at their beginnings. */
    private static String head(Random random, boolean isFolded) {
        String end = "\r\n"; // Netty refuses others
        StringBuilder head = new StringBuilder(end.repeat(random.nextInt(2))).append("POST /a HTTP/1.1").append(end);
        int folded = isFolded ? random.nextInt(4) : -1;
        for (int line = 0; line < 4; line++) {
            head.append(LINES.get(random.nextInt(LINES.size()))).append(end);
            if (line == folded) {
                head.append(random.nextBoolean() ? ' ' : '\t').append("more").append(end);
            }
        }
        return head.append("Content-Length: ").append(BODY.length()).append(end).append(end).toString();
    }

    private static EmbeddedChannel channel() {
        return new EmbeddedChannel(new RequestDecoder(new HttpDecoderConfig(), bytes -> true));
    }

    private static boolean isRefused(String request, List<Integer> cuts) {
        EmbeddedChannel channel = channel();
        int from = 0;
        for (int to : Stream.concat(cuts.stream(), Stream.of(request.length())).toList()) {
            channel.writeInbound(Unpooled.copiedBuffer(request.substring(from, to), StandardCharsets.US_ASCII));
            from = to;
        }
        int refusals = refusals(channel);
        channel.finishAndReleaseAll();
        return refusals > 0;
    }

    private static int refusals(EmbeddedChannel channel) {
        int refusals = 0;
        boolean isWhole = false;
        for (Object message = channel.readInbound(); message != null; message = channel.readInbound()) {
            refusals += message instanceof HttpRequest head && !head.decoderResult().isSuccess() ? 1 : 0;
            isWhole |= message instanceof LastHttpContent;
            ReferenceCountUtil.release(message);
        }
        assertThat(isWhole || refusals > 0).as("decoded").isTrue();
        return refusals;
    }
}
