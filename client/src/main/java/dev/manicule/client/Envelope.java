package dev.manicule.client;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a call: its result, if it succeeded, and always its status.
 *
 * <pre>{@code
 * Envelope<Publish.Result> envelope = client.publish("room", "hello").sync();
 * if (envelope.status().isError()) {
 *     log(envelope.status());
 * }
 * }</pre>
 *
 * @param <R> the type of the result
 * @param result null when the status is an error
 * @param status the status, always
 * @since 0.1
 */
public record Envelope<R>(@Nullable R result, Status status) {
    /**
     * The result. It may be ignored: that the call succeeded is often all there is to know.
     *
     * @return the result, never null
     * @throws ManiculeException when there is none, with the status
     */
    @CanIgnoreReturnValue
    public R orThrow() {
        if (result == null) {
            throw new ManiculeException(status);
        }
        return result;
    }
}
