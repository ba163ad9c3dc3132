package dev.manicule.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Publishes a message. Always by POST: an HTTP library may repeat a GET by itself when a connection breaks, and the
 * message would be published twice.
 */
public final class Publish extends Call<Publish.Result> {
    private final ClientConfig config;
    private @Nullable String channel;
    private @Nullable Object message;
    private @Nullable Object meta;
    private @Nullable Boolean store;
    private @Nullable String customMessageType;
    private @Nullable Double ttlHours;
    private boolean fires;

    /**
     * The published message.
     *
     * @param timetoken the message's own: it identifies the message in history and for actions
     */
    public record Result(long timetoken) {}

    Publish(Transport transport) {
        super(transport);
        config = transport.config();
    }

    /** The channel to publish to. Required. */
    public Publish channel(String name) {
        channel = name;
        return this;
    }

    /**
     * The message: anything that Jackson writes as JSON, such as a string, a number, a map, a list, a record or a
     * JsonNode; or {@link RawJson}.
     */
    public Publish message(Object value) {
        message = value;
        return this;
    }

    /** Metadata of the message, for filters and for readers. */
    public Publish meta(Object value) {
        meta = value;
        return this;
    }

    /** Whether it is stored in history; by default, as the keyset is configured. */
    public Publish shouldStore(boolean keep) {
        store = keep;
        return this;
    }

    /** Makes it a fire, which only the server processes: it gets a timetoken, and is neither delivered nor stored. */
    Publish fires() {
        fires = true;
        return shouldStore(false);
    }

    /** How long it is stored, in hours; by default, as long as the keyset stores messages. */
    public Publish ttl(double hours) {
        ttlHours = hours;
        return this;
    }

    /** A name for the kind of message: 3 to 50 letters, digits, dashes and underscores. */
    public Publish customMessageType(String name) {
        customMessageType = name;
        return this;
    }

    @Override
    Request<Result> request() {
        String name = required(channel, "channel");
        if (message == null) {
            throw new IllegalArgumentException("message is missing");
        }
        String path = "/publish/" + Request.encode(required(config.keys().publishKey(), "publishKey")) + "/"
                + Request.encode(config.keys().subscribeKey()) + "/0/" + Request.encode(name) + "/0";
        Request.Query query = new Request.Query().with("meta", meta == null ? null : Transport.json(meta, "meta"))
                .with("store", store == null ? null : store ? "1" : "0")
                .with("ttl", ttlHours)
                .flag("norep", fires)
                .with("custom_message_type", customMessageType);
        return new Request<>(fires ? Operation.FIRE : Operation.PUBLISH, "POST", path, query.parameters(),
                Transport.json(message, "message"), null,
                List.of(name), json -> new Result(Answers.timetoken(json.required(2))));
    }
}
