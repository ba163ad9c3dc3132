package dev.manicule.server.routing;

import dev.manicule.server.access.Access;
import dev.manicule.server.limits.Limits;

/** Checks that the caller has the permissions that the route requires. */
final class Authorization implements Step {
    private final PermissionCheck permissions;
    private final Limits limits;

    Authorization(Access access, Limits limits) {
        permissions = new PermissionCheck(access);
        this.limits = limits;
    }

    @Override
    public void take(ApiRequest request) {
        String tooMany = request.tooManyNames(limits, request.route().mostChannels());
        if (tooMany != null) { // before the lists are parsed
            request.refuse(400, tooMany);
            return;
        }
        permissions.of(request, request.demands(), request::proceed);
    }
}
