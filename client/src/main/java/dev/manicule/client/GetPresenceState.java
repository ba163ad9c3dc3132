package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gets the presence state of a user on channels: a JSON object for each. The result has the states by channel.
 *
 * <pre>{@code
 * JsonNode mood = client.getPresenceState("room").uuid("bob").sync().orThrow().get("room").get("mood");
 * }</pre>
 *
 * @since 0.1
 */
public final class GetPresenceState extends Call<Map<String, JsonNode>> {
    private final List<String> channels;
    private final String user;

    GetPresenceState(Transport transport, List<String> channels, String user) {
        super(transport);
        this.channels = channels;
        this.user = user;
    }

    /**
     * Adds channels. At least one is required.
     *
     * @param names the channels
     * @return a call with these channels too
     */
    public GetPresenceState channels(String... names) {
        return new GetPresenceState(transport, with(channels, List.of(names)), user);
    }

    /**
     * Sets the user; by default, the client's own.
     *
     * @param uuid the user, not empty
     * @return a call with this user
     */
    public GetPresenceState uuid(String uuid) {
        return new GetPresenceState(transport, channels, uuid);
    }

    @Override
    Request<Map<String, JsonNode>> request() {
        List<String> names = required(channels, "channel");
        return Request.get(Operation.GET_STATE, path(subscribeKey(), names, required(user, "uuid")), Query.NONE,
                this::states).about(names, List.of());
    }

    static Path path(String subscribeKey, List<String> channels, String user) {
        return Path.of("v2", "presence", "sub-key", subscribeKey, "channel", channels, "uuid", user);
    }

    private Map<String, JsonNode> states(JsonNode json) {
        JsonNode payload = Fields.member(json, "payload");
        if (channels.size() == 1) {
            return Map.of(channels.get(0), payload);
        }
        Map<String, JsonNode> states = new LinkedHashMap<>();
        Fields.member(payload, "channels").properties().forEach(one -> states.put(one.getKey(), one.getValue()));
        return Collections.unmodifiableMap(states);
    }
}
