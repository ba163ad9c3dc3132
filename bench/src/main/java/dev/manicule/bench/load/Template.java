package dev.manicule.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Requests that differ in numbers only: texts and numbers of as many digits in turn, without making a string for each. */
public final class Template {
    private static final int DIGITS = 10;

    private final byte[][] texts;
    private final long first;

    /**
     * A request.
     *
     * @param template with {@code #} where a number of ten digits goes
     */
    public Template(String template) {
        this(template, DIGITS);
    }

    private Template(String template, int digits) {
        long divisor = 1;
        for (int digit = 1; digit < digits; digit++) {
            divisor *= 10;
        }
        first = divisor;
        String[] parts = template.split("#", -1);
        texts = new byte[parts.length][];
        for (int i = 0; i < parts.length; i++) {
            texts[i] = parts[i].getBytes(StandardCharsets.UTF_8);
        }
    }

    /** A {@code GET}. */
    public static Template get(String target) {
        return get(target, DIGITS);
    }

    /** A {@code GET} whose numbers have so many digits. */
    public static Template get(String target, int digits) {
        return new Template("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n", digits);
    }

    /** A {@code POST} of JSON. */
    public static Template post(String target, String body) {
        int length = body.length() + Math.toIntExact(body.chars().filter(c -> c == '#').count()) * (DIGITS - 1);
        return new Template("POST " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + length + "\r\n\r\n" + body);
    }

    /** Puts one into a buffer. */
    public void put(ByteBuffer out, long... numbers) {
        out.put(texts[0]);
        for (int i = 1; i < texts.length; i++) {
            for (long divisor = first; divisor > 0; divisor /= 10) {
                out.put((byte) ('0' + numbers[i - 1] / divisor % 10));
            }
            out.put(texts[i]);
        }
    }
}
