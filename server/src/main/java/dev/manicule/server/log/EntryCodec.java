package dev.manicule.server.log;

import java.nio.ByteBuffer;

/**
 * The byte form of an entry. Used by several threads at a time.
 *
 * @param <E> an entry
 */
public interface EntryCodec<E> {
    /** The bytes of an entry; the log does not change them, and keeps no reference. */
    byte[] encode(E entry);

    /**
     * The entry of some bytes.
     *
     * @param bytes what {@link #encode} returned, from position to limit; valid during the call only
     * @throws RuntimeException when they are not the bytes of an entry
     */
    E decode(ByteBuffer bytes);

    /**
     * An entry without an effect, always the same. Readers of a shared log get it for what a process has appended that
     * took the log for another one.
     */
    E stray();
}
