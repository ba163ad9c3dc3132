package dev.manicule.server.access;

/** The permissions on a resource. */
public enum Permission {
    /** Subscribe, read stored data, see present users. */
    READ(1),
    /** Publish, add actions. */
    WRITE(2),
    /** Change a group, and the members of a channel. */
    MANAGE(4),
    /** Delete messages, remove actions, and the metadata of a user or a channel. */
    DELETE(8),
    /** Not used by this server. */
    CREATE(16),
    /** Read the metadata of a user or a channel, and its memberships. */
    GET(32),
    /** Set the metadata of a user or a channel, and the memberships of a user. */
    UPDATE(64),
    /** Make a user a member of a channel, or end that, in the memberships of the user. */
    JOIN(128);

    /** All of them together, as a mask. */
    public static final int ALL = 255;

    private final int mask;

    Permission(int mask) {
        this.mask = mask;
    }

    /** Whether a mask, a sum of powers of two as tokens hold it, has this permission. */
    boolean isIn(int masks) {
        return (masks & mask) != 0;
    }
}
