package dev.manicule.client.internal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.client.Category;
import dev.manicule.client.ClientConfig;
import dev.manicule.client.Envelope;
import dev.manicule.client.Operation;
import dev.manicule.client.Status;
import dev.manicule.client.Status.Affected;
import dev.manicule.client.Status.ErrorData;
import dev.manicule.client.Status.Exchange;
import dev.manicule.client.Status.Sender;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes envelopes from responses, and from their absence.
 *
 * @param token the token that the client sends, null for none
 */
record ResponseReader(ClientConfig config, @Nullable String token) {
    private static final Pattern STORAGE_MESSAGE = Pattern.compile("<Message>([^<]*)</Message>");

    /** The envelope of a response. */
    <R> Envelope<R> received(OutgoingRequest<R> outgoing, HttpResponse<byte[]> response) {
        int code = response.statusCode();
        String origin = config.server().origin();
        JsonNode json;
        try {
            json = code == HttpStatus.TEMPORARY_REDIRECT ? location(response) : Json.MAPPER.readTree(response.body());
        } catch (IOException e) {
            String said = ofStorage(response);
            if (said != null) {
                return error(outgoing, response, HttpStatus.category(code), new ErrorData(said, null));
            }
            Category category = code == HttpStatus.OK ? Category.MALFORMED_RESPONSE : HttpStatus.category(code);
            return error(outgoing, response, category,
                    new ErrorData("the answer (" + code + ") is not JSON: is " + origin + " a Manicule?", e));
        }
        if (code != outgoing.request().response().status()) {
            String words = json.isMissingNode()
                    ? origin + " answered " + code + " (" + HttpStatus.words(code) + "), and did not say why"
                    : message(json);
            Category category = code == HttpStatus.OK ? Category.MALFORMED_RESPONSE : HttpStatus.category(code);
            return error(outgoing, response, category, Fields.error(code, words, json));
        }
        try {
            R result = outgoing.request().decoder().decode(json);
            return new Envelope<>(result, status(outgoing, Category.ACKNOWLEDGMENT, code, null, null));
        } catch (RuntimeException e) {
            return error(outgoing, response, Category.MALFORMED_RESPONSE,
                    new ErrorData("the answer is not as expected: " + e.getMessage(), e));
        }
    }

    /** Where a redirection leads, as JSON. */
    private static JsonNode location(HttpResponse<?> response) {
        return Json.MAPPER.createObjectNode().put("location", response.headers().firstValue("Location").orElse(null));
    }

    /** The message of an error in the form of stores of files; null when it is none. */
    private static @Nullable String ofStorage(HttpResponse<byte[]> response) {
        Matcher matcher = STORAGE_MESSAGE.matcher(new String(response.body(), StandardCharsets.UTF_8));
        return matcher.find()
                ? matcher.group(1)
                        .replace("&quot;", "\"")
                        .replace("&apos;", "'")
                        .replace("&lt;", "<")
                        .replace("&gt;", ">")
                        .replace("&amp;", "&")
                : null;
    }

    /** The envelope of a request that got no response. */
    <R> Envelope<R> failed(OutgoingRequest<R> outgoing, Throwable cause) {
        Category category = NetworkFailure.category(cause);
        String message = NetworkFailure.words(cause, category, config);
        return new Envelope<>(null, status(outgoing, category, 0, new ErrorData(message, cause), null));
    }

    /** A status of the subscription as a whole. */
    Status ofSubscription(Category category, @Nullable ErrorData error, Affected affected) {
        return new Status(Operation.SUBSCRIBE, category, error, error == null ? HttpStatus.OK : 0, sender(),
                Exchange.NONE, affected);
    }

    private <R> Envelope<R> error(OutgoingRequest<R> outgoing, HttpResponse<byte[]> response, Category category,
            ErrorData error) {
        String body = new String(response.body(), StandardCharsets.UTF_8);
        return new Envelope<>(null, status(outgoing, category, response.statusCode(), error, body));
    }

    private Status status(OutgoingRequest<?> outgoing, Category category, int code, @Nullable ErrorData error,
            @Nullable String response) {
        return new Status(outgoing.request().operation(), category, error, code, sender(),
                new Exchange(outgoing.shown(), response), outgoing.request().affected());
    }

    private Sender sender() {
        return new Sender(config.uuid(), token, config.server().origin(), config.server().secure());
    }

    /** The error message, in whichever of the protocol's forms the server sent it. */
    static String message(JsonNode json) {
        JsonNode error = json.path("error");
        for (JsonNode candidate : List.of(error.path("message"), json.path("error_message"), json.path("message"),
                json.path(1), error)) {
            if (candidate.isTextual()) {
                StringBuilder message = new StringBuilder(candidate.asText());
                for (JsonNode detail : error.path("details")) {
                    message.append(" (")
                            .append(detail.path("location").asText())
                            .append(": ")
                            .append(detail.path("message").asText())
                            .append(')');
                }
                return message.toString();
            }
        }
        return json.toString();
    }
}
