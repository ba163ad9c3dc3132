package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Json;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sets the presence state of a user on channels: a JSON object, kept as long as the user is there. The result has the
 * states by channel.
 *
 * <pre>{@code
 * client.setPresenceState(Map.of("mood", "happy"), "room").sync().orThrow();
 * }</pre>
 *
 * @since 0.1
 */
public final class SetPresenceState extends Call<Map<String, JsonNode>> {
    private final Object state;
    private final List<String> channels;
    private final String user;

    SetPresenceState(Transport transport, Object state, List<String> channels, String user) {
        super(transport);
        this.state = state;
        this.channels = channels;
        this.user = user;
    }

    /**
     * Adds channels. At least one is required.
     *
     * @param names the channels
     * @return a call with these channels too
     */
    public SetPresenceState channels(String... names) {
        return new SetPresenceState(transport, state, with(channels, List.of(names)), user);
    }

    /**
     * Sets the user; by default, the client's own.
     *
     * @param uuid the user, not empty
     * @return a call with this user
     */
    public SetPresenceState uuid(String uuid) {
        return new SetPresenceState(transport, state, channels, uuid);
    }

    @Override
    Request<Map<String, JsonNode>> request() {
        List<String> names = required(channels, "channel");
        Query query = Query.NONE.with("state", Json.write(state, "state"));
        return Request.get(Operation.SET_STATE,
                GetPresenceState.path(subscribeKey(), names, required(user, "uuid")).and("data"), query, json -> {
                    Map<String, JsonNode> states = new LinkedHashMap<>();
                    names.forEach(name -> states.put(name, Fields.member(json, "payload")));
                    return Collections.unmodifiableMap(states);
                }).about(names, List.of());
    }
}
