package dev.manicule.server.http;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Takes the parts of a form, in the order in which they come. */
public interface FormReceiver {
    /** A field that is no file has come. */
    void field(String name, String value);

    /**
     * A file begins.
     *
     * @param type the media type that its part gives it; null when it gives none
     */
    void fileBegins(String field, @Nullable String type);

    /** Some bytes of the file that has begun; not to be kept. */
    void fileBytes(ByteBuffer bytes);

    /** All bytes of the file have come. */
    void fileEnds();
}
