package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gets the users on channels: on those that are named, on those of groups, or, where none is named, on all channels.
 *
 * <pre>{@code
 * int users = client.hereNow("room").sync().orThrow().totalOccupancy();
 * }</pre>
 *
 * @since 0.1
 */
public final class HereNow extends Call<HereNow.Result> {
    private final List<String> channels;
    private final List<String> groups;
    private final Query query;

    /**
     * The users on the channels.
     *
     * @param totalOccupancy how many users are on them, added up
     * @param channels those that were requested or that a user is on
     * @since 0.1
     */
    public record Result(int totalOccupancy, Map<String, Channel> channels) {}

    /**
     * A channel.
     *
     * @param occupancy how many users are on it
     * @param occupants the users; empty when not requested
     * @since 0.1
     */
    public record Channel(int occupancy, List<Occupant> occupants) {}

    /**
     * A user on a channel.
     *
     * @param uuid the user
     * @param state the user's presence state; null when there is none, or when it was not requested
     * @since 0.1
     */
    public record Occupant(String uuid, @Nullable JsonNode state) {}

    HereNow(Transport transport) {
        this(transport, List.of(), List.of(), Query.NONE);
    }

    private HereNow(Transport transport, List<String> channels, List<String> groups, Query query) {
        super(transport);
        this.channels = channels;
        this.groups = groups;
        this.query = query;
    }

    /**
     * Adds channels.
     *
     * @param names the channels; a wildcard is requested as it is subscribed to
     * @return a call with these channels too
     */
    public HereNow channels(String... names) {
        return new HereNow(transport, with(channels, List.of(names)), groups, query);
    }

    /**
     * Adds the channels of groups.
     *
     * @param names the groups
     * @return a call with these groups too
     */
    public HereNow channelGroups(String... names) {
        return new HereNow(transport, channels, with(groups, List.of(names)), query);
    }

    /**
     * Sets whether to include the users; by default so.
     *
     * @param include whether to include them; otherwise only their number
     * @return a call with this choice
     */
    public HereNow includeUuids(boolean include) {
        return new HereNow(transport, channels, groups, query.with("disable_uuids", include ? null : "1"));
    }

    /**
     * Sets whether to include the presence states of the users; by default not.
     *
     * @param include whether to include them
     * @return a call with this choice
     */
    public HereNow includeState(boolean include) {
        return new HereNow(transport, channels, groups, query.with("state", include ? "1" : null));
    }

    @Override
    Request<Result> request() {
        Path all = Path.of("v2", "presence", "sub-key", subscribeKey());
        boolean everywhere = channels.isEmpty() && groups.isEmpty();
        Path path = everywhere ? all : all.and("channel", checked(channels, "channel"));
        return Request.get(Operation.HERE_NOW, path,
                query.with("channel-group", groups.isEmpty() ? null : String.join(",", groups)), this::result)
                .about(channels, groups);
    }

    private Result result(JsonNode json) {
        JsonNode payload = json.get("payload");
        if (payload == null) { // the response for one channel has a form of its own
            Channel channel = channel(json);
            return new Result(channel.occupancy(), Map.of(channels.get(0), channel));
        }
        Map<String, Channel> found = new LinkedHashMap<>();
        Fields.member(payload, "channels")
                .properties()
                .forEach(channel -> found.put(channel.getKey(), channel(channel.getValue())));
        return new Result(Fields.member(payload, "total_occupancy").asInt(), Collections.unmodifiableMap(found));
    }

    private static Channel channel(JsonNode json) {
        List<Occupant> occupants = new ArrayList<>();
        json.path("uuids")
                .forEach(one -> occupants.add(one.isTextual()
                        ? new Occupant(one.asText(), null)
                        : new Occupant(Fields.text(one, "uuid"), one.get("state"))));
        return new Channel(Fields.member(json, "occupancy").asInt(), Collections.unmodifiableList(occupants));
    }
}
