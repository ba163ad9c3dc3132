package dev.manicule.server.http;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The time since the last sign of life of a client's machine. Its kernel acknowledges data, and answers the probes of
 * an idle connection, so that a parked poll on a network that is gone differs from one that waits. Without epoll,
 * nothing is known, and every client counts as alive.
 *
 * <p>Belongs to the event loop of the connection.
 */
final class SignsOfLife {
    /** Probes within the time after which a client counts as silent, so that some may get lost. */
    private static final int PROBES = 3;
    private static final int MOST_SECONDS_BETWEEN_PROBES = 30;

    /** A sign of life this recent is as good as one now. */
    private static final long LATELY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long NETWORK_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Channel socket;
    private long heardAt = System.nanoTime();
    private int expected;

    /** Those of a connection; of HTTP/2, the one that carries the stream. */
    SignsOfLife(Channel socket) {
        this.socket = socket;
    }

    /**
     * Makes the kernel probe the connection so often that a live client gives several signs of life in so many
     * nanoseconds.
     */
    void expectWithin(long silence) {
        int seconds = probeSeconds(silence);
        if (seconds != expected && socket instanceof EpollSocketChannel epoll && epoll.isOpen()) {
            expected = seconds;
            if (epoll.config().getTcpKeepIdle() > seconds) { // other requests of the connection may expect more
                epoll.config().setTcpKeepIdle(seconds).setTcpKeepIntvl(seconds);
            }
        }
    }

    private static int probeSeconds(long silence) {
        return Math.clamp(TimeUnit.NANOSECONDS.toSeconds(silence) / PROBES, 1, MOST_SECONDS_BETWEEN_PROBES);
    }

    /** Ends the connection when sent data is not acknowledged for so long. */
    void closeAfter(Duration unacknowledged) {
        if (socket instanceof EpollSocketChannel epoll && epoll.isOpen()) {
            boolean _ = epoll.config()
                    .setOption(EpollChannelOption.TCP_USER_TIMEOUT, (int) unacknowledged.toMillis());
        }
    }

    /**
     * For how many nanoseconds the client's machine has been silent, as known from a moment ago; 0 where it can't be
     * known, and as long as the silence may lie between two probes of a live client.
     *
     * @param within as in {@link #expectWithin}
     */
    long silentNanos(long within) {
        long now = System.nanoTime();
        if (!(socket instanceof EpollSocketChannel epoll)) {
            return 0;
        }
        if (now - heardAt >= LATELY_NANOS && epoll.isOpen()) {
            EpollTcpInfo info = epoll.tcpInfo();
            long millis = Math.min(info.lastAckRecv(), info.lastDataRecv());
            heardAt = Math.max(heardAt, now - TimeUnit.MILLISECONDS.toNanos(millis));
        }
        return beyond(now - heardAt, TimeUnit.SECONDS.toNanos(probeSeconds(within)), within);
    }

    /** A silence, 0 when it is an ordinary one between signs of life that come so often, with some time for the network. */
    static long beyond(long silent, long betweenSigns, long within) {
        return silent <= betweenSigns + Math.min(NETWORK_NANOS, within / PROBES) ? 0 : silent;
    }
}
