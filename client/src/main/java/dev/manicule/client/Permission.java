package dev.manicule.client;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * A permission of a token for a channel, a group or a uuid.
 *
 * @see GrantToken
 * @since 0.1
 */
public enum Permission {
    /** Subscribe, read stored messages and actions, see the users on channels. */
    READ(1),
    /** Publish, add actions. */
    WRITE(2),
    /** Change a group, or the members of a channel. */
    MANAGE(4),
    /** Delete messages and files, remove actions and metadata. */
    DELETE(8),
    /** Create; not used by Manicule. */
    CREATE(16),
    /** Read the metadata and the memberships of a user or a channel. */
    GET(32),
    /** Set the metadata of a user or a channel, and the memberships of a user. */
    UPDATE(64),
    /** Join a channel, and leave it: for memberships of a user. */
    JOIN(128);

    private final int mask;

    Permission(int mask) {
        this.mask = mask;
    }

    static int mask(Permission... permissions) {
        int sum = 0;
        for (Permission permission : permissions) {
            sum |= permission.mask;
        }
        return sum;
    }

    static Set<Permission> of(long mask) {
        Set<Permission> permissions = EnumSet.noneOf(Permission.class);
        for (Permission permission : values()) {
            if ((mask & permission.mask) != 0) {
                permissions.add(permission);
            }
        }
        return permissions;
    }

    /** A copy that can't be changed, in the order of the permissions. */
    static Set<Permission> copy(Collection<Permission> given) {
        Set<Permission> permissions = EnumSet.noneOf(Permission.class);
        permissions.addAll(given);
        return Collections.unmodifiableSet(permissions);
    }
}
