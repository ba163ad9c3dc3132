package dev.manicule.server.http;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A large body that is made while it is sent: the next part is requested when the client has read the one before, so no
 * more than one part is held for a client, however slowly it reads.
 */
@FunctionalInterface
public interface BodySource {
    /**
     * Makes the next part. Called for one part at a time.
     *
     * @param then takes the part, at once or later, on any thread: some ten or hundred kilobytes, not changed afterwards;
     *        null when the last one has been given
     * @throws java.util.concurrent.RejectedExecutionException when it can't be made just now; it is requested again
     */
    void next(Consumer<byte @Nullable []> then);
}
