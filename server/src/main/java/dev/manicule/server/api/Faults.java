package dev.manicule.server.api;

import dev.manicule.server.http.Request;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What goes wrong on purpose: nothing, but in tests. Any thread may use it. */
public final class Faults {
    private final List<Injected> active = new CopyOnWriteArrayList<>();

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

    /** Has it happen to the next requests that fit. Of several that fit the same request, the first happens. */
    public Injected inject(Fault fault) {
        Injected injected = new Injected(fault);
        active.add(injected);
        return injected;
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
