package dev.manicule.server.peers;

import dev.manicule.server.ledger.Progress;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the progress of long work, every few seconds. */
public final class ProgressInLog implements Progress {
    private static final Duration BETWEEN = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(ProgressInLog.class);

    private final LongSupplier nanoTime;
    private String what = "";
    private long total;
    private long done;
    private long saidAt;

    /** By a time that does not step. */
    public ProgressInLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public void begins(String part, long steps) {
        what = part;
        total = steps;
        done = 0;
        saidAt = nanoTime.getAsLong();
    }

    @Override
    public void goesOn(long more) {
        done += more;
        long now = nanoTime.getAsLong();
        if (now - saidAt >= BETWEEN.toNanos()) {
            saidAt = now;
            LOG.info("{}: {} of {}{}", what, done, total,
                    total > 0 ? " (" + Math.min(100, done * 100 / total) + " %)" : "");
        }
    }
}
