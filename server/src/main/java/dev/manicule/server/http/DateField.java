package dev.manicule.server.http;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The {@code Date} header field, formatted at most once a second. */
final class DateField {
    private static volatile DateField current = new DateField(0);

    private final long second;
    private final String text;
    private final byte[] bytes;

    private DateField(long second) {
        this.second = second;
        text = DateTimeFormatter.RFC_1123_DATE_TIME.format(Instant.ofEpochSecond(second).atOffset(ZoneOffset.UTC));
        bytes = ("Date: " + text + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** The whole line. */
    static byte[] now() {
        return current().bytes;
    }

    /** The value alone. */
    static String text() {
        return current().text;
    }

    private static DateField current() {
        long second = System.currentTimeMillis() / 1000;
        DateField field = current;
        if (field.second != second) {
            field = new DateField(second);
            current = field; // a race writes the same twice
        }
        return field;
    }
}
