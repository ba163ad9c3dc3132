package dev.manicule.client;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts channels into a group, or takes them out. */
public final class ChangeChannelGroup extends Call<ChangeChannelGroup.Result> {
    private final String subscribeKey;
    private final boolean adds;
    private final List<String> channels = new ArrayList<>();
    private @Nullable String group;

    /** The change is made; the result is empty. */
    public record Result() {}

    ChangeChannelGroup(Transport transport, boolean adds) {
        super(transport);
        subscribeKey = transport.config().keys().subscribeKey();
        this.adds = adds;
    }

    /** Which group; it is made where there is none. Required. */
    public ChangeChannelGroup channelGroup(String name) {
        group = name;
        return this;
    }

    /** Which channels. At least one is required. */
    public ChangeChannelGroup channels(String... names) {
        channels.addAll(List.of(names));
        return this;
    }

    @Override
    Request<Result> request() {
        String name = required(group, "channelGroup");
        String path = ChannelGroup.path(subscribeKey) + "/" + Request.encode(name);
        if (channels.isEmpty()) {
            throw new IllegalArgumentException("channel is missing");
        }
        channels.forEach(channel -> required(channel, "channel"));
        Request.Query query = new Request.Query().with(adds ? "add" : "remove", String.join(",", channels));
        return Request.get(adds ? Operation.ADD_CHANNELS_TO_GROUP : Operation.REMOVE_CHANNELS_FROM_GROUP, path, query,
                channels, List.of(name), json -> new Result());
    }
}
