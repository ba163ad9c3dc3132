package dev.manicule.server.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Another source, compressed part by part, on the threads that make its parts. */
final class GzipSource implements BodySource {
    private final BodySource source;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final GZIPOutputStream gzip;
    private boolean isEnded;

    GzipSource(BodySource source) {
        this.source = source;
        try {
            gzip = new Fast(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
    }

    /** All of some bytes, compressed. */
    static byte[] compress(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 4);
        try (GZIPOutputStream gzip = new Fast(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return out.toByteArray();
    }

    /** At this level JSON of messages is compressed three times as fast, and is hardly larger. */
    private static final class Fast extends GZIPOutputStream {
        Fast(ByteArrayOutputStream out) throws IOException {
            super(out, 4096);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    @Override
    public void next(Consumer<byte @Nullable []> then) {
        if (isEnded) {
            then.accept(null);
        } else {
            source.next(part -> take(part, then));
        }
    }

    private void take(byte @Nullable [] part, Consumer<byte @Nullable []> then) {
        try {
            if (part == null) {
                isEnded = true;
                gzip.close();
            } else {
                gzip.write(part);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        byte[] compressed = out.toByteArray();
        out.reset();
        if (compressed.length > 0) {
            then.accept(compressed);
        } else {
            next(then); // all of the part is still within the compressor
        }
    }
}
