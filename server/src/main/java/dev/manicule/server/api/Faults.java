package dev.manicule.server.api;

import dev.manicule.server.http.Request;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What goes wrong on purpose: nothing, but in tests. Any thread may use it. */
public final class Faults {
    private static final int PATHS_SHOWN = 5;

    private final List<Injected> active = new CopyOnWriteArrayList<>();
    private volatile List<Served> served = List.of();

    /**
     * What requests there are.
     *
     * @param family that they belong to
     */
    record Served(String family, Route route) {}

    /** Has it know what requests there are, so that it refuses faults for others. */
    void know(List<Served> requests) {
        served = List.copyOf(requests);
    }

    /** A fault that waits for its requests, or has had them. */
    public final class Injected {
        private final Fault fault;
        private final AtomicInteger hits = new AtomicInteger();

        private Injected(Fault fault) {
            this.fault = fault;
        }

        /** What it is. */
        public Fault fault() {
            return fault;
        }

        /** How many requests it has happened to. */
        public int hits() {
            return Math.min(hits.get(), fault.times());
        }

        /** Has it happen no more. */
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
     * Has it happen to the next requests that fit. Of several that fit the same request, the first happens.
     *
     * @throws IllegalArgumentException when no request can fit, with those that there are
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
        String whose = fault.family().isEmpty() ? "the protocol" : "`" + fault.family() + "`";
        List<Route> routes = served.stream().filter(each -> fault.isOn(each.family())).map(Served::route).toList();
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

    /** Those that wait for requests. */
    public List<Injected> active() {
        return List.copyOf(active);
    }

    /** Has nothing go wrong any more. */
    public void clear() {
        active.clear();
    }

    /** What happens to a request, null when nothing does. */
    @Nullable
    Fault take(String family, Request request) {
        for (Injected injected : active) {
            if (injected.fault.fits(family, request) && injected.strikes()) {
                return injected.fault;
            }
        }
        return null;
    }
}
