package dev.manicule.server.http;

import dev.manicule.server.limits.Charge;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Resource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The input of a connection, on its way to the decoder. It goes there a little at a time, and input that takes longer
 * waits for this connection's turn ({@link LoopShares}): a thousand small requests may come with one read. Meanwhile
 * nothing more is read, and waiting input is charged.
 *
 * <p>Belongs to the event loop.
 */
final class Inbound extends ChannelDuplexHandler {
    /** Some small requests. */
    private static final int FIRST_BYTES = 512;
    /** Bytes that take no longer than this are those of a large body, and more of them can go at once. */
    private static final long SHORT_NANOS = 20_000;
    private static final int SMALL_BUFFER = 4096;
    /** A waiting buffer may be so many times as large as its content. */
    private static final int SLACK = 4;
    private static final long TURN_NANOS = 100_000;

    private final LoopShares shares;
    /** The client whose turns it takes, as far as known from its last request. */
    private Client client;
    private @Nullable ChannelHandlerContext ctx;
    private int atOnce = FIRST_BYTES;
    private boolean isStopped;
    private boolean hasTurn;
    /** Null when nothing waits, as is usual. */
    private @Nullable Waiting waiting;

    /** Input that was read and could not go on at once. */
    private static final class Waiting {
        private final Deque<ByteBuf> buffers = new ArrayDeque<>(2);
        private final Charge charge;
        /** Comes behind them. */
        private @Nullable Object endOfInput;

        Waiting(Charge charge) {
            this.charge = charge;
        }

        void release() {
            buffers.forEach(ReferenceCountUtil::release);
            charge.release();
        }

        /** Releases a large buffer of which little is left. */
        void shrink(ByteBufAllocator allocator) {
            ByteBuf first = buffers.element();
            if (first.capacity() > SMALL_BUFFER && first.readableBytes() < first.capacity() / 2) {
                buffers.remove();
                buffers.addFirst(allocator.buffer(first.readableBytes()).writeBytes(first));
                first.release();
            }
        }
    }

    Inbound(LoopShares shares, Client client) {
        this.shares = shares;
        this.client = client;
    }

    Client client() {
        return client;
    }

    /** A request identifies the client of this connection further. */
    void belongsTo(Client more) {
        client = more;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            ctx.fireChannelRead(message);
            return;
        }
        if (waiting == null && !isStopped && shares.isFree(bytes.readableBytes())) {
            long begin = shares.now();
            if (LoopShares.isSmall(bytes.readableBytes())) {
                ctx.fireChannelRead(bytes); // whole: most requests are
                shares.spent(shares.now() - begin);
                return;
            }
            long end = pass(ctx, bytes, begin);
            shares.spent(end - begin);
        }
        if (bytes.isReadable()) {
            hold(ctx, bytes);
        } else {
            bytes.release();
        }
    }

    private void hold(ChannelHandlerContext ctx, ByteBuf bytes) {
        Waiting held = waiting == null ? new Waiting(client.charge(Resource.MEMORY)) : waiting;
        if (!held.charge.add(bytes.readableBytes())) {
            ctx.fireChannelRead(bytes); // where it is refused
            return;
        }
        held.buffers.add(tight(ctx.alloc(), bytes));
        waiting = held;
        if (isStopped) {
            held.shrink(ctx.alloc());
        }
        next();
    }

    /** The same bytes in a buffer of about their size: thousands may wait, and reads return larger buffers. */
    private static ByteBuf tight(ByteBufAllocator allocator, ByteBuf bytes) {
        if (bytes.capacity() < SLACK * bytes.readableBytes()) {
            return bytes;
        }
        ByteBuf copy = allocator.buffer(bytes.readableBytes()).writeBytes(bytes);
        bytes.release();
        return copy;
    }

    /** Passes on as much as there is time for; the rest stays readable in the buffer. Returns the time at the end. */
    private long pass(ChannelHandlerContext ctx, ByteBuf bytes, long begin) {
        long now = begin;
        while (bytes.isReadable() && !isStopped && ctx.channel().isOpen() && now - begin < TURN_NANOS) {
            ctx.fireChannelRead(some(ctx, bytes));
            long end = shares.now();
            atOnce = end - now < SHORT_NANOS ? Math.min(2 * atOnce, 1 << 16) : Math.max(atOnce / 2, FIRST_BYTES);
            now = end;
        }
        return now;
    }

    /** The next bytes. The last ones are a copy: the decoder keeps them, and may keep no large buffer for a few bytes. */
    private ByteBuf some(ChannelHandlerContext ctx, ByteBuf bytes) {
        int readable = bytes.readableBytes();
        if (bytes.capacity() <= SMALL_BUFFER) {
            return bytes.readRetainedSlice(Math.min(atOnce, readable));
        }
        return readable > FIRST_BYTES
                ? bytes.readRetainedSlice(Math.min(atOnce, readable - FIRST_BYTES))
                : ctx.alloc().buffer(readable).writeBytes(bytes);
    }

    /** Takes a turn. True when there is more for another one. */
    boolean turn() {
        ChannelHandlerContext context = ctx;
        Waiting held = waiting;
        if (context == null || held == null || isStopped) {
            hasTurn = false;
            return false;
        }
        ByteBuf bytes = held.buffers.element();
        int before = bytes.readableBytes();
        pass(context, bytes, shares.now());
        if (waiting != null && context.channel().isOpen()) { // else the connection has ended
            boolean _ = held.charge.add(bytes.readableBytes() - before);
            if (!bytes.isReadable()) {
                held.buffers.remove();
                bytes.release();
            }
            afterTurn(context, held);
        }
        hasTurn = waiting != null && !isStopped && context.channel().isOpen();
        next();
        return hasTurn;
    }

    private void afterTurn(ChannelHandlerContext context, Waiting held) {
        if (held.buffers.isEmpty()) {
            waiting = null;
            held.charge.release();
        } else if (isStopped) {
            held.shrink(context.alloc());
        }
        context.fireChannelReadComplete();
        if (waiting == null && held.endOfInput != null) {
            context.fireUserEventTriggered(held.endOfInput);
        }
    }

    /** Sets whether more may come, from the waiting input and from the client. */
    void goOn(boolean does) {
        isStopped = !does;
        next();
    }

    /** Reads, or waits for its turn, or does nothing. */
    private void next() {
        if (ctx == null || !ctx.channel().isOpen()) {
            return;
        }
        boolean reads = waiting == null && !isStopped;
        if (ctx.channel().config().isAutoRead() != reads) {
            ctx.channel().config().setAutoRead(reads);
        }
        if (waiting != null && !isStopped && !hasTurn) {
            hasTurn = true;
            shares.add(client, this);
        }
    }

    /** A decoder with an incomplete message requests more input. */
    @Override
    public void read(ChannelHandlerContext ctx) {
        if (waiting == null && !isStopped && ctx.channel().isOpen()) {
            ctx.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && waiting != null) {
            waiting.endOfInput = event;
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (waiting != null) {
            waiting.release();
            waiting = null;
        }
        ctx.fireChannelInactive();
    }
}
