package dev.manicule.client.internal;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;

/**
 * What a request sends.
 *
 * @param type its media type
 * @param publisher sends it, from the beginning each time
 * @param signed the part of it that signatures cover
 */
public record Content(String type, BodyPublisher publisher, String signed) {
    /** A text of JSON. */
    static Content json(String text) {
        return new Content("application/json; charset=UTF-8", BodyPublishers.ofString(text), text);
    }
}
