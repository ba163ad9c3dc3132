package dev.manicule.server.http;

import dev.manicule.server.limits.Charge;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Resource;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * The output of one connection, or of one stream of HTTP/2. Data that the client does not read at once is charged to it
 * until it does; a client that exceeds its limit loses its connection.
 *
 * <p>Belongs to the event loop of the connection.
 */
final class Outbound {
    private final ChannelHandlerContext ctx;
    private Client client;
    /** Null as long as the client has always taken everything at once. */
    private @Nullable Charge unsent;

    Outbound(ChannelHandlerContext ctx, Client client) {
        this.ctx = ctx;
        this.client = client;
    }

    /** Charges data that is unsent from now on to this client, unless there is unsent data already. */
    void charge(Client other) {
        if (unsent == null || unsent.amount() == 0) {
            client = other;
            unsent = null;
        }
    }

    /**
     * Writes a message.
     *
     * @param bytes how many bytes it holds
     */
    ChannelFuture write(Object message, long bytes) {
        ChannelFuture written = ctx.writeAndFlush(message);
        if (!written.isDone()) {
            hold(bytes, written);
        }
        return written;
    }

    private void hold(long bytes, ChannelFuture written) {
        Charge charged = unsent == null ? client.charge(Resource.MEMORY) : unsent;
        unsent = charged;
        if (charged.add(bytes)) {
            var _ = written.addListener(done -> charged.add(-bytes));
        } else {
            var _ = ctx.close();
        }
    }

    /** Releases the charge. Once the connection is closed. */
    void close() {
        if (unsent != null) {
            unsent.release();
        }
    }
}
