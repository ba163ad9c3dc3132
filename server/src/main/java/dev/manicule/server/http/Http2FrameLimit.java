package dev.manicule.server.http;

import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * Counts the frames of a connection of HTTP/2 that cost the server work and bring no request on: pings, settings,
 * priorities, resets, window updates, empty and unknown ones. A connection with too many of them is closed. It reads only
 * lengths and types, before anything is decoded.
 *
 * <p>Belongs to the event loop of the connection.
 */
final class Http2FrameLimit extends ChannelInboundHandlerAdapter {
    private static final int HEAD = 9;
    private static final int PREFACE = 24;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    /** Clients send window updates for what they read: they may send more of them. */
    private static final int WINDOW_UPDATES_FOR_ONE = 20;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Limits limits;
    private final byte[] head = new byte[HEAD];
    private int inHead;
    private long skip = PREFACE;
    private long allowance;
    private long filledAt = System.nanoTime();

    Http2FrameLimit(Limits limits) {
        this.limits = limits;
        allowance = burst();
    }

    private long burst() {
        return WINDOW_UPDATES_FOR_ONE * limits.of(Limit.HTTP2_CONTROL_FRAMES);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes && isTooMuch(bytes)) {
            limits.reached(Limit.HTTP2_CONTROL_FRAMES);
            ReferenceCountUtil.release(message);
            var _ = ctx.close();
            return;
        }
        ctx.fireChannelRead(message);
    }

    private boolean isTooMuch(ByteBuf bytes) {
        int at = bytes.readerIndex();
        while (at < bytes.writerIndex()) {
            if (skip > 0) {
                int skipped = (int) Math.min(skip, bytes.writerIndex() - at);
                skip -= skipped;
                at += skipped;
                continue;
            }
            head[inHead++] = bytes.getByte(at++);
            if (inHead == HEAD) {
                inHead = 0;
                int length = ((head[0] & 0xFF) << 16) | ((head[1] & 0xFF) << 8) | (head[2] & 0xFF);
                skip = length;
                if (!isAllowed(cost(head[3], skip))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static int cost(int type, long length) {
        return switch (type) {
            case HEADERS -> 0; // requests are counted elsewhere
            case DATA, CONTINUATION -> length == 0 ? WINDOW_UPDATES_FOR_ONE : 0;
            case WINDOW_UPDATE -> 1;
            default -> WINDOW_UPDATES_FOR_ONE;
        };
    }

    private boolean isAllowed(int cost) {
        allowance -= cost;
        if (allowance >= 0) {
            return true;
        }
        long now = System.nanoTime();
        long perSecond = burst() / 10;
        allowance = Math.min(burst(), allowance + (now - filledAt) * perSecond / SECOND);
        filledAt = now;
        return allowance >= 0;
    }
}
