package dev.manicule.server.routing;

import dev.manicule.server.http.Request;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The injected faults: none, except in tests. Any thread may use it. */
public final class Faults {
    private static final int PATHS_SHOWN = 5;

    private final List<Injected> active = new CopyOnWriteArrayList<>();
    private volatile List<EndpointFamily> served = List.of();

    /** Sets the families that the server serves, so that faults for other requests are rejected. */
    void know(List<? extends EndpointFamily> families) {
        served = List.copyOf(families);
    }

    /** A fault that waits for its requests, or has happened to all of them. */
    public final class Injected {
        private final Fault fault;
        private final AtomicInteger hits = new AtomicInteger();

        private Injected(Fault fault) {
            this.fault = fault;
        }

        /** The fault. */
        public Fault fault() {
            return fault;
        }

        /** How many requests it has happened to. */
        public int hits() {
            return Math.min(hits.get(), fault.times());
        }

        /** Removes it: it happens to no further request. */
        public void remove() {
            active.remove(this);
        }

        private boolean strikes() {
            int hit = hits.incrementAndGet();
            if (hit >= fault.times()) {
                remove();
            }
            return hit <= fault.times();
        }
    }

    /**
     * Injects a fault into the next requests that match it. Of several that match the same request, the first happens.
     *
     * @throws IllegalArgumentException when no request that the server serves can match
     */
    public Injected inject(Fault fault) {
        requireRequests(fault);
        Injected injected = new Injected(fault);
        active.add(injected);
        return injected;
    }

    private void requireRequests(Fault fault) {
        if (served.isEmpty()) {
            return; // no server is there yet
        }
        List<EndpointFamily> families = served.stream().filter(fault::isOn).toList();
        if (families.isEmpty()) {
            throw new IllegalArgumentException("there are no requests of `" + fault.family() + "`; expected one of "
                    + served.stream().map(EndpointFamily::name).distinct().collect(Collectors.joining(", ")));
        }
        String whose = fault.family().isEmpty() ? "the protocol" : "`" + fault.family() + "`";
        List<Route> routes = families.stream().flatMap(family -> family.routes().stream()).toList();
        List<Route> byMethod = routes.stream().filter(fault::isBy).toList();
        if (byMethod.isEmpty()) {
            throw new IllegalArgumentException("no request of " + whose + " has the method " + fault.method()
                    + "; expected one of " + words(routes.stream().map(Route::method))
                    + ", HEAD where there is GET, OPTIONS");
        }
        if (byMethod.stream().noneMatch(route -> route.path().canHave(fault.path()))) {
            throw new IllegalArgumentException("no request of " + whose + " has a path "
                    + (fault.path().startsWith("/") ? "that begins with `" : "with `") + fault.path()
                    + "`; expected a part, or with a slash the beginning, of one such as "
                    + words(byMethod.stream().map(route -> route.path().toString())));
        }
    }

    private static String words(Stream<String> names) {
        return names.distinct().sorted().limit(PATHS_SHOWN).collect(Collectors.joining(", "));
    }

    /** The faults that wait for requests. */
    public List<Injected> active() {
        return List.copyOf(active);
    }

    /** Removes all faults. */
    public void clear() {
        active.clear();
    }

    /** The fault that happens to a request of a family, null for none. */
    @Nullable
    Fault take(@Nullable EndpointFamily family, Request request) {
        for (Injected injected : active) {
            if (injected.fault.fits(family, request) && injected.strikes()) {
                return injected.fault;
            }
        }
        return null;
    }
}
