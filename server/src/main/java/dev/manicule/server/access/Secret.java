package dev.manicule.server.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/** The secret key of a keyset. It is never shown: not in a log, not in a message. */
public final class Secret {
    private final byte[] bytes;
    private final Hmac hmac;

    /** A secret of this text, which is not empty. */
    public Secret(String text) {
        bytes = text.getBytes(StandardCharsets.UTF_8);
        hmac = new Hmac(bytes);
    }

    /** Signs with it. */
    Hmac hmac() {
        return hmac;
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof Secret secret && MessageDigest.isEqual(bytes, secret.bytes));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
