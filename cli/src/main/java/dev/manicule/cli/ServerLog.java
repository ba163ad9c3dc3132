package dev.manicule.cli;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import dev.manicule.server.config.LogSettings;
import net.logstash.logback.encoder.LogstashEncoder;
import net.logstash.logback.fieldnames.LogstashFieldNames;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The log of a server: as {@code logback.xml} has it, for people, unless JSON is wanted; and written by a thread of its
 * own, so that neither the journal nor an event loop waits for a terminal or a pipe without a reader.
 */
final class ServerLog implements AutoCloseable {
    /** The appender of {@code logback.xml}. */
    private static final String APPENDER = "stderr";
    /** The most lines that wait; beyond that, lines of requests are dropped first, and then others. */
    private static final int MOST_WAITING = 8192;

    private final @Nullable AsyncAppender thread;

    private ServerLog(@Nullable AsyncAppender thread) {
        this.thread = thread;
    }

    /** Sets the format of all that is logged from now on. */
    static ServerLog begin(LogSettings.Format format) {
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return new ServerLog(null);
        }
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        if (!(root.getAppender(APPENDER) instanceof ConsoleAppender<ILoggingEvent> console)) {
            return new ServerLog(null);
        }
        if (format == LogSettings.Format.JSON) {
            LogstashEncoder encoder = new LogstashEncoder();
            encoder.setContext(context);
            encoder.setFieldNames(names());
            encoder.start();
            console.setEncoder(encoder);
        }
        AsyncAppender thread = new AsyncAppender();
        thread.setContext(context);
        thread.setName("log");
        thread.setQueueSize(MOST_WAITING);
        thread.setNeverBlock(true);
        root.detachAppender(console);
        thread.addAppender(console);
        thread.start();
        root.addAppender(thread);
        return new ServerLog(thread);
    }

    private static LogstashFieldNames names() {
        LogstashFieldNames names = new LogstashFieldNames();
        names.setTimestamp("time");
        names.setLogger("logger");
        names.setThread("thread");
        names.setStackTrace("stackTrace");
        names.setLevelValue("[ignore]");
        names.setVersion("[ignore]");
        return names;
    }

    /** Writes the waiting lines, for a second at most. */
    @Override
    public void close() {
        if (thread != null) {
            thread.stop();
        }
    }
}
