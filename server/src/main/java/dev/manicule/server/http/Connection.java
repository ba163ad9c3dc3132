package dev.manicule.server.http;

import dev.manicule.server.http.Handler.Refusal;
import dev.manicule.server.limits.BoundedLog;
import dev.manicule.server.limits.Charge;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Resource;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * One connection: assembles requests from the decoder's output, passes them to the handler one after the other, and
 * writes the answers. A few requests that arrive before the answer to an earlier one wait; then reading stops.
 *
 * <p>Of HTTP/2, each stream is a connection of its own here, with one request.
 *
 * <p>Belongs to its event loop.
 */
final class Connection extends ChannelInboundHandlerAdapter implements TimeoutChecked {
    private static final BoundedLog FAULTS = new BoundedLog(LoggerFactory.getLogger(Connection.class));
    /** Linux's ETIMEDOUT, ENETUNREACH and EHOSTUNREACH: the kernel's errors when the peer does not respond any more. */
    private static final Set<Integer> GONE = Set.of(110, 101, 113);
    private static final int MOST_WAITING = 16;
    /** With so many bytes of requests that wait for their turn, reading stops too. */
    private static final int MOST_BYTES_WAITING = 64 << 10;
    /** A head up to this size is not worth counting. */
    private static final int SMALL_HEAD = 4 << 10;
    /** What surrounds the bytes of a file in a form: its fields and boundaries. */
    private static final int BYTES_AROUND_FILE = 64 << 10;
    /** How many copies of the input the decoder keeps: the raw bytes, line by line, and as texts. */
    private static final int COPIES = 3;

    private final HttpServer server;
    private final Handler handler;
    private final Client client;
    private final Framing framing;
    private final Inbound inbound;
    private final boolean isPlain;
    private final Limits limits;
    /**
     * Whether pages of any origin could make browsers on this machine send requests here: TLS would detect the wrong
     * name.
     */
    private boolean isOverLoopback;
    private final Queue<RequestExchange> waiting = new ArrayDeque<>(0);
    private long bytesWaiting;
    private @Nullable ChannelHandlerContext ctx;
    /** Input that the connection holds. */
    private final Charge held;
    /**
     * The part of it that the decoder keeps, charged for bytes that are not a whole request yet, and for the largest
     * head so far.
     */
    private long decoding;
    private long undecoded;
    private long largestHead;
    private boolean isOverloaded;
    private @Nullable IncomingRequest incoming;
    /** The body that comes in while its request is handled, or waits to be. */
    private @Nullable IncomingBody body;
    private @Nullable RequestExchange current;
    /** After an answer that closes, all further input is ignored. */
    private boolean closing;
    private boolean inputEnded;
    /** The kernel has given up on the client. */
    private boolean isTimedOut;
    /** The client does not read its answers: the next request waits until it does. */
    private boolean blocked;
    /** Once an answer has become a stream, the connection serves nothing else. */
    private @Nullable OpenStream stream;
    /** Sends a large body at present. */
    private @Nullable BodySender sender;
    private @Nullable Outbound outbound;
    private final ConnectionTimeouts patience;

    /**
     * A connection.
     *
     * @param client the client that it is charged to; all streams of a connection of HTTP/2 are one
     * @param inbound the input, for all streams of a connection of HTTP/2
     * @param isPlain whether writes go over the wire as they are: no TLS, no frames of HTTP/2
     */
    Connection(HttpServer server, Handler handler, Client client, Framing framing, Inbound inbound,
            boolean isPlain) {
        this.server = server;
        this.inbound = inbound;
        this.handler = handler;
        this.client = client;
        this.framing = framing;
        this.isPlain = isPlain;
        limits = server.limits();
        held = client.charge(Resource.MEMORY);
        patience = new ConnectionTimeouts(limits);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
        outbound = new Outbound(ctx, client);
        isOverLoopback = isPlain && ctx.channel().localAddress() instanceof InetSocketAddress local
                && local.getAddress().isLoopbackAddress();
        server.watch(ctx, this);
    }

