package dev.manicule.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;

/** Server-sent events: a body of chunks that does not end. */
final class EventStream extends OpenStream {
    private static final byte[] HEAD = ascii("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=UTF-8\r\n"
            + "Cache-Control: no-cache\r\nX-Accel-Buffering: no\r\nAccess-Control-Allow-Origin: *\r\n"
            + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
    private static final byte[] COMMENT = ascii(":\n\n");
    private static final byte[] END = ascii("0\r\n\r\n");

    EventStream(ChannelHandlerContext ctx, HttpServer server, Runnable ended) {
        super(ctx, server, ended);
        var _ = ctx.write(Unpooled.wrappedBuffer(HEAD));
    }

    @Override
    public void send(byte[] piece) {
        byte[] size = ascii(Integer.toHexString(piece.length) + "\r\n");
        ByteBuf chunk = ctx.alloc().directBuffer(size.length + piece.length + 2);
        var _ = ctx.writeAndFlush(chunk.writeBytes(size).writeBytes(piece).writeByte('\r').writeByte('\n'));
    }

    @Override
    void keepAlive() {
        send(COMMENT);
    }

    @Override
    void close() {
        var _ = ctx.writeAndFlush(Unpooled.wrappedBuffer(END)).addListener(ChannelFutureListener.CLOSE);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
