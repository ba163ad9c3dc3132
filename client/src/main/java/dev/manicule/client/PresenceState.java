package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sets or gets the presence state of a user on channels: a JSON object for each, kept as long as the user is there. The
 * result has the states by channel.
 */
public final class PresenceState extends Call<Map<String, JsonNode>> {
    private final String subscribeKey;
    private final boolean sets;
    private final List<String> channels = new ArrayList<>();
    private String who;
    private @Nullable Object state;

    PresenceState(Transport transport, boolean sets) {
        super(transport);
        subscribeKey = transport.config().keys().subscribeKey();
        who = transport.config().uuid();
        this.sets = sets;
    }

    /** The channels. At least one is required. */
    public PresenceState channels(String... names) {
        channels.addAll(List.of(names));
        return this;
    }

    /** The user; by default, the client's own. */
    public PresenceState uuid(String uuid) {
        who = uuid;
        return this;
    }

    /** The state: anything that Jackson writes as a JSON object. Required to set it. */
    public PresenceState state(Object value) {
        state = value;
        return this;
    }

    @Override
    Request<Map<String, JsonNode>> request() {
        if (channels.isEmpty()) {
            throw new IllegalArgumentException("channel is missing");
        }
        channels.forEach(name -> required(name, "channel"));
        String path = "/v2/presence/sub-key/" + Request.encode(subscribeKey) + "/channel/" + Request.encode(channels)
                + "/uuid/" + Request.encode(required(who, "uuid"));
        if (!sets) {
            return Request.get(Operation.GET_STATE, path, new Request.Query(), channels, this::states);
        }
        if (state == null) {
            throw new IllegalArgumentException("state is missing");
        }
        Request.Query query = new Request.Query().with("state", Transport.json(state, "state"));
        return Request.get(Operation.SET_STATE, path + "/data", query, channels, json -> {
            Map<String, JsonNode> states = new LinkedHashMap<>();
            channels.forEach(name -> states.put(name, Answers.member(json, "payload")));
            return states;
        });
    }

    private Map<String, JsonNode> states(JsonNode json) {
        JsonNode payload = Answers.member(json, "payload");
        if (channels.size() == 1) {
            return Map.of(channels.get(0), payload);
        }
        Map<String, JsonNode> states = new LinkedHashMap<>();
        Answers.member(payload, "channels").properties().forEach(one -> states.put(one.getKey(), one.getValue()));
        return states;
    }
}
