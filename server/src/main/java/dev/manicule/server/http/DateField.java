package dev.manicule.server.http;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The {@code Date} header field, formatted at most once a second. */
final class DateField {
    private static volatile DateField current = new DateField(0);

    private final long second;
    private final byte[] bytes;

    private DateField(long second) {
        this.second = second;
        bytes = ("Date: " + DateTimeFormatter.RFC_1123_DATE_TIME.format(Instant.ofEpochSecond(second)
                .atOffset(ZoneOffset.UTC)) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] now() {
        long second = System.currentTimeMillis() / 1000;
        DateField field = current;
        if (field.second != second) {
            field = new DateField(second);
            current = field; // a race writes the same twice
        }
        return field.bytes;
    }
}
