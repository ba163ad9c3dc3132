package dev.manicule.bench.compare;

import dev.manicule.bench.peer.ServerProcess;
import java.util.Map;

/** A subject that is a server process. */
final class Served implements Subject {
    /** A measurement of a server. */
    interface Measurement {
        Map<Measure, Double> of(ServerProcess server) throws Exception;
    }

    private final String name;
    private final ServerProcess server;
    private final Measurement measurement;

    Served(String name, ServerProcess server, Measurement measurement) {
        this.name = name;
        this.server = server;
        this.measurement = measurement;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Map<Measure, Double> measure() throws Exception {
        return measurement.of(server);
    }

    @Override
    public void close() {
        server.close();
    }
}
