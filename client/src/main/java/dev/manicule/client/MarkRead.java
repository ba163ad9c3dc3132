package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Json;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Marks a channel as read by the client's user, up to a message. A mark never goes back: an older message changes
 * nothing. Its result says where the mark stands.
 *
 * <pre>{@code
 * client.markRead("room", message).sync().orThrow();
 * }</pre>
 *
 * <p>A token has to grant the permission to read the channel, and no other.
 *
 * @see GetUnreadCounts
 * @since 0.1
 */
public final class MarkRead extends Call<MarkRead.Result> {
    private final @Nullable String channel;
    private final @Nullable Long timetoken;

    /**
     * Where the mark stands.
     *
     * @param timetoken what the user has read up to, in 100-nanosecond steps since 1970: that of the call, or a later one
     *        of before, or the present where that of the call is in the future
     * @since 0.1
     */
    public record Result(long timetoken) {}

    MarkRead(Transport transport, @Nullable String channel, @Nullable Long timetoken) {
        super(transport);
        this.channel = channel;
        this.timetoken = timetoken;
    }

    /** The path of the marks of a channel. */
    static Path path(String subscribeKey, String channel) {
        return Path.of("v1", "read-marks", subscribeKey, "channel", channel);
    }

    /**
     * Sets the channel. Required.
     *
     * @param name the channel, not empty
     * @return a call with this channel
     */
    public MarkRead channel(String name) {
        return new MarkRead(transport, name, timetoken);
    }

    /**
     * Sets what the user has read up to. Required.
     *
     * @param upTo the timetoken of the newest message that was read, in 100-nanosecond steps since 1970
     * @return a call with this timetoken
     */
    public MarkRead timetoken(long upTo) {
        return new MarkRead(transport, channel, upTo);
    }

    @Override
    Request<Result> request() {
        String name = required(channel, "channel");
        String upTo = String.valueOf(required(timetoken, "timetoken"));
        return Request.post(Operation.MARK_READ, path(subscribeKey(), name), Query.NONE,
                Json.write(Map.of("timetoken", upTo), "timetoken"),
                json -> new Result(Fields.timetoken(Fields.member(Fields.member(json, "data"), "timetoken"))))
                .about(name);
    }
}
