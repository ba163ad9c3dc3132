package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * A file was sent to a channel.
 *
 * @param published the message that presents it, with the whole of what was published
 * @param id of the file, for {@link ManiculeClient#downloadFile}
 * @param name of the file
 * @see SendFile
 * @since 0.1
 */
public record FileEvent(MessageEvent published, String id, String name) implements Event {
    /**
     * The channel that it was sent to.
     *
     * @return its name
     */
    public String channel() {
        return published.channel();
    }

    /**
     * What was said with the file.
     *
     * @return null when nothing was
     */
    public @Nullable JsonNode message() {
        JsonNode message = published.message().get("message");
        return message == null || message.isNull() ? null : message;
    }

    @Override
    public void deliverTo(Listener listener) {
        listener.file(this);
    }
}
