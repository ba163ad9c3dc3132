package dev.manicule.client;

import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.List;

/**
 * Puts channels into a group, or takes them out.
 *
 * <pre>{@code
 * client.addChannelsToChannelGroup("team", "team.general", "team.help").sync().orThrow();
 * }</pre>
 *
 * @since 0.1
 */
public final class ChangeChannelGroup extends Call<ChangeChannelGroup.Result> {
    private final boolean adds;
    private final String group;
    private final List<String> channels;

    /**
     * The change is made; the result is empty.
     *
     * @since 0.1
     */
    public record Result() {}

    ChangeChannelGroup(Transport transport, boolean adds, String group, List<String> channels) {
        super(transport);
        this.adds = adds;
        this.group = group;
        this.channels = channels;
    }

    /**
     * Adds channels to the change. At least one is required.
     *
     * @param names the channels
     * @return a call with these channels too
     */
    public ChangeChannelGroup channels(String... names) {
        return new ChangeChannelGroup(transport, adds, group, with(channels, List.of(names)));
    }

    @Override
    Request<Result> request() {
        String name = required(group, "channelGroup");
        List<String> names = required(channels, "channel");
        return Request.get(adds ? Operation.ADD_CHANNELS_TO_GROUP : Operation.REMOVE_CHANNELS_FROM_GROUP,
                ChannelGroup.path(subscribeKey()).and(name),
                Query.NONE.with(adds ? "add" : "remove", String.join(",", names)), json -> new Result())
                .about(names, List.of(name));
    }
}
