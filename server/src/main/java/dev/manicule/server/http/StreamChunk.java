package dev.manicule.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A piece of a stream: a whole number of server-sent events, or the text of one WebSocket message. Any number of streams of
 * one event loop may be sent the same one; it is encoded once for all of them.
 */
public final class StreamChunk {
    private static final byte[] LINE = {'\r', '\n'};
    /** The first byte of a frame: text, and whole (RFC 6455, 5.2). */
    private static final byte TEXT = (byte) 0x81;
    private static final int MOST_IN_A_BYTE = 125;
    private static final byte TWO_BYTES = 126;
    private static final byte EIGHT_BYTES = 127;

    private final byte[] utf8;
    private final SharedEncoding repeated = new SharedEncoding();

    /** A piece. For one kind of streams only. */
    public StreamChunk(byte[] utf8) {
        this.utf8 = utf8;
    }

    /** Sends it as a chunk of a body that does not end. */
    void sendChunk(ChannelHandlerContext ctx, Outbound out, Framing framing, boolean isPlain) {
        BroadcastBuffer wire = framing == Framing.HTTP_1 ? repeated.wire("", this::chunk) : null;
        if (wire != null) {
            wire.send(ctx, out, isPlain);
        } else {
            var _ = out.write(framing.piece(ctx, utf8), utf8.length);
        }
    }

    /** Sends it as a WebSocket's frame. */
    void sendFrame(ChannelHandlerContext ctx, Outbound out, boolean isPlain) {
        BroadcastBuffer wire = repeated.wire("", () -> new byte[][]{frameHead(), utf8});
        if (wire != null) {
            wire.send(ctx, out, isPlain);
        } else {
            var _ = out.write(new TextWebSocketFrame(Unpooled.wrappedBuffer(utf8)), utf8.length);
        }
    }

    private byte[][] chunk() {
        byte[] size = (Integer.toHexString(utf8.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        return new byte[][]{size, utf8, LINE};
    }

    private byte[] frameHead() {
        ByteBuffer head = ByteBuffer.allocate(2 + Long.BYTES).put(TEXT);
        if (utf8.length <= MOST_IN_A_BYTE) {
            head.put((byte) utf8.length);
        } else if (utf8.length <= 0xFFFF) {
            head.put(TWO_BYTES).putShort((short) utf8.length);
        } else {
            head.put(EIGHT_BYTES).putLong(utf8.length);
        }
        byte[] bytes = new byte[head.flip().remaining()];
        head.get(bytes);
        return bytes;
    }
}
