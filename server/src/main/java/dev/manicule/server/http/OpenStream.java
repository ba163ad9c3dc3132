package dev.manicule.server.http;

import io.netty.channel.ChannelHandlerContext;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The common part of the two kinds of streams. */
abstract class OpenStream implements Stream {
    /** Proxies take a connection without data for a minute for dead. */
    static final long KEEP_ALIVE_SECONDS = 20;

    /**
     * A stream whose client's machine acknowledges nothing for so long is closed: there is always data to acknowledge.
     */
    static final Duration UNREAD = Duration.ofSeconds(60);

    final ChannelHandlerContext ctx;
    final Outbound out;
    private final Runnable ended;
    private final Future<?> alive;
    private @Nullable Runnable whenWritable;
    private boolean over;

    OpenStream(ChannelHandlerContext ctx, Outbound out, Runnable ended) {
        this.ctx = ctx;
        this.out = out;
        this.ended = ended;
        alive = ctx.executor()
                .scheduleAtFixedRate(this::keepAliveWhereWritable, KEEP_ALIVE_SECONDS, KEEP_ALIVE_SECONDS,
                        TimeUnit.SECONDS);
    }

    @Override
    public final void whenWritable(Runnable action) {
        if (ctx.channel().isWritable()) {
            action.run();
        } else {
            whenWritable = action;
        }
    }

    @Override
    public final void end() {
        if (!over) {
            over();
            ended.run();
            close();
        }
    }

    @Override
    public final void refuse(String words, StreamChunk last) {
        if (!over) {
            over();
            ended.run();
            close(words, last);
        }
    }

    /** For how long the client has sent no sign of life, as far as is known. */
    long silentNanos(long within, SignsOfLife signs) {
        return signs.silentNanos(within);
    }

    /** A second has passed. */
    void watch(long now) {}

    /** The connection can take more. */
    final void writable() {
        Runnable action = whenWritable;
        whenWritable = null;
        if (action != null && !over) {
            action.run();
        }
    }

    /** Nothing more happens on it. */
    final void over() {
        over = true;
        alive.cancel(false);
    }

    /** Sends data without a meaning. */
    abstract void keepAlive();

    /** Sends the end of the stream, and closes the connection. */
    abstract void close();

    /** The same, with a reason. */
    abstract void close(String words, StreamChunk last);

    private void keepAliveWhereWritable() {
        if (ctx.channel().isWritable()) {
            keepAlive();
        }
    }
}
