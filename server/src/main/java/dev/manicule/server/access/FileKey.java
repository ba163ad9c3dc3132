package dev.manicule.server.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;

/**
 * Signs what a client may do with a file without any other permission: upload its bytes, or download them. Immutable, for
 * any thread.
 */
public final class FileKey {
    private final Hmac hmac;

    /** A key of these bytes, which are secret. */
    public FileKey(byte[] secret) {
        hmac = new Hmac(secret);
    }

    /** What a signature allows. */
    public enum Use {
        /** The upload of the bytes. */
        UPLOAD,
        /** The download of the bytes. */
        DOWNLOAD
    }

    /** The signature of a text: letters, digits, dashes and underscores. */
    public String sign(Use use, String text) {
        byte[] hash = hmac.of(("manicule file " + use + "\n" + text).getBytes(StandardCharsets.UTF_8));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }

    /** Whether a signature is that of a text. Takes as long however wrong it is. */
    public boolean isSignedBy(Use use, String text, String signature) {
        return MessageDigest.isEqual(sign(use, text).getBytes(StandardCharsets.US_ASCII),
                signature.getBytes(StandardCharsets.UTF_8));
    }
}
