package dev.manicule.server.http;

import dev.manicule.server.limits.RedactedThrowable;
import io.netty.channel.ChannelHandlerContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The common state of the connections of one event loop: its time, and the checks of them. Belongs to its loop. */
final class LoopConnections {
    private static final Logger LOG = LoggerFactory.getLogger(LoopConnections.class);
    private static final long WATCH_MILLIS = 1000;

    private final LoopShares shares;
    /** The objects that are checked every now and then. */
    private final Map<TimeoutChecked, ChannelHandlerContext> watched = new HashMap<>();

    LoopConnections(ScheduledExecutorService loop) {
        shares = new LoopShares(loop, System::nanoTime);
        var _ = loop.scheduleAtFixedRate(this::watchAll, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The shares of time for the data that they have read. */
    LoopShares shares() {
        return shares;
    }

    /** Checks an object from now on. */
    void watch(ChannelHandlerContext ctx, TimeoutChecked what) {
        watched.put(what, ctx);
    }

    /** Checks it no more. */
    void unwatch(TimeoutChecked what) {
        watched.remove(what);
    }

    private void watchAll() {
        long now = System.nanoTime();
        try {
            List.copyOf(watched.entrySet()).forEach(entry -> entry.getKey().watch(entry.getValue(), now));
        } catch (RuntimeException e) {
            LOG.error("Looking at connections failed", RedactedThrowable.of(e)); // or the schedule would end
        }
    }
}
