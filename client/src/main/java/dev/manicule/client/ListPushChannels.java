package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.ArrayList;
import java.util.List;

/**
 * Gets the channels of which a device gets push notifications: all of them, in several requests where they are many.
 *
 * <pre>{@code
 * List<String> channels = client.listPushChannels(PushDevice.fcm(token)).sync().orThrow();
 * }</pre>
 *
 * @since 0.1
 */
public final class ListPushChannels extends PushRegistration<List<String>> {
    private static final int MOST_AT_ONCE = 1_000;

    ListPushChannels(Transport transport, PushDevice device) {
        super(transport, device);
    }

    @Override
    Request<List<String>> request() {
        return request(List.of());
    }

    /** A request for names behind those that are known. */
    private Request<List<String>> request(List<String> known) {
        String last = known.isEmpty() ? null : known.get(known.size() - 1);
        return Request.get(Operation.LIST_PUSH_CHANNELS, path(),
                query().with("count", MOST_AT_ONCE).with("start", last), json -> all(known, json))
                .then(all -> all.size() == known.size() + MOST_AT_ONCE ? request(all) : null);
    }

    private static List<String> all(List<String> known, JsonNode json) {
        if (!json.isArray()) {
            throw new IllegalArgumentException("no list of channels");
        }
        if (!known.isEmpty() && json.path(0).asText().equals(known.get(0))) {
            throw new IllegalArgumentException("the page behind " + known.get(known.size() - 1) + " begins anew");
        }
        List<String> all = new ArrayList<>(known);
        json.forEach(name -> all.add(name.asText()));
        return List.copyOf(all);
    }
}
