package dev.manicule.server.routing;

import java.util.List;

/** A family of endpoints: a class, and a line in the list of the families that a server has. */
public interface EndpointFamily {
    /** Its name in metrics and faults, such as {@code message-actions}. */
    String name();

    /** Its endpoints. */
    List<Route> routes();

    /** Whether clients of the protocol send its requests. Faults for all of the protocol don't happen to those of other families. */
    default boolean isOfProtocol() {
        return true;
    }
}
