package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.manicule.client.internal.Content;
import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.FileForm;
import dev.manicule.client.internal.Json;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.io.FileNotFoundException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends a file to a channel, and publishes a message that presents it. The file is never in memory as a whole.
 *
 * <pre>{@code
 * client.sendFile("room", Path.of("cat.png")).message("look").sync().orThrow();
 * }</pre>
 *
 * <p>These are three requests: for where to upload, the upload, and the message; the status is that of the first one that
 * fails. After {@link Operation#PUBLISH_FILE_MESSAGE} the file is there, and its request names it.
 *
 * @since 0.1
 */
public final class SendFile extends Call<SendFile.Result> {
    static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final String CONTENT_TYPE = "Content-Type";

    private final Source source;
    private final @Nullable String type;
    private final PublishFileMessage announcement;
    private final Duration timeout;

    /**
     * The file is on the channel.
     *
     * @param id of the file
     * @param name of the file
     * @param timetoken of the message that presents it, in 100-nanosecond steps since 1970
     * @since 0.1
     */
    public record Result(String id, String name, long timetoken) {}

    /**
     * What is sent.
     *
     * @param bytes makes what sends them, for each attempt
     */
    record Source(String channel, String name, Supplier<BodyPublisher> bytes) {
        /** The content of a file. */
        static Source of(String channel, Path path) {
            Path name = path.getFileName();
            return new Source(channel, name == null ? "" : name.toString(), () -> {
                try {
                    return BodyPublishers.ofFile(path);
                } catch (FileNotFoundException e) {
                    throw new IllegalArgumentException("the file can't be read: " + e.getMessage(), e);
                }
            });
        }

        /** What streams bring, each of so many bytes. */
        static Source of(String channel, String name, long size, Supplier<? extends InputStream> stream) {
            return new Source(channel, name,
                    () -> size == 0
                            ? BodyPublishers.noBody()
                            : BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(stream), size));
        }
    }

    SendFile(Transport transport, Source source) {
        this(transport, source, null, new PublishFileMessage(transport, new FileCall.File(source.channel, "", "")),
                TIMEOUT);
    }

    private SendFile(Transport transport, Source source, @Nullable String type, PublishFileMessage announcement,
            Duration timeout) {
        super(transport);
        this.source = source;
        this.type = type;
        this.announcement = announcement;
        this.timeout = timeout;
    }

    private SendFile with(PublishFileMessage changed) {
        return new SendFile(transport, source, type, changed, timeout);
    }

    /**
     * Sets the name of the file; by default, that of its path.
     *
     * @param text 1 to 255 characters, without slashes
     * @return a call with this name
     */
    public SendFile name(String text) {
        return new SendFile(transport, new Source(source.channel, text, source.bytes), type, announcement, timeout);
    }

    /**
     * Sets the media type of the file; by default, the one that its name lets expect.
     *
     * @param text such as {@code image/png}
     * @return a call with this type
     * @throws IllegalArgumentException when it can't be sent
     */
    public SendFile contentType(String text) {
        if (!required(text, "contentType").chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new IllegalArgumentException("contentType has characters that no media type has: " + text);
        }
        return new SendFile(transport, source, text, announcement, timeout);
    }

    /**
     * Sets how long the upload may take.
     *
     * @param atMost the time, 5 minutes by default
     * @return a call with this timeout
     */
    public SendFile timeout(Duration atMost) {
        return new SendFile(transport, source, type, announcement, atMost);
    }

    /**
     * Sets what to say with the file; by default, nothing.
     *
     * @param value anything that Jackson writes as JSON; it is written when the call is sent
     * @return a call with this message
     */
    public SendFile message(Object value) {
        return with(announcement.message(value));
    }

    /**
     * Sets the metadata of the message, for filters and for readers; by default it has none.
     *
     * @param value anything that Jackson writes as JSON; it is written when the call is sent
     * @return a call with this metadata
     */
    public SendFile meta(Object value) {
        return with(announcement.meta(value));
    }

    /**
     * Sets whether the message is stored in history; by default, as the keyset is configured.
     *
     * @param keep whether it is stored
     * @return a call with this choice
     */
    public SendFile shouldStore(boolean keep) {
        return with(announcement.shouldStore(keep));
    }

    /**
     * Sets how long the message is stored; by default, as long as the keyset stores messages. The file stays.
     *
     * @param hours the time in hours; servers accept fractions
     * @return a call with this time
     */
    public SendFile ttl(double hours) {
        return with(announcement.ttl(hours));
    }

    /**
     * Sets a name for the kind of message.
     *
     * @param name 3 to 50 letters, digits, dashes and underscores
     * @return a call with this name
     */
    public SendFile customMessageType(String name) {
        return with(announcement.customMessageType(name));
    }

    @Override
    Request<Result> request() {
        String channel = required(source.channel, "channel");
        String name = required(source.name, "name");
        BodyPublisher bytes = source.bytes.get();
        Request<Publish.Result> unused = announcement.of(new FileCall.File(channel, "id", name)).request();
        ObjectNode body = Json.MAPPER.createObjectNode().put("name", name);
        AtomicReference<Upload> upload = new AtomicReference<>();
        return Request.post(Operation.GENERATE_UPLOAD_URL,
                ListFiles.path(subscribeKey(), channel).and("generate-upload-url"), Query.NONE,
                Json.write(body, "name"), json -> {
                    JsonNode data = Fields.member(json, "data");
                    upload.set(new Upload(Fields.member(json, "file_upload_request")));
                    return new Result(Fields.text(data, "id"), Fields.text(data, "name"), 0);
                }).about(channel).then(accepted -> upload(upload.get(), accepted, bytes));
    }

    /** Where a file is uploaded, and the fields that stand before it. */
    private record Upload(URI url, Map<String, String> fields) {
        Upload(JsonNode json) {
            this(URI.create(Fields.text(json, "url")), new LinkedHashMap<>());
            Fields.member(json, "form_fields")
                    .forEach(field -> fields.put(Fields.text(field, "key"), Fields.text(field, "value")));
        }
    }

    private Request<Result> upload(Upload to, Result accepted, BodyPublisher bytes) {
        String guessed = type == null ? URLConnection.guessContentTypeFromName(accepted.name) : type;
        Map<String, String> fields = new LinkedHashMap<>(to.fields);
        if (guessed != null) {
            fields.computeIfPresent(CONTENT_TYPE, (key, before) -> guessed);
        }
        Content form = FileForm.of(fields, accepted.name, guessed == null ? "application/octet-stream" : guessed,
                bytes);
        return Request.upload(Operation.SEND_FILE, to.url, form, json -> accepted)
                .within(timeout)
                .about(source.channel)
                .then(this::announce);
    }

    private Request<Result> announce(Result uploaded) {
        return announcement.of(new FileCall.File(source.channel, uploaded.id, uploaded.name))
                .request(json -> new Result(uploaded.id, uploaded.name, Fields.timetoken(json.required(2))));
    }
}
