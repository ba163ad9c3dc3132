package dev.manicule.client;

import java.util.ArrayList;
import java.util.List;

/** Gets the channels that a user is on; by default, the client's own user. */
public final class WhereNow extends Call<List<String>> {
    private final String subscribeKey;
    private String who;

    WhereNow(Transport transport) {
        super(transport);
        subscribeKey = transport.config().keys().subscribeKey();
        who = transport.config().uuid();
    }

    /** The user. */
    public WhereNow uuid(String uuid) {
        who = uuid;
        return this;
    }

    @Override
    Request<List<String>> request() {
        String path = "/v2/presence/sub-key/" + Request.encode(subscribeKey) + "/uuid/"
                + Request.encode(required(who, "uuid"));
        return Request.get(Operation.WHERE_NOW, path, new Request.Query(), List.of(), json -> {
            List<String> channels = new ArrayList<>();
            Answers.member(Answers.member(json, "payload"), "channels").forEach(name -> channels.add(name.asText()));
            return channels;
        });
    }
}
