package dev.manicule.client;

import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Takes actions off a message by their types and values, without their timetokens: the part that
 * {@link RemoveMessageActionByValue} and {@link RemoveMessageActions} share.
 *
 * @param <C> the call itself
 * @param <R> the type of its result
 * @since 0.1
 */
public abstract sealed class ActionRemoval<C extends ActionRemoval<C, R>, R> extends Call<R>
        permits RemoveMessageActionByValue, RemoveMessageActions {
    final @Nullable String channel;
    final @Nullable Long messageTimetoken;
    final Query query;

    ActionRemoval(Transport transport, @Nullable String channel, @Nullable Long messageTimetoken, Query query) {
        super(transport);
        this.channel = channel;
        this.messageTimetoken = messageTimetoken;
        this.query = query;
    }

    /** The same call with another channel, message and query. */
    abstract C with(@Nullable String name, @Nullable Long timetoken, Query changed);

    private C with(String name, @Nullable String text) {
        return with(channel, messageTimetoken, query.with(name, text));
    }

    /** A null selects nothing, and must not become a call that selects everything. */
    private C withPresent(String name, @Nullable String text) {
        return with(name, text == null ? "" : text);
    }

    /** The path of the actions on the message, once all that is set is known to be valid. */
    final Path path() {
        for (String text : new String[]{"type", "value", "of"}) {
            if (query.has(text)) {
                String unused = required(query.get(text), text.equals("of") ? "uuid" : text);
            }
        }
        return ActionOnMessage.path(subscribeKey(), required(channel, "channel"), messageTimetoken);
    }

    /**
     * Sets the channel of the message. Required.
     *
     * @param name the channel, not empty
     * @return a call with this channel
     */
    public C channel(String name) {
        return with(name, messageTimetoken, query);
    }

    /**
     * Sets the message of the actions. Required.
     *
     * @param timetoken the message's, in 100-nanosecond steps since 1970
     * @return a call with this message
     */
    public C messageTimetoken(long timetoken) {
        return with(channel, timetoken, query);
    }

    /**
     * Sets the type of the actions. {@link RemoveMessageActionByValue} requires it; {@link RemoveMessageActions} removes
     * actions of all types by default.
     *
     * @param of the type, such as {@code reaction}, not empty
     * @return a call with this type
     */
    public C type(String of) {
        return withPresent("type", of);
    }

    /**
     * Sets the value of the actions. {@link RemoveMessageActionByValue} requires it; {@link RemoveMessageActions} removes
     * actions of all values by default, and needs a {@link #type} for a value.
     *
     * @param of the value, such as {@code wave}, not empty
     * @return a call with this value
     */
    public C value(String of) {
        return withPresent("value", of);
    }

    /**
     * Sets the owner of the actions; by default, the client's own user. To remove actions of another user, the client
     * needs the secret key.
     *
     * @param owner the user that put them there, not empty; null for the client's own
     * @return a call for actions of this user
     */
    public C uuid(@Nullable String owner) {
        return with("of", owner);
    }
}
