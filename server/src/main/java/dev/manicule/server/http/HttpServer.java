package dev.manicule.server.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Listens, and has the requests of all connections handled on a few event loops. */
public final class HttpServer {
    /** The longest URI, in bytes: the protocol's limit for a message that is published by GET. */
    public static final int URI_LIMIT = 32 * 1024;
    /** The largest body, in bytes, as sent and as inflated. */
    public static final int BODY_LIMIT = 32 * 1024;
    private static final int HEADER_LIMIT = 16 * 1024;
    private static final int METHOD_AND_VERSION = 64;

    private final EventLoopGroup loops;
    private final Set<Channel> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean stopping;
    private @Nullable Channel listening;

    /** A server that does not listen yet, with this many event loops. */
    public HttpServer(int eventLoops) {
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        loops = new MultiThreadIoEventLoopGroup(eventLoops, new DefaultThreadFactory("manicule-http", true), io);
    }

    /** The event loops, a single thread each. */
    public List<ScheduledExecutorService> loops() {
        List<ScheduledExecutorService> all = new ArrayList<>();
        loops.forEach(all::add);
        return all;
    }

    /**
     * Begins to listen.
     *
     * @return the port, also where 0 asked for any free one
     * @throws IOException when the address can't be had; the message says why
     */
    public int listen(InetSocketAddress address, Handler handler) throws IOException {
        var bound = new ServerBootstrap().group(loops)
                .channel(Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 4096)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(new RequestDecoder(decoderConfig()),
                                        new Connection(HttpServer.this, handler, URI_LIMIT, BODY_LIMIT));
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(bound.cause().getMessage(), bound.cause());
        }
        listening = bound.channel();
        return ((InetSocketAddress) bound.channel().localAddress()).getPort();
    }

    /** Takes no more connections; connections that are there are closed with their next answer, idle ones now. */
    public void stopListening() {
        stopping = true;
        if (listening != null) {
            listening.close().awaitUninterruptibly();
        }
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
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
    }

    boolean isStopping() {
        return stopping;
    }

    void opened(Channel connection) {
        connections.add(connection);
    }

    void closed(Channel connection) {
        connections.remove(connection);
    }

    void began() {
        inFlight.incrementAndGet();
    }

    void ended() {
        inFlight.decrementAndGet();
    }

    private static HttpDecoderConfig decoderConfig() {
        return new HttpDecoderConfig().setMaxInitialLineLength(URI_LIMIT + METHOD_AND_VERSION)
                .setMaxHeaderSize(HEADER_LIMIT);
    }
}
