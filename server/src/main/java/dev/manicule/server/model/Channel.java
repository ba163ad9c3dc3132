package dev.manicule.server.model;

/**
 * Where messages are published: a name within a keyset. Equal names of two keysets are two channels that never meet.
 *
 * @param keyset the subscribe key, 1 to {@value #MAX_KEYSET_BYTES} bytes of UTF-8
 * @param name 1 to {@value #MAX_NAME_BYTES} bytes of UTF-8, no comma or control character
 */
public record Channel(String keyset, String name) {
    /** The longest subscribe key, in bytes of UTF-8: its length is one byte of every key in the tables. */
    public static final int MAX_KEYSET_BYTES = 255;
    /** The longest channel name, in bytes of UTF-8: what the protocol's limits page allows at its most generous. */
    public static final int MAX_NAME_BYTES = 2048;
}
