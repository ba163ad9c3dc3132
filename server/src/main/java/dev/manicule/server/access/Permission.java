package dev.manicule.server.access;

/** The permissions on a resource. */
public enum Permission {
    /** Subscribe, read stored data, see present users. */
    READ(1),
    /** Publish, add actions. */
    WRITE(2),
    /** Change a group. */
    MANAGE(4),
    /** Delete messages, remove actions. */
    DELETE(8),
    /** Not used by this server. */
    CREATE(16),
    /** Not used by this server. */
    GET(32),
    /** Not used by this server. */
    UPDATE(64),
    /** Not used by this server. */
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
