package dev.manicule.server.model;

import java.util.regex.Pattern;

/**
 * A file on a channel. Its bytes are not here.
 *
 * @param id names the file, and no other one; see {@link #isId}
 * @param name the name that its sender gave it, not empty
 * @param created the timetoken at which it was stored
 */
public record StoredFile(Channel channel, String id, String name, Content content, long created) {
    /** The most characters of a name. */
    public static final int MOST_NAME_CHARACTERS = 255;
    private static final Pattern ID = Pattern
            .compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    /**
     * What the file holds.
     *
     * @param size in bytes, at least 0
     * @param type its media type, ASCII
     * @param sha256 the SHA-256 of its bytes, in 64 hexadecimal digits
     * @param place where its bytes are in the store of files
     */
    public record Content(long size, String type, String sha256, String place) {
        /** Whether the bytes are those of another content. */
        public boolean hasBytesOf(Content other) {
            return size == other.size && sha256.equals(other.sha256);
        }
    }

    /** Whether a text has the form of an id: a uuid in lower case. */
    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** Whether a file can have this name: some characters, none of them a control character or a slash. */
    public static boolean isName(String text) {
        return !text.isEmpty() && text.length() <= MOST_NAME_CHARACTERS && !text.equals(".") && !text.equals("..")
                && text.chars().allMatch(c -> c >= ' ' && c != 0x7F && c != '/');
    }
}
