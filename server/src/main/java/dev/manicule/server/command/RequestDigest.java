package dev.manicule.server.command;

import dev.manicule.server.json.Json;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A digest of the parts of a request, each with its length, so that none runs into another. For one thread. */
public final class RequestDigest {
    private final MessageDigest sha;

    RequestDigest() {
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    RequestDigest add(@Nullable String part) {
        return add(part == null ? null : part.getBytes(StandardCharsets.UTF_8));
    }

    RequestDigest add(@Nullable Json part) {
        return add(part == null ? null : part.utf8());
    }

    RequestDigest add(long part) {
        sha.update(ByteBuffer.allocate(Long.BYTES).putLong(part).flip());
        return this;
    }

    private RequestDigest add(byte @Nullable [] part) {
        add(part == null ? -1 : part.length);
        if (part != null) {
            sha.update(part);
        }
        return this;
    }

    /** The first {@link IdempotencyKey#BYTES} bytes; nothing can be added after that. */
    byte[] bytes() {
        return Arrays.copyOf(sha.digest(), IdempotencyKey.BYTES);
    }
}
