package dev.manicule.server.http;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;

/** Server-sent events: a body that does not end. */
final class EventStream extends OpenStream {
    private static final String FIELDS = "Content-Type: text/event-stream; charset=UTF-8\r\n"
            + "Cache-Control: no-cache\r\nX-Accel-Buffering: no\r\n";
    private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    private final Framing framing;
    private final boolean isPlain;

    EventStream(ChannelHandlerContext ctx, Outbound out, Runnable ended, Framing framing, boolean isPlain,
            String origin) {
        super(ctx, out, ended);
        this.framing = framing;
        this.isPlain = isPlain;
        var _ = ctx.write(framing.begin(FIELDS + origin));
    }

    @Override
    public void send(StreamChunk piece) {
        piece.sendChunk(ctx, out, framing, isPlain);
    }

    @Override
    void keepAlive() {
        send(new StreamChunk(COMMENT));
    }

    @Override
    void close() {
        var _ = ctx.writeAndFlush(framing.end()).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    void close(String words, StreamChunk last) {
        send(last);
        close();
    }
}
