package dev.manicule.client;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.manicule.client.internal.Json;
import dev.manicule.client.internal.Unicode;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * JSON that is sent as it stands, to the last digit: as a message, its meta or a signal, or anywhere within one.
 *
 * <pre>{@code
 * client.publish("prices", new RawJson("{\"eur\": 0.1234567890123456789}"));
 * }</pre>
 *
 * @param text one value of JSON
 * @since 0.1
 */
public record RawJson(String text) {
    /**
     * Checks the text.
     *
     * @throws IllegalArgumentException when it is not one value of JSON; the message says where
     */
    public RawJson {
        String wrong = wrong(text);
        if (wrong != null) {
            throw new IllegalArgumentException("not JSON: " + wrong);
        }
        String unused = Unicode.checkedJson(text, "the JSON");
    }

    /**
     * The text, which Jackson writes as it is.
     *
     * @return one value of JSON
     */
    @Override
    @JsonValue
    @JsonRawValue
    public String text() {
        return text;
    }

    private static @Nullable String wrong(String text) {
        try (JsonParser parser = Json.MAPPER.createParser(text)) {
            try {
                if (parser.nextToken() == null) {
                    return "nothing is there";
                }
                parser.skipChildren();
                parser.finishToken();
                JsonToken next = parser.nextToken();
                return next == null ? null : "more follows the value, at " + place(parser.currentTokenLocation());
            } catch (JsonProcessingException e) {
                return "wrong at " + place(e.getLocation());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // reading a text does no I/O
        }
    }

    private static String place(JsonLocation at) {
        return "character " + (at.getCharOffset() + 1);
    }
}
