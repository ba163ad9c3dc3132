package dev.manicule.server.routing;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.Check;
import dev.manicule.server.access.Denial;
import dev.manicule.server.limits.Limits;
import org.jspecify.annotations.Nullable;

/** Checks that the caller has the permissions that the route requires. A worker checks many names, in slices. */
final class Authorization implements Step {
    private final Access access;
    private final Limits limits;

    Authorization(Access access, Limits limits) {
        this.access = access;
        this.limits = limits;
    }

    @Override
    public void take(ApiRequest request) {
        String tooMany = request.tooManyNames(limits, request.route().mostChannels());
        if (tooMany != null) { // before the lists are parsed
            request.refuse(400, tooMany);
            return;
        }
        Check check = access.authorize(request.caller(), request.route().need().of(request));
        if (check.isLong()) {
            request.work(check::advance, () -> end(request, check.result()));
        } else {
            end(request, check.result());
        }
    }

    private static void end(ApiRequest request, @Nullable Denial denial) {
        if (denial == null) {
            request.proceed();
        } else {
            request.respond(ErrorFormat.denied(denial));
        }
    }
}
