package dev.manicule.server.ledger;

import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The cursor of a page that goes on behind a row: the key of the row without what all keys of the list begin with, in
 * Base64 for URLs.
 */
final class PageCursor {
    private PageCursor() {}

    /** The cursor of a row. */
    static String of(byte[] beginning, byte[] key) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Arrays.copyOfRange(key, beginning.length, key.length));
    }

    /** The key of a cursor, which need not be one of the list; null when the cursor is no Base64. */
    static byte @Nullable [] key(byte[] beginning, String cursor) {
        try {
            return Keys.joined(beginning, Base64.getUrlDecoder().decode(cursor));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
