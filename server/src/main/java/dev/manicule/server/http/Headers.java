package dev.manicule.server.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of the header fields of a request that are in {@link Header}; the server drops the others. Immutable. */
public final class Headers {
    private static final Map<Header, AsciiString> FIELDS = new EnumMap<>(Header.class);

    static {
        for (Header header : Header.values()) {
            FIELDS.put(header, AsciiString.cached(header.field()));
        }
    }

    private final Map<Header, String> values = new EnumMap<>(Header.class);

    Headers(HttpHeaders sent) {
        FIELDS.forEach((header, field) -> {
            String value = sent.get(field);
            if (value != null) {
                values.put(header, value);
            }
        });
    }

    /** The value of a field, the first one when it was sent several times; null when it was not sent. */
    public @Nullable String get(Header header) {
        return values.get(header);
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
