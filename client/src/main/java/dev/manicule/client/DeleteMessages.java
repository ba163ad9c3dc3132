package dev.manicule.client;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Deletes stored messages of a channel, and the actions on them: all, or those of a range. Of {@code start} and
 * {@code end} the first is excluded and the second included, whichever is higher; with only a start, all older messages
 * are deleted.
 */
public final class DeleteMessages extends Call<DeleteMessages.Result> {
    private final String subscribeKey;
    private @Nullable String channel;
    private @Nullable Long start;
    private @Nullable Long end;

    /** The messages are deleted; the result is empty. */
    public record Result() {}

    DeleteMessages(Transport transport) {
        super(transport);
        subscribeKey = transport.config().keys().subscribeKey();
    }

    /** The channel. Required. */
    public DeleteMessages channel(String name) {
        channel = name;
        return this;
    }

    /** The bound that is excluded. */
    public DeleteMessages start(long timetoken) {
        start = timetoken;
        return this;
    }

    /** The bound that is included. */
    public DeleteMessages end(long timetoken) {
        end = timetoken;
        return this;
    }

    @Override
    Request<Result> request() {
        String name = required(channel, "channel");
        String path = "/v3/history/sub-key/" + Request.encode(subscribeKey) + "/channel/" + Request.encode(name);
        Map<String, String> query = new Request.Query().with("start", start).with("end", end).parameters();
        return new Request<>(Operation.DELETE_MESSAGES, "DELETE", path, query, null, null, List.of(name),
                json -> new Result());
    }
}
