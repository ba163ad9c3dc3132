package dev.manicule.server.routing;

import dev.manicule.server.access.Demand;
import dev.manicule.server.access.Grant.Kind;
import dev.manicule.server.access.Permission;
import java.util.ArrayList;
import java.util.List;

/** The permissions that the caller of an endpoint must have; checked in one place before the endpoint is served. */
@FunctionalInterface
public interface RequiredPermission {
    /** Every caller may. */
    RequiredPermission NOTHING = request -> List.of();

    /** The permissions that a request needs. */
    List<Demand> of(ApiRequest request);

    /**
     * A permission on every channel and wildcard that the path names, as it is named; and to read the groups that the
     * query names, which is enough for the channels in them.
     */
    static RequiredPermission on(Permission permission) {
        return request -> {
            List<Demand> demands = new ArrayList<>(1);
            String one = request.path().get("channel");
            for (String name : ApiRequest.list(one == null ? request.segment("channels") : one)) {
                demands.add(new Demand.On(Kind.CHANNEL, name, permission));
            }
            for (String name : ApiRequest.list(request.query().text("channel-group"))) {
                demands.add(new Demand.On(Kind.GROUP, name, Permission.READ));
            }
            return demands;
        };
    }

    /** A permission on the group that the path names. */
    static RequiredPermission onGroup(Permission permission) {
        return request -> List.of(new Demand.On(Kind.GROUP, request.segment("group"), permission));
    }

    /** A permission on the user that the path names. */
    static RequiredPermission onUuid(Permission permission) {
        return request -> List.of(new Demand.On(Kind.UUID, request.segment("user"), permission));
    }

    /** This, and to be the uuid that the path names. */
    default RequiredPermission asUuidOfPath() {
        return request -> {
            List<Demand> demands = new ArrayList<>(of(request));
            demands.add(new Demand.As(request.segment("uuid")));
            return demands;
        };
    }
}
