package dev.manicule.server.http;

import dev.manicule.server.limits.BoundedLog;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2FrameCodec;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** The common state of the streams of one connection of HTTP/2: it is closed when it has none for long. */
final class Http2Connection extends ChannelInboundHandlerAdapter implements TimeoutChecked {
    private static final BoundedLog FAULTS = new BoundedLog(LoggerFactory.getLogger(Http2Connection.class));

    private final HttpServer server;
    private final Http2FrameCodec codec;
    private final Limits limits;
    private long busy = System.nanoTime();

    Http2Connection(HttpServer server, Http2FrameCodec codec) {
        this.server = server;
        this.codec = codec;
        limits = server.limits();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        server.watch(ctx, this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        server.unwatch(ctx, this);
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!Connection.isOfClient(cause)) {
            FAULTS.error("A connection failed", cause);
        }
        var _ = ctx.close();
    }

    @Override
    public void watch(ChannelHandlerContext ctx, long now) {
        if (codec.connection().numActiveStreams() > 0) {
            busy = now;
        } else if (now - busy > TimeUnit.SECONDS.toNanos(limits.of(Limit.IDLE_SECONDS))) {
            limits.reached(Limit.IDLE_SECONDS);
            var _ = ctx.close();
        }
    }
}
