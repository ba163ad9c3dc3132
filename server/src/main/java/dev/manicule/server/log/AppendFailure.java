package dev.manicule.server.log;

import org.slf4j.LoggerFactory;

/** Called when an append has failed, by the thread that appends. What it throws is logged, and changes nothing. */
@FunctionalInterface
public interface AppendFailure {
    /**
     * An append has failed.
     *
     * @param reason why, as a part of a sentence
     * @param inDoubt false: the entries are not in the log, and never will be; true: they may come through the log later
     */
    void failed(String reason, boolean inDoubt);

    /** Calls the callback, and logs what it throws. */
    static void report(AppendFailure onFailure, String reason, boolean inDoubt) {
        try {
            onFailure.failed(reason, inDoubt);
        } catch (RuntimeException | Error e) {
            LoggerFactory.getLogger(AppendFailure.class)
                    .error("The callback of an append that failed has failed too", e);
        }
    }
}
