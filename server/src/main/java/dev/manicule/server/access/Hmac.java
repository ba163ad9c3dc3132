package dev.manicule.server.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC with SHA-256 by one key, which signs requests and tokens. Immutable, for any thread. */
final class Hmac {
    /** The length of its result, in bytes. */
    static final int LENGTH = 32;
    private static final String ALGORITHM = "HmacSHA256";

    /**
     * Never updated, only copied: a lookup of the algorithm and a setup of the key take longer than the hash of a short
     * text.
     */
    private final Mac keyed;

    Hmac(byte[] key) {
        try {
            keyed = Mac.getInstance(ALGORITHM);
            keyed.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    /** The hash of all these bytes, one part after the other. */
    byte[] of(byte[]... parts) {
        Mac mac = begin();
        for (byte[] part : parts) {
            mac.update(part);
        }
        return mac.doFinal();
    }

    /** The hash of a text in UTF-8. */
    byte[] of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The hash of the first {@code length} bytes. */
    byte[] ofFirst(byte[] bytes, int length) {
        Mac mac = begin();
        mac.update(bytes, 0, length);
        return mac.doFinal();
    }

    private Mac begin() {
        try {
            return (Mac) keyed.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's " + ALGORITHM + " can be copied", e);
        }
    }
}
