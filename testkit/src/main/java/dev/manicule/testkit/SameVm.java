package dev.manicule.testkit;

import java.util.List;
import java.util.function.Function;

/**
 * Servers in this virtual machine. Their classes are those of a later Java than the testkit's, so the one that takes
 * commands is loaded by its name.
 */
final class SameVm {
    private static final String HOST = "dev.manicule.server.DevHost";

    private SameVm() {}

    /** Loaded at the first use. */
    private static final class Loaded {
        private static final Host HOST = load();
    }

    /** The host of all servers in this virtual machine. */
    static Host host() {
        return Loaded.HOST;
    }

    @SuppressWarnings("unchecked") // the class says so
    private static Host load() {
        try {
            Function<List<String>, String> host = (Function<List<String>, String>) Class.forName(HOST)
                    .asSubclass(Function.class)
                    .getConstructor()
                    .newInstance();
            return host::apply;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("There is no " + HOST + " on the class path. It comes with the dependency"
                    + " manicule-testkit: do not exclude manicule-server, and give both the same version.", e);
        }
    }
}
