package dev.manicule.client.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;

/** How the client reads and writes JSON. */
public final class Json {
    /** Keeps every digit of a number, and refuses what follows a value. Any thread may use it. */
    public static final ObjectMapper MAPPER = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private Json() {}

    /**
     * The JSON of a value that is to be sent.
     *
     * @param name what it is, for the message
     * @throws IllegalArgumentException when it has no JSON, or none that can be sent
     */
    public static String write(Object value, String name) {
        try {
            return Unicode.checkedJson(MAPPER.writeValueAsString(value), name);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(name + " can't be written as JSON: " + e.getOriginalMessage(), e);
        }
    }
}
