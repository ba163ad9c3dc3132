package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Json;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Publishes a message. Always by POST: an HTTP library may repeat a GET by itself when a connection breaks, and the
 * message would be published twice.
 *
 * <pre>{@code
 * long message = client.publish("room", Map.of("text", "hello")).meta(Map.of("lang", "en"))
 *         .sync().orThrow().timetoken();
 * }</pre>
 *
 * @since 0.1
 */
public final class Publish extends Call<Publish.Result> {
    private final Operation operation;
    private final @Nullable String channel;
    private final @Nullable Object message;
    private final @Nullable Object meta;
    private final Query query;

    /**
     * The published message.
     *
     * @param timetoken the message's own, in 100-nanosecond steps since 1970: it identifies the message in history and
     *        for actions
     * @since 0.1
     */
    public record Result(long timetoken) {}

    private Publish(Transport transport, Operation operation, @Nullable String channel, @Nullable Object message,
            @Nullable Object meta, Query query) {
        super(transport);
        this.operation = operation;
        this.channel = channel;
        this.message = message;
        this.meta = meta;
        this.query = query;
    }

    static Publish message(Transport transport, @Nullable String channel, @Nullable Object message) {
        return new Publish(transport, Operation.PUBLISH, channel, message, null, Query.NONE);
    }

    /** A fire, which only the server processes: it gets a timetoken, and is neither delivered nor stored. */
    static Publish fire(Transport transport, String channel, Object message) {
        return new Publish(transport, Operation.FIRE, channel, message, null, Query.NONE.flag("norep", true))
                .shouldStore(false);
    }

    private Publish with(Query changed) {
        return new Publish(transport, operation, channel, message, meta, changed);
    }

    /**
     * Sets the channel to publish to. Required.
     *
     * @param name the channel, not empty
     * @return a call with this channel
     */
    public Publish channel(String name) {
        return new Publish(transport, operation, name, message, meta, query);
    }

    /**
     * Sets the message. Required.
     *
     * @param value anything that Jackson writes as JSON, such as a string, a number, a map, a list, a record or a
     *        JsonNode; or {@link RawJson}. It is written when the call is sent
     * @return a call with this message
     */
    public Publish message(Object value) {
        return new Publish(transport, operation, channel, value, meta, query);
    }

    /**
     * Sets the metadata of the message, for filters and for readers; by default it has none.
     *
     * @param value anything that Jackson writes as JSON; it is written when the call is sent
     * @return a call with this metadata
     */
    public Publish meta(Object value) {
        return new Publish(transport, operation, channel, message, value, query);
    }

    /**
     * Sets whether the message is stored in history; by default, as the keyset is configured.
     *
     * @param keep whether it is stored
     * @return a call with this choice
     */
    public Publish shouldStore(boolean keep) {
        return with(query.with("store", keep ? "1" : "0"));
    }

    /**
     * Sets how long the message is stored; by default, as long as the keyset stores messages.
     *
     * @param hours the time in hours; servers accept fractions
     * @return a call with this time
     */
    public Publish ttl(double hours) {
        return with(query.with("ttl", hours));
    }

    /**
     * Sets a name for the kind of message.
     *
     * @param name 3 to 50 letters, digits, dashes and underscores
     * @return a call with this name
     */
    public Publish customMessageType(String name) {
        return with(query.with("custom_message_type", name));
    }

    @Override
    Request<Result> request() {
        String name = required(channel, "channel");
        if (message == null) {
            throw new IllegalArgumentException("message is missing");
        }
        Path path = Path.of("publish", required(transport.config().keys().publishKey(), "publishKey"),
                subscribeKey(), 0, name, 0);
        Query all = meta == null ? query : query.with("meta", Json.write(meta, "meta"));
        return Request.post(operation, path, all, Json.write(message, "message"),
                json -> new Result(Fields.timetoken(json.required(2)))).about(name);
    }
}
