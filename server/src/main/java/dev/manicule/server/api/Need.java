package dev.manicule.server.api;

import dev.manicule.server.access.Demand;
import dev.manicule.server.access.Grant.Kind;
import dev.manicule.server.access.Permission;
import java.util.ArrayList;
import java.util.List;

/** What an endpoint needs its caller to be allowed; asked at the one door before the endpoint is served. */
@FunctionalInterface
interface Need {
    /** Anybody may. */
    Need NOTHING = call -> List.of();

    /** What a call needs. */
    List<Demand> of(Call call);

    /**
     * A permission on every channel and wildcard that the path names, as it is named; and to read the groups that the
     * query names, which is enough for the channels in them.
     */
    static Need on(Permission permission) {
        return call -> {
            List<Demand> demands = new ArrayList<>(1);
            String one = call.path().get("channel");
            for (String name : Call.list(one == null ? call.segment("channels") : one)) {
                demands.add(new Demand.On(Kind.CHANNEL, name, permission));
            }
            for (String name : Call.list(call.query().text("channel-group"))) {
                demands.add(new Demand.On(Kind.GROUP, name, Permission.READ));
            }
            return demands;
        };
    }

    /** A permission on the group that the path names. */
    static Need onGroup(Permission permission) {
        return call -> List.of(new Demand.On(Kind.GROUP, call.segment("group"), permission));
    }

    /** This, and to be the uuid that the path names. */
    default Need asUuidOfPath() {
        return call -> {
            List<Demand> demands = new ArrayList<>(of(call));
            demands.add(new Demand.As(call.segment("uuid")));
            return demands;
        };
    }
}
