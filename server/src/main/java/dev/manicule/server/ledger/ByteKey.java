package dev.manicule.server.ledger;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The key of a row, or the beginning of one: compared by its bytes, which are unsigned, as the tables do it. Never changed. */
final class ByteKey implements Comparable<ByteKey> {
    final byte[] bytes;
    private final int hash;

    /** A key of these bytes, which nothing may change from now on. */
    ByteKey(byte[] bytes) {
        this.bytes = bytes;
        hash = Arrays.hashCode(bytes);
    }

    @Override
    public int compareTo(ByteKey other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ByteKey key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