    @Override
    public void watch(ChannelHandlerContext ctx, long now) {
        if (current != null) {
            current.watch(now);
        }
        if (stream != null) {
            stream.watch(now);
        }
        if (body != null && body.isStalled(now, TimeUnit.SECONDS.toNanos(limits.of(Limit.REQUEST_SECONDS)))) {
            limits.reached(Limit.REQUEST_SECONDS);
            var _ = ctx.close();
            return;
        }
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

    /**
     * Some bytes have come. The decoder keeps a few copies of bytes that do not become a request or a part of one, and
     * keeps its memory for a large head as long as the connection is open.
     *
     * @return false when this client may not hold so much: the connection is ended
     */
    boolean bytesCame(int count) {
        patience.bytesCame();
        undecoded += count;
        if (!isOverloaded && undecoded > SMALL_HEAD
                && !isCharged(Math.max(decoding, COPIES * undecoded))) {
            isOverloaded = true;
            if (!closing && stream == null) {
                refuse(context(), Refusal.OVERLOADED);
            } else {
                var _ = context().close();
            }
        }
        return !isOverloaded;
    }

    /** The input has become the head of a request. */
    private void decoded(HttpRequest head) {
        if (undecoded > SMALL_HEAD || decoding > 0) {
            long size = size(head);
            largestHead = size > SMALL_HEAD ? Math.max(largestHead, COPIES * size) : largestHead;
            boolean _ = isCharged(Math.min(decoding, largestHead));
        }
        undecoded = 0;
    }

    /** Charges the memory that the decoder keeps; false when that is too much. */
    private boolean isCharged(long kept) {
        boolean fits = held.add(kept - decoding);
        decoding = fits ? kept : decoding;
        return fits;
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(ctx, "set when this handler was added");
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
                body = null;
                patience.bytesCame();
                begin(ctx, head);
            }
            if (message instanceof HttpContent content && incoming != null) {
                add(ctx, incoming, content);
            } else if (message instanceof HttpContent content && body != null) {
                add(ctx, body, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest head) {
        decoded(head);
        if (!head.decoderResult().isSuccess()) {
            refuse(ctx, refusal(head.decoderResult()), head);
            return;
        }
        boolean isStreamed = head.method().equals(HttpMethod.POST)
                && handler.takesBodyAsItComes(head.method().name(), IncomingRequest.path(head));
        IncomingRequest request = IncomingRequest.of(head,
                isStreamed ? limits.of(Limit.FILE_BYTES) + BYTES_AROUND_FILE : limits.of(Limit.BODY_BYTES),
                limits.count(Limit.INFLATED_BYTES));
        if (request == null) {
            refuse(ctx, Refusal.MALFORMED, head);
            return;
        }
        boolean isUnwanted = request.asksFirst() && request.announcesTooMuch();
        IncomingBody streamed = isStreamed && !isUnwanted ? request.stream(does -> goOn(ctx, does)) : null;
        Refusal fault = fault(request, head);
        if (fault != null) {
            refuse(ctx, fault, head);
        } else if (isUnwanted) {
            complete(ctx, request, false); // a body that is too large need not be sent at all
        } else {
            if (streamed == null) {
                incoming = request;
            }
            if (request.asksFirst()) {
                var _ = ctx.writeAndFlush(framing.proceed());
            }
            if (streamed != null) {
                body = streamed;
                patience.received();
                enqueue(ctx, new RequestExchange(this, ctx, request, request.wantsKeepAlive()));
            }
        }
    }

    /** Why a request can't be handled; null when it can, and then it is held. */
    private @Nullable Refusal fault(IncomingRequest request, HttpRequest head) {
        if (isOverLoopback && !server.answersTo(request.host())) {
            return Refusal.UNKNOWN_HOST;
        }
        if (head.uri().length() > limits.of(Limit.URI_BYTES)) {
            return Refusal.URI_TOO_LONG;
        }
        Refusal ofWebSocket = framing == Framing.HTTP_1 ? request.webSocketFault() : null;
        if (ofWebSocket != null) {
            return ofWebSocket;
        }
        return held.add(request.weight()) ? null : Refusal.OVERLOADED;
    }

    private static long size(HttpRequest head) {
        long size = head.uri().length();
        for (Map.Entry<String, String> field : head.headers()) {
            size += field.getKey().length() + field.getValue().length();
        }
        return size;
    }

    private void add(ChannelHandlerContext ctx, IncomingRequest request, HttpContent content) {
        undecoded = 0;
        if (!content.decoderResult().isSuccess()) {
            incoming = null;
            refuse(ctx, refusal(content.decoderResult()), request.prefersJson());
            return;
        }
        boolean whole = content instanceof LastHttpContent;
        long before = request.weight();
        request.add(content.content());
        if (!held.add(request.weight() - before)) {
            incoming = null;
            held.add(-before);
            refuse(ctx, Refusal.OVERLOADED, request.prefersJson());
            return;
        }
        if (whole || request.isBeyondPatience()) {
            incoming = null;
            complete(ctx, request, whole);
        }
    }

    /** More of a body comes in while its request is handled. */
    private void add(ChannelHandlerContext ctx, IncomingBody streamed, HttpContent content) {
        undecoded = 0;
        patience.received();
        if (!content.decoderResult().isSuccess()) {
            var _ = ctx.close();
            return;
        }
        streamed.add(content.content());
        if (content instanceof LastHttpContent) {
            body = null;
            streamed.end();
        }
    }

    private void complete(ChannelHandlerContext ctx, IncomingRequest request, boolean whole) {
        boolean keepAlive = whole && request.wantsKeepAlive();
        patience.received();
        enqueue(ctx, new RequestExchange(this, ctx, request, keepAlive));
        closing |= !keepAlive;
    }

    private void refuse(ChannelHandlerContext ctx, Refusal refusal) {
        refuse(ctx, refusal, false);
    }

    private void refuse(ChannelHandlerContext ctx, Refusal refusal, HttpRequest head) {
        refuse(ctx, refusal, IncomingRequest.prefersJson(head));
    }

    private void refuse(ChannelHandlerContext ctx, Refusal refusal, boolean prefersJson) {
        patience.received();
        switch (refusal) {
            case URI_TOO_LONG -> limits.reached(Limit.URI_BYTES);
            case HEADERS_TOO_LARGE -> limits.reached(Limit.HEADER_BYTES);
            default -> {
                // no limit, or counted where it was detected
            }
        }
        closing = true;
        enqueue(ctx, new RequestExchange(this, ctx, handler.refuse(refusal), prefersJson));
    }

    private void enqueue(ChannelHandlerContext ctx, RequestExchange turn) {
        if (current != null) {
            waiting.add(turn);
            bytesWaiting += turn.weight();
            if (waiting.size() >= MOST_WAITING || bytesWaiting >= MOST_BYTES_WAITING) {
                goOn(ctx, false);
            }
            return;
        }
        current = turn;
        turn.begin();
    }

    /** Whether more may come in. */
    private void goOn(ChannelHandlerContext ctx, boolean does) {
        if (framing == Framing.HTTP_1) {
            inbound.goOn(does);
        } else if (ctx.channel().config().isAutoRead() != does) {
            ctx.channel().config().setAutoRead(does);
        }
    }

    /** The response has been written: the next request, once the client has read enough. */
    void finished(ChannelHandlerContext ctx) {
        if (!ctx.channel().isWritable()) {
            blocked = true;
            goOn(ctx, false);
            return;
        }
        RequestExchange next = waiting.poll();
        current = next;
        if (next != null) {
            bytesWaiting -= next.weight();
            next.begin();
        } else {
            patience.answered();
            goOn(ctx, true);
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
        if (sender != null && ctx.channel().isWritable()) {
            sender.writable();
        }
        if (stream != null && ctx.channel().isWritable()) {
            stream.writable();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            // The client sends no more. A client with a parked poll counts as hung up; other answers are still sent.
            inputEnded = true;
            if (current == null || current.isWaiting() || body != null) {
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
        if (sender != null) {
            sender.close();
        }
        out().close();
        if (body != null) {
            body.breakOff();
        }
        if (current != null) {
            current.closedByClient();
        }
        waiting.forEach(RequestExchange::closedByClient);
        waiting.clear();
        held.release();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (stream instanceof WebSocket socket && cause instanceof CorruptedWebSocketFrameException corrupted) {
            socket.refuse(corrupted.closeStatus());
            return;
        }
        isTimedOut |= cause instanceof NativeIoException failed && GONE.contains(-failed.expectedErr());
        if (!isOfClient(cause)) {
            FAULTS.error("A connection failed", cause);
        }
        var _ = ctx.close();
    }

    /** Resets, and input that is not HTTP, are common. */
    static boolean isOfClient(Throwable cause) {
        return cause instanceof IOException || cause instanceof UncheckedIOException
                || cause instanceof DecoderException || cause instanceof Http2Exception
                || cause instanceof Http2FrameStreamException;
    }

    HttpServer server() {
        return server;
    }

    Handler handler() {
        return handler;
    }

    Client client() {
        return client;
    }

    /** A request identifies its client further. */
    void belongsTo(Client more) {
        out().charge(more);
        inbound.belongsTo(more);
    }

    Framing framing() {
        return framing;
    }

    boolean isPlain() {
        return isPlain;
    }

    /** Whether the connection has ended because the client sent no sign of life any more. */
    boolean isTimedOut() {
        return isTimedOut;
    }

    boolean inputEnded() {
        return inputEnded;
    }

    Outbound out() {
        return Objects.requireNonNull(outbound, "set when this handler was added");
    }

    /** Releases a request, which is held from its first bytes on until it is answered or parked. */
    void release(long weight) {
        boolean _ = held.add(-weight);
    }

    /** Ignores all input from now on. */
    void closing() {
        closing = true;
    }

    /** A response has become a stream. */
    void streams(OpenStream opened) {
        closing = true;
        stream = opened;
    }

    /** A large body is sent from now on; null when it has been. */
    void sends(@Nullable BodySender body) {
        sender = body;
    }

    private static Refusal refusal(DecoderResult result) {
        return switch (result.cause()) {
            case TooLongHttpLineException line -> Refusal.URI_TOO_LONG;
            case TooLongHttpHeaderException headers -> Refusal.HEADERS_TOO_LARGE;
            case null, default -> Refusal.MALFORMED;
        };
    }
}
