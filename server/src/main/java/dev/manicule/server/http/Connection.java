package dev.manicule.server.http;

import dev.manicule.server.http.Handler.Refusal;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: puts requests together from what the decoder reads, has them handled one after the other, and writes
 * the answers. Requests that are sent before the answer to an earlier one wait, a few of them; then reading stops.
 *
 * <p>Of HTTP/2, each stream is a connection of its own here, with one request.
 *
 * <p>Belongs to its event loop, except {@link Turn#answer}.
 */
final class Connection extends ChannelInboundHandlerAdapter implements Watched {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final int MOST_WAITING = 16;
    private static final String ALL_ORIGINS = "Access-Control-Allow-Origin: *\r\n";

    private final HttpServer server;
    private final Handler handler;
    private final Client client;
    private final Framing framing;
    private final boolean isPlain;
    private final Limits limits;
    private final Queue<Turn> waiting = new ArrayDeque<>(0);
    private @Nullable IncomingRequest incoming;
    private @Nullable Turn current;
    /** After an answer that closes, nothing that came in counts any more. */
    private boolean closing;
    private boolean inputEnded;
    /** The client does not read its answers: the next request waits until it does. */
    private boolean blocked;
    /** Once an answer has become a stream, the connection is nothing else any more. */
    private @Nullable OpenStream stream;
    private final Patience patience;

    /**
     * A connection.
     *
     * @param client what it is charged as; all streams of a connection of HTTP/2 are one
     * @param isPlain whether what is written to it is what goes over the wire: no TLS, no frames of HTTP/2
     */
    Connection(HttpServer server, Handler handler, Client client, Framing framing, boolean isPlain) {
        this.server = server;
        this.handler = handler;
        this.client = client;
        this.framing = framing;
        this.isPlain = isPlain;
        limits = server.limits();
        patience = new Patience(limits);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        server.watch(ctx, this);
    }

    @Override
    public void watch(ChannelHandlerContext ctx, long now) {
        switch (patience.end(ctx.channel(), current != null, now)) {
            case NOTHING -> {
                // all is well
            }
            case THE_REQUEST -> refuse(ctx, Refusal.TOO_SLOW);
            case THE_CONNECTION -> {
                var _ = ctx.close();
            }
        }
    }

    /** Some bytes have come. */
    void bytesCame() {
        patience.bytesCame();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof WebSocketFrame frame && stream instanceof WebSocket socket) {
                socket.heard(frame);
                return;
            }
            if (closing) {
                return;
            }
            if (message instanceof HttpRequest head) {
                bytesCame();
                begin(ctx, head);
            }
            if (message instanceof HttpContent content && incoming != null) {
                add(ctx, incoming, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest head) {
        if (!head.decoderResult().isSuccess()) {
            refuse(ctx, refusal(head.decoderResult()));
            return;
        }
        IncomingRequest request = IncomingRequest.of(head, limits.count(Limit.BODY_BYTES),
                limits.count(Limit.INFLATED_BYTES));
        if (request == null) {
            refuse(ctx, Refusal.MALFORMED);
        } else if (head.uri().length() > limits.of(Limit.URI_BYTES)) {
            refuse(ctx, Refusal.URI_TOO_LONG);
        } else if (request.asksFirst() && request.announcesTooMuch()) {
            complete(ctx, request, false); // what is too large need not be sent at all
        } else {
            incoming = request;
            if (request.asksFirst()) {
                var _ = ctx.writeAndFlush(framing.proceed());
            }
        }
    }

    private void add(ChannelHandlerContext ctx, IncomingRequest request, HttpContent content) {
        if (!content.decoderResult().isSuccess()) {
            incoming = null;
            refuse(ctx, refusal(content.decoderResult()));
            return;
        }
        boolean whole = content instanceof LastHttpContent;
        request.add(content.content());
        if (whole || request.isBeyondPatience()) {
            incoming = null;
            complete(ctx, request, whole);
        }
    }

    private void complete(ChannelHandlerContext ctx, IncomingRequest request, boolean whole) {
        boolean keepAlive = whole && request.wantsKeepAlive();
        patience.received();
        enqueue(ctx, new Turn(ctx, request.toRequest(server.client(ctx, request)), keepAlive, request.acceptsGzip()));
        closing |= !keepAlive;
    }

    private void refuse(ChannelHandlerContext ctx, Refusal refusal) {
        patience.received();
        switch (refusal) {
            case URI_TOO_LONG -> limits.reached(Limit.URI_BYTES);
            case HEADERS_TOO_LARGE -> limits.reached(Limit.HEADER_BYTES);
            default -> {
                // no limit, or counted where it was noticed
            }
        }
        Turn turn = new Turn(ctx, null, false, false);
        turn.ready = handler.refuse(refusal);
        closing = true;
        enqueue(ctx, turn);
    }

    private void enqueue(ChannelHandlerContext ctx, Turn turn) {
        if (current != null) {
            waiting.add(turn);
            if (waiting.size() >= MOST_WAITING) {
                ctx.channel().config().setAutoRead(false);
            }
            return;
        }
        current = turn;
        turn.begin();
    }

    private void finished(ChannelHandlerContext ctx) {
        if (!ctx.channel().isWritable()) {
            blocked = true;
            ctx.channel().config().setAutoRead(false);
            return;
        }
        Turn next = waiting.poll();
        current = next;
        if (next != null) {
            next.begin();
        } else {
            patience.answered();
            if (!ctx.channel().config().isAutoRead()) {
                ctx.channel().config().setAutoRead(true);
            }
            if (inputEnded) {
                var _ = ctx.close();
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        patience.reads(ctx.channel().isWritable());
        if (blocked && ctx.channel().isWritable()) {
            blocked = false;
            finished(ctx);
        }
        if (stream != null && ctx.channel().isWritable()) {
            stream.writable();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            // The client sends no more. Who waits on a parked poll is taken to have hung up; other answers are still
            // sent.
            inputEnded = true;
            if (current == null || current.hangUp != null) {
                var _ = ctx.close();
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        server.unwatch(ctx, this);
        if (stream != null) {
            stream.over();
        }
        if (current != null) {
            current.hungUp();
        }
        waiting.forEach(Turn::hungUp);
        waiting.clear();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException || cause instanceof DecoderException)) { // resets and nonsense are everyday life
            LOG.error("A connection failed", cause);
        }
        var _ = ctx.close();
    }

    private static Refusal refusal(DecoderResult result) {
        return switch (result.cause()) {
            case TooLongHttpLineException line -> Refusal.URI_TOO_LONG;
            case TooLongHttpHeaderException headers -> Refusal.HEADERS_TOO_LARGE;
            case null, default -> Refusal.MALFORMED;
        };
    }

    /** One request in its turn. */
    private final class Turn implements Exchange {
        private final ChannelHandlerContext ctx;
        private final boolean keepAlive;
        private final boolean gzip;
        private final boolean withBody;
        private final Client charged;
        /** Let go of once it is handled: a parked poll must not hold its request. */
        private @Nullable Request request;
        private final @Nullable String webSocketKey;
        private @Nullable Answer ready;
        private @Nullable Runnable hangUp;
        private boolean over;
        private boolean parked;
        /** The whole line, or nothing. */
        private String originField = ALL_ORIGINS;

        Turn(ChannelHandlerContext ctx, @Nullable Request request, boolean keepAlive, boolean gzip) {
            this.ctx = ctx;
            this.request = request;
            Channel connection = ctx.channel().parent() instanceof SocketChannel parent ? parent : ctx.channel();
            charged = request == null
                    ? client
                    : server.client(client, connection.remoteAddress(), request.client());
            webSocketKey = request == null || framing == Framing.HTTP_2 ? null : request.webSocketKey();
            this.keepAlive = keepAlive;
            this.gzip = gzip;
            withBody = request == null || !request.method().equals("HEAD");
        }

        void begin() {
            Request toHandle = request;
            request = null;
            if (ready != null) {
                send(ready);
            } else if (toHandle != null) {
                server.began();
                handler.handle(toHandle, this);
            }
        }

        @Override
        public void answer(Answer answer) {
            if (ctx.executor().inEventLoop()) {
                send(answer);
            } else {
                ctx.executor().execute(() -> send(answer));
            }
        }

        @Override
        public void onHangUp(Runnable action) {
            if (over) {
                return;
            }
            hangUp = action;
            park();
            if (inputEnded) {
                var _ = ctx.close();
            }
        }

        private void park() {
            if (!parked) {
                parked = true;
                server.parked(1);
            }
        }

        private void ended() {
            server.ended();
            if (parked) {
                parked = false;
                server.parked(-1);
            }
        }

        @Override
        public void allowOrigin(@Nullable String origin) {
            originField = origin == null ? "" : "Access-Control-Allow-Origin: " + origin + "\r\nVary: Origin\r\n";
        }

        @Override
        public void hangUp() {
            var _ = ctx.close();
        }

        @Override
        public void later(Duration delay, Runnable action) {
            park();
            var _ = ctx.executor().schedule(() -> {
                if (!over) {
                    action.run();
                }
            }, delay.toNanos(), TimeUnit.NANOSECONDS);
        }

        @Override
        public Client client() {
            return charged;
        }

        @Override
        public int requestsInFlight() {
            return server.requestsInFlight();
        }

        @Override
        public Stream stream(Runnable hangUpAction) {
            hangUp = hangUpAction;
            park();
            closing = true;
            Runnable ended = () -> {
                over = true;
                hangUp = null;
                ended();
            };
            OpenStream opened = webSocketKey == null
                    ? new EventStream(ctx, ended, framing, isPlain, originField)
                    : new WebSocket(ctx, ended, isPlain, webSocketKey);
            stream = opened;
            if (inputEnded) {
                var _ = ctx.close();
            }
            return opened;
        }

        @Override
        public Executor loop() {
            return ctx.executor();
        }

        private void send(Answer answer) {
            if (over) {
                return;
            }
            over = true;
            hangUp = null;
            if (ready == null) {
                ended();
            }
            boolean stays = keepAlive && !server.isStopping();
            if (stays && withBody && framing == Framing.HTTP_1 && !(gzip && answer.isWorthCompressing())) {
                Wire wire = answer.wire(originField);
                if (wire != null) {
                    wire.send(ctx, isPlain);
                    finished(ctx);
                    return;
                }
            }
            Answer encoded = gzip ? answer.gzipped() : answer;
            var written = ctx.writeAndFlush(framing.answer(ctx, encoded, stays, withBody, originField));
            if (!stays) {
                closing = true;
                var _ = written.addListener(ChannelFutureListener.CLOSE);
                return;
            }
            finished(ctx);
        }

        private void hungUp() {
            if (over) {
                return;
            }
            over = true;
            if (request == null && ready == null) {
                ended();
            }
            if (hangUp != null) {
                hangUp.run();
            }
        }
    }
}
