package dev.manicule.server.model;

/**
 * The permissions of an auth key on a resource, in the manner of the second Access Manager.
 *
 * @param keyset the subscribe key
 * @param resource what the permissions are for
 * @param key the auth key; {@link #ANY_KEY} for all callers, with and without a key
 * @param mask the permissions, a sum of powers of two as tokens have them; 0 for none, any more
 * @param expiry when they end, in seconds since 1970; {@link Long#MAX_VALUE} for never
 */
public record KeyGrant(String keyset, Resource resource, String key, int mask, long expiry) {
    /** Stands for all callers. No auth key is empty. */
    public static final String ANY_KEY = "";
    /** An auth key has at most so many bytes. */
    public static final int MOST_KEY_BYTES = 1024;

    /** The kind of a resource. */
    public enum Kind {
        /** All channels, groups and users of the keyset. */
        KEYSET('k'),
        /** A channel; with {@code .*} at its end, all below it too. */
        CHANNEL('c'),
        /** A channel group. */
        GROUP('g'),
        /** A user. */
        UUID('u');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }
    }

    /**
     * What permissions are for.
     *
     * @param name its name, empty for a keyset
     */
    public record Resource(Kind kind, String name) {
        /** The whole keyset. */
        public static final Resource KEYSET = new Resource(Kind.KEYSET, "");

        /** A letter for the kind, and the name. */
        public String text() {
            return kind.letter + name;
        }

        /**
         * Reads what {@link #text} wrote.
         *
         * @throws IllegalArgumentException if it did not
         */
        public static Resource of(String text) {
            for (Kind kind : Kind.values()) {
                if (!text.isEmpty() && text.charAt(0) == kind.letter && (kind == Kind.KEYSET) == (text.length() == 1)) {
                    return new Resource(kind, text.substring(1));
                }
            }
            throw new IllegalArgumentException("no resource of a grant: \"" + text + "\"");
        }
    }
}
