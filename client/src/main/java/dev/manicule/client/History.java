package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the stored messages of one channel, in the older form; {@link FetchMessages} can do more.
 *
 * <pre>{@code
 * client.history("room").count(10).sync().orThrow().messages()
 *         .forEach(entry -> System.out.println(entry.message()));
 * }</pre>
 *
 * @since 0.1
 */
public final class History extends Call<History.Result> {
    private static final String INCLUDE_TIMETOKEN = "include_token";
    private static final String INCLUDE_META = "include_meta";

    private final @Nullable String channel;
    private final Query query;

    /**
     * Messages, ascending.
     *
     * @param messages the messages
     * @param startTimetoken of the first, in 100-nanosecond steps since 1970; 0 when there are none
     * @param endTimetoken of the last, in 100-nanosecond steps since 1970; 0 when there are none
     * @since 0.1
     */
    public record Result(List<Entry> messages, long startTimetoken, long endTimetoken) {
        /** Copies the list. */
        public Result {
            messages = List.copyOf(messages);
        }
    }

    /**
     * A stored message.
     *
     * @param message what was published
     * @param timetoken when it was published, in 100-nanosecond steps since 1970; null unless requested
     * @param meta null when there is none, or when it was not requested
     * @since 0.1
     */
    public record Entry(JsonNode message, @Nullable Long timetoken, @Nullable JsonNode meta) {}

    History(Transport transport, @Nullable String channel) {
        this(transport, channel, Query.NONE);
    }

    private History(Transport transport, @Nullable String channel, Query query) {
        super(transport);
        this.channel = channel;
        this.query = query;
    }

    private History with(Query changed) {
        return new History(transport, channel, changed);
    }

    /**
     * Sets the channel. Required.
     *
     * @param name the channel, not empty
     * @return a call with this channel
     */
    public History channel(String name) {
        return new History(transport, name, query);
    }

    /**
     * Sets the most messages.
     *
     * @param most 1 to 100; 100 by default
     * @return a call with this limit
     */
    public History count(int most) {
        return with(query.with("count", most));
    }

    /**
     * Sets the bound that is excluded.
     *
     * @param timetoken the bound, in 100-nanosecond steps since 1970
     * @return a call with this bound
     */
    public History start(long timetoken) {
        return with(query.with("start", timetoken));
    }

    /**
     * Sets the bound that is included.
     *
     * @param timetoken the bound, in 100-nanosecond steps since 1970
     * @return a call with this bound
     */
    public History end(long timetoken) {
        return with(query.with("end", timetoken));
    }

    /**
     * Sets whether to return the oldest messages rather than the newest; of no effect when both bounds are given.
     *
     * @param oldest whether to return the oldest
     * @return a call with this choice
     */
    public History reverse(boolean oldest) {
        return with(query.flag("reverse", oldest));
    }

    /**
     * Sets whether to include each message's timetoken; by default not.
     *
     * @param include whether to include it
     * @return a call with this choice
     */
    public History includeTimetoken(boolean include) {
        return with(query.flag(INCLUDE_TIMETOKEN, include));
    }

    /**
     * Sets whether to include the metadata of each message; by default not.
     *
     * @param include whether to include it
     * @return a call with this choice
     */
    public History includeMeta(boolean include) {
        return with(query.flag(INCLUDE_META, include));
    }

    @Override
    Request<Result> request() {
        String name = required(channel, "channel");
        Path path = Path.of("v2", "history", "sub-key", subscribeKey(), "channel", name);
        return Request.get(Operation.HISTORY, path, query, this::result).about(name);
    }

    private Result result(JsonNode json) {
        List<Entry> entries = new ArrayList<>();
        boolean wrapped = query.has(INCLUDE_TIMETOKEN) || query.has(INCLUDE_META);
        json.required(0)
                .forEach(entry -> entries.add(wrapped
                        ? new Entry(Fields.member(entry, "message"),
                                entry.has("timetoken") ? (Long) Fields.timetoken(entry.get("timetoken")) : null,
                                Fields.meta(entry, "meta"))
                        : new Entry(entry, null, null)));
        return new Result(entries, Fields.timetoken(json.required(1)), Fields.timetoken(json.required(2)));
    }
}
