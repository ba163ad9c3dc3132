package dev.manicule.testkit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The controls of a server, of a node or of a whole cluster, wherever it runs. Any thread may use them.
 *
 * @param host where it runs
 * @param id its id there
 */
record Controls(Host host, String id) {
    /** Executes a command that the host defines. */
    String call(String verb, String... arguments) {
        List<String> words = new ArrayList<>(List.of(id, verb));
        words.addAll(List.of(arguments));
        return host.call(words);
    }

    boolean is(String verb) {
        return Boolean.parseBoolean(call(verb));
    }

    void advance(Duration time) {
        call("advance", time.toString());
    }

    void standAt(Instant moment) {
        call("stand-at", moment.toString());
    }

    InjectedFault inject(Fault fault) {
        return new InjectedFault(fault, new Controls(host, call("inject", fault.kind().name(),
                String.valueOf(fault.status()), fault.time().toString(), fault.family(), fault.method(), fault.path(),
                String.valueOf(fault.times()))));
    }

    void close() {
        call("close");
    }
}
