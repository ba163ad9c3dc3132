package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lists the channels of a group, deletes a group, or lists all groups; the result is names, in order.
 *
 * <pre>{@code
 * List<String> channels = client.listChannelsForChannelGroup("team").sync().orThrow();
 * }</pre>
 *
 * @since 0.1
 */
public final class ChannelGroup extends Call<List<String>> {
    private final Operation operation;
    private final @Nullable String group;

    ChannelGroup(Transport transport, Operation operation, @Nullable String group) {
        super(transport);
        this.operation = operation;
        this.group = group;
    }

    static Path path(String subscribeKey) {
        return Path.of("v1", "channel-registration", "sub-key", subscribeKey, "channel-group");
    }

    @Override
    Request<List<String>> request() {
        Path all = path(subscribeKey());
        if (operation == Operation.CHANNEL_GROUPS) {
            return request(all, json -> names(json, "groups"));
        }
        String name = required(group, "channelGroup");
        Request<List<String>> request = operation == Operation.REMOVE_GROUP
                ? request(all.and(name, "remove"), json -> List.of())
                : request(all.and(name), json -> names(json, "channels"));
        return request.about(List.of(), List.of(name));
    }

    private Request<List<String>> request(Path path, Request.Decoder<List<String>> decoder) {
        return Request.get(operation, path, Query.NONE, decoder);
    }

    private static List<String> names(JsonNode json, String member) {
        return Fields.texts(Fields.member(json, "payload"), member);
    }
}
