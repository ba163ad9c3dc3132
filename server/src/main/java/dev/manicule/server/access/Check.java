package dev.manicule.server.access;

import dev.manicule.server.access.Grant.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The check whether a caller is allowed all that a request needs. Mostly that takes microseconds; many names and large
 * patterns can take long, and are checked in slices. Used by one thread at a time.
 */
public final class Check {
    /** So many steps of matching take some milliseconds at most. */
    private static final long STEPS_AT_ONCE = 200_000;

    /** All is allowed. Shared, since it is immutable. */
    private static final Check ALLOWED = new Check(null, List.of(), null);

    private final @Nullable Permissions permissions;
    private final List<? extends Demand> demands;
    private final List<String> channels = new ArrayList<>(0);
    private final List<String> groups = new ArrayList<>(0);
    private final List<String> uuids = new ArrayList<>(0);
    private @Nullable Denial denial;
    private int next;

    private Check(@Nullable Permissions permissions, List<? extends Demand> demands, @Nullable Denial denial) {
        this.permissions = permissions;
        this.demands = demands;
        this.denial = denial;
    }

    /** The check of permissions, null for none. */
    static Check of(@Nullable Permissions permissions, List<? extends Demand> demands) {
        return new Check(permissions, demands, null);
    }

    /** A check with a known result: why the request is not allowed, null when it is. */
    static Check known(@Nullable Denial denial) {
        return denial == null ? ALLOWED : new Check(null, List.of(), denial);
    }

    /** Whether it takes so long that no event loop should do it. */
    public boolean isLong() {
        long steps = 0;
        for (int i = next; permissions != null && i < demands.size(); i++) {
            steps += steps(permissions, demands.get(i));
            if (steps > STEPS_AT_ONCE) {
                return true;
            }
        }
        return false;
    }

    /** Goes on for some milliseconds; true when there is more to do. */
    public boolean advance() {
        for (long steps = 0; denial == null && next < demands.size() && steps <= STEPS_AT_ONCE; next++) {
            Demand demand = demands.get(next);
            steps += permissions == null ? 1 : steps(permissions, demand);
            check(demand);
        }
        return denial == null && next < demands.size();
    }

    /** Why the request is not allowed, null when it is. Does all the rest of the check. */
    public @Nullable Denial result() {
        while (advance()) {
            // more to do
        }
        if (denial == null && !(channels.isEmpty() && groups.isEmpty() && uuids.isEmpty())) {
            denial = new Denial(403, "Forbidden", channels.stream().distinct().toList(),
                    groups.stream().distinct().toList(), uuids.stream().distinct().toList()); // two permissions may be missing on one
        }
        return denial;
    }

    private void check(Demand demand) {
        switch (demand) {
            case Demand.As as when permissions != null && !permissions.isFor(as.uuid()) -> denial = Denial.OTHER_UUID;
            case Demand.As _ -> {}
            case Demand.On on when permissions == null || !permissions.allows(on) -> {
                lacking(on.kind()).add(on.name());
            }
            case Demand.On _ -> {}
        }
    }

    private List<String> lacking(Kind kind) {
        return switch (kind) {
            case GROUP -> groups;
            case UUID, USER -> uuids;
            case CHANNEL, SPACE -> channels;
        };
    }

    private static long steps(Permissions permissions, Demand demand) {
        return demand instanceof Demand.On on ? permissions.steps(on) : 1;
    }
}
