package dev.manicule.server.http;

import dev.manicule.server.limits.Charge;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Resource;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/**
 * Counts the frames of a connection of HTTP/2 that cost the server work and advance no request: pings, settings,
 * priorities, resets, small window updates, empty and unknown ones. A connection with too many of them is closed. It
 * reads only lengths, types and the increments of windows, before anything is decoded, and input after the frame for
 * which a connection is closed is not decoded at all.
 *
 * <p>Belongs to the event loop of the connection.
 */
final class Http2FrameLimit extends ChannelDuplexHandler {
    private static final int HEAD = 9;
    private static final int PREFACE = 24;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    /** Clients that read widen their window by more, and often. */
    private static final int SMALL_INCREMENT = 1024;
    private static final int ERROR = 20 * FrameAllowance.ONE;
    private static final int FRAMES_AT_ONCE = 16;

    /** A block of header fields up to this size is not worth counting. */
    private static final int SMALL_BLOCK = 4 << 10;
    /** The raw bytes, and the texts. */
    private static final int COPIES = 3;

    private final FrameAllowance allowance;
    /** For the largest block of header fields so far: its reservation stays. */
    private final Charge headers;
    private long block;
    /** The head of a frame, and of a window update the increment. */
    private final byte[] head = new byte[HEAD + Integer.BYTES];
    private int inHead;
    private long skip = PREFACE;
    private boolean isClosing;

    Http2FrameLimit(Limits limits, Client client) {
        allowance = new FrameAllowance(limits);
        headers = client.charge(Resource.MEMORY);
    }

    /** Passes on what was read, some frames at a time, as long as the connection stays. */
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            ctx.fireChannelRead(message);
            return;
        }
        try {
            while (!isClosing && bytes.isReadable()) {
                int some = checked(bytes);
                if (some < 0) {
                    isClosing = true;
                    var _ = ctx.close();
                } else {
                    ctx.fireChannelRead(bytes.readRetainedSlice(some));
                }
            }
        } finally {
            bytes.release();
        }
    }

    /**
     * The codec closes through here too; otherwise it would go on with the input that has been read: one error after
     * the other.
     */
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        isClosing = true;
        var _ = ctx.close(promise);
    }

    /**
     * Counts the errors of streams that the codec finds; its own limits count only the resets that it sends. Belongs
     * between the codec and the handler of the streams.
     */
    ChannelHandler errors() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                if (!isClosing && !allowance.take(ERROR)) {
                    var _ = ctx.close();
                }
                ctx.fireExceptionCaught(cause);
            }
        };
    }

    /** How many bytes may be passed on, those of some frames at most; -1 when they are too much. */
    private int checked(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int frames = 0;
        while (at < bytes.writerIndex() && frames < FRAMES_AT_ONCE) {
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
                frames++;
                if (!isHeld(head[3], length) || !allowance.take(isUpdate ? costOfUpdate() : cost(head[3], length))) {
                    return -1;
                }
            }
        }
        return at - bytes.readerIndex();
    }

    /** Whether the block of header fields that a frame begins or continues may be held. */
    private boolean isHeld(int type, int length) {
        if (type == HEADERS || type == CONTINUATION) {
            block = type == HEADERS ? length : block + length;
            return block <= SMALL_BLOCK || headers.resize(Math.max(headers.amount(), COPIES * block));
        }
        return true;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        headers.release();
        ctx.fireChannelInactive();
    }

    private int costOfUpdate() {
        int increment = ((head[9] & 0x7F) << 24) | ((head[10] & 0xFF) << 16) | ((head[11] & 0xFF) << 8)
                | (head[12] & 0xFF);
        if (increment == 0) {
            return ERROR; // the response to which is a reset, and the end of the stream
        }
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
