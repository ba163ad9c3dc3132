package dev.manicule.server.model;

import org.jspecify.annotations.Nullable;

/**
 * What App Context has metadata of: a user or a channel of a keyset. Whether it has any is another question.
 *
 * @param keyset the subscribe key, 1 to {@value Channel#MAX_KEYSET_BYTES} bytes of UTF-8
 * @param name the uuid of the user, or the name of the channel: the name of a channel for messages
 */
public record EntityId(String keyset, Kind kind, String name) {
    /** The kinds of entities. */
    public enum Kind {
        /** A user, by its uuid. */
        USER(0, "uuid"),
        /** A channel, by its name. */
        CHANNEL(1, "channel");

        private final int code;
        private final String wireName;

        Kind(int code, String wireName) {
            this.code = code;
            this.wireName = wireName;
        }

        /** Its number in keys and byte forms. */
        public int code() {
            return code;
        }

        /** Its name in the protocol. */
        public String wireName() {
            return wireName;
        }

        /** The kind that entities of this one have memberships with. */
        public Kind other() {
            return this == USER ? CHANNEL : USER;
        }

        /** The kind of a number; null when there is none. */
        public static @Nullable Kind of(int code) {
            return code == USER.code ? USER : code == CHANNEL.code ? CHANNEL : null;
        }

        /** The kind that has a name in the protocol; null when there is none. */
        public static @Nullable Kind of(String wireName) {
            return wireName.equals(USER.wireName) ? USER : wireName.equals(CHANNEL.wireName) ? CHANNEL : null;
        }
    }

    /** The channel whose subscribers get its events: of the same name, also where it is a user. */
    public Channel channel() {
        return new Channel(keyset, name);
    }

    /** The entity of the other kind with this name. */
    public EntityId other(String otherName) {
        return new EntityId(keyset, kind.other(), otherName);
    }

    /** Whether a user or a channel with metadata can have this name: its events have a channel of the same name. */
    public static boolean isName(String name) {
        return Channel.isName(name) && Channel.isForMessages(name);
    }
}
