package dev.manicule.server.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC with SHA-256, which signs requests and tokens. */
final class Hmac {
    /** The length of what it gives, in bytes. */
    static final int LENGTH = 32;
    private static final String ALGORITHM = "HmacSHA256";

    private Hmac() {}

    static byte[] of(byte[] key, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return of(key, bytes, bytes.length);
    }

    /** Of the first {@code length} bytes. */
    static byte[] of(byte[] key, byte[] bytes, int length) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            mac.update(bytes, 0, length);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
