package dev.manicule.server.http;

import io.netty.channel.ChannelHandlerContext;

/** Something that is looked at every now and then, on its event loop, lest it waits forever. */
interface TimeoutChecked {
    /**
     * Looks at it, and closes it if need be.
     *
     * @param now nanoseconds
     */
    void watch(ChannelHandlerContext ctx, long now);
}
