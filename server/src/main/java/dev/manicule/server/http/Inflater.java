package dev.manicule.server.http;

import dev.manicule.server.http.Request.BodyFault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/** Undoes the compression of request bodies, up to a size. */
final class Inflater {
    private static final int GZIP_MAGIC_0 = 0x1f;
    private static final int GZIP_MAGIC_1 = 0x8b;

    /** Either bytes or a fault. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Inflated(byte[] bytes, @Nullable BodyFault fault) {}

    private Inflater() {}

    /**
     * The body without its encoding. A body marked {@code gzip} may be a zlib stream too, which the Python SDK sends
     * under that name.
     *
     * @param encoding the value of {@code Content-Encoding}, null when there is none
     */
    static Inflated inflate(byte[] body, @Nullable String encoding, int limit) {
        String name = encoding == null ? "identity" : encoding.strip().toLowerCase(Locale.ROOT);
        return switch (name) {
            case "", "identity" -> new Inflated(body, null);
            case "gzip", "x-gzip", "deflate" -> inflate(body, limit);
            default -> new Inflated(new byte[0], BodyFault.UNKNOWN_ENCODING);
        };
    }

    private static Inflated inflate(byte[] body, int limit) {
        boolean gzip = body.length > 1 && (body[0] & 0xFF) == GZIP_MAGIC_0 && (body[1] & 0xFF) == GZIP_MAGIC_1;
        try (InputStream compressed = new ByteArrayInputStream(body);
                InputStream in = gzip ? new GZIPInputStream(compressed) : new InflaterInputStream(compressed)) {
            byte[] bytes = in.readNBytes(limit + 1);
            return bytes.length > limit
                    ? new Inflated(new byte[0], BodyFault.INFLATES_TOO_LARGE)
                    : new Inflated(bytes, null);
        } catch (IOException e) {
            return new Inflated(new byte[0], BodyFault.BAD_COMPRESSION);
        }
    }
}
