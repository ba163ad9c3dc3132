package dev.manicule.server.http;

import dev.manicule.server.http.Handler.Refusal;
import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.WorkerThreads;
import dev.manicule.server.limits.Workers;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens, and handles the requests of all connections on a few event loops. */
public final class HttpServer {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}");
    private static final int METHOD_AND_VERSION = 64;
    private static final int MOST_STREAMS = 256;
    private static final int MOST_CONTROL_FRAMES_UNSENT = 200;
    private static final int MOST_RESETS = 100;
    private static final int MOST_ERRORS = 10;
    private static final int RESET_SECONDS = 10;
    /** The most bytes read from one connection before others get their turn. */
    private static final int READ_BYTES = 32 << 10;
    private static final int READS_IN_A_ROW = 1;
    private static final int KEEP_ALIVE_SECONDS = 60;
    /**
     * A client whose network is gone for a few minutes keeps its poll; the kernel's own timeout is a quarter of an
     * hour.
     */
    private static final int UNACKNOWLEDGED_MILLIS = 300_000;

    private final EventLoopGroup loops;
    private final Limits limits;
    private final Budget budget;
    private final int openFiles;
    private final Set<Channel> connections = ConcurrentHashMap.newKeySet();
    private final Map<AddressRange, Integer> byAddress = new ConcurrentHashMap<>();
    private final Map<ScheduledExecutorService, LoopConnections> byLoop = new HashMap<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger parked = new AtomicInteger();
    private volatile List<AddressRange> trustedProxies = AddressRange.LOOPBACK;
    /** Does what is too much work for an event loop: compression, and the large numbers of TLS handshakes. */
    private final WorkerThreads workers = new WorkerThreads("manicule-http-worker", 1);
    private volatile Hosts hosts = new Hosts(Set.of());
    private volatile boolean stopping;
    private @Nullable Channel listening;

    /**
     * A server that does not listen yet.
     *
     * @param eventLoops how many event loops
     * @param budget the budget that the connections are charged to
     * @param openFiles how many files the process may have open, connections among them
     */
    public HttpServer(int eventLoops, Limits limits, Budget budget, long openFiles) {
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        if (!Epoll.isAvailable() && PlatformDependent.normalizedOs().equals("linux")) {
            LOG.warn("Everything is slower, and clients whose network is gone stay present until their connection ends,"
                    + " because Netty's native transport can't be loaded: {}", reason(Epoll.unavailabilityCause()));
        }
        loops = new MultiThreadIoEventLoopGroup(eventLoops, new DefaultThreadFactory("manicule-http", true), io);
        this.limits = limits;
        this.budget = budget;
        this.openFiles = (int) Math.min(openFiles, Integer.MAX_VALUE);
        for (ScheduledExecutorService loop : loops()) {
            byLoop.put(loop, new LoopConnections(loop));
        }
    }

    /** The message of the innermost cause: those around it only repeat that it failed. */
    private static String reason(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause);
    }

    /** The event loops, a single thread each. */
    public List<ScheduledExecutorService> loops() {
        List<ScheduledExecutorService> all = new ArrayList<>();
        loops.forEach(all::add);
        return all;
    }

    /** Sets the proxies whose forwarded addresses are trusted. Their own addresses are not limited. */
    public void trust(List<AddressRange> proxies) {
        trustedProxies = List.copyOf(proxies);
    }

    /** Sets the host names that requests on this machine may use, besides those that no stranger can have. */
    public void answerTo(Collection<String> names) {
        hosts = new Hosts(
                names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet()));
    }

    /**
     * Whether a request over loopback may name this host. A page from elsewhere can make its own name resolve to this
     * machine, and would then be of the same origin as this server; strangers can't own an address, {@code localhost}
     * or names without a dot.
     *
     * @param host the value of the field {@code Host}, well formed
     */
    boolean answersTo(String host) {
        return hosts.contains(host);
    }

    /** The host names that requests may use, and the last one that a request used: it is mostly the next one too. */
    private static final class Hosts {
        private final Set<String> names;
        private volatile String last = "";

        Hosts(Set<String> names) {
            this.names = names;
        }

        boolean contains(String host) {
            if (host.equals(last)) {
                return true;
            }
            boolean isAllowed = isAllowed(host);
            last = isAllowed ? host : last;
            return isAllowed;
        }

        private boolean isAllowed(String host) {
            int port = host.lastIndexOf(':');
            String name = (port > host.lastIndexOf(']') ? host.substring(0, port) : host).toLowerCase(Locale.ROOT);
            String whole = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
            return whole.indexOf('.') < 0 || whole.startsWith("[") || whole.endsWith(".localhost") || isAddress(whole)
                    || names.contains(whole);
        }
    }

    private static boolean isAddress(String name) {
        return ADDRESS.matcher(name).matches();
    }

    /**
     * Begins to listen.
     *
     * @param certificate for TLS, null for none
     * @return the port, also where 0 requested any free one
     * @throws IOException when the address can't be bound; the message says why
     */
    public int listen(InetSocketAddress address, @Nullable Certificate certificate, Handler handler)
            throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap().group(loops)
                .channel(Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 4096)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(512, 2048, READ_BYTES).maxMessagesPerRead(READS_IN_A_ROW))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        open(channel, certificate, handler);
                    }
                });
        if (Epoll.isAvailable()) {
            bootstrap.childOption(ChannelOption.SO_KEEPALIVE, true)
                    .childOption(EpollChannelOption.TCP_KEEPIDLE, KEEP_ALIVE_SECONDS)
                    .childOption(EpollChannelOption.TCP_KEEPINTVL, KEEP_ALIVE_SECONDS)
                    .childOption(EpollChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLIS);
        }
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(bound.cause().getMessage(), bound.cause());
        }
        listening = bound.channel();
        return ((InetSocketAddress) bound.channel().localAddress()).getPort();
    }

    /** Accepts no more connections; open ones are closed with their next answer, idle ones now. */
    public void stopListening() {
        stopping = true;
        if (listening != null) {
            listening.close().awaitUninterruptibly();
        }
    }

    /** Accepts no more connections, and ends the open ones at once: no request is answered any more. */
    public void cut() {
        stopListening();
        List<ChannelFuture> ending = new ArrayList<>();
        connections.forEach(connection -> ending.add(connection.close()));
        ending.forEach(ChannelFuture::awaitUninterruptibly);
    }

    /** Waits until all requests in flight are answered, or for so long; then closes everything. */
    public void close(Duration grace) throws InterruptedException {
        long deadline = System.nanoTime() + grace.toNanos();
        while (inFlight.get() > 0 && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        for (Channel connection : connections) {
            var _ = connection.flush().close();
        }
        workers.close();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
    }

    /** How many connections are open. */
    public int connections() {
        return connections.size();
    }

    /** How many requests wait for events: polls and streams. */
    public int parked() {
        return parked.get();
    }

    /** How many requests are being worked on. */
    public int requestsInFlight() {
        return inFlight.get() - parked.get();
    }

    /** The workers, which do work for clients that is too long for an event loop. */
    Workers workers() {
        return workers;
    }

    Limits limits() {
        return limits;
    }

    boolean isStopping() {
        return stopping;
    }

    void began() {
        inFlight.incrementAndGet();
    }

    void ended() {
        inFlight.decrementAndGet();
    }

    void parked(int change) {
        parked.addAndGet(change);
    }

    /** Checks an object from now on. On its event loop. */
    void watch(ChannelHandlerContext ctx, TimeoutChecked what) {
        loopOf(ctx.channel()).watch(ctx, what);
    }

    /** Checks it no more. On its event loop. */
    void unwatch(ChannelHandlerContext ctx, TimeoutChecked what) {
        loopOf(ctx.channel()).unwatch(what);
    }

    /** The connection; of HTTP/2, the one that carries the stream. */
    static Channel socket(ChannelHandlerContext ctx) {
        return ctx.channel().parent() instanceof SocketChannel parent ? parent : ctx.channel();
    }

    /**
     * The address that a request comes from, as far as it can be trusted: of several that are named, the last that is
     * no proxy.
     */
    InetAddress client(ChannelHandlerContext ctx, IncomingRequest request) {
        InetAddress client = ((InetSocketAddress) socket(ctx).remoteAddress()).getAddress();
        String forwarded = request.forwardedFor();
        int end = forwarded == null ? 0 : forwarded.length();
        while (forwarded != null && end > 0 && isTrusted(client)) {
            int comma = forwarded.lastIndexOf(',', end - 1);
            String element = forwarded.substring(comma + 1, end);
            client = element.isBlank() ? client : ForwardedAddress.parse(element);
            end = comma;
        }
        return client;
    }

    /** Whether an address is a proxy's, which sends requests on behalf of others. */
    public boolean isTrusted(InetAddress address) {
        for (AddressRange range : trustedProxies) {
            if (range.contains(address)) {
                return true;
            }
        }
        return false;
    }

    private LoopConnections loopOf(Channel channel) {
        LoopConnections ofLoop = byLoop.get(channel.eventLoop());
        if (ofLoop == null) {
            throw new IllegalStateException("an event loop of this server");
        }
        return ofLoop;
    }

    private void open(SocketChannel channel, @Nullable Certificate certificate, Handler handler) {
        Limit exceeded = admit(channel);
        if (exceeded != null) {
            limits.reached(exceeded);
            channel.pipeline().addLast(new RejectedConnection(certificate == null ? handler : null));
            return;
        }
        if (certificate == null) {
            http1(channel.pipeline(), handler, client(channel), true);
            return;
        }
        Client client = client(channel);
        SslHandler tls = certificate.context().newHandler(channel.alloc(), task -> workers.execute(client, task));
        tls.setHandshakeTimeout(limits.of(Limit.REQUEST_SECONDS), TimeUnit.SECONDS);
        channel.pipeline()
                .addLast(tls, new ApplicationProtocolNegotiationHandler(ApplicationProtocolNames.HTTP_1_1) {
                    @Override
                    protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
                        if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
                            http2(ctx.pipeline(), handler, client);
                        } else {
                            http1(ctx.pipeline(), handler, client, false);
                        }
                    }

                    @Override
                    protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
                        if (cause instanceof SslHandshakeTimeoutException) {
                            limits.reached(Limit.REQUEST_SECONDS);
                        }
                        var _ = ctx.close(); // strangers probe every open port
                    }

                    @Override
                    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
                        if (event instanceof ChannelInputShutdownEvent) {
                            var _ = ctx.close(); // half a handshake, and no more will come
                        } else {
                            super.userEventTriggered(ctx, event);
                        }
                    }

                    @Override
                    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                        var _ = ctx.close();
                    }
                });
    }

    private void http1(ChannelPipeline pipeline, Handler handler, Client client, boolean isPlain) {
        Inbound inbound = inbound(pipeline, client);
        Connection connection = new Connection(this, handler, client, Framing.HTTP_1, inbound, isPlain);
        HttpDecoderConfig config = new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.count(Limit.URI_BYTES) + METHOD_AND_VERSION)
                .setMaxHeaderSize(limits.count(Limit.HEADER_BYTES));
        pipeline.addLast(inbound, new RequestDecoder(config, connection::bytesCame), connection);
    }

    private Inbound inbound(ChannelPipeline pipeline, Client client) {
        return new Inbound(loopOf(pipeline.channel()).shares(), client);
    }

    private void http2(ChannelPipeline pipeline, Handler handler, Client client) {
        Http2FrameCodec codec = Http2FrameCodecBuilder.forServer()
                .initialSettings(Http2Settings.defaultSettings()
                        .maxConcurrentStreams(MOST_STREAMS)
                        .maxHeaderListSize(limits.of(Limit.HEADER_BYTES) + limits.of(Limit.URI_BYTES)))
                .decoderEnforceMaxRstFramesPerWindow(MOST_RESETS, RESET_SECONDS)
                .encoderEnforceMaxRstFramesPerWindow(MOST_ERRORS, RESET_SECONDS)
                .gracefulShutdownTimeoutMillis(0) // a connection that breaks the rules ends at once
                .encoderEnforceMaxQueuedControlFrames(MOST_CONTROL_FRAMES_UNSENT)
                .build();
        Inbound inbound = inbound(pipeline, client);
        Http2FrameLimit frames = new Http2FrameLimit(limits, client);
        pipeline.addLast(inbound, frames, codec, frames.errors(),
                new Http2MultiplexHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel stream) {
                        stream.pipeline()
                                .addLast(new Http2StreamFrameToHttpObjectCodec(true),
                                        new Connection(HttpServer.this, handler, client, Framing.HTTP_2, inbound,
                                                false));
                    }
                }), new Http2Connection(this, codec));
    }

    /** The client that a new connection is charged to. */
    private Client client(SocketChannel channel) {
        InetAddress address = channel.remoteAddress().getAddress();
        return budget.connection(isTrusted(address) ? null : address);
    }

    /** The client of a request that comes from an address, over a connection of this client's. */
    Client client(Client connection, SocketAddress remote, InetAddress address) {
        boolean isItself = remote instanceof InetSocketAddress socket && address.equals(socket.getAddress());
        return isItself ? connection : connection.behind(isTrusted(address) ? null : address);
    }

    /** Counts a connection; returns the limit that it exceeds, null when it may stay. */
    private @Nullable Limit admit(SocketChannel channel) {
        InetAddress address = channel.remoteAddress().getAddress();
        if (connections.size() >= Math.min(limits.count(Limit.CONNECTIONS), openFiles)) {
            return Limit.CONNECTIONS;
        }
        if (!isTrusted(address)) {
            AddressRange one = AddressRange.one(address);
            int most = limits.count(Limit.CONNECTIONS_BY_ADDRESS);
            int open = byAddress.merge(one, 1, Integer::sum);
            channel.closeFuture()
                    .addListener(closed -> byAddress.computeIfPresent(one,
                            (each, count) -> count == 1 ? null : (Integer) (count - 1)));
            if (open > most) {
                return Limit.CONNECTIONS_BY_ADDRESS;
            }
        }
        connections.add(channel);
        channel.closeFuture().addListener(closed -> connections.remove(channel));
        return null;
    }

    /**
     * Sends an error that there are too many connections, where that takes no TLS handshake, and closes the connection.
     */
    private static final class RejectedConnection extends ChannelInboundHandlerAdapter {
        private final @Nullable Handler handler;

        RejectedConnection(@Nullable Handler handler) {
            this.handler = handler;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            if (handler == null) {
                var _ = ctx.close();
                return;
            }
            Object answer = Framing.HTTP_1.response(ctx, handler.refuse(Refusal.TOO_MANY_CONNECTIONS), false,
                    RequestExchange.ALL_ORIGINS);
            var _ = ctx.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            var _ = ctx.close();
        }
    }
}
