package dev.manicule.acceptance.history;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Something that keeps messages and actions, as one client has it. One thread at a time. */
public interface Store extends AutoCloseable {
    /**
     * Executes an invocation.
     *
     * @param id by which the store is to know the request when it is sent again; null when it is not to
     * @throws IOException when it could not even be sent
     */
    Result execute(Invocation invocation, @Nullable String id) throws IOException;

    /**
     * Waits for something that happens on channels.
     *
     * @param cursor 0 to be given one
     * @throws IOException when there was no response
     */
    PollResult poll(Set<String> channels, long cursor) throws IOException;

    /** What a channel holds. */
    FinalState finalState(String channel) throws IOException;

    @Override
    void close();

    /** Some events, and the cursor to go on from. */
    record PollResult(List<FeedEvent> events, long cursor) {
        /** Copies the list. */
        public PollResult {
            events = List.copyOf(events);
        }
    }
}
