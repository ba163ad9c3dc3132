package dev.manicule.client;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of a call: its result, if it succeeded, and always its status.
 *
 * @param result null when the status is an error
 */
public record Envelope<R>(@Nullable R result, Status status) {
    /**
     * The result.
     *
     * @throws ManiculeException when there is none, with the status
     */
    public R orThrow() {
        if (result == null) {
            throw new ManiculeException(status);
        }
        return result;
    }
}
