package dev.manicule.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Bytes that go over many connections: once in native memory, and from there to each connection without copies, queues
 * or flushes of Netty, as long as the connection takes them. One event to ten thousand subscribers is ten thousand of
 * these writes; nothing else justifies a bypass of Netty's own writes.
 *
 * <p>Belongs to one event loop.
 */
final class BroadcastBuffer {
    private final ByteBuf bytes;

    /** These bytes, one part after the other. */
    BroadcastBuffer(byte[]... parts) {
        int size = 0;
        for (byte[] part : parts) {
            size += part.length;
        }
        ByteBuffer memory = ByteBuffer.allocateDirect(size); // freed with this object; the last receiver is not known
        for (byte[] part : parts) {
            memory.put(part);
        }
        bytes = Unpooled.wrappedBuffer(memory.flip());
    }

    /**
     * Sends them.
     *
     * @param out takes the bytes that the connection does not take at once
     * @param isPlain whether writes to the connection go over the wire as they are: no TLS in between
     */
    void send(ChannelHandlerContext ctx, Outbound out, boolean isPlain) {
        int size = bytes.readableBytes();
        int sent = 0;
        ChannelOutboundBuffer queued = ctx.channel().unsafe().outboundBuffer();
        boolean isFree = queued != null && queued.totalPendingWriteBytes() == 0;
        if (isPlain && isFree && bytes.hasMemoryAddress() && ctx.channel() instanceof EpollSocketChannel channel
                && channel.fd() instanceof Socket socket) {
            try {
                sent = Math.max(socket.sendAddress(bytes.memoryAddress(), bytes.readerIndex(), bytes.writerIndex()), 0);
            } catch (IOException e) {
                var _ = ctx.close(); // the client has hung up
                return;
            }
        }
        if (sent < size) {
            var _ = out.write(bytes.retainedSlice(bytes.readerIndex() + sent, size - sent), size - sent);
        }
    }
}
