package dev.manicule.server.command;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The key under which a client may send a request again without having it applied again. Keys are kept apart by keyset
 * and by user; only a digest of the key and a digest of the content of the request are kept.
 *
 * @param name {@value #BYTES} bytes that stand for keyset, uuid and the client's own name for the request; never changed
 * @param content {@value #BYTES} bytes that stand for what the request asks; never changed
 * @param isStrict whether the same name for another content is rejected as a mistake; otherwise it is another request
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below
public record IdempotencyKey(byte[] name, byte[] content, boolean isStrict) {
    /** The length of each of the digests. Two equal ones of so many bits do not occur. */
    public static final int BYTES = 16;

    /** Checks the lengths. */
    public IdempotencyKey {
        if (name.length != BYTES || content.length != BYTES) {
            throw new IllegalArgumentException("a digest has " + BYTES + " bytes");
        }
    }

    /**
     * The key of a request.
     *
     * @param uuid the user, null when the request names none
     * @param text the client's name for the request
     * @param command what the request asks
     */
    public static IdempotencyKey of(String keyset, @Nullable String uuid, String text, Retryable<?> command,
            boolean isStrict) {
        RequestDigest name = new RequestDigest().add(keyset).add(uuid).add(text).add(isStrict ? 1 : 0);
        RequestDigest content = new RequestDigest();
        command.addTo(content);
        return new IdempotencyKey(name.bytes(), content.bytes(), isStrict);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IdempotencyKey key && isStrict == key.isStrict && Arrays.equals(name, key.name)
                && Arrays.equals(content, key.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(name);
    }

    static IdempotencyKey readFrom(ByteReader in) throws DamagedFormException {
        return new IdempotencyKey(in.octets(BYTES), in.octets(BYTES), in.flag());
    }

    void writeTo(ByteWriter out) {
        out.octets(name);
        out.octets(content);
        out.flag(isStrict);
    }
}
