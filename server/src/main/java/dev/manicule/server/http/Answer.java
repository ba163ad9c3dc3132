package dev.manicule.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A status, a body of JSON and perhaps some header fields, encoded once however many connections it is sent to.
 * Immutable, for any thread.
 */
public final class Answer {
    private static final int WORTH_COMPRESSING = 1024;
    private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
    private static final byte[] CLOSE = ascii("Connection: close\r\n");
    private static final byte[] END = ascii("\r\n");

    private static final String JSON_FIELDS = String.join("\r\n", "Content-Type: text/javascript; charset=\"UTF-8\"",
            "Access-Control-Allow-Origin: *", "Cache-Control: no-cache", "");

    private final int status;
    private final byte[] head;
    private final byte[] body;
    private final String fields;
    private volatile @Nullable Answer compressed;

    private Answer(int status, byte[] body, String fields) {
        this.status = status;
        this.body = body;
        this.fields = fields;
        String length = status == 204 ? "" : "Content-Length: " + body.length + "\r\n";
        head = ascii("HTTP/1.1 " + HttpResponseStatus.valueOf(status) + "\r\n" + fields + length);
    }

    /**
     * A body of JSON.
     *
     * @param json UTF-8; not changed afterwards
     */
    public static Answer json(int status, byte[] json) {
        return new Answer(status, json, JSON_FIELDS);
    }

    /** A body of JSON, ASCII only. */
    public static Answer json(int status, String json) {
        return json(status, ascii(json));
    }

    /** No body at all. */
    public static Answer noContent() {
        return new Answer(204, new byte[0], "Access-Control-Allow-Origin: *\r\n");
    }

    /** The same with one more header field. The caller vouches for name and value: ASCII, no line breaks. */
    public Answer with(String name, String value) {
        return new Answer(status, body, fields + name + ": " + value + "\r\n");
    }

    Answer gzipped() {
        if (body.length < WORTH_COMPRESSING) {
            return this;
        }
        Answer gzipped = compressed;
        if (gzipped == null) {
            gzipped = new Answer(status, gzip(body), fields + "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n");
            compressed = gzipped;
        }
        return gzipped;
    }

    ByteBuf encode(ByteBufAllocator allocator, boolean keepAlive, boolean withBody) {
        byte[] connection = keepAlive ? KEEP_ALIVE : CLOSE;
        byte[] date = DateField.now();
        int size = head.length + connection.length + date.length + END.length + body.length;
        ByteBuf buffer = allocator.directBuffer(size)
                .writeBytes(head)
                .writeBytes(connection)
                .writeBytes(date)
                .writeBytes(END);
        return withBody ? buffer.writeBytes(body) : buffer;
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 4);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return out.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
