package dev.manicule.server.http;

import dev.manicule.server.http.Handler.Refusal;
import dev.manicule.server.limits.Charge;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Resource;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One request of a connection, from when it has come in until its response is written.
 *
 * <p>Belongs to the event loop of the connection, except {@link #respond} and {@link #hangUp()}.
 */
final class RequestExchange implements Exchange {
    /** Pages may read all fields of an answer: when to retry, the id of the request. */
    private static final String EXPOSED = "Access-Control-Expose-Headers: *\r\n";
    static final String ALL_ORIGINS = "Access-Control-Allow-Origin: *\r\n" + EXPOSED;
    /** About what a request takes besides its texts. */
    private static final int OVERHEAD = 512;
    /** Due actions are looked for once a second. */
    private static final long HALF_A_SECOND = TimeUnit.MILLISECONDS.toNanos(500);

    private final Connection connection;
    private final HttpServer server;
    private final ChannelHandlerContext ctx;
    private Client client;
    private final boolean keepAlive;
    private final boolean gzip;
    /** Whether its client prefers JSON by the name {@code application/json}. */
    private final boolean prefersJson;
    private final boolean withBody;
    private final boolean isHttp10;
    /** How the client names this server, without the scheme. */
    private final String host;
    private final @Nullable String forwardedScheme;
    /** The body that comes in while the request is handled; null of one that is whole. */
    private final @Nullable IncomingBody body;
    private final @Nullable String webSocketKey;
    /** An answer that needs no call of the handler. */
    private final @Nullable Response ready;
    private final long weight;
    /** Released once it is handled: a parked poll must not hold its request. */
    private @Nullable Request request;
    private @Nullable Runnable hangUp;
    private @Nullable IntSupplier watch;
    private long nextWatch;
    private @Nullable SignsOfLife signs;
    private @Nullable OpenStream stream;
    private boolean over;
    private boolean parked;
    private boolean isReleased;
    private boolean isCompressing;
    /** The whole line, or nothing. */
    private String originField = ALL_ORIGINS;

    /** A request that has come in. */
    RequestExchange(Connection connection, ChannelHandlerContext ctx, IncomingRequest incoming, boolean keepAlive) {
        this.connection = connection;
        this.ctx = ctx;
        this.keepAlive = keepAlive;
        server = connection.server();
        Request sent = incoming.toRequest(server.client(ctx, incoming));
        request = sent;
        weight = incoming.weight();
        client = server.client(connection.client(), HttpServer.socket(ctx).remoteAddress(), sent.client());
        isHttp10 = incoming.isHttp10();
        host = incoming.host();
        forwardedScheme = incoming.forwardedScheme();
        body = incoming.incoming();
        webSocketKey = connection.framing() == Framing.HTTP_2 ? null : sent.webSocketKey();
        gzip = incoming.acceptsGzip();
        prefersJson = incoming.prefersJson();
        withBody = !sent.method().equals("HEAD");
        ready = null;
    }

    /**
     * Input that is no request, and its answer.
     *
     * @param prefersJson whether its client prefers the name {@code application/json}, as far as is known
     */
    RequestExchange(Connection connection, ChannelHandlerContext ctx, Response ready, boolean prefersJson) {
        this.connection = connection;
        this.ctx = ctx;
        this.ready = ready;
        this.prefersJson = prefersJson;
        server = connection.server();
        client = connection.client();
        weight = 0;
        keepAlive = false;
        gzip = false;
        withBody = true;
        isHttp10 = false;
        host = "";
        forwardedScheme = null;
        body = null;
        webSocketKey = null;
    }

    private String scheme() {
        String forwarded = forwardedScheme;
        boolean isOfProxy = forwarded != null
                && server.isTrusted(HttpServer.socket(ctx).remoteAddress() instanceof InetSocketAddress remote
                        ? remote.getAddress()
                        : InetAddress.getLoopbackAddress());
        if (isOfProxy && forwarded != null) {
            return forwarded.strip().equalsIgnoreCase("https") ? "https" : "http";
        }
        return HttpServer.socket(ctx).pipeline().get(SslHandler.class) == null ? "http" : "https";
    }

    @Override
    public String origin() {
        return scheme() + "://" + host;
    }

    /** The charge for the request while it is held, in bytes. */
    long weight() {
        return weight;
    }

    /** Whether it waits for an event, so that a client that sends no more counts as hung up. */
    boolean isWaiting() {
        return hangUp != null;
    }

    void begin() {
        Request toHandle = request;
        request = null;
        if (ready != null) {
            send(ready);
        } else if (toHandle != null) {
            server.began();
            connection.handler().handle(toHandle, this);
        }
    }

    @Override
    public void respond(Response response) {
        if (ctx.executor().inEventLoop()) {
            send(response);
        } else {
            ctx.executor().execute(() -> send(response));
        }
    }

    @Override
    public void onHangUp(Runnable action) {
        if (over) {
            return;
        }
        hangUp = action;
        park();
        release();
        if (connection.inputEnded()) {
            var _ = ctx.close();
        }
    }

    private void park() {
        if (!parked) {
            parked = true;
            server.parked(1);
        }
    }

    @Override
    public void watch(IntSupplier action) {
        watch = action;
        nextWatch = System.nanoTime();
    }

    /** A second has passed. */
    void watch(long now) {
        if (!over && watch != null && now - nextWatch >= 0) {
            nextWatch = now + TimeUnit.SECONDS.toNanos(watch.getAsInt()) - HALF_A_SECOND;
        }
    }

    @Override
    public long silentNanos(long within) {
        if (!ctx.channel().isOpen() && !connection.isTimedOut()) {
            return 0;
        }
        SignsOfLife known = signs();
        known.expectWithin(within);
        return stream == null ? known.silentNanos(within) : stream.silentNanos(within, known);
    }

    private SignsOfLife signs() {
        SignsOfLife known = signs == null ? new SignsOfLife(HttpServer.socket(ctx)) : signs;
        signs = known;
        return known;
    }

    private void ended() {
        watch = null;
        server.ended();
        release();
        if (parked) {
            parked = false;
            server.parked(-1);
        }
    }

    /** The request is held no more: it is answered, or the handler charges the rest of it. */
    private void release() {
        if (!isReleased) {
            isReleased = true;
            connection.release(weight);
        }
    }

    @Override
    public void allowOrigin(@Nullable String origin) {
        String vary = "Vary: Origin\r\n";
        originField = origin == null ? vary : "Access-Control-Allow-Origin: " + origin + "\r\n" + vary + EXPOSED;
    }

    @Override
    public void allowNoOrigin() {
        originField = "";
    }

    @Override
    public boolean isOver() {
        return over;
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
        return client;
    }

    @Override
    public void belongsTo(String subscribeKey) {
        client = client.of(subscribeKey);
        connection.belongsTo(client);
    }

    @Override
    public int requestsInFlight() {
        return server.requestsInFlight();
    }

    @Override
    public Stream stream(Runnable hangUpAction) {
        hangUp = hangUpAction;
        park();
        release();
        Runnable ended = () -> {
            over = true;
            hangUp = null;
            ended();
        };
        OpenStream opened = webSocketKey == null
                ? new EventStream(ctx, connection.out(), ended, isHttp10 ? Framing.RAW : connection.framing(),
                        connection.isPlain(), originField)
                : new WebSocket(ctx, connection.out(), ended, connection.isPlain(), webSocketKey,
                        server.limits());
        connection.streams(opened);
        stream = opened;
        signs().closeAfter(OpenStream.UNREAD);
        if (connection.inputEnded()) {
            var _ = ctx.close();
        }
        return opened;
    }

    @Override
    public Executor loop() {
        return ctx.executor();
    }

    private void send(Response given) {
        if (over) {
            return;
        }
        if (body != null && !body.isWhole() && !body.isDiscarded()) {
            body.discard(() -> send(given));
            return;
        }
        Response response = named(given);
        boolean compress = withBody && gzip && response.isWorthCompressing();
        if (compress && response.isWorkToCompress() && !isCompressing && isCompressed(response)) {
            return; // by a worker, which calls this again
        }
        over = true;
        hangUp = null;
        if (ready == null) {
            ended();
        }
        boolean stays = keepAlive && !server.isStopping() && (body == null || body.isWhole());
        if (stays && withBody && connection.framing() == Framing.HTTP_1 && !compress) {
            BroadcastBuffer wire = response.wire(originField);
            if (wire != null) {
                wire.send(ctx, connection.out(), connection.isPlain());
                connection.finished(ctx);
                return;
            }
        }
        if (!withBody) {
            sendHead(response, stays);
            return;
        }
        BodySource source = source(response, compress);
        if (source != null) {
            sendParts(response, source, compress, stays);
        } else {
            sendAtOnce(compress ? response.gzipped() : response, stays);
        }
    }

    /** The response with the name of JSON that the client prefers. */
    private Response named(Response response) {
        return prefersJson ? response.asJson() : response;
    }

    /** Lets a worker compress an answer and continues then; false when none can, and it is sent as it is. */
    private boolean isCompressed(Response response) {
        isCompressing = true;
        try {
            server.workers().execute(client, () -> {
                Response _ = response.gzipped();
                ctx.executor().execute(() -> send(response));
            });
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /**
     * Without the body, but with its length where that is known: not of one that would be compressed or made meanwhile.
     */
    private void sendHead(Response response, boolean stays) {
        boolean hasLength = response.length() > 0 && !(gzip && response.isWorthCompressing());
        Object head = connection.framing().onlyHead(ctx, response, stays, hasLength, originField);
        written(connection.out().write(head, OVERHEAD), stays);
    }

    private void sendAtOnce(Response response, boolean stays) {
        written(connection.out()
                .write(connection.framing().response(ctx, response, stays, originField),
                        response.size() + OVERHEAD),
                stays);
    }

    private void written(ChannelFuture last, boolean stays) {
        if (stays) {
            connection.finished(ctx);
        } else {
            connection.closing();
            var _ = last.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** The source of the parts of a body; null when it is small enough to be sent at once. */
    private @Nullable BodySource source(Response response, boolean compress) {
        BodySource made = response.source();
        if (made != null) {
            return compress ? new GzipSource(made) : made;
        }
        if (!response.isLarge()) {
            return null;
        }
        ArraySource parts = new ArraySource(response.body());
        return compress ? new GzipSource(parts.on(server.workers(), client)) : parts;
    }

    private void sendParts(Response response, BodySource source, boolean compress, boolean stays) {
        Charge held = client.charge(Resource.MEMORY, response.size() + BodySender.least());
        if (held == null) {
            refuse(response, stays);
            return;
        }
        boolean isOpenEnded = compress || (response.source() != null && !response.isSized());
        boolean keeps = stays && !(isOpenEnded && isHttp10);
        Framing framing = connection.framing() == Framing.HTTP_1 && (!isOpenEnded || isHttp10)
                ? Framing.RAW
                : connection.framing();
        BodySender sender = new BodySender(ctx, framing, source, held, last -> {
            connection.sends(null);
            written(last, keeps);
        });
        connection.sends(sender);
        sender.start(framing.head(ctx, compress ? response.markedGzip() : response, keeps, !isOpenEnded, originField));
    }

    /** No error may answer a poll (ADR 10): its client reconnects when the connection ends. */
    private void refuse(Response response, boolean stays) {
        if (response.isDelivery()) {
            hangUp();
        } else {
            sendAtOnce(named(connection.handler().refuse(Refusal.OVERLOADED)), stays);
        }
    }

    /** The client is gone. */
    void closedByClient() {
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
