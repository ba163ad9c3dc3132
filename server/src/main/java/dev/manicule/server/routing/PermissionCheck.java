package dev.manicule.server.routing;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.Check;
import dev.manicule.server.access.Demand;
import dev.manicule.server.access.Denial;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the caller of a request has permissions: those that its route requires, and those that an endpoint finds out
 * from the body. A worker checks many names, in slices.
 */
public final class PermissionCheck {
    private final Access access;

    /** The check by these keysets, tokens and signatures. */
    public PermissionCheck(Access access) {
        this.access = access;
    }

    /** Goes on with a request if its caller has all of these permissions, at once or later; answers it if not. */
    public void of(ApiRequest request, List<? extends Demand> demands, Runnable permitted) {
        Check check = access.authorize(request.caller(), demands);
        if (check.isLong()) {
            request.work(check::advance, () -> end(request, check.result(), permitted));
        } else {
            end(request, check.result(), permitted);
        }
    }

    private static void end(ApiRequest request, @Nullable Denial denial, Runnable permitted) {
        if (denial == null) {
            permitted.run();
        } else {
            request.respond(ErrorFormat.denied(denial));
        }
    }
}
