package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gets the users on channels: on those that are named, on those of groups, or, where none is named, on all channels.
 */
public final class HereNow extends Call<HereNow.Result> {
    private final String subscribeKey;
    private final List<String> channels = new ArrayList<>();
    private final List<String> groups = new ArrayList<>();
    private boolean uuids = true;
    private boolean states;

    /**
     * The users on the channels.
     *
     * @param channels those that were requested or that a user is on
     */
    public record Result(int totalOccupancy, Map<String, Channel> channels) {}

    /**
     * A channel.
     *
     * @param occupancy how many users are on it
     * @param occupants the users; empty when not requested
     */
    public record Channel(int occupancy, List<Occupant> occupants) {}

    /**
     * A user on a channel.
     *
     * @param state the user's presence state; null when there is none, or when it was not requested
     */
    public record Occupant(String uuid, @Nullable JsonNode state) {}

    HereNow(Transport transport) {
        super(transport);
        subscribeKey = transport.config().keys().subscribeKey();
    }

    /** The channels; a wildcard is requested as it is subscribed to. */
    public HereNow channels(String... names) {
        channels.addAll(List.of(names));
        return this;
    }

    /** The groups of the channels. */
    public HereNow channelGroups(String... names) {
        groups.addAll(List.of(names));
        return this;
    }

    /** Whether to include the users; otherwise only their number. */
    public HereNow includeUuids(boolean include) {
        uuids = include;
        return this;
    }

    /** Whether to include the presence states of the users. */
    public HereNow includeState(boolean include) {
        states = include;
        return this;
    }

    @Override
    Request<Result> request() {
        channels.forEach(name -> required(name, "channel"));
        String all = "/v2/presence/sub-key/" + Request.encode(subscribeKey);
        boolean everywhere = channels.isEmpty() && groups.isEmpty();
        String path = everywhere ? all : all + "/channel/" + (channels.isEmpty() ? "," : Request.encode(channels));
        Request.Query query = new Request.Query().with("disable_uuids", uuids ? null : "1")
                .with("state", states ? "1" : null)
                .with("channel-group", groups.isEmpty() ? null : String.join(",", groups));
        return Request.get(Operation.HERE_NOW, path, query, channels, groups, this::result);
    }

    private Result result(JsonNode json) {
        JsonNode payload = json.get("payload");
        if (payload == null) { // the response for one channel has a form of its own
            Channel channel = channel(json);
            return new Result(channel.occupancy(), Map.of(channels.get(0), channel));
        }
        Map<String, Channel> found = new LinkedHashMap<>();
        Answers.member(payload, "channels")
                .properties()
                .forEach(channel -> found.put(channel.getKey(), channel(channel.getValue())));
        return new Result(Answers.member(payload, "total_occupancy").asInt(), found);
    }

    private static Channel channel(JsonNode json) {
        List<Occupant> occupants = new ArrayList<>();
        json.path("uuids")
                .forEach(one -> occupants.add(one.isTextual()
                        ? new Occupant(one.asText(), null)
                        : new Occupant(Answers.text(one, "uuid"), one.get("state"))));
        return new Channel(Answers.member(json, "occupancy").asInt(), occupants);
    }
}
