package dev.manicule.server.http;

import dev.manicule.server.limits.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * Counts the frames of a connection of HTTP/2 that cost the server work and bring no request on: pings, settings,
 * priorities, resets, small window updates, empty and unknown ones. A connection with too many of them is closed. It
 * reads only lengths, types and the increments of windows, before anything is decoded.
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
    /** Clients that read widen their window by more, and often. */
    private static final int SMALL_INCREMENT = 1024;

    private final FrameAllowance allowance;
    /** The head of a frame, and of a window update the increment. */
    private final byte[] head = new byte[HEAD + Integer.BYTES];
    private int inHead;
    private long skip = PREFACE;

    Http2FrameLimit(Limits limits) {
        allowance = new FrameAllowance(limits);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes && isTooMuch(bytes)) {
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
            int length = inHead < HEAD
                    ? 0
                    : ((head[0] & 0xFF) << 16) | ((head[1] & 0xFF) << 8) | (head[2] & 0xFF);
            boolean isUpdate = inHead >= HEAD && head[3] == WINDOW_UPDATE && length == Integer.BYTES;
            if (inHead >= HEAD + (isUpdate ? Integer.BYTES : 0)) {
                int behind = length - (inHead - HEAD);
                skip = behind;
                inHead = 0;
                if (!allowance.take(isUpdate ? costOfUpdate() : cost(head[3], length))) {
                    return true;
                }
            }
        }
        return false;
    }

    private int costOfUpdate() {
        int increment = ((head[9] & 0x7F) << 24) | ((head[10] & 0xFF) << 16) | ((head[11] & 0xFF) << 8)
                | (head[12] & 0xFF);
        return increment < SMALL_INCREMENT ? FrameAllowance.ONE : 1;
    }

    private static int cost(int type, int length) {
        return switch (type) {
            case HEADERS -> 0; // requests are counted elsewhere
            case DATA, CONTINUATION -> length == 0 ? FrameAllowance.ONE : 0;
            default -> FrameAllowance.ONE;
        };
    }
}
