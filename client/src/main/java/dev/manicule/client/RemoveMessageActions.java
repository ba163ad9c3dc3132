package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Takes many actions off a message: all of the user, or those of a type, or that of a type and a value; with the secret
 * key, also those of another user or of all users. Its result says how many.
 *
 * <pre>{@code
 * long removed = moderator.removeMessageActions("room", message).type("reaction").everyone().sync().orThrow().removed();
 * }</pre>
 *
 * <p>To remove none is no error. The server removes a hundred at one moment, and other requests come in between. After a
 * failure the same call removes what is left. Where the keyset has types of which only its owner removes actions, others
 * have to set a {@link #type}.
 *
 * @since 0.1
 */
public final class RemoveMessageActions extends ActionRemoval<RemoveMessageActions, RemoveMessageActions.Result> {
    private static final String EVERYONE = "everyone";

    /**
     * What was removed.
     *
     * @param removed how many actions, 0 or more; where the client had to repeat the request, those that the last attempt
     *        removed
     * @since 0.1
     */
    public record Result(long removed) {}

    RemoveMessageActions(Transport transport) {
        this(transport, null, null, Query.NONE);
    }

    private RemoveMessageActions(Transport transport, @Nullable String channel, @Nullable Long messageTimetoken,
            Query query) {
        super(transport, channel, messageTimetoken, query);
    }

    @Override
    RemoveMessageActions with(@Nullable String name, @Nullable Long timetoken, Query changed) {
        return new RemoveMessageActions(transport, name, timetoken, changed);
    }

    /**
     * Removes the actions of all users. The client needs the secret key. Excludes {@link #uuid}.
     *
     * @return a call for the actions of all users
     */
    public RemoveMessageActions everyone() {
        return with(channel, messageTimetoken, query.flag(EVERYONE, true));
    }

    @Override
    Request<Result> request() {
        String name = required(channel, "channel");
        if (query.has("value") && !query.has("type")) {
            throw new IllegalArgumentException("type is missing: a value alone selects no actions");
        }
        if (query.has("of") && query.has(EVERYONE)) {
            throw new IllegalArgumentException("uuid and everyone exclude each other: leave one out");
        }
        return Request.delete(Operation.REMOVE_MESSAGE_ACTIONS, path().and("actions"), query,
                json -> new Result(Fields.number(json, "removed"))).about(name);
    }
}
