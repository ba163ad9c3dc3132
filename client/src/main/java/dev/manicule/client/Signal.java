package dev.manicule.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends a signal: up to 64 bytes of JSON, delivered to subscribers and never stored. By GET, the only way in the
 * protocol; if a connection breaks, a signal may come twice.
 */
public final class Signal extends Call<Publish.Result> {
    private final ClientConfig config;
    private @Nullable String channel;
    private @Nullable Object message;
    private @Nullable String customMessageType;

    Signal(Transport transport) {
        super(transport);
        config = transport.config();
    }

    /** The channel to send to. Required. */
    public Signal channel(String name) {
        channel = name;
        return this;
    }

    /** The signal: anything that Jackson writes as up to 64 bytes of JSON. Required. */
    public Signal message(Object value) {
        message = value;
        return this;
    }

    /** A name for the kind of signal: 3 to 50 letters, digits, dashes and underscores. */
    public Signal customMessageType(String name) {
        customMessageType = name;
        return this;
    }

    @Override
    Request<Publish.Result> request() {
        String name = required(channel, "channel");
        if (message == null) {
            throw new IllegalArgumentException("message is missing");
        }
        String path = "/signal/" + Request.encode(required(config.keys().publishKey(), "publishKey")) + "/"
                + Request.encode(config.keys().subscribeKey()) + "/0/" + Request.encode(name) + "/0/"
                + Request.encode(Transport.json(message, "message"));
        Request.Query query = new Request.Query().with("custom_message_type", customMessageType);
        return Request.get(Operation.SIGNAL, path, query, List.of(name),
                json -> new Publish.Result(Answers.timetoken(json.required(2))));
    }
}
