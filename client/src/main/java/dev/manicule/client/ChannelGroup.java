package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists the channels of a group, deletes a group, or lists all groups; the result is names, in order. */
public final class ChannelGroup extends Call<List<String>> {
    private final String subscribeKey;
    private final Operation operation;
    private @Nullable String group;

    ChannelGroup(Transport transport, Operation operation) {
        super(transport);
        subscribeKey = transport.config().keys().subscribeKey();
        this.operation = operation;
    }

    /** The group. Required, unless all groups are listed. */
    public ChannelGroup channelGroup(String name) {
        group = name;
        return this;
    }

    @Override
    Request<List<String>> request() {
        String all = path(subscribeKey);
        return switch (operation) {
            case CHANNEL_GROUPS -> request(all, json -> names(json, "groups"));
            case REMOVE_GROUP -> request(one(all) + "/remove", json -> List.of());
            default -> request(one(all), json -> names(json, "channels"));
        };
    }

    static String path(String subscribeKey) {
        return "/v1/channel-registration/sub-key/" + Request.encode(subscribeKey) + "/channel-group";
    }

    private String one(String all) {
        return all + "/" + Request.encode(required(group, "channelGroup"));
    }

    private Request<List<String>> request(String path, Request.Decoder<List<String>> decoder) {
        return Request.get(operation, path, new Request.Query(), List.of(), group == null ? List.of() : List.of(group),
                decoder);
    }

    private static List<String> names(JsonNode json, String member) {
        List<String> names = new ArrayList<>();
        Answers.member(Answers.member(json, "payload"), member).forEach(name -> names.add(name.asText()));
        return names;
    }
}
