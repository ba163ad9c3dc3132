package dev.manicule.server.http;

import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.concurrent.TimeUnit;

/**
 * The time that a client may take: to send a request, to read an answer, to begin a request at all. Belongs to an event
 * loop.
 */
final class ConnectionTimeouts {
    private final Limits limits;
    /** Part of a request has come in, and the rest has not. */
    private boolean receiving;
    /** No request has ever come in whole. */
    private boolean fresh = true;
    /** When it became so. */
    private long since = System.nanoTime();
    /** Since when the client does not read, 0 when it does. */
    private long unreadSince;
    /** How much it had not read at the last check. */
    private long unread;

    /** The timeout that has expired, if any, by what it ends. */
    enum End {
        NOTHING, THE_REQUEST, THE_CONNECTION
    }

    ConnectionTimeouts(Limits limits) {
        this.limits = limits;
    }

    /** Some bytes have come. */
    void bytesCame() {
        if (!receiving) {
            receiving = true;
            since = System.nanoTime();
        }
    }

    /** A request has come in, or input that is none. */
    void received() {
        receiving = false;
        fresh = false;
        since = System.nanoTime();
    }

    /** Nothing more is to be done for the client. */
    void answered() {
        if (!receiving) {
            since = System.nanoTime();
        }
    }

    /** Sets whether the client reads data as it is sent. */
    void reads(boolean does) {
        unreadSince = does ? 0 : System.nanoTime() | 1;
    }

    /**
     * Reads the clock, and counts an expired timeout.
     *
     * @param busy whether a request is being worked on
     */
    End end(Channel channel, boolean busy, long now) {
        long patience = TimeUnit.SECONDS.toNanos(limits.of(Limit.REQUEST_SECONDS));
        long idle = fresh ? patience : TimeUnit.SECONDS.toNanos(limits.of(Limit.IDLE_SECONDS));
        if (unreadSince != 0 && isUnread(channel, now, patience)) {
            limits.reached(Limit.REQUEST_SECONDS);
            return End.THE_CONNECTION;
        }
        if (receiving && channel.config().isAutoRead() && now - since > patience) {
            limits.reached(Limit.REQUEST_SECONDS);
            return busy ? End.THE_CONNECTION : End.THE_REQUEST;
        }
        if (!receiving && !busy && now - since > idle) {
            limits.reached(fresh ? Limit.REQUEST_SECONDS : Limit.IDLE_SECONDS);
            return End.THE_CONNECTION;
        }
        return End.NOTHING;
    }

    /** Whether the client has not read a byte of the waiting data for so long. */
    private boolean isUnread(Channel channel, long now, long patience) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        long left = buffer == null
                ? channel.bytesBeforeWritable() // of a stream of HTTP/2
                : buffer.totalPendingWriteBytes() - buffer.currentProgress();
        if (left < unread) { // more to read is no sign of reading
            unreadSince = now;
        }
        unread = left;
        return now - unreadSince > patience;
    }
}
