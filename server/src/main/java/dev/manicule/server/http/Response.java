package dev.manicule.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A status, a body of JSON and perhaps some header fields, encoded once however many connections it is sent to.
 * Immutable, for any thread.
 */
public final class Response {
    private static final int WORTH_COMPRESSING = 1024;
    /**
     * A worker compresses larger bodies: some hundred microseconds are the most that an event loop spends on one
     * client.
     */
    private static final int WORK_TO_COMPRESS = 8 << 10;
    /** Larger bodies are sent part by part. */
    private static final int LARGE = 64 << 10;
    private static final int MOST_DIGITS = 19;
    private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
    private static final byte[] CLOSE = ascii("Connection: close\r\n");

    private static final String GZIP = "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n";
    private static final String NOT_CACHED = "Cache-Control: no-cache\r\n";
    /**
     * The name of JSON in the protocol. A client that prefers {@code application/json} gets that, so a cache that keeps
     * responses although they say not to has to keep both.
     */
    private static final String SCRIPT_TYPE = "Content-Type: text/javascript; charset=\"UTF-8\"\r\n";
    private static final String JSON_TYPE = "Content-Type: application/json\r\n";
    private static final String JSON_FIELDS = SCRIPT_TYPE + NOT_CACHED + "Vary: Accept\r\n";
    /** The head of nearly all answers. */
    private static final byte[] JSON_HEAD = head(200, JSON_FIELDS);
    private static final byte[] LENGTH = ascii("Content-Length: ");
    private static final byte[] LINE = ascii("\r\n");

    private final int status;
    private final byte[] head;
    private final byte[] body;
    private final String fields;
    private volatile @Nullable Response compressed;
    /** Whether the body is JSON, which has two names. */
    private boolean isJson;
    /** The same as {@code application/json}, once a client has wanted that. */
    private volatile @Nullable Response named;
    /** The response that this one is the {@code application/json} of; null of all others. */
    private @Nullable Response original;
    /** The encoding of an answer that goes to many; null of others. */
    private @Nullable SharedEncoding repeated;
    private boolean isDelivery;
    /** Makes the body while it is sent; null of an answer that has it already. */
    private @Nullable BodySource source;
    /** How many bytes that will be; −1 when it is not known. */
    private long sourceLength = -1;

    private Response(int status, byte[] body, String fields) {
        this(status, body, fields, head(status, fields));
    }

    private Response(int status, byte[] body, String fields, byte[] head) {
        this.status = status;
        this.body = body;
        this.fields = fields;
        this.head = head;
    }

    private static byte[] head(int status, String fields) {
        return ascii("HTTP/1.1 " + HttpResponseStatus.valueOf(status) + "\r\n" + fields);
    }

    /**
     * A body of JSON.
     *
     * @param json UTF-8; not changed afterwards
     */
    public static Response json(int status, byte[] json) {
        Response response = new Response(status, json, JSON_FIELDS,
                status == 200 ? JSON_HEAD : head(status, JSON_FIELDS));
        response.isJson = true;
        return response;
    }

    /**
     * A body of JSON that a client may keep, and use again as long as this server confirms it by its tag.
     *
     * @param tag what the body depends on, as a weak entity tag, quotes included: ASCII without line breaks
     * @param isShared whether a cache of many clients may keep it too, and use it for a second without asking
     */
    public static Response tagged(byte[] json, String tag, boolean isShared) {
        Response response = new Response(200, json, SCRIPT_TYPE + tagFields(tag, isShared));
        response.isJson = true;
        return response;
    }

    /** What the client has kept under a tag is still right. */
    public static Response notModified(String tag, boolean isShared) {
        return new Response(304, new byte[0], tagFields(tag, isShared));
    }

    private static String tagFields(String tag, boolean isShared) {
        return "Cache-Control: " + (isShared ? "public, max-age=0, s-maxage=1" : "private, no-cache") + "\r\nETag: "
                + tag + "\r\nVary: Accept, Accept-Encoding\r\n";
    }

    /** A delivery to a poll: an error in its place would end its client's subscription. */
    public static Response delivery(byte[] json) {
        Response response = json(200, json);
        response.isDelivery = true;
        return response;
    }

    /** Such a delivery that goes to many, of one event loop. */
    public static Response shared(byte[] json) {
        Response response = delivery(json);
        response.repeated = new SharedEncoding();
        return response;
    }

    /** A body of JSON that is made while it is sent, to one client. */
    public static Response streamed(BodySource source) {
        Response response = json(200, new byte[0]);
        response.source = source;
        return response;
    }

    /** A body of plain text, with a more specific type: ASCII, no line breaks. */
    public static Response text(String type, String text) {
        return new Response(200, text.getBytes(StandardCharsets.UTF_8), "Content-Type: " + type + "\r\n" + NOT_CACHED);
    }

    /** A body of a media type: ASCII, no line breaks; the bytes are not changed afterwards. */
    public static Response of(String type, byte[] bytes) {
        return new Response(200, bytes, "Content-Type: " + type + "\r\n" + NOT_CACHED);
    }

    /** A body of a media type: ASCII, no line breaks; the bytes are not changed afterwards. */
    public static Response of(int status, String type, byte[] bytes) {
        return new Response(status, bytes, "Content-Type: " + type + "\r\n" + NOT_CACHED);
    }

    /**
     * A body that is made while it is sent, to one client, as it is: it is not compressed.
     *
     * @param type its media type: ASCII, no line breaks
     * @param length how many bytes the source makes, at least 1
     */
    public static Response streamed(int status, String type, long length, BodySource source) {
        Response response = new Response(status, new byte[0], "Content-Type: " + type + "\r\n");
        response.source = source;
        response.sourceLength = length;
        return response;
    }

