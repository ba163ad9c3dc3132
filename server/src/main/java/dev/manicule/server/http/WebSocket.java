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
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket (RFC 6455): the server sends, the client receives. Messages of the client are read and ignored. A client
 * that breaks the rules, or that answers no ping, receives a close frame that says so.
 */
final class WebSocket extends OpenStream {
    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int LARGEST_FRAME = 4 * 1024;
    /** A client that answers no ping for so long is gone, or is no client of WebSockets. */
    private static final Duration MOST_SILENCE = Duration.ofMinutes(2);
    /** For so long a close frame may be on its way before the connection ends: an end with unread input would overtake it. */
    private static final long LAST_WORDS_MILLIS = 1_000;
    /** It is checked once a second. */
    private static final long WATCH_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Pings within the time after which a client counts as silent. */
    private static final int PINGS = 3;

    private final boolean isPlain;
    /** The pong that was written last. */
    private @Nullable ChannelFuture pong;
    /** The newest ping that came while that one was not sent yet. */
    private byte @Nullable [] newestPing;
    private boolean isClosing;
    private final FrameAllowance allowance;
    private long heardAt = System.nanoTime();
    private long pingedAt = heardAt;
    /**
     * How often to ping, in addition to the pings that keep the connection alive; long when no signs of life are
     * required.
     */
    private long pingNanos = Long.MAX_VALUE;

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
                .closeOnProtocolViolation(false) // it is closed here, and not before its close frame has arrived
                .build();
        ctx.pipeline()
                .addBefore(ctx.name(), "frames-in", new WebSocket13FrameDecoder(config))
                .addBefore(ctx.name(), "texts-in", new Utf8FrameValidator(false))
                .addBefore(ctx.name(), "frames-out", new WebSocket13FrameEncoder(false));
        ctx.pipeline().remove(RequestDecoder.class);
    }

    @Override
    public void send(StreamChunk piece) {
        if (!isClosing) { // a close frame is the last one
            piece.sendFrame(ctx, out, isPlain);
        }
    }

    /** Handles the frames that the protocol requires to handle. The frame stays the caller's. */
    void heard(WebSocketFrame frame) {
        heardAt = System.nanoTime();
        if (isClosing) {
            return;
        }
        if (!allowance.take(FrameAllowance.ONE)) {
            refuse(new WebSocketCloseStatus(WebSocketCloseStatus.POLICY_VIOLATION.code(), "Too many frames"));
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
                // messages of a client have no meaning here
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
        if (!isClosing) {
            pingedAt = System.nanoTime();
            var _ = ctx.writeAndFlush(new PingWebSocketFrame());
        }
    }

    /** Only frames of the client itself count: a proxy between would acknowledge all data. */
    @Override
    long silentNanos(long within, SignsOfLife signs) {
        pingNanos = within / PINGS;
        return SignsOfLife.beyond(System.nanoTime() - heardAt,
                Math.min(pingNanos, TimeUnit.SECONDS.toNanos(KEEP_ALIVE_SECONDS)) + WATCH_NANOS, within);
    }

    @Override
    void watch(long now) {
        if (now - pingedAt >= pingNanos && ctx.channel().isWritable()) {
            keepAlive();
        }
        if (now - heardAt >= MOST_SILENCE.toNanos()) {
            refuse(new WebSocketCloseStatus(WebSocketCloseStatus.POLICY_VIOLATION.code(), "No answer to pings"));
        }
    }

    @Override
    void close() {
        if (!isClosing) {
            isClosing = true;
            var _ = ctx.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.ENDPOINT_UNAVAILABLE))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    void close(String words, StreamChunk last) {
        refuse(new WebSocketCloseStatus(WebSocketCloseStatus.POLICY_VIOLATION.code(), words));
    }

    /** Sends the reason, and ends the connection when the client has had time to read it. */
    void refuse(WebSocketCloseStatus status) {
        if (isClosing) {
            return;
        }
        isClosing = true;
        var _ = ctx.writeAndFlush(new CloseWebSocketFrame(status));
        var _ = ctx.executor().schedule(() -> {
            var _ = ctx.close();
        }, LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS);
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
