package dev.manicule.server.model;

import java.nio.charset.StandardCharsets;

/**
 * Where messages are published: a name within a keyset. Equal names of two keysets are two channels that never meet.
 *
 * @param keyset the subscribe key, 1 to {@value #MAX_KEYSET_BYTES} bytes of UTF-8
 * @param name 1 to {@value #MAX_NAME_BYTES} bytes of UTF-8, no comma or control character
 */
public record Channel(String keyset, String name) implements Comparable<Channel> {
    /** The longest subscribe key, in bytes of UTF-8: its length is one byte of every key in the tables. */
    public static final int MAX_KEYSET_BYTES = 255;
    /** The longest channel name, in bytes of UTF-8: what the protocol's limits page allows at its most generous. */
    public static final int MAX_NAME_BYTES = 2048;
    /**
     * The suffix of the name of a presence channel. The name of the channel whose joins and leaves it announces stands
     * before it.
     */
    public static final String PRESENCE = "-pnpres";
    /**
     * The suffix of the name of the channel for the read marks of another one, whose name stands before it. No client can
     * name a channel so, and no wildcard matches it.
     */
    private static final String READ_MARKS = ",,marks";
    /** The suffix of a wildcard: {@code a.*} takes in every channel whose name begins with {@code a.}. */
    public static final String WILDCARD = ".*";

    /** Of UTF-8. */
    private static final int MOST_BYTES_OF_A_CHAR = 3;

    /** By keyset and name. Maps of channels stay fast by it however their clients choose names to collide. */
    @Override
    public int compareTo(Channel other) {
        int byKeyset = keyset.compareTo(other.keyset);
        return byKeyset != 0 ? byKeyset : name.compareTo(other.name);
    }

    /** Whether this can be the name of a channel or a group. */
    public static boolean isName(String name) {
        if (name.isEmpty() || name.length() > MAX_NAME_BYTES) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) == ',' || Character.isISOControl(name.charAt(i))) {
                return false;
            }
        }
        boolean isSurelyShort = name.length() * MOST_BYTES_OF_A_CHAR <= MAX_NAME_BYTES;
        return isSurelyShort || name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES;
    }

    /** The channel that announces joins and leaves on this one. */
    public Channel presence() {
        return new Channel(keyset, name + PRESENCE);
    }

    /** The channel for the events of read marks on this one. */
    public Channel readMarks() {
        return new Channel(keyset, name + READ_MARKS);
    }

    /** Whether a name is that of the channel for read marks on another one. */
    public static boolean isOfReadMarks(String name) {
        return name.endsWith(READ_MARKS);
    }

    /** The name of the channel whose read marks are on a channel of this name. */
    public static String withoutReadMarks(String name) {
        return name.substring(0, name.length() - READ_MARKS.length());
    }

    /** Whether a name is that of a channel's or a group's presence. */
    public static boolean isPresence(String name) {
        return name.endsWith(PRESENCE);
    }

    /** The name of the channel or group of a presence name. */
    public static String withoutPresence(String name) {
        return name.substring(0, name.length() - PRESENCE.length());
    }

    /** Whether messages can be on a channel of this name: it is no wildcard, and not for presence. */
    public static boolean isForMessages(String name) {
        return !name.endsWith(WILDCARD) && !isPresence(name);
    }
}
