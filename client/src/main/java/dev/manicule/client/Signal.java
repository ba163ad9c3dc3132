package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Json;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Sends a signal: up to 64 bytes of JSON, delivered to subscribers and never stored. By GET, the only way in the
 * protocol; if a connection breaks, a signal may come twice.
 *
 * <pre>{@code
 * client.signal("room", "typing").sync().orThrow();
 * }</pre>
 *
 * @since 0.1
 */
public final class Signal extends Call<Publish.Result> {
    private final @Nullable String channel;
    private final @Nullable Object message;
    private final Query query;

    Signal(Transport transport, @Nullable String channel, @Nullable Object message) {
        this(transport, channel, message, Query.NONE);
    }

    private Signal(Transport transport, @Nullable String channel, @Nullable Object message, Query query) {
        super(transport);
        this.channel = channel;
        this.message = message;
        this.query = query;
    }

    /**
     * Sets the channel to send to. Required.
     *
     * @param name the channel, not empty
     * @return a call with this channel
     */
    public Signal channel(String name) {
        return new Signal(transport, name, message, query);
    }

    /**
     * Sets the signal. Required.
     *
     * @param value anything that Jackson writes as up to 64 bytes of JSON; it is written when the call is sent
     * @return a call with this signal
     */
    public Signal message(Object value) {
        return new Signal(transport, channel, value, query);
    }

    /**
     * Sets a name for the kind of signal.
     *
     * @param name 3 to 50 letters, digits, dashes and underscores
     * @return a call with this name
     */
    public Signal customMessageType(String name) {
        return new Signal(transport, channel, message, query.with("custom_message_type", name));
    }

    @Override
    Request<Publish.Result> request() {
        String name = required(channel, "channel");
        if (message == null) {
            throw new IllegalArgumentException("message is missing");
        }
        Path path = Path.of("signal", required(transport.config().keys().publishKey(), "publishKey"), subscribeKey(),
                0, name, 0, Json.write(message, "message"));
        return Request.get(Operation.SIGNAL, path, query,
                json -> new Publish.Result(Fields.timetoken(json.required(2)))).about(name);
    }
}
