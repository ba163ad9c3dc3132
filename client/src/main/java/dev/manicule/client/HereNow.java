package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks who is on channels: on those that are named, on those of groups, or, where none is named, on all there are. */
public final class HereNow extends Call<HereNow.Result> {
    private final String subscribeKey;
    private final List<String> channels = new ArrayList<>();
    private final List<String> groups = new ArrayList<>();
    private boolean uuids = true;
    private boolean states;

    /**
     * Who is where.
     *
     * @param channels those that were asked for or that somebody is on
     */
    public record Result(int totalOccupancy, Map<String, Channel> channels) {}

    /**
     * A channel.
     *
     * @param occupancy how many are on it
     * @param occupants who; empty when not asked for
     */
    public record Channel(int occupancy, List<Occupant> occupants) {}

    /**
     * Somebody on a channel.
     *
     * @param state what they say of themselves; null when nothing, or not asked for
     */
    public record Occupant(String uuid, @Nullable JsonNode state) {}

    HereNow(Transport transport) {
        super(transport);
        subscribeKey = transport.config().subscribeKey();
    }

    /** Which channels; wildcards are asked for as they are subscribed to. */
    public HereNow channels(String... names) {
        channels.addAll(List.of(names));
        return this;
    }

    /** The channels of which groups. */
    public HereNow channelGroups(String... names) {
        groups.addAll(List.of(names));
        return this;
    }

    /** Whether to say who; otherwise only how many. */
    public HereNow includeUuids(boolean include) {
        uuids = include;
        return this;
    }

    /** Whether to bring what they say of themselves. */
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
        if (payload == null) { // one channel is answered in a form of its own
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
