package dev.manicule.server.kafka;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Says in words why Kafka's clients fail. */
final class Reasons {
    private static final int LONGEST = 300;

    private Reasons() {}

    /** Part of a sentence, without a full stop at its end; in one line, and not too long. */
    static String of(@Nullable Throwable cause) {
        if (cause == null) {
            return "for a reason that Kafka's client does not say";
        }
        if (cause instanceof TimeoutException) { // whose words are of calls and batches
            return "no broker responded in time";
        }
        Throwable reason = cause.getCause();
        if (cause instanceof KafkaException && reason != null && reason.getMessage() != null
                && String.valueOf(cause.getMessage()).startsWith("Failed to ")) { // create or construct a client
            return of(reason);
        }
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        String line = message.replaceAll("\\s+", " ").strip();
        String shown = line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
        return shown.endsWith(".") ? shown.substring(0, shown.length() - 1) : shown;
    }
}
