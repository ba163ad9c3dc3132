package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the stored messages of one channel, in the older form; {@link FetchMessages} can do more. */
public final class History extends Call<History.Result> {
    private final String subscribeKey;
    private @Nullable String channel;
    private @Nullable Integer count;
    private @Nullable Long start;
    private @Nullable Long end;
    private boolean reverse;
    private boolean timetokens;
    private boolean meta;

    /**
     * Messages, ascending.
     *
     * @param startTimetoken of the first, 0 when there are none
     * @param endTimetoken of the last, 0 when there are none
     */
    public record Result(List<Entry> messages, long startTimetoken, long endTimetoken) {}

    /**
     * A stored message.
     *
     * @param timetoken null unless requested
     * @param meta null when there is none, or when it was not requested
     */
    public record Entry(JsonNode message, @Nullable Long timetoken, @Nullable JsonNode meta) {}

    History(Transport transport) {
        super(transport);
        subscribeKey = transport.config().keys().subscribeKey();
    }

    /** The channel. Required. */
    public History channel(String name) {
        channel = name;
        return this;
    }

    /** The most messages, 1 to 100; 100 by default. */
    public History count(int most) {
        count = most;
        return this;
    }

    /** The bound that is excluded. */
    public History start(long timetoken) {
        start = timetoken;
        return this;
    }

    /** The bound that is included. */
    public History end(long timetoken) {
        end = timetoken;
        return this;
    }

    /** Whether to return the oldest messages rather than the newest; of no effect when both bounds are given. */
    public History reverse(boolean oldest) {
        reverse = oldest;
        return this;
    }

    /** Whether to include each message's timetoken; by default not. */
    public History includeTimetoken(boolean include) {
        timetokens = include;
        return this;
    }

    /** Whether to include the metadata of each message; by default not. */
    public History includeMeta(boolean include) {
        meta = include;
        return this;
    }

    @Override
    Request<Result> request() {
        String name = required(channel, "channel");
        String path = "/v2/history/sub-key/" + Request.encode(subscribeKey) + "/channel/" + Request.encode(name);
        Request.Query query = new Request.Query().with("count", count)
                .with("start", start)
                .with("end", end)
                .flag("reverse", reverse)
                .flag("include_token", timetokens)
                .flag("include_meta", meta);
        return Request.get(Operation.HISTORY, path, query, List.of(name), this::result);
    }

    private Result result(JsonNode json) {
        List<Entry> entries = new ArrayList<>();
        boolean wrapped = timetokens || meta;
        json.required(0)
                .forEach(entry -> entries.add(wrapped
                        ? new Entry(Answers.member(entry, "message"),
                                entry.has("timetoken") ? (Long) Answers.timetoken(entry.get("timetoken")) : null,
                                Answers.meta(entry, "meta"))
                        : new Entry(entry, null, null)));
        return new Result(entries, Answers.timetoken(json.required(1)), Answers.timetoken(json.required(2)));
    }
}
