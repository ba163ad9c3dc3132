package dev.manicule.server.access;

import org.jspecify.annotations.Nullable;

/** What a caller may do. */
interface Permissions {
    /** Whether a permission is among them. */
    boolean allows(Demand.On demand);

    /** About how many steps {@link #allows} takes. */
    long steps(Demand.On demand);

    /** Whether a caller with this uuid has them, null for one without. */
    boolean isFor(@Nullable String uuid);
}
