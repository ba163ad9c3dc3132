package dev.manicule.server.http;

import dev.manicule.server.limits.Charge;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends a large body part by part, the next one when the client has read enough of those before.
 *
 * <p>Belongs to the event loop of the connection.
 */
final class BodySender {
    /** The most bytes that wait for the client besides the part that is being made: Netty's mark for "not writable". */
    private static final int SLACK = 64 << 10;
    private static final long RETRY_MILLIS = 100;
    private static final byte[] NOTHING = {};

    private final ChannelHandlerContext ctx;
    private final Framing framing;
    private final BodySource source;
    private final Charge held;
    private final long base;
    private final End end;
    /** The client has to read before the next part is made. */
    private boolean isWaiting;
    private boolean isOver;
    /** The part that is being sent, and how much of it has been. */
    private byte[] rest = NOTHING;
    private int at;

    /** Takes over when all has been written. */
    @FunctionalInterface
    interface End {
        /** The last write, which is under way. */
        void ended(ChannelFuture last);
    }

    /**
     * A sender.
     *
     * @param held the charge for the body, which grows and shrinks with its parts; released here
     */
    BodySender(ChannelHandlerContext ctx, Framing framing, BodySource source, Charge held, End end) {
        this.ctx = ctx;
        this.framing = framing;
        this.source = source;
        this.held = held;
        base = held.amount();
        this.end = end;
    }

    /** The least charge for a body before it is sent. */
    static int least() {
        return SLACK;
    }

    /** Sends the beginning, and begins to request parts. */
    void start(Object head) {
        var _ = ctx.writeAndFlush(head);
        next();
    }

    /** The client has read something. */
    void writable() {
        if (isWaiting) {
            isWaiting = false;
            unlessOver();
        }
    }

    /** The client is gone. */
    void close() {
        isOver = true;
        held.release();
    }

    private void next() {
        try {
            source.next(part -> {
                if (ctx.executor().inEventLoop()) {
                    take(part);
                } else {
                    ctx.executor().execute(() -> take(part));
                }
            });
        } catch (RejectedExecutionException e) { // half a body is worth nothing: it retries until there is room
            var _ = ctx.executor().schedule(this::unlessOver, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void take(byte @Nullable [] part) {
        if (isOver) {
            return;
        }
        if (part == null) {
            isOver = true;
            held.release();
            end.ended(ctx.writeAndFlush(framing.end()));
            return;
        }
        if (!held.resize(base + Math.max(0, part.length - SLACK))) {
            var _ = ctx.close();
            return;
        }
        rest = part;
        at = 0;
        send();
    }

    /** Sends some of the part; requests the next one when all of it has been sent. */
    private void send() {
        byte[] part = rest;
        int to = Math.min(part.length, at + SLACK);
        var _ = ctx.writeAndFlush(
                framing.piece(ctx, at == 0 && to == part.length ? part : Arrays.copyOfRange(part, at, to)));
        at = to;
        if (at == part.length) {
            rest = NOTHING;
            at = 0;
        }
        if (ctx.channel().isWritable()) {
            ctx.executor().execute(this::unlessOver); // others of this event loop get their turn in between
        } else {
            isWaiting = true;
        }
    }

    private void unlessOver() {
        if (!isOver && rest.length > 0) {
            send();
        } else if (!isOver) {
            next();
        }
    }
}
