package dev.manicule.client;

import org.jspecify.annotations.Nullable;

/**
 * What a call gives: its result, if all went well, and its status, always.
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
