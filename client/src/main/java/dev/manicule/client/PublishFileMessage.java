package dev.manicule.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Json;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Publishes a message that presents a file. {@link SendFile} does it at its end; alone, it presents a file once more, or
 * one whose message failed.
 *
 * <pre>{@code
 * client.publishFileMessage("room", file.id(), file.name()).message("look").sync().orThrow();
 * }</pre>
 *
 * @since 0.1
 */
public final class PublishFileMessage extends Call<Publish.Result> {
    private final FileCall.File file;
    private final @Nullable Object message;
    private final @Nullable Object meta;
    private final Query query;

    PublishFileMessage(Transport transport, FileCall.File file) {
        this(transport, file, null, null, Query.NONE);
    }

    private PublishFileMessage(Transport transport, FileCall.File file, @Nullable Object message,
            @Nullable Object meta, Query query) {
        super(transport);
        this.file = file;
        this.message = message;
        this.meta = meta;
        this.query = query;
    }

    private PublishFileMessage with(Query changed) {
        return new PublishFileMessage(transport, file, message, meta, changed);
    }

    /** The same message of another file. */
    PublishFileMessage of(FileCall.File other) {
        return new PublishFileMessage(transport, other, message, meta, query);
    }

    /**
     * Sets what to say with the file; by default, nothing.
     *
     * @param value anything that Jackson writes as JSON; it is written when the call is sent
     * @return a call with this message
     */
    public PublishFileMessage message(Object value) {
        return new PublishFileMessage(transport, file, value, meta, query);
    }

    /**
     * Sets the metadata of the message, for filters and for readers; by default it has none.
     *
     * @param value anything that Jackson writes as JSON; it is written when the call is sent
     * @return a call with this metadata
     */
    public PublishFileMessage meta(Object value) {
        return new PublishFileMessage(transport, file, message, value, query);
    }

    /**
     * Sets whether the message is stored in history; by default, as the keyset is configured.
     *
     * @param keep whether it is stored
     * @return a call with this choice
     */
    public PublishFileMessage shouldStore(boolean keep) {
        return with(query.with("store", keep ? "1" : "0"));
    }

    /**
     * Sets how long the message is stored; by default, as long as the keyset stores messages. The file stays.
     *
     * @param hours the time in hours; servers accept fractions
     * @return a call with this time
     */
    public PublishFileMessage ttl(double hours) {
        return with(query.with("ttl", hours));
    }

    /**
     * Sets a name for the kind of message.
     *
     * @param name 3 to 50 letters, digits, dashes and underscores
     * @return a call with this name
     */
    public PublishFileMessage customMessageType(String name) {
        return with(query.with("custom_message_type", name));
    }

    @Override
    Request<Publish.Result> request() {
        return request(json -> new Publish.Result(Fields.timetoken(json.required(2))));
    }

    <R> Request<R> request(Request.Decoder<R> decoder) {
        String channel = required(file.channel(), "channel");
        ObjectNode content = Json.MAPPER.createObjectNode();
        if (message != null) {
            content.set("message", Json.MAPPER.valueToTree(message));
        }
        content.putObject("file").put("id", required(file.id(), "id")).put("name", required(file.name(), "name"));
        Path path = Path.of("v1", "files", "publish-file",
                required(transport.config().keys().publishKey(), "publishKey"), subscribeKey(), 0, channel, 0,
                Json.write(content, "message"));
        Query all = meta == null ? query : query.with("meta", Json.write(meta, "meta"));
        return Request.get(Operation.PUBLISH_FILE_MESSAGE, path, all, decoder).about(channel);
    }
}
