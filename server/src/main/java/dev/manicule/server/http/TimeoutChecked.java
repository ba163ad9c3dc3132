package dev.manicule.server.http;

import io.netty.channel.ChannelHandlerContext;

/** An object that is checked every now and then, on its event loop, so that it does not wait forever. */
interface TimeoutChecked {
    /**
     * Checks it, and closes it if need be.
     *
     * @param now nanoseconds
     */
    void watch(ChannelHandlerContext ctx, long now);
}