    /** Sends the client to another address, with the same method: ASCII, no line breaks. */
    public static Response redirect(String location) {
        return new Response(307, new byte[0], "Location: " + location + "\r\n" + NOT_CACHED);
    }

    /** No body, and a status that says all. */
    public static Response empty(int status) {
        return new Response(status, new byte[0], "");
    }

    /** No body at all. */
    public static Response noContent() {
        return new Response(204, new byte[0], "");
    }

    /** The same with one more header field. The caller ensures that name and value are ASCII without line breaks. */
    public Response with(String name, String value) {
        Response response = new Response(status, body, fields + name + ": " + value + "\r\n");
        response.source = source;
        response.sourceLength = sourceLength;
        response.isJson = isJson;
        return response;
    }

    /**
     * The same as {@code application/json}, made once however many clients want it; itself when its body is no JSON.
     */
    Response asJson() {
        if (!isJson || original != null) {
            return this;
        }
        Response json = named;
        if (json == null) {
            json = new Response(status, body, JSON_TYPE + fields.substring(SCRIPT_TYPE.length()));
            json.isJson = true;
            json.original = this;
            json.source = source;
            json.isDelivery = isDelivery;
            json.repeated = repeated == null ? null : new SharedEncoding();
            named = json;
        }
        return json;
    }

    /** The status, such as 200. */
    public int status() {
        return status;
    }

    byte[] body() {
        return body;
    }

    /** Whether no error may take its place. */
    boolean isDelivery() {
        return isDelivery;
    }

    /** The fields, a line each. */
    String fields() {
        return fields;
    }

    /** Makes the body while it is sent, null when the body exists already. */
    @Nullable
    BodySource source() {
        return source;
    }

    /** Whether its body is made while it is sent, to one client. */
    public boolean isStreamed() {
        return source != null;
    }

    /** Whether it is sent part by part. */
    boolean isLarge() {
        return body.length > LARGE;
    }

    /** Whether its status lets it have a body. */
    boolean hasBody() {
        return status != 204 && status != 304;
    }

    /** How many bytes its body has; 0 of one that is made while it is sent. */
    public int size() {
        return body.length;
    }

    /** How many bytes its body has; 0 when that is not known. */
    long length() {
        return source == null ? body.length : Math.max(sourceLength, 0);
    }

    /** Whether the number of its bytes is known before they are made. */
    boolean isSized() {
        return sourceLength >= 0;
    }

    boolean isWorthCompressing() {
        return body.length >= WORTH_COMPRESSING || (source != null && !isSized());
    }

    /** Whether compressing it as a whole is too much for an event loop, and has not been done yet. */
    boolean isWorkToCompress() {
        Response ofBoth = original == null ? this : original;
        return body.length > WORK_TO_COMPRESS && body.length <= LARGE && ofBoth.compressed == null;
    }

    /** The same, marked as compressed: its body is compressed while it is sent. */
    Response markedGzip() {
        return new Response(status, body, fields + GZIP);
    }

    /**
     * All of it as HTTP/1 on a connection that stays open, encoded once for all receivers; null for an answer that is
     * not shared, and for the first receiver, which may be the only one.
     */
    @Nullable
    BroadcastBuffer wire(String field) {
        SharedEncoding many = repeated;
        return many == null
                ? null
                : many.wire(field, () -> new byte[][]{head, LENGTH, ascii(body.length + "\r\n"), KEEP_ALIVE,
                        DateField.now(), ascii(field), LINE, body});
    }

    Response gzipped() {
        if (!isWorthCompressing()) {
            return this;
        }
        if (original != null) {
            return original.gzipped().asJson(); // compressed once for both
        }
        Response gzipped = compressed;
        if (gzipped == null) {
            gzipped = new Response(status, GzipSource.compress(body), fields + GZIP);
            gzipped.isJson = isJson;
            compressed = gzipped;
        }
        return gzipped;
    }

    /** All of it as HTTP/1, with one more field, which has its line break or is empty. */
    ByteBuf encode(ByteBufAllocator allocator, boolean keepAlive, String field) {
        return encodeHead(allocator, keepAlive, true, field, body.length).writeBytes(body);
    }

    /**
     * The status and all fields as HTTP/1.
     *
     * @param withLength whether the length of the body is known; otherwise it is chunked, or ends with the connection
     * @param room how many bytes are going to follow in the same buffer
     */
    ByteBuf encodeHead(ByteBufAllocator allocator, boolean keepAlive, boolean withLength, String field, int room) {
        byte[] connection = keepAlive ? KEEP_ALIVE : CLOSE;
        byte[] date = DateField.now();
        int size = head.length + LENGTH.length + MOST_DIGITS + LINE.length + connection.length + date.length
                + field.length() + LINE.length + room;
        ByteBuf buffer = allocator.directBuffer(size).writeBytes(head);
        if (withLength && hasBody()) {
            writeNumber(buffer.writeBytes(LENGTH), length());
            buffer.writeBytes(LINE);
        }
        buffer.writeBytes(connection).writeBytes(date);
        buffer.writeCharSequence(field, StandardCharsets.US_ASCII);
        return buffer.writeBytes(LINE);
    }

    private static void writeNumber(ByteBuf buffer, long number) {
        if (number >= 10) {
            writeNumber(buffer, number / 10);
        }
        buffer.writeByte('0' + (int) (number % 10));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
