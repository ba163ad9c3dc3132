package dev.manicule.server.http;

import dev.manicule.server.limits.Limits;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A WebSocket (RFC 6455): the server talks, the client listens. What the client says is read and not heeded. */
final class WebSocket extends OpenStream {
    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int LARGEST_FRAME = 4 * 1024;

    private final boolean isPlain;
    /** The pong that was written last. */
    private @Nullable ChannelFuture pong;
    /** The newest ping that came while that one was not sent yet. */
    private byte @Nullable [] newestPing;
    private boolean isClosing;
    private final FrameAllowance allowance;

    WebSocket(ChannelHandlerContext ctx, Outbound out, Runnable ended, boolean isPlain, String key, Limits limits) {
        super(ctx, out, ended);
        this.isPlain = isPlain;
        allowance = new FrameAllowance(limits);
        String head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + accept(key) + "\r\n\r\n";
        var _ = ctx.write(Unpooled.wrappedBuffer(head.getBytes(StandardCharsets.US_ASCII)));
        WebSocketDecoderConfig config = WebSocketDecoderConfig.newBuilder()
                .expectMaskedFrames(true)
                .maxFramePayloadLength(LARGEST_FRAME)
                .build();
        ctx.pipeline()
                .addBefore(ctx.name(), "frames-in", new WebSocket13FrameDecoder(config))
                .addBefore(ctx.name(), "frames-out", new WebSocket13FrameEncoder(false));
        ctx.pipeline().remove(RequestDecoder.class);
    }

    @Override
    public void send(Piece piece) {
        piece.sendFrame(ctx, out, isPlain);
    }

    /** Heeds what the protocol asks to heed. The frame stays the caller's. */
    void heard(WebSocketFrame frame) {
        if (isClosing) {
            return;
        }
        if (!allowance.take(FrameAllowance.ONE)) {
            isClosing = true;
            var _ = ctx.close();
            return;
        }
        switch (frame) {
            case PingWebSocketFrame ping -> heard(ping);
            case CloseWebSocketFrame close -> {
                isClosing = true;
                var _ = ctx.writeAndFlush(new CloseWebSocketFrame(true, 0, close.content().retain()))
                        .addListener(ChannelFutureListener.CLOSE);
            }
            default -> {
                // nothing that a client says here means anything
            }
        }
    }

    /**
     * Answers the newest ping when the answer to an earlier one has been sent, as RFC 6455 (5.5.3) allows: a client that
     * pings and does not read makes the server hold one pong and no more.
     */
    private void heard(PingWebSocketFrame ping) {
        if (pong != null && !pong.isDone()) {
            newestPing = ByteBufUtil.getBytes(ping.content());
            return;
        }
        ChannelFuture sent = ctx.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
        pong = sent;
        if (!sent.isDone()) {
            var _ = sent.addListener(done -> answerNewestPing());
        }
    }

    private void answerNewestPing() {
        byte[] content = newestPing;
        newestPing = null;
        if (content != null && ctx.channel().isActive()) {
            pong = null;
            heard(new PingWebSocketFrame(Unpooled.wrappedBuffer(content)));
        }
    }

    @Override
    void keepAlive() {
        var _ = ctx.writeAndFlush(new PingWebSocketFrame());
    }

    @Override
    void close() {
        var _ = ctx.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.ENDPOINT_UNAVAILABLE))
                .addListener(ChannelFutureListener.CLOSE);
    }

    private static String accept(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1")
                    .digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }
}
