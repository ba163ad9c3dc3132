package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Gets how many stored messages of channels are newer than the mark of the client's user. The counts are exact, and cost
 * the same however many messages there are.
 *
 * <pre>{@code
 * long badge = client.getUnreadCounts("room").sync().orThrow().unread("room").count();
 * }</pre>
 *
 * <p>A request is for 100 channels at most; for more, the call sends several, one after the other, each with the
 * configured timeout. The counts of one request are all of one moment.
 *
 * @see MarkRead
 * @since 0.1
 */
public final class GetUnreadCounts extends Call<GetUnreadCounts.Result> {
    private static final int MOST_AT_ONCE = 100;

    /** Each once. */
    private final List<String> channels;

    /**
     * The counts by channel.
     *
     * @param channels channel to count, in the order of the request: of each requested channel, also one without messages
     * @since 0.1
     */
    public record Result(Map<String, Unread> channels) {
        /** Copies the map. */
        public Result {
            channels = Collections.unmodifiableMap(new LinkedHashMap<>(channels));
        }

        /**
         * The count of a channel.
         *
         * @param channel one of the requested channels
         * @return its count, never null
         * @throws IllegalArgumentException when it was not requested
         */
        public Unread unread(String channel) {
            Unread unread = channels.get(channel);
            if (unread == null) {
                throw new IllegalArgumentException(
                        "no count of channel " + channel + " was requested: add it to the call's channels");
            }
            return unread;
        }
    }

    /**
     * What a user has not read of a channel.
     *
     * @param timetoken where the user's mark stands, in 100-nanosecond steps since 1970; 0 when there is none
     * @param count how many visible stored messages are newer, 0 or more
     * @since 0.1
     */
    public record Unread(long timetoken, long count) {}

    GetUnreadCounts(Transport transport, List<String> channels) {
        super(transport);
        this.channels = channels;
    }

    /**
     * Adds channels. At least one is required.
     *
     * @param names the channels, none of them empty; any number
     * @return a call with these channels too
     */
    public GetUnreadCounts channels(String... names) {
        return channels(List.of(names));
    }

    /**
     * Adds channels. At least one is required.
     *
     * @param names the channels, none of them empty; any number
     * @return a call with these channels too
     */
    public GetUnreadCounts channels(Collection<String> names) {
        LinkedHashSet<String> all = new LinkedHashSet<>(channels);
        all.addAll(names);
        return new GetUnreadCounts(transport, List.copyOf(all));
    }

    @Override
    Request<Result> request() {
        List<String> unused = required(channels, "channel");
        return request(Map.of());
    }

    private @Nullable Request<Result> rest(Result result) {
        return result.channels().size() < channels.size() ? request(result.channels()) : null;
    }

    /** A request for channels that have no count yet. */
    private Request<Result> request(Map<String, Unread> known) {
        List<String> next = channels.stream()
                .skip(known.size())
                .limit(MOST_AT_ONCE)
                .collect(Collectors.toList());
        Path path = Path.of("v1", "read-marks", subscribeKey(), "unread", next);
        return Request.get(Operation.GET_UNREAD_COUNTS, path, Query.NONE, json -> result(known, next, json))
                .about(channels, List.of())
                .then(this::rest);
    }

    /** Those that are known, and those of a response. */
    private static Result result(Map<String, Unread> known, List<String> requested, JsonNode json) {
        JsonNode data = Fields.member(json, "data");
        Map<String, Unread> all = new LinkedHashMap<>(known);
        for (String channel : requested) {
            JsonNode unread = Fields.member(data, channel);
            all.put(channel, new Unread(Fields.timetoken(Fields.member(unread, "timetoken")),
                    Fields.number(unread, "unread")));
        }
        return new Result(all);
    }
}
